import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { BenchReport } from './report.ts';

const rounds = 15;

/** Milliseconds of one process that runs a line of code. */
function once(code: string): number {
  const begun = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    env: { PATH: process.env['PATH'] ?? '', AzureWebJobsStorage: 'UseDevelopmentStorage=true' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(process.hrtime.bigint() - begun) / 1e6;
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The library asks the platform for its core module; outside a host there is none, which it survives. */
const importing = (
  file: string,
): string => `await import(${JSON.stringify(path.resolve(file))}).catch((error) => {
  if (!/functions-core/.test(String(error))) throw error;
}); process.exit(0);`;

/** Import of bundle and sources over bare Node: interleaved, median of fifteen differences. */
export function coldstart(): Promise<BenchReport> {
  const subjects = [
    { name: 'bundle', file: 'dist/main.cjs' },
    { name: 'sources, types stripped', file: 'src/main.ts' },
  ].filter(({ file }) => existsSync(file));
  const bare: number[] = [];
  const over = subjects.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    const floor = once('process.exit(0)');
    bare.push(floor);
    subjects.forEach(({ file }, at) => over[at]?.push(once(importing(file)) - floor));
  }
  const rows = subjects.map(({ name, file }, at) => {
    const values = over[at] ?? [];
    const size = file.startsWith('dist') ? `${(statSync(file).size / 2 ** 20).toFixed(2)} MB` : '–';
    const span = `${Math.min(...values).toFixed(0)} … ${Math.max(...values).toFixed(0)}`;
    return [name, `${median(values).toFixed(0)} ms`, span, size];
  });
  return Promise.resolve({
    title: 'Import over bare Node',
    layer: `process: bare Node takes ${median(bare).toFixed(0)} ms`,
    columns: ['subject', `median of ${rounds}`, 'min … max', 'size'],
    rows,
    data: { bare, subjects, over },
  });
}
