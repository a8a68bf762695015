import { runFleet, type FleetCase, type FleetFigures } from './fleetCase.ts';
import type { BenchReport } from './report.ts';

const tenMinutes = { backups: 1, vaults: 1, jobSeconds: 600, quota: 'bucket' } as const;
const twoHours = { ...tenMinutes, jobSeconds: 7200 } as const;
const logNormal = { ...tenMinutes, backups: 1000, jobSeconds: 'logNormal' } as const;

/** Every fleet, smallest first. The largest takes minutes and is left out by `--quick`. */
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
];

const fixed = (value: number, digits = 2): string => (Number.isFinite(value) ? value.toFixed(digits) : '–');

const rowOf = (name: string, figures: FleetFigures): readonly string[] => [
  name,
  String(figures.lost),
  String(figures.throttled),
  fixed(figures.followRequestsPerBackup),
  fixed(figures.requestsPerBackup),
  `${fixed(figures.detectionMean)} / ${fixed(figures.detectionP99)}`,
  fixed(figures.makespanRatio, 3),
  fixed(figures.historyRowsPerRun, 1),
  String(figures.longestTrackerHistory),
  `${fixed(figures.appTableOpsPerBackup, 1)} + ${fixed(figures.appQueueOpsPerBackup, 1)} + ${fixed(figures.durableOpsPerRun, 1)}`,
];

/** Fleets through the whole app on the virtual clock: layer (b), the real flows on the local runner. */
export async function fleet(options: { readonly quick: boolean }): Promise<BenchReport> {
  const results: { readonly name: string; readonly figures: FleetFigures }[] = [];
  for (const one of cases.filter(({ backups }) => !options.quick || backups <= 1000)) {
    const figures = await runFleet(one);
    console.error(one.name, JSON.stringify(figures));
    results.push({ name: one.name, figures });
  }
  return {
    title: 'Fleets on the virtual clock',
    layer:
      'b: the whole app, its real flows on the local runner, against the simulator; tables in memory, counted; ' +
      'operations of the Durable extension by formula from the counted history events',
    columns: [
      'fleet',
      'lost',
      '429',
      'requests per backup to follow it',
      'all requests per backup',
      'detection ÷ Retry-After, mean / p99',
      'makespan ÷ ideal',
      'history rows per run',
      'longest tracker history',
      'storage operations per backup: tables + queue + Durable',
    ],
    rows: results.map(({ name, figures }) => rowOf(name, figures)),
    data: results,
  };
}
