// npm run fuzz [-- --seeds N --first S --only KIND]: odd bodies, ids, URLs, queue messages and events; whatever is fed, the app answers in words.
import { optionsOrExit } from '../../local/commandLine.ts';
import { seededRandom } from '../../local/functions-host/clock/seededRandom.ts';
import { cases } from './cases.ts';

const usage = `npm run fuzz -- [--seeds N] [--first S] [--only ${Object.keys(cases).join('|')}]`;
const values = optionsOrExit(
  {
    seeds: { type: 'string', default: '100' },
    first: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
  usage,
);
const [seeds, first] = [Number(values.seeds), Number(values.first)];
const kinds = Object.entries(cases).filter(([kind]) => values.only === undefined || kind === values.only);
if (!(seeds > 0) || !Number.isInteger(first) || kinds.length === 0) {
  console.error(`usage: ${usage}`);
  process.exit(2);
}

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
