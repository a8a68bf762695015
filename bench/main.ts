import { onlyWord, orExit, readWords, Refused } from '../local/commandLine.ts';
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

const { name, bench, values } = orExit(usage, () => {
  const words = readWords({
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    'leave-page': { type: 'boolean', default: false },
  });
  const asked = onlyWord('NAME', words.positionals);
  const found = benches[asked];
  if (!found) throw new Refused(`there is no bench '${asked}'`);
  return { name: asked, bench: found, values: words.values };
});
const report = await bench({ quick: values.quick, only: values.only });
orExit(usage, () => {
  if (report.rows.length === 0) throw new Refused(`--only: no part of ${name} holds '${values.only}'`);
});
keep(name, report);
const isWhole = !values['leave-page'] && values.only === '';
if (isWhole && !publish(name, report)) console.error(`bench/results/${name}.md has no place for the table.`);
console.log([report.columns, ...report.rows].map((row) => row.join('  |  ')).join('\n'));
