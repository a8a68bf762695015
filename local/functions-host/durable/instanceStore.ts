import {
  applyChange,
  emptyRecord,
  isTurningPoint,
  snapshot,
  type Change,
  type InstanceRecord,
} from './instanceRecord.ts';

/**
 * Where instances survive a crash. Every call is synchronous and atomic: a change that has been committed is there
 * after the next start, whole.
 */
export interface InstanceStore {
  /** Every stored instance, built anew; the caller may change what it gets. */
  loadAll(): readonly InstanceRecord[];
  commit(instanceId: string, change: Change): void;
  /** Forgets an instance; an unknown id is ignored. */
  remove(instanceId: string): void;
}

/** A store that lives as long as the process; it keeps the changes and shares no mutable state with its reader. */
export function createMemoryStore(): InstanceStore {
  const logs = new Map<string, Change[]>();
  return {
    loadAll: () => [...logs].map(([instanceId, changes]) => replay(instanceId, changes)),
    commit(instanceId, change) {
      const log = logs.get(instanceId);
      if (!log) logs.set(instanceId, [change]);
      else if (isTurningPoint(change)) logs.set(instanceId, [snapshot(replay(instanceId, [...log, change]))]);
      else log.push(change);
    },
    remove: (instanceId) => void logs.delete(instanceId),
  };
}

/** The record that a list of changes leads to. */
export function replay(instanceId: string, changes: readonly Change[]): InstanceRecord {
  const record = emptyRecord(instanceId);
  for (const change of changes) applyChange(record, change);
  return record;
}
