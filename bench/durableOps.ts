import type { FlowCounts } from './flowMeter.ts';

/** Storage operations, by the service that is paid for them. */
export interface Operations {
  readonly queue: number;
  readonly table: number;
}

/** One kind of thing the Durable extension does, and what it costs. */
export interface OperationKind {
  readonly kind: string;
  readonly count: number;
  /** Operations of each. */
  readonly each: Operations;
}

/**
 * What flows make the Durable extension do on Azure Storage, by kind.
 *
 * Counted in the source of DurableTask.AzureStorage: a start is a read and an insert of the instance and a message. An
 * episode receives and deletes its message, queries the history, appends to it and merges the instance. An activity's
 * message is put, received, answered and deleted. A timer is a message put invisibly; one that was cancelled is delivered all
 * the same, looked up and deleted. Messages over 45 KB (more operations) and messages that share an episode (fewer) are
 * left out. A generation begun with `continueAsNew` is looped in memory.
 */
export function durableKinds(counts: FlowCounts): readonly OperationKind[] {
  const { starts, children, continued, episodes, activities, timers, timersFired, events } = counts;
  return [
    { kind: 'start by a client', count: starts, each: { queue: 1, table: 2 } },
    { kind: 'child', count: children, each: { queue: 2, table: 0 } },
    { kind: 'episode', count: episodes - continued, each: { queue: 2, table: 3 } },
    { kind: 'activity', count: activities, each: { queue: 4, table: 0 } },
    { kind: 'timer that fired', count: timersFired, each: { queue: 1, table: 0 } },
    { kind: 'timer that was cancelled', count: timers - timersFired, each: { queue: 3, table: 1 } },
    { kind: 'event raised', count: events, each: { queue: 1, table: 1 } },
  ];
}

/** Operations of all kinds together. */
export const sumOf = (kinds: readonly OperationKind[]): Operations => ({
  queue: kinds.reduce((sum, { count, each }) => sum + count * each.queue, 0),
  table: kinds.reduce((sum, { count, each }) => sum + count * each.table, 0),
});

/** Operations of the Durable extension for flows of every name. */
export const durableOperations = (flows: ReadonlyMap<string, FlowCounts>): Operations =>
  sumOf([...flows.values()].flatMap(durableKinds));
