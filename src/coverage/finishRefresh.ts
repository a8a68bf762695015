import type * as z from 'zod';
import { idKey, parseResourceId } from '../arm/resourceId.ts';
import { textIn } from '../arm/replyFields.ts';
import type { Protection } from '../estate/protections.ts';
import type { Table } from '../storage/table.ts';
import type { Gathered } from './gatherEstate.ts';
import type { Refresh } from './judgeRows.ts';
import type { Prior } from './keptRows.ts';
import { postureOf } from './posture.ts';
import { changePartition } from './rows.ts';
import { historyDays } from './readCoverage.ts';
import { isBackupVault, type VaultReading } from './readVault.ts';
import { recordProgress, type Claimed } from './refreshState.ts';
import { durationMilliseconds } from './policies.ts';
import {
  coverageStateSchema,
  exceptionStates,
  type CoverageState,
  type CoverageSummary,
  type vaultSchema,
} from './schema.ts';

type KeptVault = Omit<z.infer<typeof vaultSchema>, 'budgets' | 'dailyLimits'>;

/** Reasons that an answer carries; the rest are counted. */
const mostReasons = 50;

function countStates(priors: Iterable<Prior>): Record<CoverageState, number> {
  const counts = Object.fromEntries(coverageStateSchema.options.map((state) => [state, 0])) as Record<
    CoverageState,
    number
  >;
  for (const { state } of priors) counts[state]++;
  return counts;
}

function reasonsOf(problems: readonly string[]): string[] {
  const different = [...new Set(problems)];
  const more = different.length - mostReasons;
  return [...different.slice(0, mostReasons), ...(more > 0 ? [`… and ${more} more.`] : [])];
}

function summaryOf({ priors, problems, readAt }: Refresh): CoverageSummary {
  const counts = countStates(priors.values());
  const selected = exceptionStates.reduce((sum, state) => sum + counts[state], counts.ok);
  return {
    counts,
    total: priors.size,
    selected,
    readAt: readAt.toISOString(),
    complete: problems.length === 0,
    incompleteReasons: reasonsOf(problems),
  };
}

function kindsOf(priors: Iterable<Prior>): Record<string, Record<string, number>> {
  const kinds: Record<string, Record<string, number>> = {};
  for (const { kind, state } of priors) {
    const counts = (kinds[kind] ??= {});
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return kinds;
}

const put = (table: Table, partitionKey: string, rowKey: string, data: unknown): Promise<void> =>
  table.put({ partitionKey, rowKey, data: JSON.stringify(data) });

/** What rules expect of the policies they name, in milliseconds by the policy's id in lower case. */
function expectedOf({ plan }: Refresh): ReadonlyMap<string, number> {
  const expected = new Map<string, number>();
  for (const { expect, protect } of plan.rules) {
    const everyMs = expect && durationMilliseconds(expect.every);
    if (everyMs === undefined) continue;
    for (const vaultId of Object.values(protect.vaults)) {
      const id = `${vaultId}/backupPolicies/${protect.policy}`.toLowerCase();
      expected.set(id, Math.min(everyMs, expected.get(id) ?? everyMs));
    }
  }
  return expected;
}

const itemsIn = ({ protections }: Gathered, vaultId: string): readonly Protection[] =>
  [...protections.values()].flat().filter((one) => idKey(one.vaultId) === idKey(vaultId));

function vaultRow(refresh: Refresh, reading: VaultReading, items: readonly Protection[]): KeptVault {
  const expectedMs = expectedOf(refresh);
  const used = new Set([
    ...items.map(({ policyId }) => idKey(policyId)),
    ...[...expectedMs.keys()].map(idKey),
  ]);
  const policies = reading.policies.filter(({ id }) => used.has(idKey(id)));
  const id = parseResourceId(reading.id);
  const region = textIn(reading.body?.['location']);
  const counts: Record<string, number> = {};
  for (const { standing } of items) counts[standing] = (counts[standing] ?? 0) + 1;
  return {
    id: reading.id,
    name: (id.kind === 'ok' ? id.id.names.at(-1) : undefined) ?? '',
    type: isBackupVault(reading.id) ? 'backup' : 'recoveryServices',
    subscriptionId: id.kind === 'ok' ? id.id.subscriptionId : '',
    ...(region !== undefined && { region }),
    readAt: refresh.readAt.toISOString(),
    ...(reading.problems.length > 0 && { problem: reading.problems.join(' ') }),
    posture: [
      ...postureOf({ type: reading.type, ...(reading.body && { body: reading.body }), policies, expectedMs }),
    ],
    items: counts,
    jobsInFlight: reading.jobsInFlight,
  };
}

async function writeVaults(refresh: Refresh): Promise<void> {
  const { gathered, services } = refresh;
  const kept = new Set<string>();
  for (const reading of gathered.vaults.values()) {
    const rowKey = idKey(reading.id).replaceAll('/', '|');
    kept.add(rowKey);
    await put(services.table, 'vault', rowKey, vaultRow(refresh, reading, itemsIn(gathered, reading.id)));
  }
  const { rows } = await services.table.page('vault');
  for (const { rowKey } of rows) if (!kept.has(rowKey)) await services.table.remove('vault', rowKey);
}

const dayMs = 86_400_000;

/** Removes changes of the month, and days, that are older than they are kept: a thousand rows of each at a time. */
async function forget(table: Table, now: Date): Promise<void> {
  const past = new Date(now.getTime() - historyDays * dayMs);
  const month = changePartition(new Date(Date.UTC(past.getUTCFullYear(), past.getUTCMonth(), 0)));
  const changes = await table.page(month, { top: 1000 });
  for (let begin = 0; begin < changes.rows.length; begin += 100) {
    const some = changes.rows.slice(begin, begin + 100);
    await table.writeTogether(
      month,
      some.map(({ rowKey }) => ({ kind: 'remove', rowKey })),
    );
  }
  const days = await table.page('day', { before: past.toISOString().slice(0, 10), top: 100 });
  for (const { rowKey } of days.rows) await table.remove('day', rowKey);
}

/** Runs that have not ended are looked at again; what began longer ago is left. */
const runsAgainMs = 24 * 3_600_000;

/** Writes what the whole refresh has found, the summary last but for the note that it is done. */
export async function finishRefresh(refresh: Refresh, claimed: Claimed): Promise<void> {
  const { services, priors, readAt } = refresh;
  const { table } = services;
  const summary = summaryOf(refresh);
  await writeVaults(refresh);
  if (summary.complete) {
    const date = readAt.toISOString().slice(0, 10);
    await put(table, 'day', date, { date, readAt: readAt.toISOString(), kinds: kindsOf(priors.values()) });
  }
  await forget(table, readAt);
  await put(table, 'summary', 'current', summary);
  const runsSince = new Date(readAt.getTime() - runsAgainMs).toISOString();
  await recordProgress(services, claimed, { ...claimed.progress, done: true, runsSince }, false);
  const bad = summary.complete ? '' : `, not whole: ${summary.incompleteReasons[0] ?? ''}`;
  services.log(`Coverage of ${summary.total} resources was read${bad}`);
}
