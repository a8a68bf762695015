import { app } from 'durable-functions';
import { beginRunActivity } from '../orchestrations/activities.ts';
import { beginRun } from '../runs/beginRun.ts';
import type { RunInput } from '../runs/run.ts';
import { getServices, runServices } from '../services.ts';

app.activity(beginRunActivity, {
  handler: (order: RunInput, context) => beginRun(runServices(getServices(), context), order),
});
