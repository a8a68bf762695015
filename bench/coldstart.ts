import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { platform } from '../test/support/platformCode.ts';
import type { BenchReport } from './report.ts';

const rounds = 15;

/** As many functions as the app has; fewer would be the time of a start that failed. */
const functions = readFileSync('src/main.ts', 'utf8').match(/^import '.*';$/gm)?.length ?? 0;

const end = `process.exit(registered.size === ${functions} ? 0 : 3);`;

/** As the official worker loads it: CommonJS by require, modules by import. */
const loading = (file: string): string => {
  const place = JSON.stringify(path.resolve(file));
  return file.endsWith('.cjs') ? `require(${place});` : `await import(${place});`;
};

/** Ends when the handler of a backup request opens its first connection, to the tables, with the Durable client loaded. */
const firstRequest = (folder: string): string => {
  const client = ['axios', 'validator-lib-isURL', 'opentelemetry-api'].map((name) =>
    loading(`${folder}/${name}.cjs`),
  );
  const target = JSON.stringify({
    id: '/subscriptions/7f1c0c3e-0000-4000-8000-000000000001/resourceGroups/r/providers/Microsoft.Compute/disks/d',
  });
  return `
    require('node:net').Socket.prototype.connect = () => { ${client.join(' ')} ${end} };
    const body = '{"target":${target}}';
    const request = new Request('http://localhost/api/backups', { method: 'POST', body });
    Object.defineProperty(request, 'query', { value: new URLSearchParams() });
    const context = { error: (text) => { console.error(text); process.exit(4); } };
    const { status } = await registered.get('startBackup')(request, context);
    throw new Error('answered ' + status + ' without a connection');`;
};

/** Milliseconds of one process that runs the code. */
function once(code: string): number {
  const begun = process.hrtime.bigint();
  const run = `${platform}\n(async () => { ${code} })();`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', run], {
    env: {
      PATH: process.env['PATH'] ?? '',
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
      AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
      ACCESS_MODE: 'development',
    },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`exit code ${status}, ${functions} functions expected: ${stderr}`);
  return Number(process.hrtime.bigint() - begun) / 1e6;
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

const megabytes = (files: readonly string[]): string =>
  `${(files.reduce((sum, file) => sum + statSync(file).size, 0) / 1e6).toFixed(2)} MB`;

const subjects = [
  {
    name: 'bundle',
    file: 'dist/main.cjs',
    code: `${loading('dist/main.cjs')} ${end}`,
    size: () => `${megabytes(['dist/main.cjs'])} of ${megabytes(globSync('dist/*.cjs'))}`,
  },
  {
    name: 'bundle, and the first request for a backup up to its first connection',
    file: 'dist/main.cjs',
    code: `${loading('dist/main.cjs')} ${firstRequest('dist')}`,
    size: () => '–',
  },
  {
    name: 'sources, types stripped',
    file: 'src/main.ts',
    code: `${loading('src/main.ts')} ${end}`,
    size: () => '–',
  },
];

/** Import of bundle and sources over bare Node: interleaved, median of fifteen differences. */
export function coldstart(): Promise<BenchReport> {
  const present = subjects.filter(({ file }) => existsSync(file));
  const bare: number[] = [];
  const over = present.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    const floor = once('process.exit(0)');
    bare.push(floor);
    present.forEach(({ code }, at) => over[at]?.push(once(code) - floor));
  }
  const rows = present.map(({ name, size }, at) => {
    const values = over[at] ?? [];
    const span = `${Math.min(...values).toFixed(0)} … ${Math.max(...values).toFixed(0)}`;
    return [name, `${median(values).toFixed(0)} ms`, span, size()];
  });
  return Promise.resolve({
    title: 'Import over bare Node',
    layer: `process: bare Node takes ${median(bare).toFixed(0)} ms`,
    columns: ['subject', `median of ${rounds}`, 'min … max', 'size'],
    rows,
    data: { bare, subjects: present.map(({ name }) => name), over },
  });
}
