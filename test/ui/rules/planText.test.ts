import { expect, test } from 'vitest';
import { diffLines, lineOfProblem, linesOf } from '../../../ui/planText.ts';
import { localTimes } from '../../../ui/pages/plan.tsx';

const plan = {
  rules: [
    { name: 'disks', protect: { vaults: { '*': 'a' } } },
    { name: 'shares', protect: { vaults: {} } },
  ],
  schedules: [],
};
const lines = linesOf(plan);
const textAt = (path: string): string => lines[lineOfProblem(lines, path)]!.text.trim();

test('a plan is shown as it would be written', () => {
  expect(lines.map(({ text }) => text).join('\n')).toBe(JSON.stringify(plan, null, 2));
});

test.each([
  ['rules[1] "shares".protect.vaults', '"vaults": {}'],
  ['rules[0].name', '"name": "disks",'],
  ['rules[0] "disks".protect.policy', '"protect": {'],
  ['schedules', '"schedules": []'],
  ['rules[7].name', '"rules": ['],
  ['safety', '{'],
  ['(plan)', '{'],
])('the problem at %s is shown at %s', (path, text) => expect(textAt(path)).toBe(text));

test('what was taken out and what came in stand beside what stayed', () => {
  expect(diffLines(['a', 'b', 'c', 'd'], ['a', 'c', 'x', 'd'])).toEqual([
    { kind: 'same', text: 'a', at: 0 },
    { kind: 'was', text: 'b' },
    { kind: 'same', text: 'c', at: 1 },
    { kind: 'is', text: 'x', at: 2 },
    { kind: 'same', text: 'd', at: 3 },
  ]);
});

test('two equal texts differ nowhere, and an empty one has all to say', () => {
  expect(diffLines(['a', 'a'], ['a', 'a']).every(({ kind }) => kind === 'same')).toBe(true);
  expect(diffLines([], ['a'])).toEqual([{ kind: 'is', text: 'a', at: 0 }]);
  expect(diffLines(['a'], [])).toEqual([{ kind: 'was', text: 'a' }]);
});

test('times of a schedule are those of its own zone, and the first after a change of the clock is marked', () => {
  const weekends = [
    '2026-10-18T00:30:00Z',
    '2026-10-25T00:30:00Z',
    '2026-11-01T01:30:00Z',
    '2026-11-08T01:30:00Z',
  ];
  const times = localTimes(weekends, 'Europe/Berlin', new Date('2026-10-17T00:00:00Z'));
  expect(times.map(({ text }) => text.slice(-5))).toEqual(['02:30', '02:30', '02:30', '02:30']);
  expect(times.map(({ changed }) => changed)).toEqual([false, false, true, false]);
  expect(times.map(({ offset }) => offset)).toEqual(['GMT+02:00', 'GMT+02:00', 'GMT+01:00', 'GMT+01:00']);
});

test('a time that the clock skips in spring is shown where it falls, marked', () => {
  const [time] = localTimes(['2027-03-28T01:00:00Z'], 'Europe/Berlin', new Date('2027-03-27T00:00:00Z'));
  expect(time).toMatchObject({ changed: true, offset: 'GMT+02:00' });
  expect(time?.text).toMatch(/03:00$/);
});
