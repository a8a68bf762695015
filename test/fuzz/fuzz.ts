// npm run fuzz [-- --seeds N --first S --only KIND]: odd bodies, ids, URLs, queue messages and events; whatever is fed, the app answers in words.
import { nameFrom, orExit, readOptions, wholeNumberFrom } from '../../local/commandLine.ts';
import { seededRandom } from '../../local/functions-host/clock/seededRandom.ts';
import { cases } from './cases.ts';

const names = Object.keys(cases);
const usage = `npm run fuzz -- [--seeds N] [--first S] [--only ${names.join('|')}]`;
const { seeds, first, only } = orExit(usage, () => {
  const values = readOptions({
    seeds: { type: 'string', default: '100' },
    first: { type: 'string', default: '1' },
    only: { type: 'string' },
  });
  return {
    seeds: wholeNumberFrom('seeds', values.seeds, 1, 1_000_000),
    first: wholeNumberFrom('first', values.first, 0, 4_000_000_000),
    only: values.only === undefined ? names : [nameFrom('only', values.only, names)],
  };
});
const kinds = Object.entries(cases).filter(([kind]) => only.includes(kind));

let findings = 0;
const tell = (seed: number, kind: string, finding: string): void => {
  findings += 1;
  console.log(`npm run fuzz -- --seeds 1 --first ${seed} --only ${kind}\n  ${finding}`);
};
const now = { seed: first, kind: '' };
process.on('unhandledRejection', (reason) =>
  tell(now.seed, now.kind, `unhandled rejection: ${String(reason)}`),
);

const fed: Record<string, number> = {};
for (let seed = first; seed < first + seeds; seed++) {
  for (const [kind, run] of kinds) {
    Object.assign(now, { seed, kind });
    const random = seededRandom(seed);
    try {
      const result = await run(random);
      fed[kind] = (fed[kind] ?? 0) + result.fed;
      for (const finding of result.findings) tell(seed, kind, finding);
    } catch (error) {
      tell(seed, kind, `the app broke: ${String(error)}`);
    }
  }
}
const counted = Object.entries(fed).map(([kind, count]) => `${kind} ${count}`);
console.log(`seeds ${seeds}, ${counted.join(', ')}, findings ${findings}`);
process.exitCode = findings > 0 ? 1 : 0;
