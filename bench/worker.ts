import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inOwnProcess } from './ownProcess.ts';
import type { BenchOptions, BenchReport } from './report.ts';
import { spread } from './spread.ts';
import type { WorkerCase } from './workerCase.ts';

/** What one process used. */
interface Usage {
  readonly cpuMs: number;
  readonly peakMegabytes: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const rowServer = fileURLToPath(new URL('./rowServer.ts', import.meta.url));
const program = new URL('./workerCase.ts', import.meta.url);
const bundled = new URL('../.local/bench/workerCase.mjs', import.meta.url);

/** Bundled as the deployed app is: reading sources with types needs memory that no deployment needs. */
async function bundleCase(): Promise<void> {
  await build({
    ...{ absWorkingDir: root, entryPoints: [fileURLToPath(program)], outfile: fileURLToPath(bundled) },
    ...{ bundle: true, minify: true, keepNames: true, platform: 'node', target: 'node22', format: 'esm' },
    external: ['@azure/functions-core', '@azure/identity'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}

const subjects: Readonly<Record<WorkerCase['subject'], string>> = {
  nothing: 'the app loaded, nothing done',
  tracker: "every tick of one vault's tracker",
  batch: 'gathering, children and report of one batch; the watchdog over its runs',
  'tracker and batch': 'both in one process',
};

/** What the deployment gives the worker. */
function deployedFlags(): readonly string[] {
  const bicep = readFileSync(new URL('../infra/modules/app.bicep', import.meta.url), 'utf8');
  const found = /name: 'NODE_OPTIONS', value: '([^']+)'/.exec(bicep)?.[1];
  if (!found) throw new Error('infra/modules/app.bicep sets no NODE_OPTIONS.');
  return found.split(' ');
}

const flagSets: Readonly<Record<string, readonly string[]>> = {
  "Node's own choice of heap": [],
  'as deployed': deployedFlags(),
};

/** Memory and CPU of the app's own work at a size: its rows lie in another process, lists are made page by page. */
export async function worker({ quick }: BenchOptions): Promise<BenchReport> {
  await bundleCase();
  const rows: string[][] = [];
  const data: unknown[] = [];
  const rounds = quick ? 1 : 3;
  for (const backups of quick ? [1000] : [1000, 10_000])
    for (const [subject, words] of Object.entries(subjects))
      for (const [flagWords, flags] of Object.entries(flagSets)) {
        const runs: Usage[] = [];
        for (let round = 0; round < rounds; round++)
          runs.push(await inOwnProcess<Usage>(bundled, { subject, backups, rowServer }, flags));
        data.push({ subject, backups, flags, runs });
        rows.push([
          ...[words, String(backups), flagWords],
          spread(
            runs.map(({ peakMegabytes }) => peakMegabytes),
            0,
          ),
          spread(
            runs.map(({ cpuMs }) => cpuMs / backups),
            2,
          ),
        ]);
      }
  return {
    title: 'Memory of the app alone',
    layer:
      "a: the app's activities, bundled, in a process of their own, without host and flows; tables in another process, asked " +
      'over a pipe whose cost is part of the CPU',
    columns: [
      'what',
      'backups',
      'memory given',
      'peak RSS in MB (min … max)',
      'CPU-ms per backup (min … max)',
    ],
    rows,
    data,
  };
}
