import { parseArgs } from 'node:util';
import { adverse } from './adverse.ts';
import { batch } from './batch.ts';
import { cost } from './costBench.ts';
import { coldstart } from './coldstart.ts';
import { coverage } from './coverage.ts';
import { cpu } from './cpu.ts';
import { fleet } from './fleet.ts';
import { idle } from './idle.ts';
import { operations } from './operations.ts';
import { peersBeside } from './peers.ts';
import { queueDelay } from './queueDelay.ts';
import { keep, publish, type BenchOptions, type BenchReport } from './report.ts';
import { replay } from './replay.ts';
import { runs } from './runs.ts';
import { skew } from './skew.ts';
import { worker } from './worker.ts';

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<BenchReport>>> = {
  fleet,
  batch,
  adverse,
  peers: peersBeside,
  worker,
  coldstart,
  runs,
  operations,
  cost,
  replay,
  skew,
  cpu,
  idle,
  coverage,
  queueDelay,
};

const usage = `npm run bench -- NAME [--quick] [--only PART] [--leave-page]\nnames: ${Object.keys(benches).join(', ')}`;

function readCommandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        'leave-page': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\nusage: ${usage}`);
    process.exit(1);
  }
}

const { values, positionals } = readCommandLine();
const name = positionals[0] ?? '';
const bench = benches[name];
if (!bench) {
  console.error(`usage: ${usage}`);
  process.exitCode = 1;
} else {
  const report = await bench({ quick: values.quick, only: values.only });
  keep(name, report);
  const isWhole = !values['leave-page'] && values.only === '';
  if (isWhole && !publish(name, report))
    console.error(`bench/results/${name}.md has no place for the table.`);
  console.log([report.columns, ...report.rows].map((row) => row.join('  |  ')).join('\n'));
}
