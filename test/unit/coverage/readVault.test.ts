import { describe, expect, test } from 'vitest';
import type { ArmAnswer } from '../../../src/arm/call.ts';
import { readNewestPoint } from '../../../src/coverage/readPoints.ts';
import { isBackupVault, newer, readVault } from '../../../src/coverage/readVault.ts';
import { answered, answeringEstate, listed, refused } from '../../support/answeringEstate.ts';
import { diskId, disksVaultId, filesVaultId } from '../../support/planWorld.ts';

const jobsSince = new Date('2026-08-20T02:00:00Z');
const itemId = (name: string): string =>
  `${filesVaultId}/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;apps;${name}/protectedItems/vm;iaasvmcontainerv2;apps;${name}`;
const item = (name: string, properties: object = {}) => ({
  id: itemId(name),
  name,
  properties: { protectedItemType: 'Microsoft.Compute/virtualMachines', friendlyName: name, ...properties },
});
const job = (name: string, status: string, startTime: string, more: object = {}) => ({
  id: `${filesVaultId}/backupJobs/${name}-${startTime}`,
  name: `job-${startTime}`,
  properties: {
    operation: 'Backup',
    status,
    startTime,
    entityFriendlyName: name,
    containerName: `x;iaasvmcontainerv2;apps;${name}`,
    ...more,
  },
});

/** A vault whose lists are these; the last part of a path names the list. */
const lists = (answers: Readonly<Record<string, ArmAnswer>>) =>
  answeringEstate(({ path, url }) => answers[url ?? decodeURIComponent(path.split('/').at(-1) ?? '')]);
const order = (id: string, ...kinds: ('virtualMachine' | 'fileShare' | 'disk' | 'blobs')[]) => ({
  ...{ id, kinds: new Set(kinds), jobsSince },
});
const readMachines = async (
  items: readonly object[],
  jobs: readonly object[],
  more: Readonly<Record<string, ArmAnswer>> = {},
) => {
  const { services, asked } = lists({
    ...{
      'files-west': answered({ location: 'westeurope' }),
      backupPolicies: listed([{ id: '/p', name: 'p' }]),
    },
    ...{ backupProtectedItems: listed(items), backupJobs: listed(jobs), ...more },
  });
  const reading = await readVault(services, order(filesVaultId, 'virtualMachine'));
  return { reading, asked, factsOf: (name: string) => reading.facts.get(itemId(name).toLowerCase()) };
};

describe('a Recovery Services vault', () => {
  test('is read with its policies, items and jobs', async () => {
    const { reading } = await readMachines(
      [item('vm')],
      [
        job('vm', 'InProgress', '2026-08-22T01:00:00Z'),
        job('vm', 'Cancelling', '2026-08-22T01:10:00Z'),
        job('vm', 'Started', '2026-08-22T01:20:00Z'),
        job('vm', 'Completed', '2026-08-21T01:00:00Z'),
      ],
    );
    expect(reading).toMatchObject({
      ...{ id: filesVaultId, type: 'recoveryServices', body: { location: 'westeurope' }, deleted: [] },
      ...{ jobsInFlight: 3, problems: [], policies: [{ id: '/p', name: 'p', continuous: false }] },
    });
  });

  test('lists the kinds that it protects, and no more', async () => {
    const { services, calls } = lists({});
    await readVault(services, order(filesVaultId, 'disk', 'fileShare', 'blobs'));
    const filters = calls
      .filter(({ path }) => path.endsWith('backupProtectedItems'))
      .map(({ query }) => query?.['$filter']);
    expect(filters).toEqual(["backupManagementType eq 'AzureStorage' and itemType eq 'AzureFileShare'"]);
  });

  test('says what could not be read, and tells the rest', async () => {
    const no = refused(403, 'AuthorizationFailed', 'You may not.');
    const { reading } = await readMachines([], [], {
      'files-west': no,
      backupPolicies: no,
      backupJobs: no,
      backupProtectedItems: no,
    });
    expect(reading).toEqual({
      ...{
        id: filesVaultId,
        type: 'recoveryServices',
        policies: [],
        facts: new Map(),
        deleted: [],
        jobsInFlight: 0,
      },
      problems: [
        'Microsoft.RecoveryServices/vaults/read: You may not.',
        'Microsoft.RecoveryServices/vaults/backupPolicies/read: You may not.',
        'Microsoft.RecoveryServices/vaults/backupProtectedItems/read: You may not.',
        'Microsoft.RecoveryServices/vaults/backupJobs/read: You may not.',
      ],
    });
  });
});

describe('what is known of an item', () => {
  test.each([
    [
      'the list’s newest point',
      '2026-08-21T21:00:00Z',
      '2026-08-21T20:00:00Z',
      { at: '2026-08-21T21:00:00.000Z', source: 'lastRecoveryPoint' },
    ],
    [
      'the start of a newer job',
      '2026-08-20T21:00:00Z',
      '2026-08-21T20:00:00Z',
      { at: '2026-08-21T20:00:00.000Z', source: 'jobs' },
    ],
    [
      'of equal ones the list’s',
      '2026-08-21T20:00:00Z',
      '2026-08-21T20:00:00Z',
      { at: '2026-08-21T20:00:00.000Z', source: 'lastRecoveryPoint' },
    ],
    [
      'the job’s alone',
      undefined,
      '2026-08-21T20:00:00Z',
      { at: '2026-08-21T20:00:00.000Z', source: 'jobs' },
    ],
  ])('is %s', async (_what, lastRecoveryPoint, startTime, point) => {
    const { factsOf } = await readMachines(
      [item('vm', { lastRecoveryPoint })],
      [job('vm', 'CompletedWithWarnings', startTime)],
    );
    expect(factsOf('vm')).toEqual({ point });
  });

  test('is of its newest jobs, and not of other items’, other operations or those that run', async () => {
    const { factsOf } = await readMachines(
      [item('vm'), item('other')],
      [
        job('vm', 'Completed', '2026-08-20T20:00:00Z'),
        job('vm', 'Completed', '2026-08-21T20:00:00Z'),
        job('vm', 'Completed', '2026-08-21T10:00:00Z'),
        job('vm', 'Completed', '2026-08-22T01:00:00Z', { operation: 'Restore' }),
        job('vm', 'InProgress', '2026-08-22T01:30:00Z'),
      ],
    );
    expect(factsOf('vm')).toEqual({ point: { at: '2026-08-21T20:00:00.000Z', source: 'jobs' } });
    expect(factsOf('other')).toEqual({});
  });

  test.each(['Failed', 'Cancelled', 'Canceled'])(
    'of a job that is %s is the failure, in the job’s own words',
    async (status) => {
      const error = {
        errorCode: 400136,
        errorString: 'The machine is gone.',
        recommendations: ['Bring it back.', 'Or exclude it.'],
      };
      const details = answered({ properties: { errorDetails: [error] } });
      const { factsOf } = await readMachines([item('vm')], [job('vm', status, '2026-08-21T20:00:00Z')], {
        'job-2026-08-21T20:00:00Z': details,
      });
      expect(factsOf('vm')).toEqual({
        failure: {
          at: '2026-08-21T20:00:00.000Z',
          code: '400136',
          message: 'The machine is gone. Bring it back. Or exclude it.',
        },
      });
    },
  );

  test('without words is a failure all the same', async () => {
    const failure = {
      code: 'BackupFailed',
      message: 'The service says that the last backup failed, and no more.',
    };
    const byJob = await readMachines([item('vm')], [job('vm', 'Failed', '2026-08-21T20:00:00Z')]);
    expect(byJob.factsOf('vm')).toEqual({ failure: { at: '2026-08-21T20:00:00.000Z', ...failure } });
    const lastBackupTime = '2026-08-21T19:00:00Z';
    const byList = await readMachines([item('vm', { lastBackupStatus: 'Failed', lastBackupTime })], []);
    expect(byList.factsOf('vm')).toEqual({ failure: { at: '2026-08-21T19:00:00.000Z', ...failure } });
    const well = await readMachines([item('vm', { lastBackupStatus: 'Completed', lastBackupTime })], []);
    expect(well.factsOf('vm')).toEqual({});
  });

  test('asks for no job whose words the list has, or that a newer point has made old news', async () => {
    const { asked, factsOf } = await readMachines(
      [
        item('said', { lastBackupErrorDetail: [{ code: 'UserErrorX', message: 'It is full.' }] }),
        item('old', { lastRecoveryPoint: '2026-08-21T20:00:00Z' }),
      ],
      [job('said', 'Failed', '2026-08-21T20:00:00Z'), job('old', 'Failed', '2026-08-21T20:00:00Z')],
    );
    expect(asked.filter((path) => path.includes('/backupJobs/'))).toEqual([]);
    expect(factsOf('said')?.failure).toMatchObject({ code: 'UserErrorX' });
  });

  test('asks for the words of twenty failures of a vault, no more', async () => {
    const names = Array.from({ length: 25 }, (_, at) => `vm-${at}`);
    const { asked, reading } = await readMachines(
      names.map((name) => item(name)),
      names.map((name) => job(name, 'Failed', '2026-08-21T20:00:00Z')),
    );
    expect(asked.filter((path) => path.includes('/backupJobs/'))).toHaveLength(20);
    expect([...reading.facts.values()].filter(({ failure }) => failure !== undefined)).toHaveLength(25);
  });

  test('tells to the hour when a deleted one is gone for good', async () => {
    const { factsOf } = await readMachines(
      [
        item('going', { deferredDeleteTimeRemaining: '13.23:31:00' }),
        item('gone', { deferredDeleteTimeRemaining: '00:00:00' }),
      ],
      [],
    );
    expect([factsOf('going'), factsOf('gone')]).toEqual([{ keptUntil: '2026-09-05T02:00:00.000Z' }, {}]);
  });
});

describe('a Backup vault', () => {
  const instance = (name: string): string => `${disksVaultId}/backupInstances/${name}`;
  const instanceJob = (name: string, status: string, startTime: string, more: object = {}) => ({
    id: `${disksVaultId}/backupJobs/${startTime}`,
    properties: { operation: 'Backup', backupInstanceId: instance(name), status, startTime, ...more },
  });
  const read = (answers: Readonly<Record<string, ArmAnswer>>) => {
    const { services, asked } = lists({ 'disks-west': answered({ location: 'westeurope' }), ...answers });
    return readVault(services, order(disksVaultId, 'disk')).then((reading) => ({ reading, asked }));
  };

  test('knows of each instance the newest good job and the newest bad one', async () => {
    const errorDetails = [{ code: 'UserErrorDisk', message: 'It is gone.' }];
    const { reading } = await read({
      backupJobs: listed([
        instanceJob('data', 'InProgress', '2026-08-22T01:00:00Z'),
        instanceJob('data', 'Failed', '2026-08-21T22:00:00Z', { errorDetails }),
        instanceJob('data', 'Completed', '2026-08-21T20:00:00Z'),
        instanceJob('data', 'Completed', '2026-08-21T16:00:00Z'),
        instanceJob('log', 'CompletedWithWarnings', '2026-08-21T12:00:00Z'),
        instanceJob('log', 'Cancelled', '2026-08-21T08:00:00Z'),
      ]),
      backupPolicies: listed([{ id: '/p', name: 'p' }]),
      deletedBackupInstances: listed([]),
    });
    expect(reading).toMatchObject({
      type: 'backup',
      jobsInFlight: 1,
      problems: [],
      policies: [{ name: 'p' }],
    });
    expect(reading.facts.get(instance('data').toLowerCase())).toMatchObject({
      point: { at: '2026-08-21T20:00:00.000Z', source: 'jobs' },
      failure: { at: '2026-08-21T22:00:00.000Z', code: 'UserErrorDisk', message: 'It is gone.' },
    });
    expect(reading.facts.get(instance('log').toLowerCase())).toMatchObject({
      point: { at: '2026-08-21T12:00:00.000Z', source: 'jobs' },
      failure: { at: '2026-08-21T08:00:00.000Z' },
    });
  });

  test('is read no further back than asked: the page that reaches there is the last', async () => {
    const { reading, asked } = await read({
      backupJobs: listed([instanceJob('new', 'Completed', '2026-08-20T02:00:00Z')], 'https://next/2'),
      'https://next/2': listed([instanceJob('old', 'Completed', '2026-08-20T01:59:59Z')], 'https://next/3'),
      'https://next/3': listed([instanceJob('older', 'Completed', '2026-08-19T00:00:00Z')]),
    });
    expect([...reading.facts.keys()]).toEqual([instance('new').toLowerCase()]);
    expect(asked.filter((path) => path.startsWith('https'))).toEqual(['https://next/2']);
  });

  test('lists what was deleted and can be brought back', async () => {
    const properties = {
      deletionInfo: { scheduledPurgeTime: '2026-09-05T02:00:00Z' },
      dataSourceInfo: { resourceID: diskId('gone'), datasourceType: 'Microsoft.Compute/disks' },
      policyInfo: { policyId: '/p' },
    };
    const { reading } = await read({ deletedBackupInstances: listed([{ id: '/deleted/gone', properties }]) });
    expect(reading.deleted).toEqual([
      {
        ...{ id: '/deleted/gone', datasourceId: diskId('gone'), datasourceType: 'Microsoft.Compute/disks' },
        ...{ policyId: '/p', purgedAt: '2026-09-05T02:00:00.000Z' },
      },
    ]);
    expect(reading.problems).toEqual([
      'Microsoft.DataProtection/backupVaults/backupPolicies/read: It is not there.',
      'Microsoft.DataProtection/backupVaults/backupJobs/read: It is not there.',
    ]);
  });
});

test('a vault is one of Data Protection by its provider, in any case', () => {
  expect([isBackupVault(disksVaultId.toUpperCase()), isBackupVault(filesVaultId)]).toEqual([true, false]);
});

test('of two points the newer one is taken, of equal ones the first, and one is better than none', () => {
  const [old, young] = [
    { at: '2026-08-20', source: 'jobs' } as const,
    { at: '2026-08-21', source: 'jobs' } as const,
  ];
  const same = { ...young, source: 'recoveryPoints' } as const;
  expect([
    newer(old, young),
    newer(young, old),
    newer(young, same),
    newer(undefined, old),
    newer(old, undefined),
  ]).toEqual([...[young, young, young, old, old]]);
  expect(newer(undefined, undefined)).toBeUndefined();
});

describe('the newest point of one item', () => {
  const point = (id: string, recoveryPointTime: string, stores: readonly object[] = []) => ({
    id,
    properties: { recoveryPointTime, recoveryPointDataStoresDetails: stores },
  });
  const vaultItem = { itemId: itemId('vm'), vaultId: filesVaultId };
  const instance = { itemId: `${disksVaultId}/backupInstances/data`, vaultId: disksVaultId };

  test('of an instance is the newest of all pages, with the tier that keeps it longest', async () => {
    const { services } = lists({
      recoveryPoints: listed(
        [point('/b', '2026-08-21T01:00:00Z'), point('/a', '2026-08-20T01:00:00Z')],
        'https://next/2',
      ),
      'https://next/2': listed([
        point('/c', '2026-08-22T01:00:00Z', [
          { type: 'OperationalStore', expiryTime: '2026-08-29T01:00:00Z' },
          { type: 'VaultStore', expiryTime: '2026-09-22T01:00:00Z' },
          { type: 'ArchiveStore' },
        ]),
      ]),
    });
    expect(await readNewestPoint(services, instance, false)).toEqual({
      ...{ at: '2026-08-22T01:00:00.000Z', id: '/c', source: 'recoveryPoints' },
      ...{ tier: 'VaultStore', expiresAt: '2026-09-22T01:00:00.000Z' },
    });
  });

  test('of an item is looked for 400 days back and a day ahead', async () => {
    const { services, calls } = lists({ recoveryPoints: listed([point('/a', '2026-08-20T01:00:00Z')]) });
    expect(await readNewestPoint(services, vaultItem, false)).toEqual({
      at: '2026-08-20T01:00:00.000Z',
      id: '/a',
      source: 'recoveryPoints',
    });
    expect(calls[0]?.query?.['$filter']).toBe(
      "startDate eq '2025-07-18 02:00:00 AM' and endDate eq '2026-08-23 02:00:00 AM'",
    );
  });

  test('is none where the list is empty', async () => {
    const { services } = lists({ recoveryPoints: listed([]) });
    expect(await readNewestPoint(services, vaultItem, false)).toBeUndefined();
  });

  test('of continuous backup is the last instant that can be restored', async () => {
    const restorableTimeRanges = [{ endTime: '2026-08-22T01:59:00Z' }, { endTime: '2026-08-21T00:00:00Z' }];
    const { services, calls } = lists({
      findRestorableTimeRanges: answered({ properties: { restorableTimeRanges } }),
    });
    expect(await readNewestPoint(services, instance, true)).toEqual({
      at: '2026-08-22T01:59:00.000Z',
      source: 'restorableTimeRange',
    });
    expect(calls[0]?.body).toMatchObject({
      startTime: '2025-07-18T02:00:00.000Z',
      endTime: '2026-08-22T02:00:00.000Z',
    });
    const none = lists({ findRestorableTimeRanges: answered({}) });
    expect(await readNewestPoint(none.services, instance, true)).toBeUndefined();
  });

  test('that Azure refuses to tell is no answer', async () => {
    const { services } = lists({
      findRestorableTimeRanges: refused(403, 'AuthorizationFailed', 'You may not.'),
    });
    await expect(readNewestPoint(services, instance, true)).rejects.toMatchObject({
      code: 'AuthorizationFailed',
      message: 'You may not.',
    });
  });
});
