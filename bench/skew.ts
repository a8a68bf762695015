import type { FleetResult } from './fleetCase.ts';
import type { FleetCase } from './fleetWorld.ts';
import { inOwnProcess } from './ownProcess.ts';
import type { BenchOptions, BenchReport } from './report.ts';

const program = new URL('./fleetProcess.ts', import.meta.url);

const shapes = [
  { backups: 1000, manyVaults: 500 },
  { backups: 10_000, manyVaults: 500 },
] as const;

const jobs = [
  { words: '10 min', jobSeconds: 600 },
  { words: '2 h', jobSeconds: 7200 },
] as const;

const run = (fleet: FleetCase) => inOwnProcess<FleetResult>(program, fleet);

/** The same backups in one vault and spread over many: requests of each, and their ratio. */
export async function skew({ quick }: BenchOptions): Promise<BenchReport> {
  const rows: string[][] = [];
  const data: unknown[] = [];
  for (const { backups, manyVaults } of shapes.slice(0, quick ? 1 : 2))
    for (const { words, jobSeconds } of jobs) {
      const fleet = { backups, jobSeconds, quota: 'bucket' } as const;
      const one = await run({ ...fleet, name: 'one', vaults: 1 });
      const many = await run({ ...fleet, name: 'many', vaults: manyVaults });
      data.push({ backups, words, one, many });
      rows.push([
        `1 × ${backups} and ${manyVaults} × ${backups / manyVaults}, ${words}`,
        `${one.lost} / ${many.lost}`,
        `${one.throttled} / ${many.throttled}`,
        `${one.requestsPerBackup.toFixed(2)} / ${many.requestsPerBackup.toFixed(2)}`,
        (many.requestsPerBackup / one.requestsPerBackup).toFixed(2),
        (many.followRequestsPerBackup / one.followRequestsPerBackup).toFixed(2),
        `${one.detectionP99.toFixed(2)} / ${many.detectionP99.toFixed(2)}`,
        `${one.wallSeconds.toFixed(0)} / ${many.wallSeconds.toFixed(0)} s`,
      ]);
    }
  return {
    title: 'One vault or many',
    layer: 'b, one seed each; buckets of 250 + 25/s for each action',
    columns: [
      ...['vaults × backups', 'lost', '429', 'requests per backup', 'many ÷ one', 'to follow it alone'],
      ...['detection p99 ÷ Retry-After', 'time of the run'],
    ],
    rows,
    data,
  };
}
