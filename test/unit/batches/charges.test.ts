import { describe, expect, test } from 'vitest';
import { chargeOfRestore, chargesOf, takeCharges, usedOfVault } from '../../../src/batches/dailyLimits.ts';
import type { DrillRequest, RunRequest, Target } from '../../../src/runs/request.ts';
import { memoryTable } from '../../support/memoryStorage.ts';
import { accountId, diskId, disksVaultId, filesVaultId, shareOf } from '../../support/planWorld.ts';

const now = new Date('2026-08-22T10:00:00Z');
const machineId = diskId('vm').replace('/disks/', '/virtualMachines/');

describe('an on-demand backup counts for its item', () => {
  test.each<readonly [Target, number]>([
    [{ kind: 'virtualMachine', vaultId: filesVaultId, virtualMachineId: machineId }, 3],
    [{ id: machineId }, 3],
    [{ id: diskId('data') }, 10],
    [{ id: accountId('papers01') }, 4],
    [{ id: `${accountId('papers01')}/fileServices/default/shares/docs` }, 10],
    [{ id: '/x/protectedItems/AzureFileShare;docs' }, 10],
    [{ id: '/x/protectedItems/SAPHanaDatabase;h;orders' }, 3],
    [{ id: '/x/anything' }, 10],
  ])('%j', (target, limit) => {
    const [charge] = chargesOf({ kind: 'backUp', target });
    expect([charge?.limit, charge?.what]).toEqual([limit, 'on-demand backups']);
  });
});

describe('a new protection', () => {
  const protect = (target: Target): RunRequest => ({ kind: 'protect', target, policyId: 'p' });

  test('of a share is a configuration, and once a day a discovery and a registration of its account', () => {
    const onceFor = accountId('papers01');
    expect(chargesOf(protect(shareOf('papers01', 'docs')))).toEqual([
      { limit: 200, what: 'protections configured', scope: filesVaultId },
      { limit: 50, what: 'discoveries', scope: filesVaultId, onceFor },
      { limit: 50, what: 'storage accounts registered', scope: filesVaultId, onceFor },
    ]);
  });

  test('of a machine is a configuration and a discovery', () => {
    const target = { kind: 'virtualMachine', vaultId: filesVaultId, virtualMachineId: machineId } as const;
    expect(chargesOf(protect(target)).map(({ what }) => what)).toEqual([
      'protections configured',
      'discoveries',
    ]);
  });

  test('in a Backup vault, or of what is there already, counts for nothing', () => {
    for (const kind of ['disk', 'blobs'] as const)
      expect(chargesOf(protect({ kind, vaultId: disksVaultId, datasourceId: diskId('data') }))).toEqual([]);
    expect(chargesOf(protect({ id: machineId }))).toEqual([]);
  });
});

describe('a restore', () => {
  const drill = (differs: object = {}) =>
    ({ kind: 'drill', target: { id: diskId('data') }, ...differs }) as unknown as DrillRequest;
  const own = { limit: 10, what: 'restores', scope: diskId('data') };

  test('counts for its item, and for the drill that begins so many a day', () => {
    expect(chargesOf(drill({ drill: 'monthly', restoresADay: 4 }))).toEqual([
      { limit: 4, what: 'restores of a drill', scope: 'monthly' },
      own,
    ]);
    expect(chargesOf(drill({ drill: 'monthly' }))).toEqual([own]);
    expect(chargesOf(drill({ restoresADay: 4 }))).toEqual([own]);
    expect(chargesOf(drill({ drill: 'monthly', restoresADay: 4, dryRun: true }))).toEqual([]);
  });

  test('by hand counts once for its run', async () => {
    const table = memoryTable();
    expect(chargeOfRestore(diskId('data'), 'run-1')).toEqual({ ...own, onceFor: 'run-1' });
    for (let time = 0; time < 20; time++)
      expect(await takeCharges(table, now, [chargeOfRestore(diskId('data'), 'run-1')])).toBeUndefined();
    for (let run = 2; run <= 10; run++)
      await takeCharges(table, now, [chargeOfRestore(diskId('DATA'), `run-${run}`)]);
    expect(await takeCharges(table, now, [chargeOfRestore(diskId('data'), 'run-11')])).toMatchObject({
      limit: 10,
    });
  });
});

test('what else is asked for counts for nothing', () => {
  const { kind: _kind, ...rest } = { kind: 'backUp', target: { id: diskId('data') } } as const;
  expect(chargesOf({ kind: 'stop', ...rest } as unknown as RunRequest)).toEqual([]);
});

test('a vault shows what the app has used of its limits that day', async () => {
  const table = memoryTable();
  const protect = (share: string) =>
    takeCharges(
      table,
      now,
      chargesOf({ kind: 'protect', target: shareOf('papers01', share), policyId: 'p' }),
    );
  await protect('docs');
  await protect('mail');
  const used = (day: string, vault = filesVaultId) => usedOfVault(table, day, vault);
  expect(await used('2026-08-22', filesVaultId.toUpperCase())).toEqual([
    { what: 'protections configured', limit: 200, used: 2 },
    { what: 'discoveries', limit: 50, used: 1 },
    { what: 'storage accounts registered', limit: 50, used: 1 },
  ]);
  expect((await used('2026-08-23')).map((one) => one.used)).toEqual([0, 0, 0]);
});

test('a counter that others change all the time is given up', async () => {
  const table = memoryTable();
  let tries = 0;
  const insert: typeof table.insert = () => Promise.resolve((tries++, { kind: 'conflict' }));
  const charges = chargesOf({ kind: 'backUp', target: { id: diskId('data') } });
  await expect(takeCharges({ ...table, insert }, now, charges)).rejects.toThrow(
    'The counter of on-demand backups was changed by others 200 times in a row.',
  );
  expect(tries).toBe(200);
});
