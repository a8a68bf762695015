import { app } from 'durable-functions';
import { trackJobsOrchestration } from '../jobs/watchJob.ts';
import { trackJobs } from '../orchestrations/trackJobs.ts';

app.orchestration(trackJobsOrchestration, trackJobs);
