import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { createVitest, type Vitest } from 'vitest/node';
import type { Findings } from './findings.ts';
import { type Site, withSites } from './sites.ts';

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort();

const isOwn = (folder: string, file: string): boolean =>
  file.startsWith(`${folder.replace(/^src/, 'test/unit')}/`);

/** Tests that import from the folder: its own first, which are the quickest to notice; a file that is named is taken as it is. */
const testsOf = (folder: string, by: readonly string[]): readonly string[] =>
  by
    .flatMap((name) =>
      name.endsWith('.ts')
        ? [name]
        : filesBelow(name).filter(
            (file) => file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes(`/${folder}/`),
          ),
    )
    .sort((one, other) => Number(isOwn(folder, other)) - Number(isOwn(folder, one)));

/** Vitest on the app with the code of some files exchanged. */
const vitestWith = (code: ReadonlyMap<string, string>, place: string): Promise<Vitest> =>
  createVitest(
    'test',
    { watch: false, config: false, run: true },
    {
      plugins: [
        {
          name: 'mutants',
          enforce: 'pre',
          transform: (_, id) => {
            const found = code.get(relative(process.cwd(), id));
            return found === undefined ? undefined : { code: found, map: null };
          },
        },
      ],
      test: {
        ...{ include: ['test/**/*.test.ts'], pool: 'forks', maxWorkers: 1, silent: true, bail: 1 },
        ...{ runner: resolve('test/mutants/generic/runner.ts'), env: { MUTANTS_FINDINGS: place } },
        // The cache of modules does not know that the mistakes have changed.
        ...{
          fsModuleCache: false,
          reporters: [{}],
          testTimeout: 600_000,
          dangerouslyIgnoreUnhandledErrors: true,
        },
      },
    },
  );

async function isGreen(vitest: Vitest, file: string): Promise<boolean> {
  const specification = vitest.getRootProject().createSpecification(resolve(file));
  const { testModules } = await vitest.runTestSpecifications([specification], false);
  return testModules.every((module) => module.ok());
}

/** Where findings lie between processes. */
const keptAt = (place: string) => ({
  read: (): Findings => JSON.parse(readFileSync(place, 'utf8')) as Findings,
  write: (findings: Findings): void => writeFileSync(place, JSON.stringify(findings)),
});
type Kept = ReturnType<typeof keptAt>;

const countOf = ({ lasting, caught }: Findings): number =>
  Object.keys(lasting).length + Object.keys(caught).length;

/** One test file tries every mistake that it reaches; again and carefully as long as that finds some that outlast their trial. */
async function tryIn(vitest: Vitest, file: string, kept: Kept, longestTestMs: number): Promise<void> {
  for (let careful = false; ; careful = true) {
    const before = { ...kept.read(), alone: 0, careful, longestTestMs };
    kept.write(before);
    if (await isGreen(vitest, file)) return;
    if (careful && countOf(kept.read()) === countOf(before))
      return console.log(`${file} cannot try mistakes`);
  }
}

/** What nothing has noticed is tried with a process of its own for each test file: code of tables and schemas, too. */
async function tryAlone(
  vitest: Vitest,
  files: readonly string[],
  kept: Kept,
  ids: readonly number[],
  endAtMs: number,
): Promise<void> {
  for (const id of ids) {
    if (Date.now() > endAtMs) return;
    kept.write({ ...kept.read(), alone: id });
    for (const file of files) {
      if (await isGreen(vitest, file)) continue;
      const findings = kept.read();
      kept.write({ ...findings, caught: { ...findings.caught, [id]: file } });
      break;
    }
  }
}

type Verdict = 'caught' | 'survived' | 'not reached' | 'not tried';

/** A mistake in code that only runs when its file is loaded is not tried but alone. */
const verdictOf = ({ caught, reached, loaded }: Findings, id: number, alone: boolean): Verdict => {
  if (caught[id] !== undefined) return 'caught';
  if (reached[id]) return 'survived';
  if (!loaded[id]) return 'not reached';
  return alone ? 'survived' : 'not tried';
};

function tell(folder: string, sites: readonly Site[], findings: Findings, alone: boolean): void {
  const verdicts = sites.map((_, index) => verdictOf(findings, index + 1, alone));
  for (const [index, { file, line, was, becomes }] of sites.entries())
    if (verdicts[index] === 'survived' || verdicts[index] === 'not reached')
      console.log(`${verdicts[index]}: ${file}:${line} ${was}  =>  ${becomes}`);
  const count = (verdict: Verdict): number => verdicts.filter((each) => each === verdict).length;
  const tried = sites.length - count('not tried');
  const kinds = (['caught', 'survived', 'not reached', 'not tried'] as const).map(
    (verdict) => `${verdict} ${count(verdict)}`,
  );
  console.log(`${folder}: ${((100 * count('caught')) / tried).toFixed(1)} % (${kinds.join(', ')})`);
}

/** How far a score goes. */
interface Extent {
  /** Whether what the quick way leaves is tried alone. */
  readonly alone: boolean;
  /** No test file and no lone mistake is begun after this. */
  readonly endAtMs: number;
  /** Folders with tests, and files. */
  readonly by: readonly string[];
}

/** Tries generic mistakes in every place of a folder of the app, and tells what no test that imports from it notices. */
export async function score(folder: string, { alone, endAtMs, by }: Extent): Promise<void> {
  const sites: Site[] = [];
  const code = new Map(
    filesBelow(folder).map((file) => {
      const text = withSites(file, readFileSync(file, 'utf8'), (site) => sites.push(site));
      return [file, text];
    }),
  );
  mkdirSync('.local', { recursive: true });
  const place = resolve(`.local/mutants-${folder.replaceAll('/', '-')}.json`);
  const kept = keptAt(place);
  const files = testsOf(folder, by);
  const vitest = await vitestWith(code, place);
  kept.write({
    alone: 0,
    careful: false,
    longestTestMs: 0,
    caught: {},
    reached: {},
    loaded: {},
    lasting: {},
  });
  for (const file of files)
    if (Date.now() < endAtMs)
      await tryIn(vitest, file, kept, isOwn(folder, file) || by.includes(file) ? 10_000 : 200);
  const open = sites.map((_, index) => index + 1).filter((id) => kept.read().caught[id] === undefined);
  if (alone) await tryAlone(vitest, files, kept, open, endAtMs);
  await vitest.close();
  tell(folder, sites, kept.read(), alone);
}
