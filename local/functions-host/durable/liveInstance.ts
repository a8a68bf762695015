import type { Clock, ClockTimer } from '../clock/clock.ts';
import type { InstanceRecord } from './instanceRecord.ts';

/** An instance in memory: its record and what only this life of the process knows. */
export interface LiveInstance {
  readonly record: InstanceRecord;
  /** A turn is running. */
  busy: boolean;
  /** Ids of messages that are not visible yet. */
  readonly hidden: Set<string>;
  /** Armed timers by task id. */
  readonly timers: Map<number, ClockTimer>;
}

/** An instance that has just been loaded or created. */
export const liveInstance = (record: InstanceRecord): LiveInstance => ({
  record,
  busy: false,
  hidden: new Set(),
  timers: new Map(),
});

/** Disarms every timer of an instance. */
export function disarm(instance: LiveInstance, clock: Clock): void {
  for (const timer of instance.timers.values()) clock.cancel(timer);
  instance.timers.clear();
}

/** Whether nothing inside or outside can move a Running instance any more. */
export const isStuck = ({ head, open, leaves, inbox }: InstanceRecord): boolean =>
  head.status === 'Running' &&
  open.size === 0 &&
  inbox.length === 0 &&
  !leaves.some((leaf) => leaf.kind === 'event' && !leaf.done);
