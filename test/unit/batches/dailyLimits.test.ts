import { describe, expect, test } from 'vitest';
import { chargesOf, takeCharges } from '../../../src/batches/dailyLimits.ts';
import { memoryTable, type MemoryTable } from '../../support/memoryStorage.ts';
import { diskId, disksVaultId, shareOf } from '../../support/planWorld.ts';

const now = new Date('2026-08-22T10:00:00Z');

test.each([
  ['a share', shareOf('papers01', 'docs'), 10],
  ['a disk', { kind: 'disk' as const, vaultId: disksVaultId, datasourceId: diskId('a') }, 10],
  ['blobs', { kind: 'blobs' as const, vaultId: disksVaultId, datasourceId: diskId('a') }, 4],
  [
    'a machine by its item',
    { id: '/subscriptions/x/vaults/v/protectedItems/VM;iaasvmcontainerv2;rg;vm1' },
    3,
  ],
  [
    'a database by its item',
    { id: '/subscriptions/x/vaults/v/protectedItems/SQLDataBase;mssqlserver;orders' },
    3,
  ],
])('%s is backed up on demand so often a day, and again the next', async (_what, target, times) => {
  const table = memoryTable();
  const charges = chargesOf({ kind: 'backUp', target });
  for (let time = 0; time < times; time++) expect(await takeCharges(table, now, charges)).toBeUndefined();
  expect((await takeCharges(table, now, charges))?.limit).toBe(times);
  expect(await takeCharges(table, new Date('2026-08-23T00:00:00Z'), charges)).toBeUndefined();
});

test('shares of one account are one discovery and as many configurations', async () => {
  const table = memoryTable();
  for (let share = 1; share <= 200; share++) {
    const charges = chargesOf({
      kind: 'protect',
      target: shareOf('papers01', `docs${share}`),
      policyId: 'p',
    });
    expect(await takeCharges(table, now, charges)).toBeUndefined();
  }
  const next = chargesOf({ kind: 'protect', target: shareOf('papers01', 'docs201'), policyId: 'p' });
  expect((await takeCharges(table, now, next))?.what).toBe('protections configured');
});

test('a further share of an account that was counted passes though no account is left for the day', async () => {
  const table = memoryTable();
  const ofShare = (account: string, share: string) =>
    takeCharges(table, now, chargesOf({ kind: 'protect', target: shareOf(account, share), policyId: 'p' }));
  for (let account = 1; account <= 50; account++)
    expect(await ofShare(`box${account}`, 'docs')).toBeUndefined();
  expect((await ofShare('box51', 'docs'))?.what).toBe('discoveries');
  expect(await ofShare('box50', 'more')).toBeUndefined();
});

test('a limit that is reached takes nothing of the others', async () => {
  const table = memoryTable();
  const ofAccount = (account: string) =>
    chargesOf({ kind: 'protect', target: shareOf(account, 'docs'), policyId: 'p' });
  for (let account = 1; account <= 50; account++) await takeCharges(table, now, ofAccount(`box${account}`));
  const before = JSON.stringify(table.rows());
  expect((await takeCharges(table, now, ofAccount('box51')))?.what).toBe('discoveries');
  expect(JSON.stringify(table.rows())).toBe(before);
});

describe('eight shards that ask together', () => {
  const used = (table: MemoryTable) => table.rows().find((row) => row['used'] !== undefined)?.['used'];

  test('for the last one of a day: one of them gets it', async () => {
    const table = memoryTable();
    const charges = chargesOf({ kind: 'backUp', target: shareOf('papers01', 'docs') });
    for (let time = 1; time <= 9; time++) await takeCharges(table, now, charges);
    const answers = await Promise.all(Array.from({ length: 8 }, () => takeCharges(table, now, charges)));
    expect(answers.filter((reached) => reached === undefined)).toHaveLength(1);
    expect(used(table)).toBe(10);
  });

  test('for the last account of a day: what the others had taken of other limits is given back', async () => {
    const table = memoryTable();
    const ofAccount = (account: string) =>
      chargesOf({ kind: 'protect', target: shareOf(account, 'docs'), policyId: 'p' });
    for (let account = 1; account <= 49; account++) await takeCharges(table, now, ofAccount(`box${account}`));
    const asked = Array.from({ length: 8 }, (_, at) => takeCharges(table, now, ofAccount(`late${at}`)));
    expect((await Promise.all(asked)).filter((reached) => reached === undefined)).toHaveLength(1);
    const counts = table.rows().flatMap((row) => (row['used'] === undefined ? [] : [row['used']]));
    expect(counts).toEqual([50, 50, 50]);
  });

  test('for shares of one account are eight configurations and one discovery', async () => {
    const table = memoryTable();
    const asked = Array.from({ length: 8 }, (_, at) =>
      takeCharges(
        table,
        now,
        chargesOf({ kind: 'protect', target: shareOf('papers01', `docs${at}`), policyId: 'p' }),
      ),
    );
    expect((await Promise.all(asked)).filter(Boolean)).toEqual([]);
    const counts = table.rows().flatMap((row) => (row['used'] === undefined ? [] : [row['used']]));
    expect([...counts].sort()).toEqual([1, 1, 8]);
  });
});
