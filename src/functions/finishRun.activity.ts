import { app, input } from 'durable-functions';
import { finishRunActivity } from '../orchestrations/flow.ts';
import { finishRun } from '../runs/finishRun.ts';
import type { RunFinish } from '../runs/run.ts';
import { runServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';

// The client: a batch's shard is told of its child's end.
app.activity(finishRunActivity, {
  extraInputs: [input.durableClient()],
  handler: (finish: RunFinish, context) => finishRun(runServices(getServices(), context), finish),
});
