import { objectIn, textIn } from '../../src/arm/jsonFields.ts';
import type { Json } from '../../src/arm/call.ts';
import type { RecordedEnding } from './recordedEnding.ts';
import type { Traffic } from './traffic.ts';

/** What a replayed run came to: the part of its record that is compared. */
export interface ReplayedEnding {
  readonly status: string;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  readonly job?: { readonly id: string; readonly status: string } | undefined;
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

function jobDiffers(run: ReplayedEnding, jobId: string, status: string): string | undefined {
  const followed = run.job?.id.split('/').at(-1);
  if (!sameText(followed, jobId))
    return `the run followed the job ${followed ?? 'none'}, recorded is ${jobId}`;
  return run.status === jobStatuses[status.toLowerCase()] ? undefined : `${said(run)}; the job ${status}`;
}

function changeDiffers(run: ReplayedEnding, states: readonly string[]): string | undefined {
  const isError = /^(?:ProtectionError|Invalid)$/i.test(states.at(0) ?? '');
  if (isError) return run.status === 'failed' ? undefined : `${said(run)}; recorded is ${states[0]}`;
  if (run.status !== 'completed') return said(run);
  const result = objectIn(run.result);
  const state = textIn(result['protectionState']) ?? textIn(result['state']);
  const isSoftDeleted = states.some((one) => sameText(one, 'SoftDeleted'));
  if (result['softDeleted'] === false && isSoftDeleted)
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
const openDiffers = (run: ReplayedEnding, traffic: Traffic): string | undefined =>
  traffic.unrecordedAfter > 0 || run.status === 'completed' ? undefined : said(run);

/** Why a replay did not end as recorded; undefined when it did. */
export function differenceOf(
  recorded: RecordedEnding,
  run: ReplayedEnding,
  traffic: Traffic,
): string | undefined {
  const [wrong] = traffic.wrong;
  if (wrong !== undefined) return wrong;
  if (recorded.kind === 'nothingThere') {
    return run.error?.code === 'BackupInstanceNotFound' || run.status === 'completed' ? undefined : said(run);
  }
  if (!traffic.isLastSent) return `the write was not sent: ${said(run)}`;
  switch (recorded.kind) {
    case 'failed':
      return failureDiffers(run, recorded, traffic);
    case 'job':
      return jobDiffers(run, recorded.jobId, recorded.status);
    case 'changed':
      return changeDiffers(run, recorded.states);
    case 'open':
      return openDiffers(run, traffic);
  }
}
