import type { RunRecord } from '../../src/runs/run.ts';
import { canary } from './faultKinds.ts';
import type { Evidence, ServiceJob } from './play.ts';
import { drillAccountId } from '../support/drillWorld.ts';
import { foreignVaultId } from './world.ts';

const ended = new Set([
  'completed',
  'completedWithWarnings',
  'failed',
  'cancelled',
  'skipped',
  'timedOut',
  'unknown',
]);

/** Endings that say of themselves that a person has to look: nothing is untrue about them. */
const open = new Set(['unknown', 'timedOut']);

const jobKey = (id: string): string => (id.split('/').at(-1) ?? id).toLowerCase();
const brief = (run: RunRecord): string =>
  `run ${run.id.slice(0, 8)} (${run.kind} ${JSON.stringify(run.target ?? run.batch ?? '').slice(-60)}, ${run.status}${run.error ? `, ${run.error.code}` : ''})`;

const resultOf = (run: RunRecord): Record<string, unknown> => (run.result ?? {}) as Record<string, unknown>;
/** A run that was cancelled says in words that its job is another's. */
const hasJoined = (run: RunRecord): boolean =>
  resultOf(run)['joined'] === true || run.error?.message.includes(' had joined the job ') === true;

/** What is not promised while clocks jump by hours: docs/operations.md. */
const unpromised = /^(?:doubled|two at once|late)\b|is kept for| both call job | counts \d+ completed of /;

/** Everything that is wrong with how a world has ended, one line each: `doubled: …`. */
export function findingsOf(evidence: Evidence): readonly string[] {
  const found = allFindingsOf(evidence);
  return evidence.world.scenario === 'clockJumps' ? found.filter((line) => !unpromised.test(line)) : found;
}

function allFindingsOf(evidence: Evidence): readonly string[] {
  return [
    ...lostIn(evidence),
    ...stuckIn(evidence),
    ...doubledIn(evidence),
    ...untrueIn(evidence),
    ...atOnceIn(evidence),
    ...foreignIn(evidence),
    ...outsideIn(evidence),
    ...refusalsIn(evidence),
    ...drillsIn(evidence),
    ...deletedIn(evidence),
    ...overBudgetIn(evidence),
    ...lateIn(evidence),
    ...evidence.leftOver.map((what) => `left over: ${what}`),
    ...evidence.seen
      .filter((text) => text.includes(canary))
      .slice(0, 3)
      .map((text) => `unredacted: ${text.slice(Math.max(0, text.indexOf(canary) - 200)).slice(0, 260)}`),
  ];
}

/** What was accepted and has no record, or another one at each asking. */
function lostIn({ asked, records }: Evidence): string[] {
  const known = new Set(records.map(({ id }) => id));
  const ids = asked.map(({ act, answer }) => ({
    act,
    id: act.kind === 'disk' ? undefined : (answer?.body as { id?: string } | undefined)?.id,
    isAccepted: answer !== undefined && answer.status < 300,
  }));
  const lost = ids
    .filter(({ id, isAccepted }) => isAccepted && id !== undefined && !known.has(id))
    .map(({ id }) => `lost: run ${id} was accepted and is not there`);
  const other = ids.flatMap(({ act, id, isAccepted }) => {
    const first = act.kind === 'repeat' ? ids[act.of] : undefined;
    const differs = first?.isAccepted === true && isAccepted && first.id !== id;
    return differs ? [`doubled: one key gave the runs ${first.id} and ${id}`] : [];
  });
  return [...lost, ...other];
}

const stuckIn = ({ records, world }: Evidence): string[] =>
  records
    .filter(({ status }) => !ended.has(status))
    .map((run) => `stuck: ${brief(run)} after ${world.deadlineHours} h without faults`);

/** Whether a run may be about the item of an effect; names of shares are hashed, those of instances are not. */
function names(run: RunRecord, subject: string): boolean {
  const target = JSON.stringify(run.target ?? {}).toLowerCase();
  const instance = subject.split('/backupinstances/')[1];
  if (instance !== undefined) return target.includes(`/${instance.split('-')[0]}`);
  if (target.includes('protecteditems')) return true;
  return target.includes(subject.includes('azurefileshare;') ? '"fileshare"' : 'virtualmachines/');
}

/** Each backup that the service has begun for us is told by one run as its own, and each run tells one. */
function doubledIn({ effects, records }: Evidence): string[] {
  const begun = effects.filter(({ kind }) => kind === 'backup');
  const tellers = (id: string | undefined) =>
    records.filter((run) => run.job !== undefined && jobKey(run.job.id) === jobKey(id ?? ''));
  const isOpenFor = (subject: string) =>
    records.some((run) => run.kind === 'backUp' && open.has(run.status) && names(run, subject));
  const orphans = begun
    .filter(({ id, subject }) => tellers(id).length === 0 && !isOpenFor(subject))
    .map(({ id, subject }) => `doubled or lost: nobody tells job ${id} of ${subject.split('/').at(-1)}`);
  const shared = begun.flatMap(({ id }) => {
    const owners = tellers(id).filter((run) => !hasJoined(run));
    return owners.length > 1
      ? [`untrue: ${owners.map(brief).join(' and ')} both call job ${id} their own`]
      : [];
  });
  return [...orphans, ...shared];
}

const statusesOfJob: Readonly<Record<string, readonly string[]>> = {
  completed: ['Completed'],
  completedWithWarnings: ['Completed', 'CompletedWithWarnings'],
  failed: ['Failed', 'Cancelled', 'Completed'],
  cancelled: ['Cancelled', 'Completed', 'CompletedWithWarnings', 'Failed', 'InProgress', 'Cancelling'],
};

/** What records say against what the service did. */
function untrueIn(evidence: Evidence): string[] {
  const jobs = new Map(evidence.jobs.map((job) => [job.id.toLowerCase(), job]));
  return evidence.records.flatMap((run) => {
    if (run.kind !== 'backUp' || run.counts) return batchUntruths(run, evidence.records);
    return run.job ? jobUntruths(run, jobs.get(jobKey(run.job.id)), evidence) : withoutJob(run);
  });
}

const withoutJob = (run: RunRecord): string[] =>
  run.status === 'completed' && run.kind === 'backUp'
    ? [`untrue: ${brief(run)} is completed without a job`]
    : [];

function jobUntruths(run: RunRecord, job: ServiceJob | undefined, { effects }: Evidence): string[] {
  if (!job) return [`untrue: ${brief(run)} tells job ${run.job?.id}, which the service does not have`];
  const effect = effects.find(({ id }) => id !== undefined && jobKey(id) === job.id.toLowerCase());
  const found: string[] = [];
  const statuses = statusesOfJob[run.status];
  if (statuses && !statuses.includes(job.status))
    found.push(`untrue: ${brief(run)}, but its job is ${job.status}`);
  if (run.status === 'failed' && job.status === 'Completed' && run.error?.code === 'JobFailed')
    found.push(`untrue: ${brief(run)}, but its job is Completed`);
  if (effect?.kind === 'scheduledBackup' && !hasJoined(run))
    found.push(`untrue: ${brief(run)} calls the policy's own job its own`);
  if (run.status === 'completed' && !run.recoveryPoint && run.warnings.length === 0)
    found.push(`untrue: ${brief(run)} names no recovery point and says nothing of it`);
  return [...found, ...expiryUntruths(run, effect?.at ?? Date.parse(run.createdAt))];
}

/** The expiry that a share's record shows counts from when its backup was sent, and is shown by the job's owner alone. */
function expiryUntruths(run: RunRecord, sentAt: number): string[] {
  const expiresAt = resultOf(run)['expiresAt'];
  if (typeof expiresAt !== 'string') return [];
  if (hasJoined(run)) return [`untrue: ${brief(run)} joined a job and shows an expiry of its own`];
  const days = (Date.parse(expiresAt) - sentAt) / 86_400_000;
  const asked = [7, 14, 30, 99].some((wanted) => Math.abs(days - wanted) < 0.01);
  return asked ? [] : [`untrue: ${brief(run)} is kept for ${days.toFixed(2)} days`];
}

/** A batch counts what its children have come to. */
function batchUntruths(run: RunRecord, records: readonly RunRecord[]): string[] {
  if (!run.counts || run.kind !== 'backUp' || !ended.has(run.status)) return [];
  const children = records.filter(({ batch }) => batch === run.id);
  const { total, ...counts } = run.counts;
  const sum = Object.values(counts).reduce((all: number, count) => all + (count ?? 0), 0);
  const completed = children.filter(({ status }) => status === 'completed').length;
  return [
    ...(sum === total ? [] : [`untrue: ${brief(run)} counts ${sum} of ${total} items`]),
    ...((counts.completed ?? 0) === completed
      ? []
      : [`untrue: ${brief(run)} counts ${counts.completed ?? 0} completed of ${completed}`]),
    ...(run.status === 'completed' && completed < children.length
      ? [`untrue: ${brief(run)} although ${children.length - completed} children are not`]
      : []),
  ];
}

/** No request for a backup of an item is sent while another has not been answered. */
function atOnceIn({ backupCalls }: Evidence): string[] {
  return backupCalls.flatMap((one, index) =>
    backupCalls
      .slice(index + 1)
      .filter((other) => other.path === one.path && other.from < one.to)
      .map(
        ({ from }) =>
          `two at once: a second request at ${new Date(from).toISOString()}: ${one.path.slice(-90)}`,
      ),
  );
}

/** Only a run that was to be cancelled cancels, and only its own job. */
function foreignIn({ effects, records, cancelled }: Evidence): string[] {
  return effects
    .filter(({ kind }) => kind === 'cancelJob')
    .flatMap(({ subject }) => {
      const own = records.find((run) => run.job && jobKey(run.job.id) === jobKey(subject) && !hasJoined(run));
      if (!own) return [`foreign job cancelled: ${subject}`];
      const parent = own.batch !== undefined && cancelled.has(own.batch);
      return cancelled.has(own.id) || parent ? [] : [`foreign job cancelled: that of ${brief(own)}`];
    });
}

const outsideIn = ({ effects }: Evidence): string[] =>
  effects
    .filter(({ subject }) => subject.startsWith(foreignVaultId.toLowerCase()))
    .map(({ kind, subject }) => `outside: ${kind} of ${subject}`);

/** What has to be refused is refused in words; no caller sees a mistake of ours twice five times in a row. */
const refusalsIn = ({ asked }: Evidence): string[] =>
  asked
    .filter(({ act, answer }) => act.kind === 'refused' && answer !== undefined && answer.status < 300)
    .map(({ act }) => `accepted: ${JSON.stringify(act).slice(0, 160)}`);

const drillAccount = `${drillAccountId}/`.toLowerCase();
const isDrillMade = (subject: string): boolean =>
  subject.includes('/abd-') || subject.startsWith(drillAccount);

/** Each drill restores once at most, and is proven by what came back whole alone. */
function drillsIn({ effects, records }: Evidence): string[] {
  const restored = effects.filter(({ kind }) => kind === 'restored');
  const twice = restored
    .filter(
      ({ subject }, at) =>
        subject.includes('/abd-') && restored.findIndex((one) => one.subject === subject) < at,
    )
    .map(({ subject }) => `doubled: restored twice: ${subject}`);
  const single = records.filter((run) => run.kind === 'drill' && run.counts === undefined);
  const begun = effects.filter(({ kind }) => kind === 'restore').length;
  const proven = single.filter((run) => String(resultOf(run)['verdict']).startsWith('proven'));
  const whole = restored.filter(({ bent }) => bent === undefined).length;
  const beside = effects
    .filter(
      ({ kind, subject }) =>
        kind === 'restored' && !isDrillMade(subject) && subject !== drillAccount.slice(0, -1),
    )
    .map(({ subject }) => `outside: restored to ${subject}`);
  return [
    ...twice,
    ...beside,
    ...(begun > single.length ? [`doubled: ${begun} restores of ${single.length} drills`] : []),
    ...(proven.length > whole
      ? [`untrue: ${proven.length} drills are proven by ${whole} good restores`]
      : []),
    ...proven
      .filter(({ status }) => status !== 'completed' && status !== 'completedWithWarnings')
      .map((run) => `untrue: ${brief(run)} is proven`),
  ];
}

/** Deleted is what a drill made, and what a caller has asked to delete where setting and plan allow it. */
function deletedIn({ effects, asked, world }: Evidence): string[] {
  const gone = effects.filter(({ kind }) => kind.startsWith('delete'));
  const things = gone.filter(({ kind }) => kind !== 'delete' && kind !== 'deleteItem');
  const backups = gone.filter(({ kind }) => kind === 'delete' || kind === 'deleteItem');
  const wanted = asked.filter(
    ({ act }) => act.kind === 'post' && 'mode' in act.body && act.body.mode === 'deleteData',
  );
  const isOpen = world.deletes.setting && world.deletes.plan;
  return [
    ...things
      .filter(({ subject }) => !isDrillMade(subject))
      .map(({ kind, subject }) => `deleted: ${kind} of ${subject}, which no drill has made`),
    ...(backups.length > 0 && !isOpen
      ? [`deleted: ${backups.length} items though deleting is not allowed`]
      : []),
    ...(backups.length > wanted.length
      ? [`deleted: ${backups.length} items where ${wanted.length} deletions were asked for`]
      : []),
  ];
}

const overBudgetIn = ({ throttled, fired }: Evidence): string[] =>
  throttled > (fired.armThrottled ?? 0) ? [`over budget: ${throttled} requests were answered 429`] : [];

/** An occurrence begins in its window: an hour, and what a clock may be wrong. */
const windowMs = 3_600_000 + 60_000;

const lateIn = ({ records }: Evidence): string[] =>
  records
    .filter(({ requestedBy: { source, key } }) => source === 'schedule' && !key.startsWith('clean-up/'))
    .filter(({ createdAt }) => Date.parse(createdAt) > Date.parse('2026-08-22T09:20:00Z') + windowMs)
    .map((run) => `late: ${brief(run)} began at ${run.createdAt}, after its window`);
