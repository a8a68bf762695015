import { expect, test } from 'vitest';
import { proofsSentence } from '../../../ui/pages/drills.tsx';
import { foldBatches } from '../../../ui/pages/runs.tsx';
import { sentenceOf } from '../../../ui/pages/overview.tsx';
import { barsOf } from '../../../ui/timeline.tsx';
import { runName } from '../../../ui/words.ts';
import { batchRuns, completedRun, drillRun, failedRun, runningRun, seedRows, summaryOf } from '../seed.ts';

const begin = Date.parse('2026-11-29T01:30:00Z');

test('the runs of a batch lie under it, where the first of them stands', () => {
  const [first, ...rest] = [
    completedRun(1, begin + 9000),
    ...batchRuns(10, begin),
    completedRun(2, begin - 9000),
  ];
  const groups = foldBatches([first!, ...rest]);
  expect(groups.map(({ id }) => id)).toEqual([first!.id, batchRuns(10, begin).at(-1)!.id, rest.at(-1)!.id]);
  expect(groups[1]?.children).toHaveLength(4);
  expect(groups[1]?.head?.counts?.['total']).toBe(12);
});

test('children whose batch is on another page lie together all the same', () => {
  const children = batchRuns(10, begin).slice(0, 3);
  const groups = foldBatches(children);
  expect(groups).toHaveLength(1);
  expect(groups[0]?.head).toBeUndefined();
  expect(groups[0]?.children).toEqual(children);
});

test('a timeline has the steps, the job where it began, and the proof at last', () => {
  const bars = barsOf(completedRun(1, begin));
  expect(bars.map(({ name }) => name)).toEqual([
    'Find protected item',
    'Back up now',
    'Job',
    'Find recovery point',
    'Recovery point',
  ]);
  expect(bars.map(({ tone }) => tone)).toEqual(['good', 'good', 'good', 'good', 'good']);
});

test('what goes on has no end, and what was refused says why', () => {
  expect(barsOf(runningRun(1, begin, 40)).at(-1)).toMatchObject({
    name: 'Job',
    tone: 'busy',
    to: undefined,
    detail: 'Transfer data to vault 40 %',
  });
  expect(barsOf(failedRun(1, begin)).at(-1)).toMatchObject({ tone: 'bad', words: 'refused' });
});

test('one sentence says how many are covered and what is wrong with the others', () => {
  const summary = summaryOf(seedRows(1000, begin), begin);
  expect(sentenceOf(summary)).toBe(
    '900 of 931 selected resources have a recovery point younger than their rule asks; 2 down, 3 failing, 2 never backed up, 6 late, 1 protection error, 4 not protected, 2 stopped, 1 soft-deleted. Backups remain of 3 resources that are gone.',
  );
});

test('one sentence says what the newest drills have proven: silence and what is left over prove nothing', () => {
  expect(proofsSentence(['proven', 'proven', 'proven late', 'unverified', 'left over', 'empty'], 1000)).toBe(
    'The newest drill has proven the backups of 3 of 6 drilled resources; 1 empty, 1 unverified, 1 left over, 1 proven late. 994 were never drilled.',
  );
});

test('a drill is called by the resource it has found, not by its item', () => {
  const run = drillRun(4, begin);
  expect(runName(run)).toBe('ledger-2024 of ledgerfiles');
  const { resourceId: _, ...result } = run.result!;
  expect(runName({ ...run, result })).toBe('7179ab083c14');
});

test('where all is well the sentence ends there', () => {
  const [ok] = seedRows(1000, begin).filter(({ state }) => state === 'ok');
  expect(sentenceOf(summaryOf([ok!], begin))).toBe(
    '1 of 1 selected resources has a recovery point younger than their rule asks.',
  );
});
