// npm run test:mutants [-- --only TEXT --list --again --sim SEEDS --minutes N]: each mistake in a copy of the app; its tests or random worlds must notice it.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { numberFrom, orExit, readOptions, Refused, wholeNumberFrom } from '../../local/commandLine.ts';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';

/** Mutants whose file or mistake holds a text. @throws Refused for none: nothing would be tried, and all be well. */
function mutantsWith(text: string): readonly Mutant[] {
  const only = text.toLowerCase();
  const found = mutants.filter(({ file, why }) => `${file} ${why}`.toLowerCase().includes(only));
  if (found.length === 0) throw new Refused(`--only: no mutant's file or mistake holds '${text}'`);
  return found;
}

const usage = 'npm run test:mutants -- [--only TEXT] [--list] [--again] [--sim SEEDS] [--minutes N]';
const { chosen, list, again, sim, minutes } = orExit(usage, () => {
  const values = readOptions({
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    sim: { type: 'string', default: '60' },
    minutes: { type: 'string', default: '600' },
  });
  return {
    ...values,
    chosen: mutantsWith(values.only),
    sim: wholeNumberFrom('sim', values.sim, 1, 1_000_000),
    minutes: numberFrom('minutes', values.minutes, 1, 100_000),
  };
});

/** What is known of earlier runs: a mutant that was caught is not tried again. */
const memory = '.local/mutants.json';
type Verdicts = Record<string, string>;
const keyOf = ({ file, find, replace }: Mutant): string => JSON.stringify([file, find, replace]);
const known: Verdicts =
  !again && existsSync(memory) ? (JSON.parse(readFileSync(memory, 'utf8')) as Verdicts) : {};

const copied = [
  'src',
  'local',
  'test',
  'plan',
  'docs',
  'infra',
  'scripts',
  'ui',
  'README.md',
  'local.settings.sample.json',
  'package.json',
  'host.json',
  'tsconfig.json',
  'vitest.config.ts',
];

function copyOfProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
  for (const name of copied) cpSync(name, join(folder, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  return folder;
}

const longestMs = 300_000;
const vitest = 'node_modules/vitest/vitest.mjs run --bail 1 --silent --reporter=dot --pool threads'.split(
  ' ',
);
const worlds = ['test/sim/sim.ts', '--seeds', String(sim), '--workers', '1'];

/** What tries a mutant one after the other: its tests in one go, as they take seconds, then random worlds. */
const attemptsOf = ({ by }: Mutant): readonly (readonly string[])[] =>
  [by.filter((name) => name !== 'sim'), by.filter((name) => name === 'sim')].filter(
    (some) => some.length > 0,
  );

/** Whether something notices what is wrong in the folder; an exit that is not 0, or none in five minutes. */
function notices(folder: string, by: readonly string[]): boolean {
  const { status } = spawnSync(process.execPath, by[0] === 'sim' ? worlds : [...vitest, ...by], {
    ...{ cwd: folder, encoding: 'utf8', timeout: longestMs, stdio: 'ignore' },
  });
  return status !== 0;
}

/** What fails in the copy without any mistake notices nothing. */
const sound = new Set<string>();
function isSound(folder: string, by: readonly string[]): true {
  const name = by.join(' ');
  if (!sound.has(name) && notices(folder, by))
    throw new Error(`${name} fails in the copy without any mistake.`);
  sound.add(name);
  return true;
}

/** Whether something notices the mistake; the copy is as it was afterwards. */
function isNoticed({ file, find, replace }: Mutant, folder: string, by: readonly string[]): boolean {
  const place = join(folder, file);
  const text = readFileSync(place, 'utf8');
  writeFileSync(
    place,
    text.replace(find, () => replace),
  );
  try {
    return notices(folder, by);
  } finally {
    writeFileSync(place, text);
  }
}

const verdictOf = (mutant: Mutant, folder: string): string =>
  attemptsOf(mutant)
    .find((by) => isNoticed(mutant, folder, by) && isSound(folder, by))
    ?.join(', ') ?? 'survived';

function tell(): void {
  const verdicts = chosen.map((mutant) => known[keyOf(mutant)]);
  const surviving = chosen.filter((mutant) => known[keyOf(mutant)] === 'survived');
  const harmless = surviving.filter((mutant) => mutant.harmless !== undefined);
  const survived = surviving.length - harmless.length;
  const untried = verdicts.filter((verdict) => verdict === undefined).length;
  for (const { why, file, harmless: reason } of surviving)
    console.log(reason === undefined ? `SURVIVED: ${why} (${file})` : `harmless: ${why}: ${reason}`);
  console.log(
    `mutants ${chosen.length}, caught ${chosen.length - surviving.length - untried}, harmless ${harmless.length}, survived ${survived}, not tried ${untried}`,
  );
  process.exitCode = survived + untried > 0 ? 1 : 0;
}

function tryAll(): void {
  const folder = copyOfProject();
  const endAt = Date.now() + minutes * 60_000;
  mkdirSync('.local', { recursive: true });
  try {
    for (const mutant of chosen) {
      if (known[keyOf(mutant)] !== undefined || Date.now() > endAt) continue;
      const verdict = verdictOf(mutant, folder);
      known[keyOf(mutant)] = verdict;
      writeFileSync(memory, JSON.stringify(known, undefined, 1));
      console.log(`${verdict === 'survived' ? 'SURVIVED' : `caught by ${verdict}`}: ${mutant.why}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (list) for (const { file, why, by } of chosen) console.log(`${file}: ${why} (${by.join(', ')})`);
else tryAll();
tell();
