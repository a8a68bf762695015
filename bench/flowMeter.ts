import { createMemoryStore, type InstanceStore } from '../local/functions-host/durable/instanceStore.ts';
import { eventType } from '../local/functions-host/durable/historyEvents.ts';
import type { Change } from '../local/functions-host/durable/instanceRecord.ts';
import type { InvocationInput, InvocationOutcome, Invoke } from '../local/functions-host/invoke.ts';

/** What all instances of one orchestration have asked of the Durable extension, every generation of each. */
export interface FlowCounts {
  /** Started by a client. */
  starts: number;
  /** Started by a parent. */
  children: number;
  /** Restarted with `continueAsNew`: on Azure Storage in memory, within the commit of the last episode. */
  continued: number;
  /** Calls of the orchestrator, one for each message. */
  episodes: number;
  activities: number;
  timers: number;
  timersFired: number;
  /** Raised by a client. */
  events: number;
  /** Bytes of all episodes: the request with the whole history, and the answer with all actions. */
  bytes: number;
  /** Bytes of the largest episode, and its two parts. */
  largest: { readonly bytes: number; readonly request: number; readonly answer: number };
}

/** Counts what flows do, from outside of them. */
export interface FlowMeter {
  /** The store that counts, to be given to the engine. */
  readonly instances: InstanceStore;
  /** Counts calls of orchestrators, to be put around the engine's calls. */
  readonly aroundFlows: (invoke: Invoke) => Invoke;
  /** By name of the orchestration. */
  readonly flows: ReadonlyMap<string, FlowCounts>;
}

const emptyCounts = (): FlowCounts => ({
  ...{ starts: 0, children: 0, continued: 0, episodes: 0, activities: 0, timers: 0, timersFired: 0 },
  ...{ events: 0, bytes: 0, largest: { bytes: 0, request: 0, answer: 0 } },
});

function countBeginning(counts: FlowCounts, { reset, head }: Change): void {
  if (!reset) return;
  if (head?.continued) counts.continued += 1;
  else if (head?.parent) counts.children += 1;
  else counts.starts += 1;
}

function countChange(counts: FlowCounts, change: Change): void {
  countBeginning(counts, change);
  for (const { kind } of change.opened ?? []) {
    if (kind === 'activity') counts.activities += 1;
    if (kind === 'timer') counts.timers += 1;
  }
  for (const { event } of change.queued ?? []) {
    if (event.EventType === eventType.timerFired) counts.timersFired += 1;
    if (event.EventType === eventType.eventRaised) counts.events += 1;
  }
}

const bytesOf = (text: string | undefined): number => Buffer.byteLength(text ?? '');

function countEpisode(counts: FlowCounts, { inputData }: InvocationInput, outcome: InvocationOutcome): void {
  const given = outcome.ok ? outcome.returnValue : undefined;
  const [request, answer] = [bytesOf(inputData[0]?.data.string), bytesOf(given?.string ?? given?.json)];
  const bytes = request + answer;
  counts.episodes += 1;
  counts.bytes += bytes;
  if (bytes > counts.largest.bytes) counts.largest = { bytes, request, answer };
}

/** A meter that has counted nothing; the instances are kept in memory. */
export function createFlowMeter(): FlowMeter {
  const store = createMemoryStore();
  const flows = new Map<string, FlowCounts>();
  const names = new Map<string, string>();
  const countsOf = (name: string): FlowCounts => {
    const counts = flows.get(name) ?? emptyCounts();
    flows.set(name, counts);
    return counts;
  };
  return {
    flows,
    instances: {
      ...store,
      commit(instanceId, change) {
        if (change.head?.name) names.set(instanceId, change.head.name);
        countChange(countsOf(names.get(instanceId) ?? ''), change);
        store.commit(instanceId, change);
      },
    },
    aroundFlows: (invoke) => async (fn, input) => {
      const outcome = await invoke(fn, input);
      if (fn.trigger.type.toLowerCase() === 'orchestrationtrigger')
        countEpisode(countsOf(fn.name), input, outcome);
      return outcome;
    },
  };
}
