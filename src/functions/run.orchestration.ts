import { app } from 'durable-functions';
import { runOrchestration } from '../orchestrations/flow.ts';
import { flowTable } from '../orchestrations/flows.ts';
import { runOver } from '../orchestrations/run.ts';

app.orchestration(runOrchestration, runOver(flowTable));
