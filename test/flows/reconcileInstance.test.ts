import { describe, expect, test } from 'vitest';
import type { RunRequest } from '../../src/runs/request.ts';
import {
  accountId,
  backupVaultId,
  blobsTarget,
  diskId,
  diskTarget,
  everyRole,
  instancePolicyId,
  instanceWorld,
  protectedDisk,
  snapshotResourceGroupId,
  vaultPrincipalId,
} from '../support/instanceWorld.ts';
import { playRun, type RunToPlay } from '../support/simulatedRun.ts';

type Instance = NonNullable<NonNullable<Parameters<typeof instanceWorld>[0]>['instances']>[number];

const identityId =
  '/subscriptions/33333333-4444-4555-8666-777777777777/resourceGroups/backup/providers/Microsoft.ManagedIdentity/userAssignedIdentities/backup-one';
const otherIdentityId = identityId.replace('backup-one', 'backup-two');
const identityPrincipalId = '88888888-1111-4222-8333-444444444444';

const protectedBlobs = (more: Partial<Instance> = {}): Instance => ({
  name: 'pictures01-pictures01-1',
  kind: 'blobVaulted',
  sourceId: accountId,
  policy: 'vaulted',
  friendlyName: 'pictures of the shop',
  containers: ['invoices-2025'],
  ...more,
});

const twoPolicies = [
  { name: 'disks', kind: 'disk' as const },
  { name: 'disks-long', kind: 'disk' as const },
  { name: 'vaulted', kind: 'blobVaulted' as const },
  { name: 'vaulted-long', kind: 'blobVaulted' as const },
];

const protectDisk = (more: object = {}): RunRequest => ({
  kind: 'protect',
  target: diskTarget,
  vaultId: backupVaultId,
  policyId: instancePolicyId('disks'),
  snapshotResourceGroupId,
  ...more,
});
const protectBlobs = (more: object = {}): RunRequest => ({
  kind: 'protect',
  target: blobsTarget,
  vaultId: backupVaultId,
  policyId: instancePolicyId('vaulted'),
  ...more,
});

/** Plays a run and reads the instance as the vault shows it afterwards. */
async function played(play: RunToPlay, instanceName: string) {
  const run = await playRun(play);
  const reply = await run.simulator.handle({
    method: 'GET',
    url: `https://management.azure.com${backupVaultId}/backupInstances/${instanceName}?api-version=2025-07-01`,
    headers: { authorization: `Bearer ${'a'.repeat(40)}` },
  });
  const { properties } = JSON.parse(reply.body ?? '{}') as { properties: Record<string, unknown> };
  return { ...run, properties };
}

describe('another policy for an instance that is there', () => {
  test('leaves its containers and its name as they are', async () => {
    const world = instanceWorld({ policies: twoPolicies, instances: [protectedBlobs()] }, everyRole);
    const request = protectBlobs({ policyId: instancePolicyId('vaulted-long') });
    const { ending, properties } = await played({ world, request }, 'pictures01-pictures01-1');
    expect(ending).toMatchObject({
      status: 'completed',
      result: {
        change: 'policyChanged',
        differences: [
          {
            what: 'policy',
            is: instancePolicyId('vaulted'),
            asked: instancePolicyId('vaulted-long'),
          },
        ],
      },
    });
    expect(properties).toMatchObject({
      friendlyName: 'pictures of the shop',
      policyInfo: {
        policyId: instancePolicyId('vaulted-long'),
        policyParameters: { backupDatasourceParametersList: [{ containersList: ['invoices-2025'] }] },
      },
    });
  });

  test('leaves the snapshot group of a disk, also where the request does not name it', async () => {
    const world = instanceWorld({ policies: twoPolicies, instances: [protectedDisk] }, everyRole);
    const { snapshotResourceGroupId: _, ...request } = protectDisk({
      policyId: instancePolicyId('disks-long'),
    }) as { snapshotResourceGroupId: string } & RunRequest;
    const { ending, properties } = await played({ world, request }, protectedDisk.name);
    expect(ending.status).toBe('completed');
    expect(properties).toMatchObject({
      policyInfo: {
        policyParameters: { dataStoreParametersList: [{ resourceGroupId: snapshotResourceGroupId }] },
      },
    });
  });

  test('leaves the identity that the instance uses', async () => {
    const vault = {
      policies: twoPolicies,
      userAssigned: [{ id: identityId, principalId: identityPrincipalId }],
      instances: [{ ...protectedDisk, userAssignedIdentity: identityId }],
    };
    const world = instanceWorld(vault, rolesOf(identityPrincipalId));
    const request = protectDisk({ policyId: instancePolicyId('disks-long') });
    const { ending, properties } = await played({ world, request }, protectedDisk.name);
    expect(ending.status).toBe('completed');
    expect(properties['identityDetails']).toMatchObject({ userAssignedIdentityArmUrl: identityId });
  });
});

const rolesOf = (principalId: string) => ({
  authorization: {
    assignments: [
      { scope: diskId, role: 'Disk Backup Reader', principalId },
      { scope: snapshotResourceGroupId, role: 'Disk Snapshot Contributor', principalId },
    ],
  },
});

describe('an instance that differs from what is asked', () => {
  test('in its containers gets those that are asked for', async () => {
    const world = instanceWorld({ instances: [protectedBlobs()] }, everyRole);
    const request = protectBlobs({ containers: { list: ['invoices-2025', 'invoices-2026'] } });
    const { ending, properties } = await played({ world, request }, 'pictures01-pictures01-1');
    expect(ending).toMatchObject({
      status: 'completed',
      result: {
        change: 'changed',
        differences: [{ what: 'containers', is: 'invoices-2025', asked: 'invoices-2025, invoices-2026' }],
      },
    });
    expect(properties).toMatchObject({
      policyInfo: {
        policyParameters: {
          backupDatasourceParametersList: [{ containersList: ['invoices-2025', 'invoices-2026'] }],
        },
      },
    });
  });

  test('in nothing but the order of its containers is as asked', async () => {
    const containers = ['invoices-2026', 'invoices-2025'];
    const world = instanceWorld({ instances: [protectedBlobs({ containers })] }, everyRole);
    const request = protectBlobs({ containers: { pattern: 'invoices-*' } });
    const { ending, requests } = await playRun({ world, request });
    expect(ending).toMatchObject({ status: 'skipped', error: { code: 'AlreadyProtected' } });
    expect(requests.filter((one) => one.startsWith('PUT'))).toEqual([]);
  });

  test('in error and without containers gets all of them when all are asked for', async () => {
    const broken = protectedBlobs({ containers: [], state: 'ProtectionError' });
    const world = instanceWorld({ instances: [broken] }, everyRole);
    const { ending, properties } = await played(
      { world, request: protectBlobs({ containers: 'all' }) },
      'pictures01-pictures01-1',
    );
    expect(ending).toMatchObject({ status: 'completed', result: { change: 'changed' } });
    expect(properties).toMatchObject({
      policyInfo: {
        policyParameters: {
          backupDatasourceParametersList: [{ containersList: ['invoices-2025', 'invoices-2026', 'scratch'] }],
        },
      },
    });
  });

  test('in its snapshot group is refused: the service never moves snapshots', async () => {
    const world = instanceWorld({ instances: [protectedDisk] }, everyRole);
    const elsewhere = snapshotResourceGroupId.replace('snapshots', 'apps');
    const { ending, requests } = await playRun({
      world,
      request: protectDisk({ snapshotResourceGroupId: elsewhere }),
    });
    expect(ending.error).toMatchObject({ code: 'SnapshotResourceGroupFixed' });
    expect(requests.filter((one) => one.startsWith('PUT'))).toEqual([]);
  });

  test('a dry run names the differences and the missing roles, and writes nothing', async () => {
    const world = instanceWorld({ instances: [protectedBlobs()] });
    const request = { ...protectBlobs({ containers: 'all' }), kind: 'validate' } as RunRequest;
    const { ending, requests } = await playRun({ world, request });
    expect(ending).toMatchObject({
      status: 'completed',
      result: {
        wouldChange: [{ what: 'containers', is: 'invoices-2025' }],
        missingRoles: [{ role: 'Storage Account Backup Contributor', scope: accountId }],
      },
    });
    expect(requests.filter((one) => !one.startsWith('GET'))).toEqual([]);
  });

  test('a change that has no effect does not end completed', async () => {
    const world = instanceWorld({ instances: [protectedBlobs()] }, everyRole);
    const { ending } = await playRun({
      world,
      request: protectBlobs({ containers: 'all' }),
      faults: [
        {
          on: 'dataProtection.protect',
          times: 0,
          fault: { kind: 'reply', when: 'before', status: 200, shape: 'emptyObject' },
        },
      ],
    });
    expect(ending).toMatchObject({ status: 'failed', error: { code: 'ChangeWithoutEffect' } });
  });
});

describe('an instance in error because its vault lacks roles', () => {
  const broken = { ...protectedDisk, state: 'ProtectionError' };

  test('is protected once the roles are granted and count', async () => {
    const world = instanceWorld({ instances: [broken] }, { authorization: { effectiveAfterSeconds: 1500 } });
    const { ending, stepNames, tookSeconds } = await playRun({
      world,
      request: protectDisk({ grantRoles: true }),
    });
    expect(ending.error).toBeUndefined();
    expect(ending).toMatchObject({ status: 'completed', result: { change: 'protected' } });
    expect(stepNames.filter((name) => name === 'resources.grantRole')).toHaveLength(2);
    expect(stepNames.filter((name) => name === 'dataProtection.syncInstance').length).toBeLessThan(16);
    expect(tookSeconds).toBeGreaterThan(1500);
  });

  test('without grantRoles the run names role, scope and command', async () => {
    const world = instanceWorld({ instances: [broken] });
    const { ending, requests } = await playRun({ world, request: protectDisk() });
    expect(ending.status).toBe('failed');
    expect(ending.error?.message).toContain(`Disk Backup Reader at ${diskId}`);
    expect(ending.error?.advice).toContain(`--assignee-object-id ${vaultPrincipalId}`);
    expect(requests.filter((one) => one.startsWith('PUT'))).toEqual([]);
  });
});

describe('what soft delete keeps', () => {
  const deleted = { ...protectedDisk, softDeleted: true };

  test('fails a protection, never skips it', async () => {
    const world = instanceWorld({ instances: [deleted] }, everyRole);
    const { ending } = await playRun({ world, request: protectDisk() });
    expect(ending).toMatchObject({ status: 'failed', error: { code: 'ItemSoftDeleted' } });
  });

  test('fails a backup that would protect first, never skips it', async () => {
    const world = instanceWorld({ instances: [protectedBlobs({ softDeleted: true })] }, everyRole);
    const request: RunRequest = {
      kind: 'backUp',
      target: blobsTarget,
      protectFirst: { policyId: instancePolicyId('vaulted') },
    };
    const { ending } = await playRun({ world, request });
    expect(ending).toMatchObject({ status: 'failed', error: { code: 'ItemSoftDeleted' } });
  });

  test('is named with the day until which it is kept and the way back', async () => {
    const world = instanceWorld({ instances: [deleted] }, everyRole);
    const { ending } = await playRun({ world, request: protectDisk() });
    expect(ending.error).toMatchObject({ code: 'ItemSoftDeleted' });
    expect(ending.error?.message).toMatch(/kept until 2026-/);
    expect(ending.error?.advice).toContain('"undelete": true');
  });
});

describe('identities of a vault', () => {
  const onlyUser = {
    systemAssigned: false,
    userAssigned: [{ id: identityId, principalId: identityPrincipalId }],
  };

  test('a vault with one user-assigned identity alone protects by it', async () => {
    const world = instanceWorld(onlyUser, rolesOf(identityPrincipalId));
    const { ending } = await playRun({ world, request: protectDisk() });
    expect(ending.error).toBeUndefined();
    expect(ending.status).toBe('completed');
  });

  test('roles are granted to the identity that is used', async () => {
    const { ending, simulator } = await playRun({
      world: instanceWorld(onlyUser),
      request: protectDisk({ grantRoles: true }),
    });
    expect(ending.status).toBe('completed');
    expect(simulator.log.filter(({ route }) => /assignment/i.test(route)).length).toBeGreaterThan(0);
  });

  test('a vault with several is asked about, not guessed at', async () => {
    const several = { userAssigned: [{ id: identityId }, { id: otherIdentityId }] };
    const { ending } = await playRun({ world: instanceWorld(several), request: protectDisk() });
    expect(ending.error).toMatchObject({
      code: 'VaultIdentityAmbiguous',
      message: `the vault ${backupVaultId} has several identities: systemAssigned, ${identityId}, ${otherIdentityId}`,
    });
  });

  test('the one that the request names is used', async () => {
    const several = {
      userAssigned: [{ id: identityId, principalId: identityPrincipalId }, { id: otherIdentityId }],
    };
    const world = instanceWorld(several, rolesOf(identityPrincipalId));
    const { ending } = await playRun({ world, request: protectDisk({ identity: identityId }) });
    expect(ending.status).toBe('completed');
  });

  test('one that the vault does not have is refused by name', async () => {
    const { ending } = await playRun({
      world: instanceWorld(onlyUser),
      request: protectDisk({ identity: 'systemAssigned' }),
    });
    expect(ending.error).toMatchObject({ code: 'VaultIdentityNotFound' });
    expect(ending.error?.message).toContain(`it has ${identityId}`);
  });
});

describe('a change whose operation can never be read', () => {
  const unreadable = [
    {
      on: 'dataProtection.operationStatus',
      times: 0,
      fault: { kind: 'reply' as const, status: 500, shape: 'service' as const },
    },
  ];

  test('ends as the instance shows: it is protected', async () => {
    const world = instanceWorld({ policies: twoPolicies, instances: [protectedDisk] }, everyRole);
    const request = protectDisk({ policyId: instancePolicyId('disks-long') });
    const { ending } = await playRun({ world, request, faults: unreadable });
    expect(ending).toMatchObject({ status: 'completed', result: { change: 'policyChanged' } });
  });

  test('ends as the instance shows: it is stopped', async () => {
    const world = instanceWorld({ instances: [protectedDisk] }, everyRole);
    const request: RunRequest = { kind: 'stop', target: diskTarget, mode: 'retain' };
    const { ending } = await playRun({ world, request, faults: unreadable });
    expect(ending.error).toBeUndefined();
    expect(ending).toMatchObject({ status: 'completed', result: { state: 'ProtectionStopped' } });
  });
});

test('a vault that answers 406 to instances made at once is given this one by itself', async () => {
  const { ending, stepNames } = await playRun({
    world: instanceWorld({}, everyRole),
    request: protectDisk(),
    faults: [{ on: 'dataProtection.protect', fault: { kind: 'reply', status: 406, shape: 'empty' } }],
  });
  expect(ending.status).toBe('completed');
  expect(stepNames).toContain('dataProtection.configureAlone');
});
