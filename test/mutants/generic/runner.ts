import { readFileSync, writeFileSync } from 'node:fs';
import { type RunnerTestCase, type RunnerTestSuite, TestRunner } from 'vitest';
import type { Findings } from './findings.ts';

const place = process.env['MUTANTS_FINDINGS'] ?? '';
const findings = JSON.parse(readFileSync(place, 'utf8')) as Findings;
const { alone, careful, longestTestMs } = findings;
/** The timer of the process: tests may put another in its place. */
const later = setTimeout;
/** One test tries mistakes for so long; what it leaves is tried by the next that reaches it. */
const longestTrialsMs = 30_000;

const trial = { tried: alone, looks: 0, endMs: Infinity, seen: new Set<number>() };

Object.assign(globalThis, {
  mutant(id: number): boolean {
    if (++trial.looks % 64 === 0 && performance.now() > trial.endMs) throw new Error('it never ends');
    if (trial.tried === 0) trial.seen.add(id);
    return trial.tried === id;
  },
});

/** Whether a test passes with one mistake awake, in the time that it may take. */
async function passes(id: number, run: () => unknown, longestMs: number): Promise<boolean> {
  Object.assign(trial, { tried: id, endMs: performance.now() + longestMs });
  let timer: NodeJS.Timeout | undefined;
  try {
    const tooLong = new Promise<never>((_, reject) => {
      timer = later(() => reject(new Error('too long')), longestMs);
    });
    await Promise.race([run(), tooLong]);
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    Object.assign(trial, { tried: alone, endMs: Infinity });
  }
}

/** Runs a test once more, with what stands before and after each. */
async function runAgain(test: RunnerTestCase): Promise<void> {
  const suites: RunnerTestSuite[] = [];
  for (let suite = test.suite ?? test.file; ; suite = suite.suite ?? test.file) {
    suites.unshift(suite);
    if (suite === test.file) break;
  }
  for (const suite of [...suites].reverse())
    for (const hook of TestRunner.getSuiteHooks(suite).afterEach) await hook(test.context, suite);
  for (const suite of suites)
    for (const hook of TestRunner.getSuiteHooks(suite).beforeEach) await hook(test.context, suite);
  await TestRunner.getTestFn(test)();
}

/** Runs each test as it is, then again for each mistake in the code that it ran and that nothing has noticed yet. */
export default class extends TestRunner {
  onBeforeRunFiles(): void {
    for (const id of trial.seen) findings.loaded[id] = true;
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    const run = TestRunner.getTestFn(test);
    trial.seen.clear();
    const startedAt = performance.now();
    if (!(await passes(alone, run, 15_000))) throw new Error('it does not pass');
    const tookMs = performance.now() - startedAt;
    if (alone === 0 && tookMs < longestTestMs)
      await this.#tryAll(test.name, () => runAgain(test), 300 + tookMs * 5);
  }

  async #tryAll(name: string, run: () => unknown, longestMs: number): Promise<void> {
    const { reached, caught, lasting } = findings;
    const seen = [...trial.seen];
    for (const id of seen) reached[id] = true;
    const isSound = (): Promise<boolean> => passes(0, run, longestMs + 2_000);
    const open = seen.filter((id) => caught[id] === undefined && lasting[id] === undefined);
    if (open.length > 0 && !(await isSound())) throw new Error('it does not pass twice');
    const noticed: number[] = [];
    const endMs = performance.now() + longestTrialsMs;
    for (const id of open) {
      if (performance.now() > endMs) break;
      const isNoticed = !(await passes(id, run, longestMs));
      if (careful && !(await isSound())) {
        lasting[id] = true;
        throw new Error('a mistake outlasts its trial');
      }
      if (!isNoticed) continue;
      noticed.push(id);
      if (careful) caught[id] = name;
    }
    if (noticed.length > 0 && !(await isSound())) throw new Error('some mistake outlasts its trial');
    for (const id of noticed) caught[id] = name;
  }

  override onAfterRunFiles(files: Parameters<TestRunner['onAfterRunFiles']>[0]): void {
    super.onAfterRunFiles(files);
    if (alone === 0) writeFileSync(place, JSON.stringify(findings));
  }
}
