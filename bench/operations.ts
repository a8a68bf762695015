import { readdirSync, readFileSync } from 'node:fs';
import { createHostJson } from '../local/functions-host/hostJson.ts';
import { durableKinds } from './durableOps.ts';
import type { FleetResult } from './fleetCase.ts';
import { standingOperations } from './idleCost.ts';
import { inOwnProcess } from './ownProcess.ts';
import type { BenchOptions, BenchReport } from './report.ts';

const program = new URL('./fleetProcess.ts', import.meta.url);

/** Operations per backup by what they are, the most first. */
type Breakdown = ReadonlyMap<string, number>;

const ownQueues = (): number =>
  readdirSync('src/functions').filter((name) => name.endsWith('.queue.ts')).length;

/** What a host does beside the backups for as long as they take: looks at its queues, leases and locks. */
function standing({ makespanSeconds }: FleetResult, backups: number): [string, number][] {
  const hostJson = createHostJson(JSON.parse(readFileSync('host.json', 'utf8')), {});
  const parts = standingOperations(hostJson, ownQueues(), makespanSeconds);
  return parts.map(({ what, count }) => [`host | ${what}`, count / backups]);
}

function breakdownOf(fleet: FleetResult, backups: number): Breakdown {
  const { tables, flows, appQueueOpsPerBackup } = fleet;
  const own = Object.entries(tables).flatMap(([table, kinds]) =>
    Object.entries(kinds).map(([kind, count]): [string, number] => [`table ${table} | ${kind}`, count]),
  );
  const durable = Object.entries(flows).flatMap(([flow, counts]) =>
    durableKinds(counts).map(({ kind, count, each }): [string, number] => [
      `Durable, ${flow} | ${kind}: ${each.queue} + ${each.table}`,
      (count * (each.queue + each.table)) / backups,
    ]),
  );
  const messages: [string, number] = ['queue of steps | put, receive, delete', appQueueOpsPerBackup];
  return new Map(
    [...own, messages, ...durable, ...standing(fleet, backups)].filter(([, count]) => count > 0),
  );
}

const isStanding = (place: string): boolean => place.startsWith('host | ');

const totalOf = (breakdown: Breakdown, isCounted = (_place: string) => true): number =>
  [...breakdown].reduce((sum, [place, count]) => sum + (isCounted(place) ? count : 0), 0);

/** What backups ask for, whatever the host does beside them. */
const askedFor = (breakdown: Breakdown): number => totalOf(breakdown, (place) => !isStanding(place));

/** Where the storage operations of a backup go: two fleets that differ in the length of their jobs alone. */
export async function operations({ quick }: BenchOptions): Promise<BenchReport> {
  const backups = quick ? 100 : 1000;
  const run = (jobSeconds: number) =>
    inOwnProcess<FleetResult>(program, {
      ...{ name: 'operations', backups, vaults: 1, quota: 'bucket' },
      jobSeconds,
    });
  const [short, long] = [breakdownOf(await run(600), backups), breakdownOf(await run(7200), backups)];
  const [shortTotal, longTotal] = [askedFor(short), askedFor(long)];
  const places = [...new Set([...long.keys(), ...short.keys()])].sort(
    (one, other) => (long.get(other) ?? 0) - (long.get(one) ?? 0),
  );
  const cell = (breakdown: Breakdown, place: string) => (breakdown.get(place) ?? 0).toFixed(2);
  return {
    title: 'Storage operations of a backup',
    layer:
      `b: ${backups} backups in one vault; operations on tables and messages counted, those of the Durable extension by ` +
      'formula (queue + table operations of each) from counts; a whole batch of changes to one partition is one operation; ' +
      'looks at queues by intervals of host.json and renewals as seen on the official host, for as long as the fleet takes',
    columns: ['where', 'operation', '10 min, per backup', '2 h, per backup'],
    rows: [
      ['all', '', shortTotal.toFixed(1), longTotal.toFixed(1)],
      ['with looks, leases and locks', '', totalOf(short).toFixed(1), totalOf(long).toFixed(1)],
      ['2 h ÷ 10 min', '', '', (longTotal / shortTotal).toFixed(3)],
      ...places.map((place) => [...place.split(' | '), cell(short, place), cell(long, place)]),
    ],
    data: { backups, short: Object.fromEntries(short), long: Object.fromEntries(long) },
  };
}
