import type { JobEnding, JobSeen, JobStarter } from '../arm/backupJob.ts';
import { isNameBased, type Failure, type Json, type JsonObject } from '../arm/call.ts';
import { readErrorIn } from '../arm/outcomes.ts';
import { fewSentences, plainText } from '../arm/words.ts';
import { memberIn, objectsIn, readInstant, equalIgnoringCase, textIn } from '../arm/replyFields.ts';

/** Endings by the service's words; every other word is running, until whoever follows gives up. */
const endings: Readonly<Record<string, JobEnding['ended']>> = {
  completed: 'completed',
  succeeded: 'completed',
  success: 'completed',
  successwithwarning: 'completedWithWarnings',
  completedwithwarnings: 'completedWithWarnings',
  failed: 'failed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
};

/** How a job with that status has ended; undefined while it runs. */
export const endingOfStatus = (status: string | undefined): JobEnding['ended'] | undefined =>
  endings[(status ?? '').toLowerCase()];

/** An instant as a record shows it; the service's year 0001 for "not yet" is none. */
const instantIn = (value: Json | undefined): string | undefined => readInstant(textIn(value))?.toISOString();

/** Reads a job of a Backup vault: a GET's body or a list row (whose `extendedInfo` is null). */
export function readInstanceJob(body: Json | undefined): JobSeen {
  const properties = memberIn(body, 'properties');
  const startedAt = instantIn(memberIn(properties, 'startTime'));
  const endedAt = instantIn(memberIn(properties, 'endTime'));
  const progress = progressOf(objectsIn(memberIn(properties, 'extendedInfo', 'subTasks')));
  return {
    id: textIn(memberIn(body, 'id')) ?? '',
    status: textIn(memberIn(properties, 'status')) ?? 'unknown',
    ...(progress && { progress }),
    ...(startedAt && { startedAt }),
    ...(endedAt && { endedAt }),
  };
}

const longestProgress = 500;

function progressOf(tasks: readonly JsonObject[]): string | undefined {
  const current =
    tasks.find((task) => equalIgnoringCase(textIn(task.taskStatus), 'InProgress')) ?? tasks.at(-1);
  const name = textIn(current?.taskName);
  const share = current?.taskProgress;
  const told = name && (share === null || share === undefined ? name : `${name} ${String(share)} %`);
  return told && plainText(told, longestProgress);
}

/** Reasons of a job: `errorDetails` is a list of errors in the service's own shape, or null. */
const failuresIn = (body: Json | undefined): readonly Failure[] =>
  objectsIn(memberIn(body, 'properties', 'errorDetails')).flatMap((error) => readErrorIn(error) ?? []);

const warningsIn = (body: Json | undefined): readonly string[] =>
  objectsIn(memberIn(body, 'properties', 'extendedInfo', 'warningDetails')).flatMap(
    ({ warning }) => textIn(warning) ?? textIn(memberIn(warning, 'message')) ?? [],
  );

const noReason = (ended: JobEnding['ended']): Failure => ({
  code: ended === 'cancelled' ? 'JobCancelled' : 'JobFailed',
  message: 'The job gave no reason.',
});

/** Whose a job is, as far as it tells. */
export function starterIn(body: Json | undefined): { readonly startedBy?: JobStarter } {
  if (isNameBased(textIn(memberIn(body, 'properties', 'activityID')) ?? ''))
    return { startedBy: 'anotherRun' };
  const isUserTriggered = memberIn(body, 'properties', 'isUserTriggered');
  return typeof isUserTriggered === 'boolean' ? { startedBy: isUserTriggered ? 'onDemand' : 'policy' } : {};
}

/** Reads how a job ended; undefined while it runs. */
export function readJobEnding(body: Json | undefined): JobEnding | undefined {
  const job = readInstanceJob(body);
  const ended = endingOfStatus(job.status);
  if (ended === undefined) return undefined;
  const bad = ended === 'failed' || ended === 'cancelled';
  const failures = failuresIn(body);
  const others = (bad ? failures.slice(1) : failures).map(({ code, message }) => `${code}: ${message}`);
  return {
    job,
    ended,
    ...(bad && { failure: failures[0] ?? noReason(ended) }),
    warnings: fewSentences([...others, ...warningsIn(body)]),
    ...starterIn(body),
  };
}
