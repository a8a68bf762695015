import { readdirSync, readFileSync } from 'node:fs';
import { createHostJson } from '../local/functions-host/hostJson.ts';
import { durableKinds } from './durableOps.ts';
import type { FleetResult } from './fleetCase.ts';
import { standingOperations } from './idleCost.ts';
import { inOwnProcess } from './ownProcess.ts';
import type { BenchOptions, BenchReport } from './report.ts';

const program = new URL('./fleetProcess.ts', import.meta.url);

/** Operations of each paid service; leases and locks lie in tables and blobs. */
type Services = Readonly<Record<'queue' | 'table' | 'lease', number>>;

/** Operations per backup by what they are. */
type Breakdown = ReadonlyMap<string, Services>;

const none: Services = { queue: 0, table: 0, lease: 0 };

const ownQueues = (): number =>
  readdirSync('src/functions').filter((name) => name.endsWith('.queue.ts')).length;

/** What a host does beside the backups for as long as they take: looks at its queues, leases and locks. */
function standing({ makespanSeconds }: FleetResult, backups: number): [string, Services][] {
  const hostJson = createHostJson(JSON.parse(readFileSync('host.json', 'utf8')), {});
  const parts = standingOperations(hostJson, ownQueues(), makespanSeconds);
  return parts.map(({ what, count }) => [
    `host | ${what}`,
    { ...none, [what.startsWith('leases') ? 'lease' : 'queue']: count / backups },
  ]);
}

function breakdownOf(fleet: FleetResult, backups: number): Breakdown {
  const { tables, flows, appQueueOpsPerBackup } = fleet;
  const own = Object.entries(tables).flatMap(([name, kinds]) =>
    Object.entries(kinds).map(([kind, table]): [string, Services] => [
      `table ${name} | ${kind}`,
      { ...none, table },
    ]),
  );
  const durable = Object.entries(flows).flatMap(([flow, counts]) =>
    durableKinds(counts).map(({ kind, count, each }): [string, Services] => [
      `Durable, ${flow} | ${kind}: ${each.queue} + ${each.table}`,
      { ...none, queue: (count * each.queue) / backups, table: (count * each.table) / backups },
    ]),
  );
  const messages: [string, Services] = [
    'queue of steps | put, receive, delete',
    { ...none, queue: appQueueOpsPerBackup },
  ];
  const all = [...own, messages, ...durable, ...standing(fleet, backups)];
  return new Map(all.filter(([, services]) => sumOf(services) > 0));
}

const sumOf = ({ queue, table, lease }: Services): number => queue + table + lease;

const isStanding = (place: string): boolean => place.startsWith('host | ');

const totalOf = (breakdown: Breakdown, count: (services: Services, place: string) => number): number =>
  [...breakdown].reduce((sum, [place, services]) => sum + count(services, place), 0);

/** What backups ask for, whatever the host does beside them. */
const askedFor = (services: Services, place: string): number => (isStanding(place) ? 0 : sumOf(services));

const totals: readonly (readonly [string, (services: Services, place: string) => number])[] = [
  ['all', askedFor],
  ['with looks, leases and locks', sumOf],
  ['of these: queues', ({ queue }) => queue],
  ['of these: tables', ({ table }) => table],
  ['of these: leases and locks, in tables and blobs', ({ lease }) => lease],
];

const fleets = [
  { backups: 1, jobSeconds: 600, name: '1 × 10 min' },
  { backups: 1, jobSeconds: 7200, name: '1 × 2 h' },
  { backups: 1000, jobSeconds: 600, name: '1,000 × 10 min' },
  { backups: 1000, jobSeconds: 7200, name: '1,000 × 2 h' },
] as const;

/** Where the storage operations of a backup go: fleets that differ in their number and in the length of their jobs. */
export async function operations({ quick }: BenchOptions): Promise<BenchReport> {
  const columns: { readonly name: string; readonly breakdown: Breakdown }[] = [];
  for (const { name, backups, jobSeconds } of fleets.slice(0, quick ? 2 : fleets.length)) {
    const fleet = { name: 'operations', backups, vaults: 1, quota: 'bucket', jobSeconds };
    const result = await inOwnProcess<FleetResult>(program, fleet);
    columns.push({ name, breakdown: breakdownOf(result, backups) });
  }
  const largest = columns.at(-1)?.breakdown ?? new Map<string, Services>();
  const at = (breakdown: Breakdown, place: string): number => sumOf(breakdown.get(place) ?? none);
  const places = [...new Set(columns.flatMap(({ breakdown }) => [...breakdown.keys()]))].sort(
    (one, other) => at(largest, other) - at(largest, one),
  );
  return {
    title: 'Storage operations of a backup',
    layer:
      'b: backups in one vault, named by the ids of their items; operations on tables and messages counted, those of the ' +
      'Durable extension by formula (queue + table operations of each) from counts; a whole batch of changes to one ' +
      'partition is one operation; looks at queues by intervals of host.json and renewals as seen on the official host, ' +
      'for as long as the fleet takes',
    columns: ['where', 'operation', ...columns.map(({ name }) => `${name}, per backup`)],
    rows: [
      ...totals.map(([name, count]) => [
        ...[name, ''],
        ...columns.map(({ breakdown }) => totalOf(breakdown, count).toFixed(1)),
      ]),
      ...places.map((place) => [
        ...place.split(' | '),
        ...columns.map(({ breakdown }) => at(breakdown, place).toFixed(2)),
      ]),
    ],
    data: columns.map(({ name, breakdown }) => ({ name, ...Object.fromEntries(breakdown) })),
  };
}
