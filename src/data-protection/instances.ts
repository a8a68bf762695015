import type { ArmReply, Failure, Json, JsonObject } from '../arm/call.ts';
import { nameBasedGuid } from '../arm/nameBasedGuid.ts';
import { readErrorIn } from '../arm/outcomes.ts';
import { idKey, resourcePath, sameId } from '../arm/resourceId.ts';
import { sameWord } from '../arm/sameWord.ts';
import { memberIn, objectsIn, textIn } from '../arm/jsonFields.ts';
import type { LongRunning, Step } from '../steps/step.ts';
import { autoProtectionApiVersion, dataProtectionApiVersion } from './apiVersion.ts';
import { describeInstance, type InstanceInput } from './datasources.ts';
import { deletedInstanceId } from './ids.ts';

/** A backup instance as the service shows it. */
export type BackupInstance = {
  readonly id: string;
  readonly name: string;
  /** `ProtectionConfigured`, `ConfiguringProtection`, `ProtectionError`, `ProtectionStopped`, `BackupsSuspended`, …: open. */
  readonly state: string;
  readonly policyId: string;
  readonly datasourceId: string;
  readonly datasourceType: string;
  readonly friendlyName?: string;
  /** Why protection is in error, where the service says so. */
  readonly failure?: Failure;
};

/** Reads one row of a list or the body of a GET. */
export function readInstance(body: Json | undefined): BackupInstance {
  const friendlyName = textIn(memberIn(body, 'properties', 'friendlyName'));
  const errorDetails =
    memberIn(body, 'properties', 'protectionErrorDetails') ??
    memberIn(body, 'properties', 'protectionStatus', 'errorDetails');
  const failure = readErrorIn(errorDetails);
  return {
    id: textIn(memberIn(body, 'id')) ?? '',
    name: textIn(memberIn(body, 'name')) ?? '',
    state: textIn(memberIn(body, 'properties', 'currentProtectionState')) ?? 'unknown',
    policyId: textIn(memberIn(body, 'properties', 'policyInfo', 'policyId')) ?? '',
    datasourceId: textIn(memberIn(body, 'properties', 'dataSourceInfo', 'resourceID')) ?? '',
    datasourceType: textIn(memberIn(body, 'properties', 'dataSourceInfo', 'datasourceType')) ?? '',
    ...(friendlyName && { friendlyName }),
    ...(failure && { failure }),
  };
}

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

/** Data Protection operations: `Azure-AsyncOperation`; the status document sits at the vault. */
export const followStatus = (defaultWaitSeconds: number): LongRunning<JsonObject> => ({
  follow: 'status',
  defaultWaitSeconds,
});

const gone = (status: number) => status === 404 || status === 204;

/** Reads an instance; `found` is absent when there is none of that id. */
export const findInstance: Step<{ readonly instanceId: string }, { readonly found?: BackupInstance }> = {
  name: 'dataProtection.findInstance',
  describe: ({ instanceId: id }) => ({
    action: 'Microsoft.DataProtection/backupVaults/backupInstances/read',
    method: 'GET',
    path: resourcePath(id),
    apiVersion: dataProtectionApiVersion,
  }),
  read: ({ status, body }) => ({
    kind: 'done',
    result: gone(status) ? {} : { found: readInstance(body) },
  }),
  readRefusal: (_, status) => (gone(status) ? { kind: 'done', result: {} } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

/** Every instance of the vault that protects the resource; there is no filter, so the list is read to its end. */
export const findInstancesOf: Step<
  { readonly vaultId: string; readonly resourceId: string },
  readonly BackupInstance[]
> = {
  name: 'dataProtection.findInstancesOf',
  describe: ({ vaultId }) => ({
    action: 'Microsoft.DataProtection/backupVaults/backupInstances/read',
    method: 'GET',
    path: resourcePath(vaultId, 'backupInstances'),
    apiVersion: dataProtectionApiVersion,
  }),
  pages: true,
  read: (reply, { resourceId }) => ({
    kind: 'done',
    result: objectsIn(memberIn(reply.body, 'value'))
      .map(readInstance)
      .filter((instance) => sameId(instance.datasourceId, resourceId)),
  }),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

/** Every instance that protects the resource, in whichever vault, as far as the caller may read. Source: the specification. */
export const findInstancesBySource: Step<{ readonly resourceId: string }, readonly BackupInstance[]> = {
  name: 'dataProtection.findInstancesBySource',
  describe: ({ resourceId }) => ({
    action: 'Microsoft.DataProtection/backupInstances/read',
    method: 'GET',
    path: resourcePath(resourceId, 'providers', 'Microsoft.DataProtection', 'backupInstances'),
    apiVersion: dataProtectionApiVersion,
  }),
  pages: true,
  read: (reply) => ({ kind: 'done', result: objectsIn(memberIn(reply.body, 'value')).map(readInstance) }),
  readRefusal: (_, status) => (gone(status) ? { kind: 'done', result: [] } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

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

const settling = ['configuringprotection', 'updatingprotection', 'softdeleting'];

/** Waits until protection has settled into any state, and tells which: an instance `Succeeded` long before it is protected. */
export const awaitProtection: Step<{ readonly instanceId: string }, BackupInstance> = {
  name: 'dataProtection.awaitProtection',
  describe: findInstance.describe,
  read: (reply) => readSettled(reply),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

function readSettled(reply: ArmReply): ReturnType<(typeof awaitProtection)['read']> {
  const instance = readInstance(reply.body);
  return settling.includes(instance.state.toLowerCase())
    ? { kind: 'waiting', waitSeconds: 30, detail: { state: instance.state } }
    : { kind: 'done', result: instance };
}

type OnInstance = { readonly instanceId: string };

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

/** Deletes the instance and, after soft delete, its data. Looked up before it is ever sent again; found on its way, it is awaited. */
export const deleteInstance: Step<OnInstance, { readonly deleted: true }> = {
  name: 'dataProtection.deleteInstance',
  describe: ({ instanceId: id }) => ({
    action: 'Microsoft.DataProtection/backupVaults/backupInstances/delete',
    method: 'DELETE',
    path: resourcePath(id),
    apiVersion: dataProtectionApiVersion,
  }),
  longRunning: followStatus(30),
  read: () => ({ kind: 'done', result: { deleted: true } }),
  readRefusal: (_, status) => (gone(status) ? { kind: 'done', result: { deleted: true } } : undefined),
  repeat: {
    describeLook: (input) => findInstance.describe(input),
    findEarlier: (reply) =>
      gone(reply.status) || sameWord(readInstance(reply.body).state, 'SoftDeleting')
        ? { kind: 'ours', result: { deleted: true } }
        : { kind: 'absent' },
  },
  itemOf: ({ instanceId: id }) => id,
  giveUpAfterSeconds: 3600,
};

/** Waits until a deletion has ended: the instance is no longer listed. */
export const awaitDeleted: Step<OnInstance, { readonly deleted: true }> = {
  name: 'dataProtection.awaitDeleted',
  describe: findInstance.describe,
  read: (reply) => {
    const { state } = readInstance(reply.body);
    return gone(reply.status) || sameWord(state, 'SoftDeleted')
      ? { kind: 'done', result: { deleted: true } }
      : { kind: 'waiting', waitSeconds: 30, detail: { state } };
  },
  readRefusal: (_, status) => (gone(status) ? { kind: 'done', result: { deleted: true } } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** What soft delete still keeps of an instance. */
export type DeletedInstance = { readonly id: string; readonly name: string; readonly keptUntil?: string };

/** The soft-deleted instance of that name, if the vault keeps one. */
export const findDeletedInstance: Step<OnInstance, { readonly found?: DeletedInstance }> = {
  name: 'dataProtection.findDeletedInstance',
  describe: ({ instanceId: id }) => ({
    action: 'Microsoft.DataProtection/backupVaults/deletedBackupInstances/read',
    method: 'GET',
    path: resourcePath(deletedInstanceId(id)),
    apiVersion: dataProtectionApiVersion,
  }),
  read: (reply, { instanceId: id }) => {
    const keptUntil = textIn(memberIn(reply.body, 'properties', 'deletionInfo', 'scheduledPurgeTime'));
    const name = textIn(memberIn(reply.body, 'name')) ?? '';
    return {
      kind: 'done',
      result: { found: { id: deletedInstanceId(id), name, ...(keptUntil && { keptUntil }) } },
    };
  },
  readRefusal: (_, status) => (gone(status) ? { kind: 'done', result: {} } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

/** Brings a soft-deleted instance back; it comes back stopped. */
export const undeleteInstance: Step<OnInstance, { readonly instanceId: string }> = {
  name: 'dataProtection.undeleteInstance',
  describe: ({ instanceId: id }) => ({
    action: 'Microsoft.DataProtection/backupVaults/deletedBackupInstances/undelete/action',
    method: 'POST',
    path: resourcePath(deletedInstanceId(id), 'undelete'),
    apiVersion: dataProtectionApiVersion,
  }),
  longRunning: followStatus(60),
  read: (_, { instanceId: id }) => ({ kind: 'done', result: { instanceId: id } }),
  repeat: 'safe',
  itemOf: ({ instanceId: id }) => id,
  giveUpAfterSeconds: 1800,
};
