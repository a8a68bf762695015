import { flexGigabytes, prices } from './cost.ts';
import type { FleetResult } from './fleetCase.ts';
import { inOwnProcess } from './ownProcess.ts';
import type { BenchOptions, BenchReport } from './report.ts';

const program = new URL('./fleetProcess.ts', import.meta.url);

const backups = 1000;
const dollars = (value: number): string => `$${value.toFixed(5)}`;
const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

const lengths = { '10 min': 600, '2 h': 7200 } as const;

function rowsOf({
  storage,
  executions,
  activeSeconds,
  groupedSeconds,
  cost,
}: FleetResult): readonly (readonly string[])[] {
  const per10k = (price: number) => `$${(price * 10_000).toFixed(5)} per 10,000`;
  const perSecond = `$${prices.flexGigabyteSecond.toFixed(6)} per GB-s × ${flexGigabytes} GB`;
  return [
    ['queue operations', String(storage.queue), per10k(prices.queueOperation), dollars(cost.queue)],
    ['table operations', String(storage.table), per10k(prices.tableOperation), dollars(cost.table)],
    ['executions, Flex', String(sum(executions)), '$0.40 per million', dollars(cost.executions)],
    ['seconds with a call, one instance', String(activeSeconds), perSecond, dollars(cost.compute)],
    ['the same, one for each group', String(groupedSeconds), perSecond, dollars(cost.groupedCompute)],
    ['all, Flex, one instance', '', '', dollars(cost.total)],
    ['all, Flex, one for each group', '', '', dollars(cost.groupedTotal)],
    ['all, Consumption', '', '$0.20 per million, 0.0125 GB-s each', dollars(cost.consumptionTotal)],
  ];
}

/** Dollars for 1,000 backups from counted operations, calls and seconds; idle storage not included. */
export async function cost({ quick }: BenchOptions): Promise<BenchReport> {
  const rows: string[][] = [];
  const data: unknown[] = [];
  for (const [name, jobSeconds] of Object.entries(lengths).slice(quick ? 1 : 0)) {
    const fleet = { name, backups, vaults: 1, jobSeconds, quota: 'bucket' };
    const figures = await inOwnProcess<FleetResult>(program, fleet);
    const { storage, executions, activeSeconds, groupedSeconds } = figures;
    data.push({ name, storage, executions, activeSeconds, groupedSeconds, cost: figures.cost, prices });
    rows.push(...rowsOf(figures).map((row) => [name, ...row]));
  }
  return {
    title: 'Cost of 1,000 backups',
    layer:
      'b, priced: operations, calls and seconds counted on the virtual clock (those of the Durable extension by formula), ' +
      'an instance of 512 MB billed a second for every second in which one of its functions began: one for all functions, and ' +
      'one for each group that Flex scales by itself (HTTP, Durable, every other function alone); free grants, idle storage ' +
      "and Azure Backup's own fees left out",
    columns: ['jobs of', 'what', 'counted', 'price', 'dollars'],
    rows,
    data,
  };
}
