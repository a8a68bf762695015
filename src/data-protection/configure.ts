import { nameBasedGuid } from '../arm/nameBasedGuid.ts';
import { idKey, resourcePath } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import { autoProtectionApiVersion, dataProtectionApiVersion } from './apiVersion.ts';
import { describeInstance, type InstanceInput } from './datasources.ts';
import { followStatus } from './operations.ts';

/**
 * The name of the instance that protects a resource: `{resource}-{resource}-{guid}`.
 *
 * The GUID is made of vault and resource, so that a repeated PUT meets the same instance and equal names in two groups do not.
 */
export const instanceName = (vaultId: string, resourceId: string, resourceName: string): string =>
  `${resourceName}-${resourceName}-${nameBasedGuid(`${idKey(vaultId)}|${idKey(resourceId)}`)}`;

/** The ARM id of the instance: of the one that exists, or of the one that will. */
export const instanceId = (
  input: Pick<InstanceInput, 'vaultId' | 'resourceId' | 'resourceName' | 'instanceId'>,
): string =>
  input.instanceId ??
  `${input.vaultId}/backupInstances/${instanceName(input.vaultId, input.resourceId, input.resourceName)}`;

const versionFor = (input: InstanceInput): string =>
  input.autoProtect ? autoProtectionApiVersion : dataProtectionApiVersion;

/** Has the service check everything a protection needs; changes nothing. A missing role is a refusal of class `permission`. */
export const validateForBackup: Step<InstanceInput, { readonly valid: true }> = {
  name: 'dataProtection.validateForBackup',
  describe: (input) => ({
    action: 'Microsoft.DataProtection/backupVaults/validateForBackup/action',
    method: 'POST',
    path: resourcePath(input.vaultId, 'validateForBackup'),
    apiVersion: versionFor(input),
    body: { backupInstance: describeInstance(input) },
  }),
  longRunning: followStatus(30),
  read: () => ({ kind: 'done', result: { valid: true } }),
  repeat: 'safe',
  giveUpAfterSeconds: 600,
};

/** Creates the instance or changes it: the same body under the same name, so asking twice is harmless. Succeeded is not yet protected. */
export const configureProtection: Step<InstanceInput, { readonly instanceId: string }> = {
  name: 'dataProtection.configureProtection',
  describe: (input) => ({
    action: 'Microsoft.DataProtection/backupVaults/backupInstances/write',
    method: 'PUT',
    path: resourcePath(instanceId(input)),
    apiVersion: versionFor(input),
    body: { properties: describeInstance(input) },
  }),
  longRunning: followStatus(15),
  read: (_, input) => ({ kind: 'done', result: { instanceId: instanceId(input) } }),
  repeat: 'safe',
  itemOf: (input) => instanceId(input),
  giveUpAfterSeconds: 3600,
};
