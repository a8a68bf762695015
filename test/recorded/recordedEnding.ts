import type { Json } from '../../src/arm/call.ts';
import { addressOf } from './address.ts';
import { endingOfPolls } from './operationPolls.ts';
import type { Exchange } from './readExchanges.ts';
import { member, textAt } from './looseFields.ts';
import type { RecordedFlow } from './recordedFlows.ts';
import { begunBy, codeIn, isBusy, jobNamedIn } from './recordedReplies.ts';
import { stateOf } from './sightings.ts';

/** How a flow ended in the recording. */
export type RecordedEnding =
  /** The service refused the write, or the operation failed; `isBusy`: because of work that a run of ours joins. */
  | { readonly kind: 'failed'; readonly code: string; readonly isBusy: boolean }
  /** A backup's job, by its bare name. */
  | {
      readonly kind: 'job';
      readonly jobId: string;
      readonly status: string;
      /** As the service wrote them; undefined where it did not. */
      readonly startTime: string | undefined;
      readonly endTime: string | undefined;
      /** Ids of the item's recovery points as they were listed afterwards; empty when they were not. */
      readonly points: readonly string[];
    }
  /** A change that succeeded; `states` are the service's words that were read afterwards. */
  | { readonly kind: 'changed'; readonly states: readonly string[] }
  /** There was nothing to delete. */
  | { readonly kind: 'nothingThere' }
  /** The recording stops before the end. */
  | { readonly kind: 'open'; readonly reason: string; /** Named by then. */ readonly jobId?: string };

const open = (reason: string) => ({ kind: 'open', reason }) as const;

/** Whether a job goes on. */
export const isRunning = (status: string): boolean =>
  /^(?:InProgress|Cancelling|NotStarted|Queued)$/i.test(status);

/** Recovery points of the flow's item that a list showed after its write and before the next one. */
function pointsAfter(exchanges: readonly Exchange[], { write, until }: RecordedFlow): readonly string[] {
  return exchanges.slice(write.index, until).flatMap(({ method, url, reply }) => {
    if (method !== 'GET' || addressOf(url).path !== `${write.itemPath}/recoverypoints`) return [];
    const rows = member(reply.body, 'value');
    return (Array.isArray(rows) ? rows : []).flatMap((row: Json) => textAt(row, 'id')?.toLowerCase() ?? []);
  });
}

function jobEnding(exchanges: readonly Exchange[], flow: RecordedFlow, jobId: string): RecordedEnding {
  const reads = exchanges.filter(({ method, url, reply }) => {
    const { path } = addressOf(url);
    return method === 'GET' && reply.status === 200 && path.endsWith(`/backupjobs/${jobId}`);
  });
  const said = (name: string) => textAt(reads.at(-1)?.reply.body, 'properties', name);
  const status = said('status');
  if (status === undefined) return { ...open(`the job ${jobId} was not read`), jobId };
  if (isRunning(status)) return { ...open(`the job ${jobId} still ran`), jobId };
  const [startTime, endTime] = [said('startTime'), said('endTime')];
  return { kind: 'job', jobId, status, startTime, endTime, points: pointsAfter(exchanges, flow) };
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
  if (reply.status >= 400) return { kind: 'failed', code: codeIn(reply.body), isBusy: isBusy(reply) };
  const begun = begunBy(reply);
  return begun.kind === 'finished' ? changed(flow) : operationEnding(exchanges, flow, begun.id);
}

function operationEnding(exchanges: readonly Exchange[], flow: RecordedFlow, id: string): RecordedEnding {
  const isBackup = flow.lastWrite.verb === 'backup';
  const { poll, body } = endingOfPolls(exchanges, id) ?? {};
  if (poll?.kind === 'failed') return { kind: 'failed', code: poll.code, isBusy: false };
  if (poll?.kind !== 'succeeded') {
    if (!isBackup && settledStates(flow).length > 0) return changed(flow);
    return open(poll ? 'its operation still ran' : 'its operation was not followed');
  }
  if (!isBackup) return changed(flow);
  const jobId = jobNamedIn(body);
  return jobId === undefined ? open('its operation named no job') : jobEnding(exchanges, flow, jobId);
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
      return ending.reason;
  }
}
