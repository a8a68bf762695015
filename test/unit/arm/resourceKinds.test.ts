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
