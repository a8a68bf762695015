import { describe, expect, test } from 'vitest';
import { backOffSeconds } from '../../../ui/api.ts';
import { csvOf as fileOfTheApp } from '../../../src/coverage/csv.ts';
import { csvOf } from '../../../ui/csv.ts';
import { duration, isoWords, relative, shortTime } from '../../../ui/time.tsx';
import { kindOfRun, nameOf, resourceOf, stepWords, targetName, targetOf } from '../../../ui/words.ts';
import { seedRows } from '../seed.ts';

const noon = Date.parse('2026-11-29T12:00:00Z');

describe('times', () => {
  test.each([
    [400, '400 ms'],
    [45_000, '45 s'],
    [12 * 60_000, '12 min'],
    [5 * 3_600_000, '5 h'],
    [27 * 3_600_000, '27 h'],
    [72 * 3_600_000, '3 d'],
  ])('%i ms are %s', (milliseconds, words) => expect(duration(milliseconds)).toBe(words));

  test('what was, what comes, and what is now', () => {
    expect(relative(noon - 3 * 3_600_000, noon)).toBe('3 h ago');
    expect(relative(noon + 20 * 60_000, noon)).toBe('in 20 min');
    expect(relative(noon - 9000, noon)).toBe('just now');
  });

  test('a time of today has no day, one of another year has no clock', () => {
    expect(shortTime(new Date(noon - 60_000), noon)).toMatch(/^\d\d:\d\d$/);
    expect(shortTime(new Date('2026-11-03T12:00:00Z'), noon)).toMatch(/^3 Nov,? \d\d:\d\d$/);
    expect(shortTime(new Date('2025-01-03T12:00:00Z'), noon)).toBe('3 Jan 2025');
  });

  test.each([
    ['P1D', '1 day'],
    ['PT6H', '6 hours'],
    ['PT30M', '30 minutes'],
    ['P3M', '3 months'],
    ['P1DT12H', '1 day 12 hours'],
    ['PT4H30M', '4 hours 30 minutes'],
    ['sometimes', 'sometimes'],
  ])('%s is %s', (text, words) => expect(isoWords(text)).toBe(words));
});

describe('names', () => {
  test('of a share, its account too; of a database, as the vault calls it; of an id, its end', () => {
    const account = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/files';
    expect(targetName({ kind: 'fileShare', storageAccountId: account, share: 'docs' })).toBe('docs of files');
    expect(targetName({ kind: 'workload', container: 'c', database: 'sqldatabase;mssqlserver;orders' })).toBe(
      'sqldatabase;mssqlserver;orders',
    );
    expect(targetName({ id: '/subscriptions/s/x/protectedItems/VM;iaasvmcontainerv2;group;web' })).toBe(
      'web',
    );
    expect(targetName(undefined)).toBeUndefined();
    expect(resourceOf({ kind: 'fileShare', storageAccountId: account, share: 'docs' })).toBe(
      `${account}/fileServices/default/shares/docs`,
    );
  });

  test('what nobody has told the page about is shown as it is', () => {
    expect(kindOfRun('teleport')).toBe('teleport');
    expect(nameOf('not an id')).toBe('not an id');
    expect(stepWords('recoveryServices.findProtectedItem')).toBe('Find protected item');
  });
});

test.each(['fileShare', 'virtualMachine', 'disk', 'blobs'] as const)(
  'a %s is asked for by what it is, and its runs lead back to it',
  (kind) => {
    const row = seedRows(1000, noon).find((one) => one.kind === kind && one.vaultId)!;
    expect(targetOf(row)).toMatchObject({ kind, vaultId: row.vaultId });
    expect(resourceOf(targetOf(row))).toBe(row.id);
  },
);

test('a database is asked for by its item', () => {
  const row = seedRows(1000, noon).find((one) => one.kind === 'workload' && one.vaultId)!;
  expect(targetOf(row)).toEqual({ id: row.itemId });
});

test('the file of the page is the file of the app, row for row', () => {
  const rows = seedRows(1000, noon);
  expect(csvOf(rows)).toBe(fileOfTheApp(rows));
});

test('looks come less often while nothing changes, and never stop', () => {
  expect([0, 1, 2, 3, 4, 10].map((times) => backOffSeconds(2, times, 30))).toEqual([2, 4, 8, 16, 30, 30]);
});

test('a comma-separated file keeps commas and quotes, and nothing in it is a formula', () => {
  const [row] = seedRows(1000, noon);
  const [head, line] = csvOf([{ ...row!, name: '=HYPERLINK("x")', reason: 'late, "very"' }]).split('\r\n');
  expect(head?.startsWith('id,kind,name,')).toBe(true);
  expect(line).toContain(`"'=HYPERLINK(""x"")"`);
  expect(line).toContain('"late, ""very"""');
});
