import { backupVaultIdOf } from '../../src/data-protection/datasources.ts';
import { instanceName } from '../../src/data-protection/instanceChanges.ts';
import { differenceOf, type ReplayedEnding } from './compareEndings.ts';
import { datasourceIn } from './instanceFlow.ts';
import type { Exchange, Recording } from './readExchanges.ts';
import { endingInWords, recordedEnding } from './recordedEnding.ts';
import { recordedFlows, type Cause, type RecordedFlow } from './recordedFlows.ts';
import { RecordedService } from './recordedService.ts';
import { recorderRenamings, renamed, type Renaming } from './renaming.ts';
import type { Traffic } from './traffic.ts';
import { replayReconciling } from './replayReconciling.ts';
import { replayRequest } from './replayRequest.ts';
import { replayRestores } from './replayRestores.ts';

/** How one flow of a recording ended when it was replayed. */
export interface FlowReplay {
  /** File, line and what the flow does. */
  readonly title: string;
  /** `asFarAsRecorded`: the recording stops before the end, and so far all was the same. */
  readonly kind: 'asRecorded' | 'asFarAsRecorded' | 'otherwise' | 'notOurs';
  /** The recorded ending, what went otherwise, or why it is not ours. */
  readonly says: string;
  /** Reads that the recording does not answer: answered from what the write proves, or empty and 404. */
  readonly readsNotRecorded: number;
}

/** Instances are named by their client: the recorded names give way to ours. */
function instanceRenamings(recording: Recording): readonly Renaming[] {
  return recordedFlows(recording).flatMap(({ write, cause }): Renaming[] => {
    const datasource = write.verb === 'put' ? datasourceIn(write.body) : undefined;
    if (!datasource || !write.isInstance || cause.by !== 'request') return [];
    const ours = instanceName(backupVaultIdOf(write.itemId), datasource.id, datasource.name);
    return [[write.itemId.split('/').at(-1) ?? '', ours]];
  });
}

/** The recording as our client would have met it: every name in one spelling, instances named by us. */
function asOurs(recording: Recording): Recording {
  const once = renamed(recording, recorderRenamings(recording));
  return renamed(once, instanceRenamings(once));
}

/** When the recorded write was answered; undefined where the recorder kept no date. */
function instantOf({ reply }: Exchange): string | undefined {
  const at = Date.parse(reply.headers['date'] ?? '');
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

type OurCause = Exclude<Cause, { by: 'nothing' }>;

/** Unanswered reads after which a recording that stops early has nothing more to say. */
const mostUnanswered = 20;

async function played(
  cause: OurCause,
  flow: RecordedFlow,
  { exchanges, isOpen }: { readonly exchanges: readonly Exchange[]; readonly isOpen: boolean },
): Promise<{ readonly run: ReplayedEnding; readonly traffic: Traffic }> {
  const httpClient = new RecordedService(exchanges, flow);
  const { traffic } = httpClient;
  const startAt = instantOf(flow.write.exchange);
  const isExhausted = () => isOpen && traffic.unrecordedAfter > mostUnanswered;
  const run =
    cause.by === 'request'
      ? await replayRequest(cause, { httpClient, startAt, isExhausted })
      : await replayReconciling(cause.instanceId, httpClient, startAt);
  return { run, traffic };
}

const readsNotRecorded = ({ deduced, unrecorded }: Traffic): number => deduced.size + unrecorded.size;

async function replayFlow(flow: RecordedFlow, { exchanges }: Recording): Promise<FlowReplay> {
  const { cause, write } = flow;
  const title = `${write.exchange.where} ${flow.title}`;
  if (cause.by === 'nothing') {
    return { title, kind: 'notOurs', says: cause.reason, readsNotRecorded: 0 };
  }
  const recorded = recordedEnding(exchanges, flow);
  try {
    const { run, traffic } = await played(cause, flow, { exchanges, isOpen: recorded.kind === 'open' });
    const otherwise = differenceOf(recorded, run, traffic, flow);
    const says = otherwise ?? endingInWords(recorded);
    const asTold = recorded.kind === 'open' ? 'asFarAsRecorded' : 'asRecorded';
    const kind = otherwise === undefined ? asTold : 'otherwise';
    return { title, kind, says, readsNotRecorded: readsNotRecorded(traffic) };
  } catch (error) {
    return { title, kind: 'otherwise', says: String(error), readsNotRecorded: 0 };
  }
}

/** Replays every flow that a recording shows, one after the other; a recording without any is one that is not ours. */
export async function replayFlows(recording: Recording): Promise<readonly FlowReplay[]> {
  const ours = asOurs(recording);
  const replays: FlowReplay[] = [...(await replayRestores(ours.exchanges))];
  for (const flow of recordedFlows(ours)) replays.push(await replayFlow(flow, ours));
  if (replays.length > 0) return replays;
  const says = 'no write to a protected item or backup instance';
  return [{ title: recording.name, kind: 'notOurs', says, readsNotRecorded: 0 }];
}
