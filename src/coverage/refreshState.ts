import { createHash } from 'node:crypto';
import type { EstateServices } from '../estate/askArm.ts';
import type { LoadedPlan } from '../plan/loadPlan.ts';
import type { Plan } from '../plan/schema.ts';
import type { StoredRow, Table } from '../storage/table.ts';
import type { CoverageRow } from './schema.ts';

/** A run and the ARM id it is about. */
export interface RunAbout {
  readonly id: string;
  readonly run: NonNullable<CoverageRow['lastRun']>;
}

/** What coverage is read and kept with. */
export interface CoverageServices {
  readonly clock: () => Date;
  readonly newId: () => string;
  /** Rows, changes, days, vaults, the summary and how far a refresh has come. */
  readonly table: Table;
  readonly estate: EstateServices;
  readonly loadPlan: () => Promise<LoadedPlan>;
  /** Runs about one resource made since an instant (ISO 8601 UTC), newest first. */
  readonly runsSince: (since: string) => Promise<readonly RunAbout[]>;
  readonly log: (message: string) => void;
}

/** What a tick reads, tells and is noticed with. */
export interface CoverageTickServices extends CoverageServices {
  /** Messages to people. */
  readonly outbox: Table;
  /** Absent: nobody outside waits for a sign of life. */
  readonly pingUrl?: string;
  /** Posts a text to an https address; answers the status. */
  readonly post: (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<number>;
}

/** How far a refresh has come, and the last one that was finished. Instants ISO 8601 UTC. */
export interface Progress {
  /** When the refresh began: what is written carries it. */
  readonly readAt: string;
  readonly plan: string;
  /** Rows of the list of resources that have been judged. */
  readonly judged: number;
  readonly done: boolean;
  /** Runs made before have been looked at. */
  readonly runsSince: string;
}

/** A refresh that this invocation carries on, alone. */
export interface Claimed {
  readonly progress: Progress;
  readonly etag: string;
}

const [partitionKey, rowKey] = ['refresh', 'current'] as const;
/** Longest time between two refreshes; a plan that has changed is looked at with the next tick. */
const everyMs = 3_600_000;
/** Longer than an invocation may last. */
const leaseMs = 330_000;
const firstRunsMs = 7 * 86_400_000;

const planDigest = (plan: Plan): string =>
  createHash('sha256').update(JSON.stringify(plan), 'utf8').digest('hex').slice(0, 16);

const progressIn = (row: StoredRow): Progress => JSON.parse(String(row['data'])) as Progress;

/** The refresh to begin or to carry on; undefined while none is due, or another instance has it. */
function nextProgress(row: StoredRow | undefined, plan: string, now: Date): Progress | undefined {
  const begun = { readAt: now.toISOString(), plan, judged: 0, done: false };
  if (!row) return { ...begun, runsSince: new Date(now.getTime() - firstRunsMs).toISOString() };
  if (String(row['leasedUntil']) > now.toISOString()) return undefined;
  const progress = progressIn(row);
  if (!progress.done) return progress.plan === plan ? progress : { ...begun, runsSince: progress.runsSince };
  const isDue = progress.plan !== plan || Date.parse(progress.readAt) + everyMs <= now.getTime();
  return isDue ? { ...begun, runsSince: progress.runsSince } : undefined;
}

const rowOf = (progress: Progress, leasedUntil: string) => ({
  partitionKey,
  rowKey,
  data: JSON.stringify(progress),
  leasedUntil,
});

/** Takes what is due for this invocation; of several instances one gets it. */
export async function claimRefresh(
  { table, clock }: CoverageServices,
  plan: Plan,
): Promise<Claimed | undefined> {
  const now = clock();
  const row = await table.read(partitionKey, rowKey);
  const progress = nextProgress(row, planDigest(plan), now);
  if (!progress) return undefined;
  const next = rowOf(progress, new Date(now.getTime() + leaseMs).toISOString());
  const written = row ? await table.replace(next, row.etag) : await table.insert(next);
  return written.kind === 'written' ? { progress, etag: written.etag } : undefined;
}

/** Another instance has taken the refresh over: this one must not write any more. */
export class RefreshLost extends Error {
  override readonly name = 'RefreshLost';
}

/** Notes how far the refresh has come. @throws RefreshLost */
export async function recordProgress(
  { table, clock }: CoverageServices,
  { etag }: Claimed,
  progress: Progress,
  isGoingOn: boolean,
): Promise<Claimed> {
  const until = isGoingOn ? new Date(clock().getTime() + leaseMs).toISOString() : '';
  const written = await table.replace(rowOf(progress, until), etag);
  if (written.kind === 'conflict') throw new RefreshLost('Another instance carries the refresh on.');
  return { progress, etag: written.etag };
}

/** The refresh that goes on now, for the summary; undefined when none does. */
export async function refreshingNow(
  table: Table,
): Promise<{ readonly startedAt: string; readonly rows: number } | undefined> {
  const row = await table.read(partitionKey, rowKey);
  const progress = row && progressIn(row);
  return progress && !progress.done ? { startedAt: progress.readAt, rows: progress.judged } : undefined;
}
