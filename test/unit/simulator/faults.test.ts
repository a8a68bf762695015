import { describe, expect, test } from 'vitest';
import { ConnectionDropped } from '../../../local/arm-simulator/exchange.ts';
import {
  accountId,
  backUpShare,
  filtered,
  itemNamed,
  protectedWorld,
  simulatedCloud,
  vaultId,
} from './simulated-cloud.ts';
import type { FaultRuleSeed } from '../../../local/arm-simulator/faults.ts';

type FaultSeed = FaultRuleSeed['fault'];

const cloudWith = (on: string, fault: FaultSeed, more: Partial<FaultRuleSeed> = {}) =>
  simulatedCloud({ world: protectedWorld, faults: [{ on, fault, ...more }] });

async function backUpDocs(cloud: ReturnType<typeof simulatedCloud>) {
  const { id } = await itemNamed(cloud, 'docs');
  return cloud.send('POST', `${id}/backup`, backUpShare);
}

describe('a fault', () => {
  test('hits the nth request of its route and so many after it', async () => {
    const cloud = cloudWith('recoveryServices.jobs', { kind: 'reply', status: 500 }, { nth: 2, times: 2 });
    const statuses: number[] = [];
    for (let asked = 0; asked < 5; asked += 1)
      statuses.push((await cloud.get(`${vaultId}/backupJobs`)).status);
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
  });

  test('can be limited to one URL, last for ever, and name many routes', async () => {
    const cloud = cloudWith(
      'recoveryServices.*',
      { kind: 'reply', status: 503 },
      { path: 'BACKUPJOBS', times: 0 },
    );
    expect((await cloud.get(`${vaultId}/backupJobs`)).status).toBe(503);
    expect((await cloud.get(`${vaultId}/backupJobs`)).status).toBe(503);
    expect((await cloud.get(vaultId)).status).toBe(200);
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ] as const)('drops a backup %s its effect: %i backups', async (when, backups) => {
    const cloud = cloudWith('recoveryServices.backup', { kind: 'drop', when });
    await expect(backUpDocs(cloud)).rejects.toBeInstanceOf(ConnectionDropped);
    expect(cloud.simulator.effects.count('backup')).toBe(backups);
    expect(cloud.simulator.log.at(-1)).toMatchObject({ route: 'recoveryServices.backup', status: 0 });
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ] as const)('answers 502 %s the effect: %i backups', async (when, backups) => {
    const cloud = cloudWith('recoveryServices.backup', {
      kind: 'reply',
      status: 502,
      when,
      shape: 'gateway',
      code: 'InvalidGatewayHost',
    });
    expect((await backUpDocs(cloud)).status).toBe(502);
    expect(cloud.simulator.effects.count('backup')).toBe(backups);
  });

  test('makes an answer slow by its seconds', async () => {
    const cloud = cloudWith('recoveryServices.jobs', { kind: 'delay', seconds: 90 });
    await cloud.get(`${vaultId}/backupJobs`);
    expect(new Date(cloud.simulator.core.clock.now()).toISOString()).toBe('2026-08-22T02:01:30.000Z');
  });

  test.each([
    ['gateway', '{"error":{"code":"X","message":""}}'],
    [
      'serviceWithNulls',
      '{"error":{"code":"X","message":"","target":null,"details":null,"innerError":null}}',
    ],
    ['legacy', '{"ErrorCode":"X","Message":{"Language":"en-us","Value":""},"Values":{}}'],
    ['emptyObject', '{}'],
    ['empty', undefined],
    ['html', '<html><h1>500</h1></html>'],
  ] as const)('writes errors in the %s shape', async (shape, text) => {
    const cloud = cloudWith('recoveryServices.jobs', {
      kind: 'reply',
      status: 500,
      shape,
      code: 'X',
      message: '',
    });
    expect((await cloud.get(`${vaultId}/backupJobs`)).text).toBe(text);
  });

  test('writes the Data Protection shape with its user-facing part', async () => {
    const cloud = cloudWith('recoveryServices.jobs', {
      kind: 'reply',
      status: 400,
      shape: 'dataProtection',
      code: 'X',
      message: 'm',
    });
    expect((await cloud.get(`${vaultId}/backupJobs`)).body.error).toMatchObject({
      additionalInfo: [{ type: 'UserFacingError', info: { code: 'X' } }],
    });
  });

  test.each([
    ['foreignHost', /^https:\/\/management\.example\.net\/subscriptions/],
    ['http', /^http:\/\/arm\.test/],
    ['userinfo', /^https:\/\/operator:secret@arm\.test/],
    ['relative', /^\/subscriptions/],
    ['doubled', /^https:[^ ]+, https:/],
    ['unsigned', /api-version=2025-08-01$/],
  ] as const)('bends poll URLs: %s', async (variant, pattern) => {
    const { headers } = await backUpDocs(cloudWith('recoveryServices.backup', { kind: 'pollUrl', variant }));
    expect(headers['Azure-AsyncOperation']).toMatch(pattern);
    expect(headers['Location']).toMatch(pattern);
  });

  test('leaves out poll headers, or signs only one', async () => {
    const names = async (variant: 'asyncOnly' | 'locationOnly' | 'none' | 'mixed') => {
      const { headers } = await backUpDocs(
        cloudWith('recoveryServices.backup', { kind: 'pollUrl', variant }),
      );
      return ['Azure-AsyncOperation', 'Location'].map((name) => headers[name]?.includes('&s='));
    };
    expect(await names('asyncOnly')).toEqual([true, undefined]);
    expect(await names('locationOnly')).toEqual([undefined, true]);
    expect(await names('none')).toEqual([undefined, undefined]);
    expect(await names('mixed')).toEqual([true, false]);
  });

  test('refuses a signed poll URL while the unsigned one works', async () => {
    const cloud = cloudWith('recoveryServices.itemStatus', { kind: 'signatureRefused' }, { times: 0 });
    const { headers } = await backUpDocs(cloud);
    const signed = headers['Azure-AsyncOperation'] ?? '';
    expect((await cloud.get(signed)).status).toBe(403);
    expect((await cloud.get(signed.replace(/&t=.*/, ''))).status).toBe(200);
    const id = /operationsStatus\/([0-9a-f-]{36})/.exec(signed)?.[1];
    expect((await cloud.get(`${vaultId}/backupOperations/${id}`)).status).toBe(200);
  });

  test('sets and removes headers', async () => {
    const cloud = cloudWith('recoveryServices.backup', {
      kind: 'headers',
      set: { 'Retry-After': 'soon' },
      remove: ['location'],
    });
    const { headers } = await backUpDocs(cloud);
    expect([headers['Retry-After'], headers['Location']]).toEqual(['soon', undefined]);
  });

  test('rewrites bodies, row by row in lists', async () => {
    const v2 = { properties: { jobType: 'AzureStorageJobV2', actionsInfo: [1], duration: null } };
    const cloud = simulatedCloud({
      world: protectedWorld,
      faults: [
        { on: 'recoveryServices.jobs', fault: { kind: 'body', merge: { value: v2 } } },
        { on: 'recoveryServices.itemStatus', fault: { kind: 'body', merge: { status: 'Queued' } } },
      ],
    });
    const { headers } = await backUpDocs(cloud);
    expect((await cloud.get(headers['Azure-AsyncOperation'] ?? '')).body.status).toBe('Queued');
    const [row] = (await cloud.get(`${vaultId}/backupJobs`)).body.value;
    expect(row?.properties).toMatchObject({ jobType: 'AzureStorageJobV2', actionsInfo: [1] });
    expect(row?.properties['duration']).toBeUndefined();
  });

  test('makes an accepted backup’s operation fail at 200, and then no job exists', async () => {
    const cloud = cloudWith('recoveryServices.backup', {
      kind: 'operation',
      status: 'Failed',
      code: 'ParallelSnapshotRequest',
    });
    const { headers } = await backUpDocs(cloud);
    cloud.wait(2);
    const ended = await cloud.get(headers['Azure-AsyncOperation'] ?? '');
    expect([ended.status, ended.body.status, ended.body.error.code]).toEqual([
      200,
      'Failed',
      'ParallelSnapshotRequest',
    ]);
    expect((await cloud.get(headers['Location'] ?? '')).status).toBe(400);
    expect((await cloud.get(`${vaultId}/backupJobs`)).body.value).toEqual([]);
    expect(cloud.simulator.effects.count('backup')).toBe(0);
  });

  test('lets an operation succeed with an error beside it, without a job id, after its own time', async () => {
    const cloud = cloudWith('recoveryServices.backup', {
      kind: 'operation',
      status: 'Succeeded',
      withError: true,
      withoutProperties: true,
      seconds: 600,
    });
    const { headers } = await backUpDocs(cloud);
    cloud.wait(599);
    expect((await cloud.get(headers['Azure-AsyncOperation'] ?? '')).body.status).toBe('InProgress');
    cloud.wait(1);
    const ended = (await cloud.get(headers['Azure-AsyncOperation'] ?? '')).body;
    expect([ended.status, ended.error.code, ended.properties]).toEqual([
      'Succeeded',
      'CloudInternalError',
      undefined,
    ]);
    expect((await cloud.get(`${vaultId}/backupJobs`)).body.value).toHaveLength(1);
  });

  test('makes a registration fail without leaving a half-registered container', async () => {
    const cloud = simulatedCloud({
      faults: [
        {
          on: 'recoveryServices.register',
          fault: { kind: 'operation', status: 'Failed', code: 'UserErrorStorageAccountIsLocked' },
        },
      ],
    });
    const container = `${vaultId}/backupFabrics/Azure/protectionContainers/StorageContainer;Storage;rg1;acct1`;
    const properties = {
      containerType: 'StorageContainer',
      backupManagementType: 'AzureStorage',
      sourceResourceId: accountId,
    };
    const { headers } = await cloud.send('PUT', container, { properties });
    cloud.wait(44);
    expect((await cloud.get(headers['Location'] ?? '')).body.error.code).toBe(
      'UserErrorStorageAccountIsLocked',
    );
    expect((await cloud.get(container)).status).toBe(404);
    expect((await cloud.send('PUT', container, { properties })).status).toBe(202);
  });

  test('decides how a job ends and hides it at first', async () => {
    const cloud = cloudWith('recoveryServices.backup', {
      kind: 'job',
      status: 'Failed',
      errorCode: 520512,
      seconds: 30,
      hiddenSeconds: 5,
    });
    const { headers } = await backUpDocs(cloud);
    cloud.wait(2);
    const { properties } = (await cloud.get(headers['Azure-AsyncOperation'] ?? '')).body;
    const job = `${vaultId}/backupJobs/${properties.jobId}`;
    expect((await cloud.get(job)).status).toBe(404);
    cloud.wait(3);
    expect((await cloud.get(job)).body.properties).toMatchObject({ status: 'InProgress' });
    cloud.wait(25);
    expect((await cloud.get(job)).body.properties).toMatchObject({
      status: 'Failed',
      errorDetails: [{ errorCode: 520512 }],
    });
  });

  test('lets a list lag behind, be cut, or come back empty', async () => {
    const stale = cloudWith(
      'recoveryServices.jobs',
      { kind: 'list', variant: 'stale', seconds: 60 },
      { times: 0 },
    );
    await backUpDocs(stale);
    stale.wait(59);
    expect((await stale.get(`${vaultId}/backupJobs`)).body.value).toEqual([]);
    stale.wait(2);
    expect((await stale.get(`${vaultId}/backupJobs`)).body.value[0]?.properties).toMatchObject({
      status: 'InProgress',
    });
    const cut = cloudWith('recoveryServices.items', { kind: 'list', variant: 'cut', rows: 2 });
    expect((await cut.get(`${vaultId}/backupProtectedItems`)).body.value).toHaveLength(2);
    const none = cloudWith('recoveryServices.items', { kind: 'list', variant: 'empty' });
    expect((await none.get(`${vaultId}/backupProtectedItems`)).body.value).toEqual([]);
  });

  test('shifts the second page by a row', async () => {
    const cloud = simulatedCloud({
      world: { ...protectedWorld, settings: { pageSize: 1 } },
      faults: [{ on: 'recoveryServices.items', times: 0, fault: { kind: 'list', variant: 'shift' } }],
    });
    const first = (await cloud.get(`${vaultId}/backupProtectedItems`)).body;
    const second = (await cloud.get(first.nextLink ?? '')).body;
    expect([...first.value, ...second.value].map(({ properties }) => properties['friendlyName'])).toEqual([
      'docs',
      'orders',
    ]);
  });

  test('answers a result URL with the status document', async () => {
    const cloud = cloudWith('recoveryServices.fabricResult', { kind: 'statusAtResult' });
    const refresh = filtered(
      `${vaultId}/backupFabrics/Azure/refreshContainers`,
      "backupManagementType eq 'AzureStorage'",
    );
    const { headers } = await cloud.send('POST', refresh);
    const poll = await cloud.get(headers['Location'] ?? '');
    expect([poll.status, poll.body.status]).toEqual([200, 'InProgress']);
  });

  test('table replaces the former one over HTTP; a wrong one is refused with its place', async () => {
    const cloud = cloudWith('recoveryServices.jobs', { kind: 'reply', status: 500 }, { times: 0 });
    expect((await cloud.send('POST', '/simulator/faults', [])).status).toBe(200);
    expect((await cloud.get(`${vaultId}/backupJobs`)).status).toBe(200);
    const wrong = await cloud.send('POST', '/simulator/faults', [{ on: 'x', fault: { kind: 'explode' } }]);
    expect([wrong.status, wrong.body.error.message.includes('[0].fault')]).toEqual([400, true]);
  });
});

describe('an operation that cannot be read', () => {
  test.each([500, 404])(
    'every poll after a stop answers %d, the item is stopped all the same',
    async (status) => {
      const cloud = simulatedCloud({
        world: protectedWorld,
        faults: [{ on: 'recoveryServices.protect', fault: { kind: 'polls', status } }],
      });
      const { id } = await itemNamed(cloud, 'docs');
      const stopped = await cloud.send('PUT', id, {
        properties: {
          protectedItemType: 'AzureFileShareProtectedItem',
          policyId: '',
          protectionState: 'ProtectionStopped',
        },
      });
      cloud.wait(3600);
      for (const header of ['Azure-AsyncOperation', 'Location'])
        expect((await cloud.get(stopped.headers[header] ?? '')).status).toBe(status);
      expect((await itemNamed(cloud, 'docs')).properties['protectionState']).toBe('ProtectionStopped');
    },
  );

  test('the first polls may still be answered', async () => {
    const cloud = simulatedCloud({
      world: protectedWorld,
      faults: [{ on: 'recoveryServices.backup', fault: { kind: 'polls', readable: 1 } }],
    });
    const { id } = await itemNamed(cloud, 'docs');
    const started = await cloud.send('POST', `${id}/backup`, backUpShare);
    const poll = started.headers['Azure-AsyncOperation'] ?? '';
    expect((await cloud.get(poll)).body.status).toBe('InProgress');
    expect((await cloud.get(poll)).status).toBe(500);
  });
});

test('an operation may succeed without doing anything', async () => {
  const cloud = simulatedCloud({
    world: protectedWorld,
    faults: [
      {
        on: 'recoveryServices.protect',
        fault: { kind: 'operation', status: 'Succeeded', withoutEffect: true },
      },
    ],
  });
  const { id } = await itemNamed(cloud, 'docs');
  const stopped = await cloud.send('PUT', id, {
    properties: {
      protectedItemType: 'AzureFileShareProtectedItem',
      policyId: '',
      protectionState: 'ProtectionStopped',
    },
  });
  cloud.wait(600);
  const { body } = await cloud.get(stopped.headers['Azure-AsyncOperation'] ?? '');
  expect(body.status).toBe('Succeeded');
  expect(body.properties.jobId).toMatch(/^[0-9a-f-]{36}$/);
  expect((await itemNamed(cloud, 'docs')).properties['protectionState']).toBe('Protected');
});

// Header recorded in dpp-protection-error-and-sync (2024-08).
test('a failure may name its code in a header only', async () => {
  const cloud = simulatedCloud({
    faults: [
      {
        on: 'recoveryServices.vault',
        fault: {
          kind: 'reply',
          status: 404,
          shape: 'errorCodeHeader',
          code: 'UserErrorGenericResourceNotFound',
        },
      },
    ],
  });
  const answer = await cloud.get(vaultId);
  expect(answer.headers['x-ms-error-code']).toBe('UserErrorGenericResourceNotFound');
  expect(answer.text).toBeUndefined();
});

test('a job whose details never read stays in the list', async () => {
  const cloud = simulatedCloud({
    world: protectedWorld,
    faults: [{ on: 'recoveryServices.backup', fault: { kind: 'job', readStatus: 500 } }],
  });
  const { id } = await itemNamed(cloud, 'docs');
  await cloud.send('POST', `${id}/backup`, backUpShare);
  cloud.wait(600);
  const row = (await cloud.get(`${vaultId}/backupJobs`)).body.value[0];
  expect(row?.properties['status']).toBe('Completed');
  expect((await cloud.get(`${vaultId}/backupJobs/${row?.name}`)).status).toBe(500);
});
