import type { Failure, JsonObject } from '../arm/call.ts';
import { readFailure } from '../arm/outcomes.ts';
import { resourcePath } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import { dataProtectionApiVersion } from './apiVersion.ts';
import { rows, sameWord, text, within } from './replies.ts';

/** A job as last seen; its status is the service's own word, its times ISO 8601 UTC. */
export type InstanceJob = {
  readonly id: string;
  readonly status: string;
  readonly progress?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
};

/** How a job ended, one to one with the service's word; `failure` on every ending that made no recovery point. */
export type InstanceJobEnding = {
  readonly job: InstanceJob;
  readonly ended: 'completed' | 'completedWithWarnings' | 'failed' | 'cancelled';
  readonly failure?: Failure;
  readonly warnings: readonly string[];
};

/** Endings by the service's words; every other word is running, until the step gives up. */
const endings: Readonly<Record<string, InstanceJobEnding['ended']>> = {
  completed: 'completed',
  succeeded: 'completed',
  success: 'completed',
  successwithwarning: 'completedWithWarnings',
  completedwithwarnings: 'completedWithWarnings',
  failed: 'failed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
};

/** Reads a job of a Backup vault: a GET's body or a list row (whose `extendedInfo` is null). */
export function readInstanceJob(body: JsonObject | undefined): InstanceJob {
  const properties = within(body, 'properties');
  const [startedAt, endedAt] = [text(within(properties, 'startTime')), text(within(properties, 'endTime'))];
  const progress = progressOf(rows(within(properties, 'extendedInfo', 'subTasks')));
  return {
    id: text(within(body, 'id')) ?? '',
    status: text(within(properties, 'status')) ?? 'unknown',
    ...(progress && { progress }),
    ...(startedAt && { startedAt }),
    ...(endedAt && { endedAt }),
  };
}

function progressOf(tasks: readonly JsonObject[]): string | undefined {
  const current = tasks.find((task) => sameWord(text(task.taskStatus), 'InProgress')) ?? tasks.at(-1);
  const name = text(current?.taskName);
  const share = current?.taskProgress;
  return name && (share === null || share === undefined ? name : `${name} ${String(share)} %`);
}

function readEnding(
  body: JsonObject | undefined,
  job: InstanceJob,
  ended: InstanceJobEnding['ended'],
): InstanceJobEnding {
  const failures = rows(within(body, 'properties', 'errorDetails')).map((error) =>
    readFailure({ status: 200, headers: {}, body: { error } }),
  );
  const warned = rows(within(body, 'properties', 'extendedInfo', 'warningDetails')).map(
    (warning) => text(warning.warning) ?? text(within(warning, 'warning', 'message')),
  );
  const bad = ended === 'failed' || ended === 'cancelled';
  const [
    first = {
      code: bad && ended === 'cancelled' ? 'JobCancelled' : 'JobFailed',
      message: 'The job gave no reason.',
    },
  ] = failures;
  const others = (bad ? failures.slice(1) : failures).map(({ code, message }) => `${code}: ${message}`);
  return {
    job,
    ended,
    ...(bad && { failure: first }),
    warnings: [...others, ...warned.filter((one) => one !== undefined)],
  };
}

/** Seconds to the next look: the service's beat in the first ten minutes, two minutes in the first hour, then five. */
export const instanceJobWaitSeconds = (beatSeconds: number, ageSeconds: number): number =>
  ageSeconds < 600 ? beatSeconds : ageSeconds < 3600 ? 120 : 300;

/** Follows a job to its end, 24 h at most. */
export const followInstanceJob: Step<
  { readonly jobId: string; readonly waitSeconds: number },
  InstanceJobEnding
> = {
  name: 'dataProtection.followInstanceJob',
  describe: ({ jobId }) => ({
    action: 'Microsoft.DataProtection/backupVaults/backupJobs/read',
    method: 'GET',
    path: resourcePath(jobId),
    apiVersion: dataProtectionApiVersion,
  }),
  read: (reply, { waitSeconds }, context) => {
    const body = reply.body as JsonObject | undefined;
    const job = readInstanceJob(body);
    const ended = endings[job.status.toLowerCase()];
    if (ended) return { kind: 'done', result: readEnding(body, job, ended) };
    const ageSeconds = (context.now.getTime() - Date.parse(context.firstAt)) / 1000;
    return { kind: 'waiting', waitSeconds: instanceJobWaitSeconds(waitSeconds, ageSeconds), detail: job };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 86_400,
};
