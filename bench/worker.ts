import { fork } from 'node:child_process';
import type { BenchReport } from './report.ts';

/** What one process used. */
interface Usage {
  readonly cpuMs: number;
  readonly peakMegabytes: number;
}

const program = new URL('./workerCase.ts', import.meta.url).pathname;

const measure = (subject: string, backups: number): Promise<Usage> =>
  new Promise((resolve, reject) => {
    const child = fork(program, [subject, String(backups)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (usage) => resolve(usage as Usage));
    child.once('exit', (code) => code && reject(new Error(`The process ended with ${code}.`)));
  });

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * CPU of a backup and peak memory. The whole app shares its process with the local host and the simulator, so `all` is
 * an upper bound; `tracker` is the job tracker's policy alone over lists made by hand.
 */
export async function worker({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const sizes = quick ? [1000] : [1000, 10_000];
  const rows: string[][] = [];
  const data: unknown[] = [];
  for (const backups of sizes) {
    for (const subject of ['all', 'tracker']) {
      const runs: Usage[] = [];
      for (let round = 0; round < (backups > 1000 ? 1 : 3); round++)
        runs.push(await measure(subject, backups));
      const cpu = runs.map(({ cpuMs }) => cpuMs / backups);
      const peak = runs.map(({ peakMegabytes }) => peakMegabytes);
      data.push({ subject, backups, runs });
      rows.push([
        subject === 'all' ? 'app, local host and simulator in one process' : 'tracker policy alone',
        String(backups),
        `${median(cpu).toFixed(2)} (${Math.min(...cpu).toFixed(2)} … ${Math.max(...cpu).toFixed(2)})`,
        `${median(peak).toFixed(0)} (${Math.min(...peak).toFixed(0)} … ${Math.max(...peak).toFixed(0)})`,
      ]);
    }
  }
  return {
    title: 'Worker',
    layer: 'b for the app, a for the tracker; a process of its own for each run, its CPU and high-water mark',
    columns: ['subject', 'backups', 'CPU-ms per backup (min … max)', 'peak RSS in MB (min … max)'],
    rows,
    data,
  };
}
