import type { FleetResult } from './fleetCase.ts';
import type { FleetCase } from './fleetWorld.ts';
import { inOwnProcess } from './ownProcess.ts';
import type { BenchOptions, BenchReport } from './report.ts';

const program = new URL('./fleetProcess.ts', import.meta.url);

const backups = 100;
const shares = { backups, vaults: 1, quota: 'bucket' } as const;

const cases: readonly FleetCase[] = [
  { ...shares, name: 'shares × 10 min', jobSeconds: 600 },
  { ...shares, name: 'machines × 23 h 53', jobSeconds: 86_000, machines: true },
];

const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(1);

/** What each episode of a flow sends: the whole history to the app, all actions back. */
export async function replay({ only }: BenchOptions): Promise<BenchReport> {
  const rows: string[][] = [];
  const data: unknown[] = [];
  for (const one of cases.filter(({ name }) => name.includes(only))) {
    const { flows } = await inOwnProcess<FleetResult>(program, one);
    data.push({ fleet: one.name, flows });
    for (const [flow, { episodes, bytes, largest }] of Object.entries(flows))
      rows.push([
        ...[`${backups} ${one.name}`, flow, String(episodes), kilobytes(bytes / episodes)],
        ...[kilobytes(largest.bytes), `${kilobytes(largest.request)} + ${kilobytes(largest.answer)}`],
      ]);
  }
  return {
    title: 'Replay',
    layer:
      'b: bytes of the request with its history and of the answer with its actions, as the local runner writes them ' +
      '(indented JSON, as recorded from the official host)',
    columns: ['fleet', 'flow', 'episodes', 'KB per episode, mean', 'largest', 'of it history + actions'],
    rows,
    data,
  };
}
