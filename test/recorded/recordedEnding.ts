import type { Failure } from '../../src/arm/call.ts';
import { jobIdOf, readAcceptance } from '../../src/arm/longRunning.ts';
import { readFailure } from '../../src/arm/outcomes.ts';
import { addressOf } from './address.ts';
import { endingOfPolls } from './operationPolls.ts';
import type { Exchange } from './readExchanges.ts';
import { textAt } from './looseFields.ts';
import type { RecordedFlow } from './recordedFlows.ts';
import { stateOf } from './sightings.ts';

/** How a flow ended in the recording. */
export type RecordedEnding =
  /** The service refused the write, or the operation failed; `isBusy`: because of work that a run of ours joins. */
  | { readonly kind: 'failed'; readonly code: string; readonly isBusy: boolean }
  /** A backup's job, by its bare name. */
  | { readonly kind: 'job'; readonly jobId: string; readonly status: string }
  /** A change that succeeded; `states` are the service's words that were read afterwards. */
  | { readonly kind: 'changed'; readonly states: readonly string[] }
  /** There was nothing to delete. */
  | { readonly kind: 'nothingThere' }
  /** The recording stops before the end. */
  | { readonly kind: 'open'; readonly reason: string };

const lastName = (id: string): string => id.split('/').at(-1) ?? '';
const failed = ({ code, class: meaning }: Failure): RecordedEnding => ({
  kind: 'failed',
  code,
  isBusy: meaning === 'adopt',
});
const open = (reason: string): RecordedEnding => ({ kind: 'open', reason });

/** Whether a job goes on. */
export const isRunning = (status: string): boolean =>
  /^(?:InProgress|Cancelling|NotStarted|Queued)$/i.test(status);

function jobEnding(exchanges: readonly Exchange[], id: string): RecordedEnding {
  const jobId = lastName(id).toLowerCase();
  const reads = exchanges.filter(({ method, url, reply }) => {
    const { path } = addressOf(url);
    return method === 'GET' && reply.status === 200 && path.endsWith(`/backupjobs/${jobId}`);
  });
  const status = textAt(reads.at(-1)?.reply.body, 'properties', 'status');
  if (status === undefined) return open(`the job ${jobId} was not read`);
  return isRunning(status) ? open(`the job ${jobId} still ran`) : { kind: 'job', jobId, status };
}

/** The words for the state of the item or instance after the flow's last write. */
function statesAfter({ sightings, write, lastWrite, until }: RecordedFlow): readonly string[] {
  const { index: since } = lastWrite;
  const seen = sightings.filter(
    (one) => one.path === write.itemPath && one.index > since && one.index < until,
  );
  return seen.flatMap(({ body }) => stateOf(body) ?? []);
}

/** Whether protection is still on its way to the state that it will have. */
export const isSettling = (state: string): boolean =>
  /^(?:ConfiguringProtection|UpdatingProtection|SoftDeleting)$/i.test(state);

/** The states in which it came to rest after the flow's last write. */
export const settledStates = (flow: RecordedFlow): readonly string[] =>
  statesAfter(flow).filter((state) => !isSettling(state));

function changed(flow: RecordedFlow): RecordedEnding {
  const { verb, isInstance, body } = flow.write;
  const isStop = verb === 'put' && textAt(body, 'properties', 'protectionState') !== undefined;
  const mustBeSeen = verb !== 'delete' && !isStop;
  const settled = settledStates(flow);
  if (mustBeSeen && settled.length === 0) {
    return open(`the ${isInstance ? 'instance' : 'item'} was not seen settled after it`);
  }
  return { kind: 'changed', states: settled };
}

/** Reads how a flow ended: from the reply to its write, the polls of its operation, its job, the item afterwards. */
export function recordedEnding(exchanges: readonly Exchange[], flow: RecordedFlow): RecordedEnding {
  const { exchange, verb } = flow.lastWrite;
  const { reply } = exchange;
  if (verb === 'delete' && [204, 404].includes(reply.status)) return { kind: 'nothingThere' };
  if (reply.status >= 400) return failed(readFailure(reply));
  const acceptance = readAcceptance(reply, 'status');
  if (acceptance.kind === 'lost') return failed(acceptance.failure);
  if (acceptance.kind === 'finished') return changed(flow);
  const { operationId = '' } = acceptance;
  const ended = endingOfPolls(exchanges, operationId.toLowerCase());
  const isUnseen = ended?.kind !== 'succeeded' && ended?.kind !== 'failed';
  if (isUnseen && verb !== 'backup' && settledStates(flow).length > 0) return changed(flow);
  if (!ended) return open('its operation was not followed');
  if (ended.kind === 'failed') return failed(ended.failure);
  if (ended.kind !== 'succeeded') return open('its operation still ran');
  if (verb !== 'backup') return changed(flow);
  const jobId = jobIdOf(ended.body);
  return jobId === undefined ? open('its operation named no job') : jobEnding(exchanges, jobId);
}

/** The ending in words. */
export function endingInWords(ending: RecordedEnding): string {
  switch (ending.kind) {
    case 'failed':
      return `failed, ${ending.code}`;
    case 'job':
      return `job ${ending.status}`;
    case 'changed':
      return ending.states.length > 0
        ? `succeeded, then ${[...new Set(ending.states)].join(', ')}`
        : 'succeeded';
    case 'nothingThere':
      return 'nothing there to delete';
    case 'open':
      return `as far as recorded: ${ending.reason}`;
  }
}
