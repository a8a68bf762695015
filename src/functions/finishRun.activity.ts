import { app } from 'durable-functions';
import { finishRunActivity } from '../orchestrations/activities.ts';
import { finishRun } from '../runs/finishRun.ts';
import type { RunFinish } from '../runs/run.ts';
import { runServices } from '../invocationServices.ts';
import { getServices } from '../services.ts';

app.activity(finishRunActivity, {
  handler: (finish: RunFinish, context) => finishRun(runServices(getServices(), context), finish),
});
