import { app } from 'durable-functions';
import { runOrchestration } from '../orchestrations/activities.ts';
import { run } from '../orchestrations/run.ts';

app.orchestration(runOrchestration, run);
