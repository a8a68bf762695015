import type { CoverageRead } from './coverageCase.ts';
import { inOwnProcess } from './ownProcess.ts';
import type { BenchOptions, BenchReport } from './report.ts';

interface Answer {
  readonly first: CoverageRead;
  readonly second: CoverageRead;
  readonly counts: Readonly<Record<string, number>>;
  readonly complete: boolean;
}

const program = new URL('./coverageCase.ts', import.meta.url);
const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

function rowOf(machines: number, which: string, read: CoverageRead): string[] {
  const single = read.requests['lists of points of one item'] ?? 0;
  return [
    machines.toLocaleString('en'),
    which,
    `${sum(read.requests)}, of which ${single} about one item`,
    String(read.storageOperations),
    `${read.seconds.toFixed(1)} s`,
    String(read.ticks),
    `${read.peakHeap.toFixed(0)} MB`,
  ];
}

/** One read of coverage for 10,000 and 50,000 machines, and a second one that finds nothing new. */
export async function coverage({ quick }: BenchOptions): Promise<BenchReport> {
  const sizes = quick ? [10_000] : [10_000, 50_000];
  const answers: (Answer & { readonly machines: number })[] = [];
  for (const machines of sizes) {
    const flags = ['--expose-gc', '--max-old-space-size=2048'];
    const read = await inOwnProcess<Answer>(program, { machines }, flags);
    // Figures of a read that has told something else than is there are worth nothing.
    const told = JSON.stringify({ ...read.counts, complete: read.complete });
    const { ok, late, down, neverBackedUp, notProtected } = read.counts;
    const of = machines / 100;
    if (
      !read.complete ||
      ok !== 96 * of ||
      [late, down, neverBackedUp, notProtected].some((one) => one !== of)
    )
      throw new Error(`The estate is not what was told of it: ${told}`);
    answers.push({ machines, ...read });
  }
  return {
    title: 'Coverage',
    layer:
      'a: reading, judging and writing on a table in memory and an Azure that answers from arithmetic at once; vaults of ' +
      '1,000 machines, 96 % of them fine, 3 % silent, 1 % not protected. Seconds are of computing alone. Memory is the most ' +
      'that lies on the heap at a page of Resource Graph, without the rows that stand in for the table',
    columns: ['resources', 'read', 'requests', 'storage operations', 'computing', 'ticks', 'memory'],
    rows: answers.flatMap(({ machines, first, second }) => [
      rowOf(machines, 'first', first),
      rowOf(machines, 'an hour later, nothing new', second),
    ]),
    data: answers,
  };
}
