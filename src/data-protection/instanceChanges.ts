import { nameBasedGuid, type Json, type JsonObject } from '../arm/call.ts';
import { idKey, resourcePath } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import {
  describeInstance,
  autoProtectionApiVersion,
  dataProtectionApiVersion,
  followStatus,
  type InstanceInput,
} from './datasources.ts';
import type { OnInstance } from './instances.ts';

/**
 * The name of the instance that protects a resource: `{resource}-{resource}-{guid}`.
 *
 * The GUID is made of vault and resource, so that a repeated PUT meets the same instance and equal names in two groups do not.
 */
export const instanceName = (vaultId: string, resourceId: string, resourceName: string): string =>
  `${resourceName}-${resourceName}-${nameBasedGuid(`${idKey(vaultId)}|${idKey(resourceId)}`)}`;

/** The ARM id of the instance: of the one that exists, or of the one that will. */
const instanceId = (
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

/** A change of an instance: everything that is to be written of it. */
export type InstanceChange = OnInstance & { readonly properties: JsonObject };

const usesAutoProtection = (properties: JsonObject): boolean =>
  JSON.stringify(properties['policyInfo'] ?? {}).includes('ForAutoProtection');

/** Changes an instance that is there by writing all of it back. Succeeded is not yet protected. */
export const changeInstance: Step<InstanceChange, { readonly instanceId: string }> = {
  name: 'dataProtection.changeInstance',
  describe: ({ instanceId: id, properties }) => ({
    action: 'Microsoft.DataProtection/backupVaults/backupInstances/write',
    method: 'PUT',
    path: resourcePath(id),
    apiVersion: usesAutoProtection(properties) ? autoProtectionApiVersion : dataProtectionApiVersion,
    body: { properties },
  }),
  longRunning: followStatus(15),
  read: (_, { instanceId: id }) => ({ kind: 'done', result: { instanceId: id } }),
  repeat: 'safe',
  itemOf: ({ instanceId: id }) => id,
  giveUpAfterSeconds: 3600,
};

/**
 * The same as `configureProtection`, one at a time in a vault: a vault that is given several instances at once may answer
 * 406 without a body, to all but one.
 */
export const configureAlone: typeof configureProtection = {
  ...configureProtection,
  name: 'dataProtection.configureAlone',
  itemOf: ({ vaultId }) => `${vaultId}/backupInstances/onlyOneAtATime`,
};

/** An action on an instance that may be asked for twice: the service answers that there is nothing to do. */
const instanceAction = (
  verb: string,
  name: string,
  body?: Json,
): Step<OnInstance, { readonly instanceId: string }> => ({
  name: `dataProtection.${name}`,
  describe: ({ instanceId: id }) => ({
    action: `Microsoft.DataProtection/backupVaults/backupInstances/${verb}/action`,
    method: 'POST',
    path: resourcePath(id, verb),
    apiVersion: dataProtectionApiVersion,
    ...(body !== undefined && { body }),
  }),
  longRunning: followStatus(60),
  read: (_, { instanceId: id }) => ({ kind: 'done', result: { instanceId: id } }),
  repeat: 'safe',
  itemOf: ({ instanceId: id }) => id,
  giveUpAfterSeconds: 1800,
});

/** Has the service look again at an instance in ProtectionError. */
export const syncInstance = instanceAction('sync', 'syncInstance', { syncType: 'Default' });
/** Stops protection for ever and keeps the data. */
export const stopProtection = instanceAction('stopProtection', 'stopProtection');
/** Suspends backups; retention goes on by the policy. */
export const suspendBackups = instanceAction('suspendBackups', 'suspendBackups');
/** Resumes after either kind of stop: recordings resume both with this one. */
export const resumeProtection = instanceAction('resumeProtection', 'resumeProtection');
