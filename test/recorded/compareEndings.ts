import type { Json } from '../../src/arm/call.ts';
import { member, textAt } from './looseFields.ts';
import type { RecordedEnding } from './recordedEnding.ts';
import type { RecordedFlow } from './recordedFlows.ts';
import type { Traffic } from './traffic.ts';

/** What a replayed run came to: the part of its record that is compared. */
export interface ReplayedEnding {
  readonly status: string;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  readonly job?:
    | {
        readonly id: string;
        readonly status: string;
        readonly startedAt?: string | undefined;
        readonly endedAt?: string | undefined;
      }
    | undefined;
  readonly recoveryPoint?: { readonly id: string } | undefined;
  readonly result?: Json | undefined;
}

const jobStatuses: Readonly<Record<string, string>> = {
  completed: 'completed',
  completedwithwarnings: 'completedWithWarnings',
  failed: 'failed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
};

const said = ({ status, error }: ReplayedEnding): string =>
  `the run ended ${status}${error ? `, ${error.code}: ${error.message.slice(0, 300)}` : ''}`;

const sameText = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();

type JobEnding = Extract<RecordedEnding, { kind: 'job' }>;

function otherJob({ job }: ReplayedEnding, jobId: string): string | undefined {
  const followed = job?.id.split('/').at(-1);
  return sameText(followed, jobId)
    ? undefined
    : `the run followed the job ${followed ?? 'none'}, recorded is ${jobId}`;
}

/** Whether two instants are the same second; what the service did not write is not compared. */
const sameInstant = (ours: string | undefined, theirs: string | undefined): boolean =>
  theirs === undefined || Math.abs(Date.parse(ours ?? '') - Date.parse(theirs)) < 1000;

function jobDiffers(run: ReplayedEnding, recorded: JobEnding): string | undefined {
  const { jobId, status, startTime, endTime, points } = recorded;
  const other = otherJob(run, jobId);
  if (other !== undefined) return other;
  if (run.status !== jobStatuses[status.toLowerCase()]) return `${said(run)}; the job ${status}`;
  if (!sameInstant(run.job?.startedAt, startTime) || !sameInstant(run.job?.endedAt, endTime))
    return `the job ran ${run.job?.startedAt} to ${run.job?.endedAt}, recorded is ${startTime} to ${endTime}`;
  const point = run.recoveryPoint?.id.toLowerCase();
  const isListed = points.length === 0 || (point !== undefined && points.includes(point));
  return isListed ? undefined : `the recovery point ${point ?? 'none'} is none of those listed`;
}

function changeDiffers(run: ReplayedEnding, states: readonly string[]): string | undefined {
  const isError = /^(?:ProtectionError|Invalid)$/i.test(states.at(0) ?? '');
  if (isError) return run.status === 'failed' ? undefined : `${said(run)}; recorded is ${states[0]}`;
  if (run.status !== 'completed') return said(run);
  const state = textAt(run.result, 'protectionState') ?? textAt(run.result, 'state');
  const isSoftDeleted = states.some((one) => sameText(one, 'SoftDeleted'));
  if (member(run.result, 'softDeleted') === false && isSoftDeleted)
    return 'the run missed that soft delete keeps the item';
  if (state === undefined || states.length === 0) return undefined;
  return states.some((one) => sameText(one, state))
    ? undefined
    : `the run saw ${state}, recorded is ${states.join(', ')}`;
}

/** A refusal because of other work is joined, which the recording did not do. */
function failureDiffers(
  run: ReplayedEnding,
  { code, isBusy }: Extract<RecordedEnding, { kind: 'failed' }>,
  traffic: Traffic,
): string | undefined {
  const isSame = run.status !== 'completed' && run.error?.code === code;
  return isSame || (isBusy && traffic.unrecordedAfter > 0) ? undefined : `${said(run)}; recorded is ${code}`;
}

/** The recording stops early: the run must have come as far, and has to rest on nothing else. */
function openDiffers(run: ReplayedEnding, jobId: string | undefined, traffic: Traffic): string | undefined {
  // Without the list of jobs a run need not know its job yet.
  const other = jobId === undefined || run.job === undefined ? undefined : otherJob(run, jobId);
  return other ?? (traffic.unrecordedAfter > 0 || run.status === 'completed' ? undefined : said(run));
}

/** The recorded writes of a flow that the replay did not send; of preparations that say the same, one is enough. */
function writesUnsent(
  { write, lastWrite, preparations }: RecordedFlow,
  { sent }: Traffic,
): readonly string[] {
  const isSent = (index: number): boolean => sent.has(index);
  const unsent = [write, lastWrite].filter(({ index }) => !isSent(index)).map(() => 'the write was not sent');
  return [
    ...unsent,
    ...(preparations.length > 0 && !preparations.some(isSent) ? ['none of its preparations was sent'] : []),
  ];
}

/** Why a replay did not end as recorded; undefined when it did. */
export function differenceOf(
  recorded: RecordedEnding,
  run: ReplayedEnding,
  traffic: Traffic,
  flow: RecordedFlow,
): string | undefined {
  const [wrong] = traffic.wrong;
  if (wrong !== undefined) return wrong;
  if (recorded.kind === 'nothingThere') {
    return run.error?.code === 'BackupInstanceNotFound' || run.status === 'completed' ? undefined : said(run);
  }
  const [unsent] = writesUnsent(flow, traffic);
  if (unsent !== undefined) return `${unsent}: ${said(run)}`;
  switch (recorded.kind) {
    case 'failed':
      return failureDiffers(run, recorded, traffic);
    case 'job':
      return jobDiffers(run, recorded);
    case 'changed':
      return changeDiffers(run, recorded.states);
    case 'open':
      return openDiffers(run, recorded.jobId, traffic);
  }
}
