import type { JobEnding, JobSeen, JobStarter } from '../arm/backupJob.ts';
import { isNameBased, type ArmReply, type Failure, type Json } from '../arm/call.ts';
import { readErrorIn } from '../arm/outcomes.ts';
import { objectIn, objectsIn, readInstant, textIn } from '../arm/replyFields.ts';
import { resourcePath } from '../arm/resourceId.ts';
import { fewSentences } from '../arm/words.ts';
import type { ReadContext, Step, StepReading } from '../steps/step.ts';
import { backupCall, resourceIn, sameName, type Resource } from './paths.ts';

/** A job to follow. `waitSeconds` is the beat: the service's own Retry-After when the backup was accepted. */
export type JobInVault = { readonly vaultId: string; readonly jobId: string; readonly waitSeconds: number };

const endings: Readonly<Record<string, JobEnding['ended']>> = {
  completed: 'completed',
  completedwithwarnings: 'completedWithWarnings',
  failed: 'failed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
};

/** How a job of that status has ended; undefined while it runs, as every unknown word says. */
export const endingOfStatus = (status: string): JobEnding['ended'] | undefined =>
  endings[status.toLowerCase()];

const instantIn = (value: Json | undefined): string | undefined => readInstant(textIn(value))?.toISOString();

/** The tasks in the service's words: `Take Snapshot: Completed, Transfer data to vault: InProgress, 40 %`. */
function progressIn(extendedInfo: Json | undefined): string | undefined {
  const { tasksList, progressPercentage } = objectIn(extendedInfo);
  const tasks = objectsIn(tasksList).map((task) => `${textIn(task['taskId'])}: ${textIn(task['status'])}`);
  const percent = typeof progressPercentage === 'number' ? [`${progressPercentage} %`] : [];
  return [...tasks, ...percent].join(', ').slice(0, 500) || undefined;
}

function jobSeenIn(reply: ArmReply, jobId: string): JobSeen {
  const { name, properties } = resourceIn(reply.body);
  const optional = {
    progress: progressIn(properties['extendedInfo']),
    startedAt: instantIn(properties['startTime']),
    endedAt: instantIn(properties['endTime']),
  };
  const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { id: name || jobId, status: textIn(properties['status']) ?? '', ...present };
}

/** Why a job ended badly, or what it warns of: every entry of its error details. */
const failuresIn = (errorDetails: Json | undefined): Failure[] =>
  objectsIn(errorDetails).flatMap((detail) => {
    const { code, message, advice } = readErrorIn(detail) ?? {};
    return code === undefined || message === undefined ? [] : [{ code, message, ...(advice && { advice }) }];
  });

const sentencesOf = (failures: readonly Failure[]): readonly string[] =>
  fewSentences(
    failures.map(({ code, message, advice }) =>
      [`${code}: ${message}`, ...(advice ? [advice] : [])].join(' '),
    ),
  );

function failureOf(ended: JobEnding['ended'], failures: readonly Failure[]): Failure {
  const [first] = failures;
  if (first) return first;
  return ended === 'cancelled'
    ? { code: 'JobCancelled', message: 'The job was cancelled.' }
    : { code: 'JobFailed', message: 'The job failed without a reason.' };
}

/** A share's details say whether a policy began it, a database's job says it itself; a machine's has an expiry of its own on demand. */
function starterIn({ properties }: Resource): { readonly startedBy?: JobStarter } {
  if (isNameBased(textIn(properties['activityId']) ?? '')) return { startedBy: 'anotherRun' };
  const details = objectIn(objectIn(properties['extendedInfo'])['propertyBag']);
  const asked = textIn(details['Whether job is adhoc or scheduled.']);
  if (asked !== undefined) return { startedBy: sameName(asked, 'True') ? 'onDemand' : 'policy' };
  if (details['Recovery Point Expiry Time in UTC'] !== undefined) return { startedBy: 'onDemand' };
  if (!sameName(textIn(properties['backupManagementType']), 'AzureWorkload')) return {};
  return { startedBy: properties['isUserTriggered'] === true ? 'onDemand' : 'policy' };
}

function endingOf(reply: ArmReply, job: JobSeen, ended: JobEnding['ended']): JobEnding {
  const failures = failuresIn(resourceIn(reply.body).properties['errorDetails']);
  const bad = ended === 'failed' || ended === 'cancelled';
  const others = bad ? failures.slice(1) : failures;
  return {
    job,
    ended,
    ...(bad ? { failure: failureOf(ended, failures) } : {}),
    warnings: sentencesOf(others),
    ...starterIn(resourceIn(reply.body)),
  };
}

/** Seconds to the next look: one beat in the first ten, two up to an hour of beats, five after that. */
export function jobWaitSeconds(beatSeconds: number, ageSeconds: number): number {
  if (ageSeconds < 10 * beatSeconds) return beatSeconds;
  return ageSeconds < 60 * beatSeconds ? 2 * beatSeconds : 5 * beatSeconds;
}

function readJobReply(reply: ArmReply, input: JobInVault, context: ReadContext): StepReading<JobEnding> {
  const job = jobSeenIn(reply, input.jobId);
  const ended = endingOfStatus(job.status);
  if (ended) return { kind: 'done', result: endingOf(reply, job, ended) };
  const ageSeconds = (context.now.getTime() - Date.parse(context.firstAt)) / 1000;
  return { kind: 'waiting', waitSeconds: jobWaitSeconds(input.waitSeconds, ageSeconds), detail: job };
}

/** The gateway's own 404, which names the resource it misses, as against a vault that does not know the job. */
const isGone = ({ code, message }: Failure): boolean =>
  /^(ResourceGroup|Subscription)NotFound$/.test(code) || / under resource group /.test(message);

/** Reads a job until it has ended, 24 h at most; every unknown status is running. */
export const readJob: Step<JobInVault, JobEnding> = {
  name: 'recoveryServices.readJob',
  describe: ({ vaultId, jobId }) =>
    backupCall('GET', 'backupJobs/read', resourcePath(vaultId, 'backupJobs', jobId)),
  read: readJobReply,
  // A job may be unreadable in its first moments; a vault or group that is gone is an end.
  readRefusal: (failure, status, { waitSeconds }) =>
    status === 404 && !isGone(failure)
      ? { kind: 'waiting', waitSeconds, detail: { reason: failure.message } }
      : undefined,
  repeat: 'safe',
  giveUpAfterSeconds: 86_400,
};

/** Asks for the end of a running job; done at the acceptance, the job's own status tells what came of it. */
export const cancelJob: Step<JobInVault, null> = {
  name: 'recoveryServices.cancelJob',
  describe: ({ vaultId, jobId }) =>
    backupCall('POST', 'backupJobs/cancel/action', resourcePath(vaultId, 'backupJobs', jobId, 'cancel')),
  longRunning: { follow: 'result', defaultWaitSeconds: 60, endsAtAcceptance: true },
  read: () => ({ kind: 'done', result: null }),
  repeat: {
    describeLook: ({ vaultId, jobId }) =>
      backupCall('GET', 'backupJobs/read', resourcePath(vaultId, 'backupJobs', jobId)),
    findEarlier: (reply) => {
      const status = textIn(resourceIn(reply.body).properties['status']) ?? '';
      return sameName(status, 'InProgress') ? { kind: 'absent' } : { kind: 'ours', result: null };
    },
  },
  giveUpAfterSeconds: 900,
  goesOnAfterCancel: true,
};

/** Whose a job is, as far as it tells: read once, of a job that a cancelled run leaves. */
export const readStarter: Step<JobInVault, { readonly startedBy?: JobStarter }> = {
  name: 'recoveryServices.readStarter',
  describe: readJob.describe,
  read: (reply) => ({ kind: 'done', result: starterIn(resourceIn(reply.body)) }),
  readRefusal: () => ({ kind: 'done', result: {} }),
  repeat: 'safe',
  giveUpAfterSeconds: 300,
  goesOnAfterCancel: true,
};
