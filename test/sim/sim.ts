// npm run sim [-- --seeds N --first S --scenario NAME --workers N]: random worlds over the whole app, judged by what the service did.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { nameFrom, orExit, readOptions, wholeNumberFrom } from '../../local/commandLine.ts';
import { faultKinds, type Fired } from './faultKinds.ts';
import { addUp, neverFired, playSeeds, type Tally } from './tally.ts';
import { scenarios, type Scenario } from './world.ts';

const usage = `npm run sim -- [--seeds N] [--first S] [--scenario ${scenarios.join('|')}] [--workers N]`;
const { seeds, first, scenario, workers, isSlice } = orExit(usage, () => {
  const values = readOptions({
    seeds: { type: 'string', default: '200' },
    first: { type: 'string', default: '1' },
    scenario: { type: 'string', default: 'everything' },
    workers: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    slice: { type: 'boolean', default: false },
  });
  return {
    seeds: wholeNumberFrom('seeds', values.seeds, 1, 1_000_000),
    first: wholeNumberFrom('first', values.first, 0, 4_000_000_000),
    scenario: nameFrom('scenario', values.scenario, scenarios),
    workers: wholeNumberFrom('workers', values.workers, 1, 64),
    isSlice: values.slice,
  };
});

const say = (line: string): void => console.log(line);

/** One process plays its share of the seeds; its last line is what it has counted. */
function inProcess(from: number, count: number, name: Scenario): Promise<Tally> {
  const options = ['--slice', '--seeds', String(count), '--first', String(from), '--scenario', name];
  const child = spawn(process.execPath, [import.meta.filename, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines)
      if (!line.startsWith('{')) say(line);
      else text = `${line}\n${text}`;
  });
  return new Promise((resolve, reject) => {
    child.on('close', () => {
      const line = text.split('\n').find((one) => one.startsWith('{'));
      if (line === undefined) reject(new Error(`The worlds from seed ${from} on came to no end.`));
      else resolve(JSON.parse(line) as Tally);
    });
  });
}

function tell(tally: Tally): void {
  const missing = neverFired(tally.fired, scenario, seeds);
  const counted = faultKinds.map((kind) => `${kind} ${tally.fired[kind] ?? 0}`).join(', ');
  say(`faults: ${counted}`);
  if (missing.length > 0) say(`never happened: ${missing.join(', ')}`);
  say(
    `seeds ${first}-${first + seeds - 1}, runs ${tally.runs}, backups ${tally.backups}, deaths ${tally.deaths}, kinds of faults ${Object.keys(tally.fired satisfies Fired).length} of ${faultKinds.length}, findings ${tally.findings}`,
  );
  process.exitCode = tally.findings > 0 || missing.length > 0 ? 1 : 0;
}

if (isSlice) {
  const tally = await playSeeds(first, seeds, scenario, say);
  say(JSON.stringify(tally));
} else {
  const each = Math.ceil(seeds / workers);
  const shares = Array.from({ length: workers }, (_, index) => ({
    from: first + index * each,
    count: Math.min(each, seeds - index * each),
  })).filter(({ count }) => count > 0);
  const tallies = await Promise.all(shares.map(({ from, count }) => inProcess(from, count, scenario)));
  tell(tallies.reduce(addUp));
}
