import { app } from 'durable-functions';
import { finishRunActivity } from '../orchestrations/flow.ts';
import { finishRun } from '../runs/finishRun.ts';
import type { RunFinish } from '../runs/run.ts';
import { runServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';

app.activity(finishRunActivity, {
  handler: (finish: RunFinish, context) => finishRun(runServices(getServices(), context), finish),
});
