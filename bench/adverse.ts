import type { FaultRuleSeed } from '../local/arm-simulator/faults.ts';
import type { FleetResult } from './fleetCase.ts';
import type { FleetCase } from './fleetWorld.ts';
import { inOwnProcess } from './ownProcess.ts';
import type { BenchOptions, BenchReport } from './report.ts';

const program = new URL('./fleetProcess.ts', import.meta.url);
const jobList = 'recoveryServices.jobs';
const backup = 'recoveryServices.backup';

/** Every request of a route is met. */
const always = (on: string, fault: FaultRuleSeed['fault']): FaultRuleSeed => ({ on, times: 0, fault });

/** Each so-manyth request of a route is met, as often as a fleet of this size can send one. */
const each = (nth: number, on: string, backups: number, fault: FaultRuleSeed['fault']): FaultRuleSeed[] =>
  Array.from({ length: Math.floor((backups * 1.2) / nth) }, (_, at) => ({ on, nth: (at + 1) * nth, fault }));

const internalError = { kind: 'reply', status: 500 } as const;
const asksFor = (retryAfter: string) => ({ kind: 'headers', set: { 'Retry-After': retryAfter } }) as const;
const onlyInTheMessage = { withoutRetryAfter: true };

/** What may go wrong, for a fleet of this size. */
function hardships(
  backups: number,
): readonly Omit<FleetCase, 'backups' | 'vaults' | 'jobSeconds' | 'quota'>[] {
  return [
    { name: 'nothing' },
    {
      name: 'rival takes half, 429s say how long in the message alone',
      rivalPerMinute: 750,
      throttling: onlyInTheMessage,
    },
    { name: 'rival takes all reads', rivalPerMinute: 1500 },
    { name: 'counters of 30 and 250 that answer in turn', throttling: { countersInTurn: [30, 250] } },
    { name: 'Retry-After of 5 s', faults: [always(backup, asksFor('5'))] },
    { name: 'Retry-After of 324 s', faults: [always(backup, asksFor('324'))] },
    { name: 'no Retry-After', faults: [always(backup, { kind: 'headers', remove: ['Retry-After'] })] },
    {
      name: 'lists two minutes old',
      faults: [always(jobList, { kind: 'list', variant: 'stale', seconds: 120 })],
    },
    {
      name: 'pages of 100 that shift, 1 s each',
      pageSize: 100,
      faults: [
        always(jobList, { kind: 'list', variant: 'shift' }),
        always(jobList, { kind: 'delay', seconds: 1 }),
      ],
    },
    {
      name: 'lists cut silently at 400',
      faults: [always(jobList, { kind: 'list', variant: 'cut', rows: 400 })],
    },
    {
      name: 'each 20th answer to a backup lost, applied',
      faults: each(20, backup, backups, { kind: 'drop', when: 'after' }),
    },
    { name: 'each 20th backup lost, not applied', faults: each(20, backup, backups, { kind: 'drop' }) },
    { name: 'each 20th backup answered 500', faults: each(20, backup, backups, internalError) },
    { name: 'each third list answered 500', faults: each(3, jobList, backups, internalError) },
    {
      name: 'no echo of ids, lists two minutes old',
      echo: false,
      faults: [always(jobList, { kind: 'list', variant: 'stale', seconds: 120 })],
    },
  ];
}

const rowOf = (name: string, backups: number, figures: FleetResult): readonly string[] => [
  name,
  String(figures.lost),
  String(figures.applied - backups + figures.lost),
  String(figures.throttled),
  figures.followRequestsPerBackup.toFixed(2),
  `${(figures.detectionMean * 60).toFixed(0)} / ${(figures.detectionP99 * 60).toFixed(0)}`,
  figures.makespanRatio.toFixed(3),
];

/** A fleet on the bucket under one hardship at a time. */
export async function adverse({ quick, only }: BenchOptions): Promise<BenchReport> {
  const backups = quick ? 100 : 1000;
  const rows: (readonly string[])[] = [];
  const data: unknown[] = [];
  for (const hardship of hardships(backups).filter(({ name }) => name.includes(only))) {
    const fleet = {
      backups,
      vaults: 1,
      jobSeconds: 600,
      jitterSeconds: 60,
      quota: 'bucket',
      ...hardship,
    } as const;
    const figures = await inOwnProcess<FleetResult>(program, fleet);
    rows.push(rowOf(hardship.name, backups, figures));
    data.push({ ...hardship, figures });
    console.error(rows.at(-1)?.join('  |  '));
  }
  return {
    title: 'Hardships',
    layer: `b, one seed: ${backups} shares in one vault, jobs of 10 min and up to 59 s, bucket`,
    columns: [
      ...['what goes wrong', 'not completed', 'applied without a completed run', '429'],
      ...['requests per backup to follow it', 'latency in s, mean / p99', 'makespan ÷ ideal'],
    ],
    rows,
    data,
  };
}
