import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/arm/call.ts';
import { findEarlierJob } from '../../../src/recovery-services/jobSearch.ts';
import type { JobOwner } from '../../../src/recovery-services/jobOwner.ts';
import { itemId, list } from './replies.ts';

const attempt = '5a1d1c50-0000-4000-8000-000000000001';
const attempts = {
  attemptIds: [attempt],
  firstClaimAt: '2026-08-22T02:00:00Z',
  lastSendBy: '2026-08-22T02:01:00Z',
  joinForeign: false,
};

const docs: JobOwner = {
  itemId: itemId('StorageContainer;storage;data;papers01', 'AzureFileShare;0a'),
  kind: 'fileShare',
  friendlyName: 'docs',
};

const shareJob = (jobId: string, differs: JsonObject = {}): JsonObject => ({
  name: jobId,
  properties: {
    jobType: 'AzureStorageJob',
    operation: 'Backup',
    status: 'InProgress',
    startTime: '2026-08-22T02:00:05.1234567Z',
    activityId: 'ffffffff-0000-4000-8000-00000000000f',
    entityFriendlyName: 'docs',
    storageAccountName: 'papers01',
    isUserTriggered: false,
    ...differs,
  },
});

const search = (rows: readonly JsonObject[], differs = {}, owner = docs) =>
  findEarlierJob(list(...rows), owner, { ...attempts, ...differs });

describe('a job belongs to an attempt', () => {
  test('whose id the service copied into its activity id, whenever it started', () => {
    const rows = [
      shareJob('a'),
      shareJob('b', { activityId: attempt.toUpperCase(), startTime: '2026-08-22T05:00:00Z' }),
    ];
    expect(search(rows)).toMatchObject({ kind: 'ours', result: { jobId: 'b' } });
  });

  test('by item, operation and start when the service copied none', () => {
    expect(search([shareJob('a')])).toMatchObject({ kind: 'ours', result: { jobId: 'a' } });
  });

  test('that started up to two minutes before the first claim, because clocks differ', () => {
    expect(search([shareJob('a', { startTime: '2026-08-22T01:58:00Z' })]).kind).toBe('ours');
    expect(search([shareJob('a', { startTime: '2026-08-22T01:57:59Z' })]).kind).toBe('absent');
  });

  test('that started up to a minute after the last send window, and no later', () => {
    expect(search([shareJob('a', { startTime: '2026-08-22T02:02:00Z' })]).kind).toBe('ours');
    expect(search([shareJob('a', { startTime: '2026-08-22T02:02:01Z' })]).kind).toBe('absent');
  });

  test('also when it has ended already', () => {
    expect(search([shareJob('a', { status: 'Failed' })]).kind).toBe('ours');
  });
});

describe('a job does not belong to an attempt', () => {
  test.each([
    ['of another share', { entityFriendlyName: 'plans' }],
    ['of the same share in another account', { storageAccountName: 'papers02' }],
    ['that configures protection', { operation: 'ConfigureBackup' }],
    ['that restores', { operation: 'Restore' }],
    ['that another request of this app began', { activityId: '0f0e0d0c-0b0a-5908-8706-050403020100' }],
  ])('%s', (_, differs) => {
    expect(search([shareJob('a', differs)])).toEqual({ kind: 'absent' });
  });
});

test('two jobs in the window decide nothing', () => {
  expect(search([shareJob('a'), shareJob('b')])).toMatchObject({
    kind: 'ambiguous',
    failure: { code: 'BackupJobAmbiguous', message: expect.stringContaining('a, b') },
  });
});

test('a share known by its id alone is not told from its neighbours, except by the activity id', () => {
  const { friendlyName: _, ...nameless } = docs;
  expect(search([shareJob('a')], {}, nameless).kind).toBe('ambiguous');
  expect(search([shareJob('a', { activityId: attempt })], {}, nameless).kind).toBe('ours');
  expect(search([], {}, nameless).kind).toBe('absent');
});

test('jobs that other runs began at the same moment leave no doubt about a share known by its id alone', () => {
  const { friendlyName: _, ...nameless } = docs;
  const others = ['11', '22', '33'].map((digits) =>
    shareJob(digits, {
      activityId: `000000${digits}-0000-5000-8000-000000000001`,
      entityFriendlyName: digits,
    }),
  );
  expect(search(others, {}, nameless)).toEqual({ kind: 'absent' });
  expect(search([...others, shareJob('a', { activityId: attempt })], {}, nameless)).toMatchObject({
    kind: 'ours',
    result: { jobId: 'a' },
  });
});

describe('once the service has said that a backup is in progress', () => {
  test('a running one of anybody counts as foreign', () => {
    const rows = [shareJob('a', { startTime: '2026-08-21T23:00:00Z' })];
    expect(search(rows, { joinForeign: true })).toMatchObject({ kind: 'foreign', result: { jobId: 'a' } });
  });

  test('one that has ended does not', () => {
    expect(search([shareJob('a', { status: 'Completed' })], { joinForeign: true })).toEqual({
      kind: 'absent',
    });
  });
});

describe('where no id is echoed and another run had the item before', () => {
  const other = { otherSentBy: '2026-08-22T02:00:30Z' };

  test('a job that may be that run’s is joined, not taken for ours', () => {
    expect(search([shareJob('a')], other)).toMatchObject({ kind: 'foreign', result: { jobId: 'a' } });
  });

  test('one that began after that run could have is ours', () => {
    expect(search([shareJob('a', { startTime: '2026-08-22T02:01:31Z' })], other).kind).toBe('ours');
  });
});

describe('a share known by its id alone', () => {
  const { friendlyName: _, ...nameless } = docs;

  test('joins no job of its account: which share’s it is is not told', () => {
    const neighbours = [shareJob('a', { entityFriendlyName: 'plans' })];
    expect(search(neighbours, { joinForeign: true }, nameless).kind).toBe('unproven');
    expect(search([], { joinForeign: true }, nameless)).toEqual({ kind: 'absent' });
  });
});

test('a job that says nothing of its account proves nothing', () => {
  const { properties, ...row } = shareJob('a') as { name: string; properties: JsonObject };
  const { storageAccountName: _, ...bare } = properties;
  expect(search([{ ...row, properties: bare }], { joinForeign: true })).toEqual({ kind: 'absent' });
});

describe('databases', () => {
  const orders: JobOwner = {
    itemId: itemId('VMAppContainer;compute;servers;ledger01', 'SQLDataBase;mssqlserver;orders'),
    kind: 'workload',
    friendlyName: 'orders',
  };
  const job = (differs: JsonObject): JsonObject => ({
    name: 'a',
    properties: {
      operation: 'Backup (Full)',
      status: 'InProgress',
      startTime: '2026-08-22T02:00:05Z',
      entityFriendlyName: 'orders [ledger01]',
      isUserTriggered: true,
      ...differs,
    },
  });

  test('carry the machine behind their name, and the type behind the operation', () => {
    expect(search([job({})], {}, orders).kind).toBe('ours');
  });

  test.each([
    ['of the same name on another machine', { entityFriendlyName: 'orders [ledger02]' }],
    ['of the same name in another container', { containerName: 'VMAppContainer;Compute;test;ledger01' }],
    ['backed up by their log alone', { operation: 'Backup (Log)' }],
  ])('%s are others', (_, differs) => {
    const full = { ...orders, backupType: 'Full' };
    expect(search([job(differs)], {}, full)).toEqual({ kind: 'absent' });
    expect(search([job(differs)], { joinForeign: true }, full)).toEqual({ kind: 'absent' });
  });

  test.each(['Sales#1', '50% off', 'Café [x] & co'])('may be called %s', (friendlyName) => {
    const rows = [job({ entityFriendlyName: `${friendlyName} [ledger01]` })];
    expect(search(rows, {}, { ...orders, friendlyName }).kind).toBe('ours');
  });

  test('known by their id alone are joined only after the vault’s list has told their names', () => {
    const { friendlyName: _, ...nameless } = orders;
    expect(search([job({})], { joinForeign: true }, nameless)).toMatchObject({
      kind: 'unproven',
      failure: { code: 'BackupJobUnproven', message: expect.stringContaining(': a') },
    });
    expect(search([job({})], { joinForeign: true }, orders).kind).toBe('foreign');
  });

  test('whose jobs look like those of another are never joined', () => {
    const rows = [job({})];
    expect(search(rows, { joinForeign: true }, { ...orders, hasNamesake: true })).toEqual({ kind: 'absent' });
  });

  test('on machines with long names are told apart only by the vault’s list', () => {
    const long: JobOwner = {
      ...orders,
      itemId: itemId('VMAppContainer;compute;servers;ledger-production-01', 'SQLDataBase;mssqlserver;orders'),
    };
    const rows = [job({ entityFriendlyName: 'orders [ledger-producti]' })];
    expect(search(rows, { joinForeign: true }, long)).toEqual({ kind: 'absent' });
    expect(search(rows, { joinForeign: true }, { ...long, hasNamesake: false }).kind).toBe('foreign');
  });

  test('whose name only begins alike are others', () => {
    expect(search([job({ entityFriendlyName: 'orders2 [ledger01]' })], {}, orders).kind).toBe('absent');
  });

  test('that were backed up by their schedule are not taken for ours', () => {
    expect(search([job({ isUserTriggered: false })], {}, orders).kind).toBe('absent');
  });
});

test('a machine is recognised by its container, whatever the prefix and case', () => {
  const machine: JobOwner = {
    itemId: itemId(
      'IaasVMContainer;iaasvmcontainerv2;servers;ledger01',
      'VM;iaasvmcontainerv2;servers;ledger01',
    ),
    kind: 'virtualMachine',
  };
  const row = (containerName: string): JsonObject => ({
    name: 'a',
    properties: {
      ...{ operation: 'Backup', status: 'InProgress', startTime: '2026-08-22T02:00:05Z' },
      ...{ containerName, entityFriendlyName: 'ledger01' },
    },
  });
  expect(search([row('IaaSVMContainerV2;Servers;ledger01')], {}, machine).kind).toBe('ours');
  expect(search([row('iaasvmcontainerv2;test;ledger01')], {}, machine).kind).toBe('absent');
  // A machine of that name may lie in two groups.
  expect(search([row('ledger01')], { joinForeign: true }, machine)).toEqual({ kind: 'absent' });
});
