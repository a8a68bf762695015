import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** What a benchmark is asked for on the command line. */
export interface BenchOptions {
  /** Leaves out what takes minutes. */
  readonly quick: boolean;
  /** Part of a case's name; empty for all of them. */
  readonly only: string;
}

/** What one benchmark reports: a table, and everything behind it. */
export interface BenchReport {
  readonly title: string;
  /** What was measured: a policy alone, the flows on our runner, or the whole host. */
  readonly layer: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly data: unknown;
}

const pageOf = (name: string): string => `bench/results/${name}.md`;
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The machine in words: processor, cores, memory, Node. */
export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;

/** Commit that was measured; `changed` when the working tree differed from it. */
function commit(): string {
  const git = (...words: string[]) => spawnSync('git', words, { encoding: 'utf8' }).stdout.trim();
  const differs = git('status', '--porcelain', '--', 'src', 'local', 'bench') !== '';
  return `commit ${git('rev-parse', '--short', 'HEAD')}${differs ? ', changed' : ''}`;
}

function table(report: BenchReport): string {
  const date = new Date().toISOString().slice(0, 10);
  return [
    `${date}, ${commit()}, ${machine()}. Layer ${report.layer}.`,
    '',
    line(report.columns),
    line(report.columns.map(() => '---')),
    ...report.rows.map(line),
  ].join('\n');
}

/** Writes the report as JSON to `.local/bench`. */
export function keep(name: string, report: BenchReport): void {
  mkdirSync('.local/bench', { recursive: true });
  const at = new Date().toISOString();
  const place = { at, commit: commit(), machine: machine() };
  writeFileSync(`.local/bench/${name}.json`, JSON.stringify({ ...place, ...report }, null, 2));
}

/** Writes the report as a table into its page under `bench/results`, whose words stay. @returns false when it has none. */
export function publish(name: string, report: BenchReport): boolean {
  const page = pageOf(name);
  if (!existsSync(page)) return false;
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < 0) return false;
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${table(report)}\n\n${text.slice(to)}`);
  return true;
}
