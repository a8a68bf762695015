import { createHash } from 'node:crypto';
import { idKey } from '../arm/resourceId.ts';
import type { RunRequest, Target, DrillRequest } from '../runs/request.ts';
import type { StoredRow, Table } from '../storage/table.ts';
import { targetName } from '../runs/run.ts';

/**
 * Azure Backup's limits per UTC day, as published from 2022 to 2025; refused requests come back as `CloudDos…`.
 * On-demand backups count per item, the others per Recovery Services vault. Checked: November 2026.
 */
export const dailyLimits = {
  backups: { fileShare: 10, virtualMachine: 3, workload: 3, disk: 10, blobs: 4, unknown: 10 },
  /** 20 of a share in the service's reference, 10 in its matrix of 2020. */
  restores: { fileShare: 10, virtualMachine: 10, workload: 10, disk: 10, blobs: 10, unknown: 10 },
  discoveries: 50,
  configurations: 200,
  accounts: 50,
} as const;

/** One use of a limit. */
export interface Charge {
  readonly limit: number;
  /** What is counted, in words: shown when nothing is left. */
  readonly what: string;
  /** ARM id it is counted for. */
  readonly scope: string;
  /** Counted only once a day for this, whatever the number of charges. */
  readonly onceFor?: string;
}

const kindWords: readonly (readonly [RegExp, keyof typeof dailyLimits.backups])[] = [
  [/\/protectedItems\/azurefileshare;|\/fileServices\//i, 'fileShare'],
  [/\/protectedItems\/vm;|\/virtualMachines\//i, 'virtualMachine'],
  [/\/protectedItems\/(?:sql|sap)/i, 'workload'],
  [/\/disks\//i, 'disk'],
  [/\/storageAccounts\//i, 'blobs'],
];

const kindOf = (target: Target): keyof typeof dailyLimits.backups =>
  'kind' in target ? target.kind : (kindWords.find(([words]) => words.test(target.id))?.[1] ?? 'unknown');

/** What is counted for a vault. */
const vaultLimits = [
  { what: 'protections configured', limit: dailyLimits.configurations },
  { what: 'discoveries', limit: dailyLimits.discoveries },
  { what: 'storage accounts registered', limit: dailyLimits.accounts },
] as const;

/** A new share: its account is discovered and registered once, whatever the number of its shares. */
function protectionCharges(target: Target): readonly Charge[] {
  if (!('kind' in target) || target.kind === 'disk' || target.kind === 'blobs') return [];
  const { vaultId: scope } = target;
  const onceFor = target.kind === 'fileShare' ? target.storageAccountId : targetName(target);
  const accounts =
    target.kind === 'fileShare'
      ? [{ limit: dailyLimits.accounts, what: 'storage accounts registered', scope, onceFor }]
      : [];
  return [
    { limit: dailyLimits.configurations, what: 'protections configured', scope },
    { limit: dailyLimits.discoveries, what: 'discoveries', scope, onceFor },
    ...accounts,
  ];
}

/** A restore counts for its item, and for the drill that begins only so many a day. */
function drillCharges({ target, dryRun, drill, restoresADay }: DrillRequest): readonly Charge[] {
  if (dryRun) return [];
  const limit = dailyLimits.restores[kindOf(target)];
  const own = { limit, what: 'restores', scope: targetName(target) };
  if (drill === undefined || restoresADay === undefined) return [own];
  return [{ limit: restoresADay, what: 'restores of a drill', scope: drill }, own];
}

/** A restore that somebody asks for by hand: its run counts once, however often that is noted. */
export const chargeOfRestore = (itemId: string, run: string): Charge => ({
  limit: dailyLimits.restores[kindOf({ id: itemId })],
  ...{ what: 'restores', scope: itemId, onceFor: run },
});

/** What a request uses of the service's daily limits. */
export function chargesOf(request: RunRequest): readonly Charge[] {
  if (request.kind === 'protect') return protectionCharges(request.target);
  if (request.kind === 'drill') return drillCharges(request);
  if (request.kind !== 'backUp') return [];
  const limit = dailyLimits.backups[kindOf(request.target)];
  return [{ limit, what: 'on-demand backups', scope: targetName(request.target) }];
}

const hashed = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 40);
const counterKey = ({ what, scope }: Charge): string => `count-${hashed(`${what}|${idKey(scope)}`)}`;
const onceKey = (charge: Charge): string =>
  `once-${hashed(`${charge.what}|${idKey(charge.scope)}|${idKey(charge.onceFor ?? '')}`)}`;

const usedOf = (row: StoredRow | undefined): number => Number(row?.['used'] ?? 0);

/** Whether this use was counted before on this day. */
const isCounted = async (table: Table, day: string, charge: Charge): Promise<boolean> =>
  charge.onceFor !== undefined && (await table.read(day, onceKey(charge))) !== undefined;

/** Shards of every batch count in one row: so many of them may come in between. */
const mostTries = 200;

/** Changes a counter under its ETag; undefined when it would pass its limit, and nothing is written. */
async function count(table: Table, day: string, charge: Charge, by: 1 | -1): Promise<number | undefined> {
  const rowKey = counterKey(charge);
  for (let tries = 0; tries < mostTries; tries++) {
    const row = await table.read(day, rowKey);
    const used = usedOf(row) + by;
    if (by > 0 && used > charge.limit) return undefined;
    const next = { partitionKey: day, rowKey, used: Math.max(0, used) };
    const written = row ? await table.replace(next, row.etag) : await table.insert(next);
    if (written.kind === 'written') return used;
  }
  throw new Error(`The counter of ${charge.what} was changed by others ${mostTries} times in a row.`);
}

/** What counts once a day is marked after it was counted; where another was there first, one is given back. */
async function markCounted(table: Table, day: string, charge: Charge): Promise<void> {
  if (charge.onceFor === undefined) return;
  const marked = await table.insert({ partitionKey: day, rowKey: onceKey(charge) });
  if (marked.kind === 'conflict') await count(table, day, charge, -1);
}

/** What is not counted yet, or the charge whose limit is reached already. */
async function dueOf(
  table: Table,
  day: string,
  charges: readonly Charge[],
): Promise<readonly Charge[] | Charge> {
  const due: Charge[] = [];
  for (const charge of charges) {
    if (await isCounted(table, day, charge)) continue;
    if (usedOf(await table.read(day, counterKey(charge))) >= charge.limit) return charge;
    due.push(charge);
  }
  return due;
}

const isCharge = (due: readonly Charge[] | Charge): due is Charge => 'limit' in due;

/**
 * Takes every charge, or none and says which limit is reached: also of several that ask for the last one together. A
 * crash in between counts one too many, never one too few.
 *
 * @throws Error when a counter was changed by others too often.
 */
export async function takeCharges(
  table: Table,
  now: Date,
  charges: readonly Charge[],
): Promise<Charge | undefined> {
  const day = now.toISOString().slice(0, 10);
  const due = await dueOf(table, day, charges);
  if (isCharge(due)) return due;
  const taken: Charge[] = [];
  for (const charge of due) {
    if ((await count(table, day, charge, 1)) === undefined) {
      for (const one of taken) await count(table, day, one, -1);
      return charge;
    }
    taken.push(charge);
  }
  for (const charge of taken) await markCounted(table, day, charge);
  return undefined;
}

/** What has been used of a Recovery Services vault's limits on a day (`2026-08-22`), as the app has counted. */
export const usedOfVault = (
  table: Table,
  day: string,
  scope: string,
): Promise<readonly { readonly what: string; readonly used: number; readonly limit: number }[]> =>
  Promise.all(
    vaultLimits.map(async ({ what, limit }) => ({
      what,
      limit,
      used: usedOf(await table.read(day, counterKey({ what, limit, scope }))),
    })),
  );
