import { describe, expect, test } from 'vitest';
import {
  blobKind,
  chooseBackupRule,
  chooseContainers,
  chooseRetentionTag,
  missingRolesFailure,
  protectionObstacle,
} from '../../../src/data-protection/eligibility.ts';
import {
  neededRoles,
  backupVaultIdOf,
  isInstanceId,
  isOfVault,
} from '../../../src/data-protection/datasources.ts';
import { accountId, diskId, instanceId, policyId, snapshotResourceGroupId, vaultId } from './replies.ts';

const source = {
  id: diskId,
  name: 'ledger',
  location: 'West Europe',
  provisioningState: 'Succeeded',
  obstacles: [],
};
const vault = { id: vaultId, location: 'westeurope', identities: [{ principalId: 'p' }], guarded: false };
const policy = {
  id: policyId,
  datasourceTypes: ['microsoft.compute/disks'],
  backupRules: ['BackupHourly'],
  retentionTags: ['Default', 'Yearly'],
  dataStores: ['OperationalStore'],
};

describe('before anything is sent', () => {
  test('regions are one however they are written', () => {
    expect(protectionObstacle('disk', source, vault, policy, snapshotResourceGroupId)).toBeUndefined();
  });

  test('what the source cannot do comes first', () => {
    const encrypted = { ...source, obstacles: ['the disk is encrypted'], location: 'northeurope' };
    expect(protectionObstacle('disk', encrypted, vault, policy, undefined)).toEqual({
      code: 'DatasourceNotEligible',
      message: `${diskId}: the disk is encrypted`,
    });
  });

  test.each([
    ['RegionMismatch', { ...source, location: 'northeurope' }, vault, policy, snapshotResourceGroupId],
    ['VaultWithoutIdentity', source, { ...vault, identities: [] }, policy, snapshotResourceGroupId],
    [
      'PolicyForAnotherDatasource',
      source,
      vault,
      { ...policy, datasourceTypes: [] },
      snapshotResourceGroupId,
    ],
    ['SnapshotResourceGroupMissing', source, vault, policy, undefined],
    [
      'SnapshotResourceGroupElsewhere',
      source,
      vault,
      policy,
      '/subscriptions/99999999-2222-4333-8444-555555555555/resourceGroups/snapshots',
    ],
  ])('%s', (code, wanted, where, by, group) => {
    expect(protectionObstacle('disk', wanted, where, by, group)?.code).toBe(code);
  });

  test('blobs need no snapshot group', () => {
    const forBlobs = { ...policy, datasourceTypes: ['Microsoft.Storage/storageAccounts/blobServices'] };
    expect(
      protectionObstacle('operationalBlobs', { ...source, id: accountId }, vault, forBlobs, undefined),
    ).toBeUndefined();
  });
});

test('a policy that keeps anything in the vault is for vaulted blobs', () => {
  expect(blobKind({ ...policy, dataStores: ['OperationalStore', 'vaultstore'] })).toBe('vaultedBlobs');
  expect(blobKind(policy)).toBe('operationalBlobs');
});

describe('containers', () => {
  const existing = ['$logs', 'invoices-2025', 'invoices-2026', 'scratch'];

  test.each([
    [undefined, ['invoices-2025', 'invoices-2026', 'scratch']],
    ['all', ['invoices-2025', 'invoices-2026', 'scratch']],
    [{ list: ['scratch'] }, ['scratch']],
    [{ pattern: 'invoices-*' }, ['invoices-2025', 'invoices-2026']],
    [{ pattern: 'INVOICES-2025' }, ['invoices-2025']],
  ] as const)('%j chooses %j', (wanted, containers) => {
    expect(chooseContainers(wanted, existing)).toEqual({ containers });
  });

  test.each([
    [{ list: ['letters'] }, existing, 'ContainerNotFound'],
    [{ pattern: 'letters-*' }, existing, 'NoContainerChosen'],
    [{ pattern: 'invoices.2025' }, existing, 'NoContainerChosen'],
    ['all', [], 'NoContainerChosen'],
    ['all', Array.from({ length: 101 }, (_, at) => `c-${at}`), 'TooManyContainers'],
  ] as const)('%j out of %j is refused', (wanted, those, code) => {
    expect(chooseContainers(wanted, those)).toMatchObject({ failure: { code } });
  });
});

describe('rule and tag', () => {
  test('the only rule needs no naming; several do', () => {
    expect(chooseBackupRule(policy, undefined)).toEqual({ ruleName: 'BackupHourly' });
    const several = { ...policy, backupRules: ['BackupHourly', 'BackupWeekly'] };
    expect(chooseBackupRule(several, undefined)).toMatchObject({
      failure: { code: 'BackupRuleAmbiguous', advice: 'Say which one in backupRule.' },
    });
    expect(chooseBackupRule(several, 'BACKUPWEEKLY')).toEqual({ ruleName: 'BackupWeekly' });
  });

  test('a policy without one cannot be asked', () => {
    expect(chooseBackupRule({ ...policy, backupRules: [] }, 'BackupHourly')).toMatchObject({
      failure: { code: 'BackupOnDemandNotSupported' },
    });
  });

  test('a tag is sent as the policy spells it, and not at all where none is asked for', () => {
    expect(chooseRetentionTag(policy, 'yearly')).toEqual({ retentionTag: 'Yearly' });
    expect(chooseRetentionTag(policy, undefined)).toEqual({});
    expect(chooseRetentionTag(policy, 'Decade')).toMatchObject({ failure: { code: 'RetentionTagNotFound' } });
  });
});

describe('roles', () => {
  test('a disk needs two, an account one, each at its own scope', () => {
    expect(neededRoles('disk', diskId, snapshotResourceGroupId)).toEqual([
      { role: 'Disk Backup Reader', roleId: '3e5e47e6-65f7-47ef-90b5-e5dd4d455f24', scope: diskId },
      {
        role: 'Disk Snapshot Contributor',
        roleId: '7efff54f-a5b4-42b5-a1c5-5411624893ce',
        scope: snapshotResourceGroupId,
      },
    ]);
    expect(neededRoles('vaultedBlobs', accountId, undefined)).toEqual([
      {
        role: 'Storage Account Backup Contributor',
        roleId: 'e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1',
        scope: accountId,
      },
    ]);
  });

  test('that lack are named with the command that grants them, beside what the service said', () => {
    const said = { code: 'UserErrorMissingRequiredPermissions', message: 'Missing.', correlationId: 'c-1' };
    const failure = missingRolesFailure(neededRoles('vaultedBlobs', accountId, undefined), 'p-1', said);
    expect(failure).toMatchObject({
      code: 'UserErrorMissingRequiredPermissions',
      class: 'permission',
      correlationId: 'c-1',
      message: `the vault's identity p-1 lacks Storage Account Backup Contributor at ${accountId}. The service says: Missing.`,
    });
    expect(failure.advice).toContain(
      `az role assignment create --assignee-object-id p-1 --assignee-principal-type ServicePrincipal --role e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1 --scope ${accountId}`,
    );
  });
});

test('the vault of an instance, a policy and a job is read out of their ids, in any case', () => {
  expect(backupVaultIdOf(instanceId)).toBe(vaultId);
  expect(backupVaultIdOf(policyId.replace('backupVaults', 'BackupVaults'))).toBe(
    vaultId.replace('backupVaults', 'BackupVaults'),
  );
  expect(isOfVault(instanceId.toUpperCase(), vaultId)).toBe(true);
  expect(isOfVault(instanceId.replace('archive', 'archive2'), vaultId)).toBe(false);
});

test.each([
  [instanceId, true],
  [`${instanceId}/recoveryPoints/1`, false],
  [vaultId, false],
  [`${diskId}/providers/Microsoft.DataProtection/backupInstances/x`, false],
  ['', false],
])('%s is the id of an instance: %s', (id, is) => {
  expect(isInstanceId(id)).toBe(is);
});

describe('a refusal names what there is', () => {
  const messageOf = (answer: object) => (answer as { failure?: { message: string } }).failure?.message;

  test.each([
    [chooseContainers({ list: ['x', 'a', 'y'] }, ['a', 'b']), 'no container x, y; the account has a, b'],
    [chooseContainers({ list: ['x'] }, []), 'no container x; the account has none'],
    [chooseContainers({ pattern: 'x*' }, ['a', 'b']), 'no container matches; the account has a, b'],
    [chooseContainers('all', []), 'no container matches; the account has none'],
    [
      chooseBackupRule({ ...policy, backupRules: ['Hourly', 'Weekly'] }, 'Daily'),
      'the policy has no backup rule "Daily"; it has Hourly, Weekly',
    ],
    [
      chooseBackupRule({ ...policy, backupRules: ['Hourly', 'Weekly'] }, undefined),
      'the policy has several backup rules: Hourly, Weekly',
    ],
    [
      chooseRetentionTag(policy, 'Decade'),
      'the policy has no retention tag "Decade"; it has Default, Yearly',
    ],
  ])('%#', (answer, message) => {
    expect(messageOf(answer)).toBe(message);
  });

  test('a policy for another datasource tells which it is for', () => {
    const refused = (datasourceTypes: readonly string[]) =>
      protectionObstacle('disk', source, vault, { ...policy, datasourceTypes }, snapshotResourceGroupId)
        ?.message;
    expect(refused(['A', 'B'])).toBe(`the policy ${policyId} is for A, B, not Microsoft.Compute/disks`);
    expect(refused([])).toBe(`the policy ${policyId} is for nothing, not Microsoft.Compute/disks`);
  });

  test('every missing role is named, and a command for each', () => {
    const failure = missingRolesFailure(
      neededRoles('disk', diskId, snapshotResourceGroupId),
      'p-1',
      undefined,
    );
    expect(failure).toEqual({
      code: 'RolesMissing',
      message: `the vault's identity p-1 lacks Disk Backup Reader at ${diskId}; Disk Snapshot Contributor at ${snapshotResourceGroupId}`,
      advice: `Grant the roles, or ask again with grantRoles. az role assignment create --assignee-object-id p-1 --assignee-principal-type ServicePrincipal --role 3e5e47e6-65f7-47ef-90b5-e5dd4d455f24 --scope ${diskId} && az role assignment create --assignee-object-id p-1 --assignee-principal-type ServicePrincipal --role 7efff54f-a5b4-42b5-a1c5-5411624893ce --scope ${snapshotResourceGroupId}`,
      class: 'permission',
    });
  });
});

test('a hundred containers are taken, and subscriptions are one in any case', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => `c-${at}`);
  expect(chooseContainers('all', hundred)).toEqual({ containers: hundred });
  expect(
    protectionObstacle(
      'disk',
      source,
      vault,
      policy,
      snapshotResourceGroupId.toUpperCase().replace('/SUBSCRIPTIONS/', '/subscriptions/'),
    ),
  ).toBeUndefined();
});

test('a disk alone needs the role to be read', () => {
  expect(neededRoles('disk', diskId, undefined)).toEqual([
    { role: 'Disk Backup Reader', roleId: '3e5e47e6-65f7-47ef-90b5-e5dd4d455f24', scope: diskId },
  ]);
});
