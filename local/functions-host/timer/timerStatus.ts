import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TimerSchedule } from './ncrontab.ts';

/** What is remembered of a timer; instants in milliseconds since the epoch, {@link NEVER} before the first run. */
export interface TimerStatus {
  readonly last: number;
  readonly next: number;
  readonly lastUpdated: number;
}

/** Year 1, which the platform writes for "not yet". */
export const NEVER = Date.UTC(2001, 0, 1) - 730_485 * 86_400_000;

/** Keeps one status per function name. */
export interface TimerStatusStore {
  read(functionName: string): TimerStatus | undefined;
  write(functionName: string, status: TimerStatus): void;
}

/** Statuses that live as long as the object. */
export function createMemoryTimerStatusStore(): TimerStatusStore {
  const statuses = new Map<string, TimerStatus>();
  return {
    read: (name) => statuses.get(name),
    write: (name, status) => void statuses.set(name, status),
  };
}

/** One JSON file per function in a folder; an unreadable file counts as none. */
export function createFileTimerStatusStore(folder: string): TimerStatusStore {
  const fileOf = (name: string): string => join(folder, `${encodeURIComponent(name)}.json`);
  return {
    read(name) {
      try {
        return JSON.parse(readFileSync(fileOf(name), 'utf8')) as TimerStatus;
      } catch {
        return undefined;
      }
    },
    write(name, status) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${fileOf(name)}.new`, JSON.stringify(status));
      renameSync(`${fileOf(name)}.new`, fileOf(name));
    },
  };
}

/** What a host start finds: the status to go on with and whether a run was missed. */
export interface TimerStart {
  readonly status: TimerStatus;
  readonly isPastDue: boolean;
}

/**
 * Compares the stored status with the schedule of today.
 *
 * A stored `next` that the schedule would not have produced means the schedule was changed: no run is past due then.
 * Undefined when the schedule has no further occurrence.
 */
export function judgeTimerStart(
  schedule: TimerSchedule,
  stored: TimerStatus | undefined,
  now: number,
): TimerStart | undefined {
  const nextFromNow = schedule.nextAfter(now);
  if (!stored) {
    if (nextFromNow === undefined) return undefined;
    return { status: { last: NEVER, next: nextFromNow, lastUpdated: NEVER }, isPastDue: false };
  }
  const base = stored.last === NEVER ? stored.lastUpdated : stored.last;
  const recomputed = base === NEVER ? stored.next : schedule.nextAfter(base);
  if (recomputed === stored.next) return { status: stored, isPastDue: now > stored.next };
  const next = recomputed !== undefined && recomputed > now ? recomputed : nextFromNow;
  return next === undefined ? undefined : { status: { ...stored, next }, isPastDue: false };
}
