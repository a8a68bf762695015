import type { Failure, JsonObject } from '../arm/call.ts';
import { readFailure } from '../arm/outcomes.ts';
import { resourcePath } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import { dataProtectionApiVersion } from './apiVersion.ts';
import { rows, text, within } from './replies.ts';

/** A job as it stands. Statuses are the service's own words. */
export type InstanceJob = {
  readonly id: string;
  readonly status: string;
  readonly progress?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly failure?: Failure;
};

const running = ['inprogress', 'started', 'cancelling'];

/** Whether a job goes on. An unknown word counts as running, until the step gives up. */
export const isRunning = (status: string): boolean =>
  running.includes(status.toLowerCase()) || !endings.includes(status.toLowerCase());

const endings = [
  'completed',
  'succeeded',
  'success',
  'successwithwarning',
  'completedwithwarnings',
  'failed',
  'cancelled',
  'canceled',
];

/** Reads a job of a Backup vault: a GET's body or a list row (whose `extendedInfo` is null). */
export function readInstanceJob(body: JsonObject | undefined): InstanceJob {
  const properties = within(body, 'properties');
  const [startedAt, endedAt] = [text(within(properties, 'startTime')), text(within(properties, 'endTime'))];
  const progress = progressOf(rows(within(properties, 'extendedInfo', 'subTasks')));
  const [firstError] = rows(within(properties, 'errorDetails'));
  return {
    id: text(within(body, 'id')) ?? '',
    status: text(within(properties, 'status')) ?? 'unknown',
    ...(progress && { progress }),
    ...(startedAt && { startedAt }),
    ...(endedAt && { endedAt }),
    ...(firstError && { failure: readFailure({ status: 200, headers: {}, body: { error: firstError } }) }),
  };
}

function progressOf(tasks: readonly JsonObject[]): string | undefined {
  const current =
    tasks.find((task) => running.includes((text(task.taskStatus) ?? '').toLowerCase())) ?? tasks.at(-1);
  const name = text(current?.taskName);
  const share = current?.taskProgress;
  return name && (share === null || share === undefined ? name : `${name} ${String(share)} %`);
}

/** Follows a job to its end: a minute between looks at first, five minutes for old ones. */
export const followInstanceJob: Step<{ readonly jobId: string }, InstanceJob> = {
  name: 'dataProtection.followInstanceJob',
  describe: ({ jobId }) => ({
    action: 'Microsoft.DataProtection/backupVaults/backupJobs/read',
    method: 'GET',
    path: resourcePath(jobId),
    apiVersion: dataProtectionApiVersion,
  }),
  read: (reply, _, context) => {
    const job = readInstanceJob(reply.body as JsonObject | undefined);
    const ageSeconds = (context.now.getTime() - Date.parse(context.firstAt)) / 1000;
    return isRunning(job.status)
      ? {
          kind: 'waiting',
          waitSeconds: ageSeconds < 600 ? 30 : ageSeconds < 3600 ? 120 : 300,
          detail: job as unknown as JsonObject,
        }
      : { kind: 'done', result: job };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 86_400,
};
