import { coldstart } from './coldstart.ts';
import { fleet } from './fleet.ts';
import { peersBeside } from './peers.ts';
import { publish, type BenchReport } from './report.ts';
import { runs } from './runs.ts';
import { worker } from './worker.ts';

const benches: Readonly<Record<string, (options: { readonly quick: boolean }) => Promise<BenchReport>>> = {
  fleet,
  peers: peersBeside,
  worker,
  coldstart,
  runs,
};

const [name = '', ...flags] = process.argv.slice(2);
const bench = benches[name];
if (!bench) {
  console.error(`Benchmarks: ${Object.keys(benches).join(', ')}. Flag: --quick.`);
  process.exitCode = 1;
} else {
  const report = await bench({ quick: flags.includes('--quick') });
  publish(name, report);
  console.log([report.columns, ...report.rows].map((row) => row.join('  |  ')).join('\n'));
}
