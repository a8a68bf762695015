import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/arm/call.ts';
import { findEarlierJob, findJoinedJob } from '../../../src/recovery-services/jobSearch.ts';
import type { JobOwner } from '../../../src/recovery-services/jobOwner.ts';
import { itemId, list } from './replies.ts';

const attempt = '5a1d1c50-0000-4000-8000-000000000001';
const attempts = {
  attemptIds: [attempt],
  firstClaimAt: '2026-08-22T02:00:00Z',
  lastSendBy: '2026-08-22T02:01:00Z',
  joinForeign: false,
  isSettled: true,
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

  test('by its id alone as long as its own job may only not be listed yet', () => {
    const early = { isSettled: false };
    expect(search([shareJob('a')], early)).toEqual({ kind: 'absent' });
    expect(search([shareJob('a'), shareJob('b')], early)).toEqual({ kind: 'absent' });
    expect(search([shareJob('a'), shareJob('b', { activityId: attempt })], early).kind).toBe('ours');
    expect(search([shareJob('a')], { ...early, joinForeign: true }).kind).toBe('foreign');
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

describe('the job that stood in the way', () => {
  const refusedAt = '2026-08-22T02:10:00.000Z';
  const joined = (...rows: JsonObject[]) => findJoinedJob(list(...rows), docs, refusedAt)?.jobId;
  const ended = (endTime: string, startTime = '2026-08-22T02:00:00Z') =>
    shareJob('j', { status: 'Completed', startTime, endTime });

  test('is the item’s own that runs, the newest of several', () => {
    const older = shareJob('older', { startTime: '2026-08-21T02:00:00Z' });
    expect(joined(older, shareJob('newer'))).toBe('newer');
    expect(joined(shareJob('j', { startTime: '2026-08-22T09:00:00Z' }))).toBe('j');
    expect(joined(shareJob('j', { entityFriendlyName: 'plans' }))).toBeUndefined();
    expect(joined(shareJob('j', { storageAccountName: undefined as never }))).toBeUndefined();
    expect(joined(shareJob('j', { operation: 'Restore' }))).toBeUndefined();
  });

  test.each([
    ['ran then and has ended since', '2026-08-22T02:15:00Z', 'j'],
    ['had ended two minutes before, by clocks that differ', '2026-08-22T02:08:00.000Z', 'j'],
    ['had ended earlier', '2026-08-22T02:07:59.999Z', undefined],
    ['does not say when it ended', '0001-01-01T00:00:00Z', 'j'],
  ])('may be one that %s', (_what, endTime, found) => {
    expect(joined(ended(endTime))).toBe(found);
  });

  test.each([
    ['two minutes after the refusal, by clocks that differ', '2026-08-22T02:12:00.000Z', 'j'],
    ['later', '2026-08-22T02:12:00.001Z', undefined],
  ])('has not begun %s: %s', (_what, startTime, found) => {
    expect(joined(ended('2026-08-22T03:00:00Z', startTime))).toBe(found);
  });
});

test('a job that began a minute after the run before had sent may be that one’s, a later one not', () => {
  const otherSentBy = '2026-08-22T01:59:05.123Z';
  expect(search([shareJob('j')], { otherSentBy }).kind).toBe('foreign');
  expect(search([shareJob('j')], { otherSentBy: '2026-08-22T01:59:05.122Z' }).kind).toBe('ours');
});

test('of several attempts any may have started the job', () => {
  const second = '6b1d1c50-0000-4000-8000-000000000002';
  const rows = [shareJob('j', { activityId: second.toUpperCase(), entityFriendlyName: 'x' })];
  expect(search(rows, { attemptIds: [attempt, second] })).toMatchObject({
    kind: 'ours',
    result: { jobId: 'j' },
  });
});

describe('whose a job of the list is', () => {
  const machine: JobOwner = {
    itemId: itemId('IaasVMContainer;iaasvmcontainerv2;servers;web01', 'VM;iaasvmcontainerv2;servers;web01'),
    kind: 'virtualMachine',
  };
  const machineJob = (differs: JsonObject) => ({
    name: 'j',
    properties: { operation: 'Backup', status: 'InProgress', entityFriendlyName: 'web01', ...differs },
  });
  const foreign = (row: JsonObject, owner: JobOwner) => search([row], { joinForeign: true }, owner).kind;

  test.each([
    ['its container with the group', { containerName: 'iaasvmcontainerv2;Servers;WEB01' }, 'foreign'],
    ['the container of another group', { containerName: 'iaasvmcontainerv2;other;web01' }, 'absent'],
    ['a bare name of the machine, which proves nothing', { containerName: 'web01' }, 'absent'],
    [
      'the container among its details',
      { extendedInfo: { propertyBag: { ContainerUniqueName: 'iaasvmcontainerv2;servers;web01' } } },
      'foreign',
    ],
    [
      'another container among its details',
      {
        containerName: 'iaasvmcontainerv2;servers;web01',
        extendedInfo: { propertyBag: { ContainerUniqueName: 'iaasvmcontainerv2;other;web01' } },
      },
      'absent',
    ],
    ['nothing of its parent', {}, 'absent'],
    ['the name of an account, which a machine has not', { storageAccountName: 'web01' }, 'absent'],
    [
      'another machine',
      { entityFriendlyName: 'web02', containerName: 'iaasvmcontainerv2;servers;web01' },
      'absent',
    ],
  ])('a machine’s shows %s', (_what, differs, kind) => {
    expect(foreign(machineJob(differs), machine)).toBe(kind);
  });

  const database = (differs: Partial<JobOwner> = {}): JobOwner => ({
    itemId: itemId('VMAppContainer;compute;servers;sql1', 'SQLDataBase;mssqlserver;orders'),
    ...{
      kind: 'workload',
      friendlyName: 'orders',
      serverName: 'sql1',
      hasNamesake: false,
      backupType: 'Full',
    },
    ...differs,
  });
  const databaseJob = (entityFriendlyName: string, operation = 'Backup') =>
    machineJob({ entityFriendlyName, operation });

  test.each([
    ['name and host', 'orders [SQL1]', {}, 'foreign'],
    ['another host', 'orders [sql2]', {}, 'absent'],
    ['a database of another name', 'orders2 [sql1]', {}, 'absent'],
    ['no host, which proves nothing', 'orders', {}, 'absent'],
    ['a name that another item has too', 'orders [sql1]', { hasNamesake: true }, 'absent'],
    ['the host as the list tells it', 'orders [node7]', { serverName: 'node7' }, 'foreign'],
    [
      'the first 15 characters of a host, told to be the only one',
      'orders [sql-production-]',
      { serverName: 'sql-production-01' },
      'foreign',
    ],
  ])('a database’s shows %s: %s', (_what, shown, differs, kind) => {
    expect(foreign(databaseJob(shown), database(differs))).toBe(kind);
  });

  test('a host of 15 characters may be cut: without the list it proves nothing', () => {
    const { hasNamesake: _none, ...owner } = database({ serverName: 'sql-production-01' });
    expect(foreign(databaseJob('orders [sql-production-]'), owner)).toBe('absent');
    expect(foreign(databaseJob('orders [sql-productio]'), { ...owner, serverName: 'sql-productio' })).toBe(
      'foreign',
    );
  });

  test.each([
    ['Backup (Full)', 'Full', 'foreign'],
    ['Backup (CopyOnlyFull)', 'Full', 'foreign'],
    ['Backup (Log)', 'Full', 'absent'],
    ['Backup (Differential)', 'Incremental', 'absent'],
    ['Backup (Differential)', 'Differential', 'foreign'],
    ['Backup (Incremental)', 'Full', 'absent'],
    ['Backup (Log)', 'Log', 'foreign'],
    ['Backup', 'Log', 'foreign'],
  ])('a job called %s, where a %s one was asked for, is %s', (operation, backupType, kind) => {
    expect(foreign(databaseJob('orders [sql1]', operation), database({ backupType }))).toBe(kind);
  });

  test('known by its id alone, a database’s name is that of its id; its job is asked about', () => {
    const owner: JobOwner = { itemId: database().itemId, kind: 'workload' };
    expect(search([databaseJob('orders [sql1]')], { joinForeign: true }, owner)).toEqual({
      kind: 'unproven',
      failure: {
        code: 'BackupJobUnproven',
        message: "A backup is in progress, and which of these jobs is the item's is not told: j",
      },
    });
    expect(foreign(databaseJob('plans [sql1]'), owner)).toBe('absent');
  });
});
