import type { FleetResult } from './fleetCase.ts';
import type { FleetCase } from './fleetWorld.ts';
import { inOwnProcess } from './ownProcess.ts';
import type { BenchOptions, BenchReport } from './report.ts';

const program = new URL('./fleetProcess.ts', import.meta.url);

const tenMinutes = { backups: 1, vaults: 1, jobSeconds: 600, quota: 'bucket' } as const;
const twoHours = { ...tenMinutes, jobSeconds: 7200 } as const;
const logNormal = { ...tenMinutes, backups: 1000, jobSeconds: 'logNormal' } as const;

/** Every fleet, smallest first. The largest take minutes and are left out by `--quick`. */
const cases: readonly FleetCase[] = [
  { ...tenMinutes, name: '1 × 10 min' },
  { ...twoHours, name: '1 × 2 h' },
  { ...tenMinutes, backups: 100, name: '100 × 10 min' },
  { ...twoHours, backups: 100, name: '100 × 2 h' },
  { ...tenMinutes, backups: 1000, name: '1,000 × 10 min' },
  { ...twoHours, backups: 1000, name: '1,000 × 2 h' },
  { ...logNormal, name: '1,000 × log-normal' },
  { ...logNormal, quota: 'hourly', name: '1,000 × log-normal, hourly' },
  { ...logNormal, quota: 'hourly', vaults: 50, name: '1,000 × log-normal, hourly, 50 vaults' },
  { ...tenMinutes, backups: 1000, vaults: 50, name: '1,000 × 10 min, 50 vaults' },
  { ...tenMinutes, backups: 1000, rivalPerMinute: 750, name: '1,000 × 10 min, rival takes half' },
  {
    ...tenMinutes,
    ...{ backups: 1000, rivalPerMinute: 750, rivalWrites: true },
    name: '1,000 × 10 min, rival takes half, writes too',
  },
  { ...tenMinutes, backups: 1000, echo: false, name: '1,000 × 10 min, no echo of ids' },
  { ...twoHours, backups: 1000, machines: true, jobSeconds: 86_000, name: '1,000 machines × 23 h 53' },
  { ...tenMinutes, backups: 10_000, name: '10,000 × 10 min' },
  { ...twoHours, backups: 10_000, name: '10,000 × 2 h' },
];

const fixed = (value: number | null, digits = 2): string =>
  value !== null && Number.isFinite(value) ? value.toFixed(digits) : '–';

/** A fleet that ran in a process of its own; what was not a number has become null on the way. */
interface Outcome extends FleetResult {
  readonly peakMegabytes: number;
}

const rowOf = (name: string, figures: Outcome): readonly string[] => [
  name,
  String(figures.lost),
  String(figures.throttled),
  fixed(figures.followRequestsPerBackup),
  fixed(figures.requestsPerBackup),
  `${fixed(figures.detectionMean)} / ${fixed(figures.detectionP99)}`,
  fixed(figures.makespanRatio, 3),
  fixed(figures.goodput, 3),
  fixed(figures.historyRowsPerRun, 1),
  String(figures.longestTrackerHistory),
  `${fixed(figures.appTableOpsPerBackup, 1)} + ${fixed(figures.appQueueOpsPerBackup, 1)} + ${fixed(figures.durableOpsPerBackup, 1)}`,
  `${fixed(figures.wallSeconds, 0)} s, ${fixed(figures.peakMegabytes, 0)} MB`,
];

/** Fleets through the whole app on the virtual clock: layer (b), the real flows on the local runner. */
export async function fleet({ quick, only }: BenchOptions): Promise<BenchReport> {
  const results: { readonly name: string; readonly figures: Outcome }[] = [];
  for (const one of cases) {
    if ((quick && one.backups > 1000) || !one.name.includes(only)) continue;
    const figures = await inOwnProcess<Outcome>(program, one);
    console.error(rowOf(one.name, figures).join('  |  '));
    results.push({ name: one.name, figures });
  }
  return {
    title: 'Fleets on the virtual clock',
    layer:
      'b: the whole app, its real flows on the local runner, against the simulator; tables in memory, counted; ' +
      'operations of the Durable extension by formula from counted starts, episodes, activities, timers and events, ' +
      "those of trackers included; the last column is the harness's own",
    columns: [
      ...['fleet', 'lost', '429', 'requests per backup to follow it', 'all requests per backup'],
      ...['detection ÷ Retry-After, mean / p99', 'makespan ÷ ideal', 'goodput ÷ write bucket'],
      ...['history rows per run', 'longest tracker history'],
      ...['storage operations per backup: tables + queue + Durable', 'time and peak memory of the run'],
    ],
    rows: results.map(({ name, figures }) => rowOf(name, figures)),
    data: results,
  };
}
