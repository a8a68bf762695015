import { describe, expect, test } from 'vitest';
import * as kinds from '../../../src/arm/resourceKinds.ts';

const group = '/subscriptions/0a1b2c3d-0000-4000-8000-00000000000f/resourceGroups/rg';
const vault = `${group}/providers/Microsoft.RecoveryServices/vaults/vault-1`;
const backupVault = `${group}/providers/Microsoft.DataProtection/backupVaults/vault-2`;
const item = `${vault}/backupFabrics/Azure/protectionContainers/StorageContainer;Storage;rg;sa1/protectedItems/AzureFileShare;0123456789abcdef`;

describe('an id of the right kind is taken', () => {
  test.each([
    ['recoveryServicesVaultId', vault],
    ['backupVaultId', backupVault.toUpperCase().replace('/SUBSCRIPTIONS', '/Subscriptions')],
    ['protectedItemId', item],
    ['protectedItemId', item.replaceAll(';', '%3B')],
    ['backupInstanceId', `${backupVault}/backupInstances/disk1-disk1-5b1f6f0a-9c1e-4c0e-8f0d-2b7c64a1d3e9`],
    ['policyId', `${vault}/backupPolicies/daily`],
    ['policyId', `${backupVault}/backupPolicies/daily`],
    ['storageAccountId', `${group}/providers/Microsoft.storage/storageAccounts/sa1`],
    ['virtualMachineId', `${group}/providers/Microsoft.Compute/virtualMachines/vm-1`],
    ['diskId', `${group}/providers/Microsoft.Compute/disks/disk_1`],
    ['resourceGroupId', group],
  ] as const)('%s %s', (check, text) => {
    expect(kinds[check](text).kind).toBe('ok');
  });
});

describe('an id of another kind is refused with what was expected and what was found', () => {
  test.each([
    ['recoveryServicesVaultId', backupVault, 'found Microsoft.DataProtection/backupVaults'],
    [
      'recoveryServicesVaultId',
      `${vault}/backupPolicies/daily`,
      'found Microsoft.RecoveryServices/vaults/backupPolicies',
    ],
    [
      'recoveryServicesVaultId',
      `${group}/providers/Microsoft.RecoveryServices/vaults`,
      'expected /subscriptions',
    ],
    ['recoveryServicesVaultId', group, 'found no provider'],
    ['recoveryServicesVaultId', `${vault}/%2e%2e`, 'contains "%"'],
    [
      'backupVaultId',
      `${group}/providers/Microsoft.DataProtection/backupVaults/1vault`,
      'cannot be a name there',
    ],
    ['protectedItemId', vault, 'protected item: expected'],
    ['backupInstanceId', `${backupVault}/backupInstances/-x`, '"-x" cannot be a name there'],
    ['policyId', `${vault}/backupInstances/x`, 'backup policy: expected'],
    [
      'storageAccountId',
      `${group}/providers/Microsoft.Storage/storageAccounts/Not_Allowed`,
      'cannot be a name there',
    ],
    ['virtualMachineId', `${group}/providers/Microsoft.Compute/disks/d`, 'found Microsoft.Compute/disks'],
    ['diskId', 'disk1', 'does not begin with /'],
    ['resourceGroupId', vault, 'nothing after it'],
    ['resourceGroupId', '/subscriptions/0a1b2c3d-0000-4000-8000-00000000000f', 'nothing after it'],
  ] as const)('%s %s', (check, text, reason) => {
    const reading = kinds[check](text);
    expect(reading.kind === 'refused' ? reading.reason : 'taken').toContain(reason);
  });
});

const subscription = '/subscriptions/0a1b2c3d-0000-4000-8000-00000000000f';
const guard = `${group}/providers/Microsoft.DataProtection/resourceGuards/guard`;
const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one`;

describe('an id of a kind that few requests name', () => {
  test.each([
    ['guardRequestId', `${guard}/triggerRestoreRequests/default`],
    ['guardRequestId', `${guard}/deleteProtectedItemRequests/default`],
    ['subscriptionId', subscription],
    ['userAssignedIdentityId', identity],
  ] as const)('%s takes %s', (check, text) => {
    expect(kinds[check](text)).toMatchObject({ kind: 'ok', id: { id: text } });
  });

  test.each([
    ['guardRequestId', 'no id', 'request of a Resource Guard: "no id" is not an ARM id'],
    ['guardRequestId', guard, 'request of a Resource Guard: expected …/resourceGuards/…/…Requests/…'],
    ['guardRequestId', `${guard}/triggerRestoreRequests`, 'and nothing after it'],
    ['guardRequestId', `${guard}/triggerRestoreRequests/default/more/x`, 'and nothing after it'],
    ['guardRequestId', `${guard}/locks/default`, 'and nothing after it'],
    ['guardRequestId', `${backupVault}/triggerRestoreRequests/default`, 'and nothing after it'],
    ['resourceGroupId', 'no id', 'resource group: "no id" is not an ARM id'],
    ['resourceGroupId', `${subscription}/providers/Microsoft.X/y/z`, 'nothing after it'],
    ['subscriptionId', 'no id', 'subscription: "no id" is not an ARM id'],
    ['subscriptionId', group, 'subscription: expected /subscriptions/… and nothing after it'],
    ['subscriptionId', `${subscription}/providers/Microsoft.X/y/z`, 'nothing after it'],
    ['userAssignedIdentityId', vault, 'user-assigned identity: expected'],
    ['virtualMachineId', `${subscription}/providers/Microsoft.Compute/virtualMachines/v`, 'expected'],
  ] as const)('%s refuses %s: %s', (check, text, reason) => {
    const reading = kinds[check](text);
    expect(reading.kind === 'refused' ? reading.reason : 'taken').toContain(reason);
  });

  test('is refused by its whole pattern, and a bad name by its first 120 characters', () => {
    const other = kinds.recoveryServicesVaultId(`${group}/providers/Microsoft.Compute/disks/d`);
    expect(other).toEqual({
      kind: 'refused',
      reason:
        'Recovery Services vault: expected /subscriptions/…/resourceGroups/…/providers/Microsoft.RecoveryServices/vaults/…, found Microsoft.Compute/disks',
    });
    const long = kinds.storageAccountId(
      `${group}/providers/Microsoft.Storage/storageAccounts/${'A'.repeat(200)}`,
    );
    expect(long).toEqual({
      kind: 'refused',
      reason: `storage account: "${'A'.repeat(120)}" cannot be a name there`,
    });
  });

  test.each([
    ['a', 'refused'],
    ['ab', 'ok'],
    ['a'.repeat(50), 'ok'],
    ['a'.repeat(51), 'refused'],
    ['ab-', 'refused'],
    ['1ab', 'refused'],
    ['a_b', 'refused'],
  ])('a vault called %s is %s', (name, kind) => {
    const of = (id: string) => id.replace(/[^/]+$/, name);
    expect(kinds.recoveryServicesVaultId(of(vault)).kind).toBe(kind);
    expect(kinds.backupVaultId(of(backupVault)).kind).toBe(kind);
  });

  test('a bad vault is seen in the id of what lies in it, a bad policy in its own', () => {
    const bad = (id: string) => id.replace(/vault-\d/, 'vault_');
    expect(kinds.protectedItemId(bad(item)).kind).toBe('refused');
    expect(kinds.backupInstanceId(`${bad(backupVault)}/backupInstances/i`).kind).toBe('refused');
    for (const one of [vault, backupVault]) {
      expect(kinds.policyId(`${bad(one)}/backupPolicies/daily`).kind).toBe('refused');
      expect(kinds.policyId(`${one}/backupPolicies/-daily`).kind).toBe('refused');
    }
  });
});

describe('what drills may touch', () => {
  const made = `abd-${'0123456789'.repeat(4)}`;
  const listedGroup = `${subscription}/resourceGroups/drills`;
  const machine = 'providers/Microsoft.Compute/virtualMachines/m';

  test.each([
    ['a group that is listed', [listedGroup], listedGroup, true],
    ['it in other letters', [listedGroup], listedGroup.toUpperCase(), true],
    ['what lies in it', [listedGroup], `${listedGroup}/${machine}`, true],
    ['a group whose name only begins like it', [listedGroup], `${listedGroup}2/${machine}`, false],
    ['a group that is not listed', [listedGroup], `${group}/${machine}`, false],
    ['the second of two that are listed', [group, listedGroup], listedGroup, true],
    ['anything where nothing is listed', [], listedGroup, false],
    ['a subscription that is listed', [subscription], subscription, true],
    ['a group of a drill in it', [subscription], `${subscription}/resourceGroups/${made}`, true],
    ['what lies in that', [subscription], `${subscription}/resourceGroups/${made}/${machine}`, true],
    ['any other group of it', [subscription], `${listedGroup}/${machine}`, false],
    ['a group whose name is longer', [subscription], `${subscription}/resourceGroups/${made}0`, false],
  ])('%s', (_, listed, id, isPlace) => {
    expect(kinds.isDrillPlace(listed, id)).toBe(isPlace);
  });

  test.each([
    ['what a drill has tagged', `${group}/${machine}`, { 'azure-backup-automation-drill': 'r' }, true],
    ['a tag in other letters', `${group}/${machine}`, { 'Azure-Backup-Automation-Drill': '' }, true],
    ['one of several tags', `${group}/${machine}`, { a: 'b', 'azure-backup-automation-drill': '' }, true],
    ['another tag', `${group}/${machine}`, { drill: 'r' }, false],
    ['a name that only a drill gives', `${group}/providers/Microsoft.Compute/disks/${made}`, {}, true],
    ['what lies in a group of a drill', `${subscription}/resourceGroups/${made}/${machine}`, {}, true],
    ['a name alone', made.toUpperCase(), {}, true],
    ['a name that goes on', `${made}0`, {}, false],
    ['a name that begins before', `x${made}`, {}, false],
    ['nothing of the kind', `${group}/${machine}`, {}, false],
  ])('%s: made by a drill or not', (_, id, tags: Record<string, string>, isTarget) => {
    expect(kinds.isDrillTarget(id, tags)).toBe(isTarget);
  });

  test('without tags its name tells', () => {
    expect([kinds.isDrillTarget(made), kinds.isDrillTarget(vault)]).toEqual([true, false]);
  });
});
