import type { ArmReply, Failure, Json, JsonObject } from '../arm/call.ts';
import { memberIn, objectIn, objectsIn, textIn } from '../arm/replyFields.ts';
import { asState, readErrorIn } from '../arm/outcomes.ts';
import { resourcePath, sameId } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import { dataProtectionApiVersion } from './datasources.ts';

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
    ...(failure && { failure: asState(failure) }),
  };
}

/** The instance that a step acts on. */
export type OnInstance = { readonly instanceId: string };

/** Seconds between looks at an instance that is on its way: the service sends none with its state. */
export type Looks = { readonly waitSeconds: number };

/** Answers for what is not there: 404, and 204 where the service has nothing to show. */
export const isGone = (status: number) => status === 404 || status === 204;

/** Reads an instance; `found` is absent when there is none of that id. */
export const findInstance: Step<OnInstance, { readonly found?: BackupInstance }> = {
  name: 'dataProtection.findInstance',
  describe: ({ instanceId: id }) => ({
    action: 'Microsoft.DataProtection/backupVaults/backupInstances/read',
    method: 'GET',
    path: resourcePath(id),
    apiVersion: dataProtectionApiVersion,
  }),
  read: ({ status, body }) => ({
    kind: 'done',
    result: isGone(status) ? {} : { found: readInstance(body) },
  }),
  readRefusal: (_, status) => (isGone(status) ? { kind: 'done', result: {} } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

/** A backup instance with all that may be written of it, to be written back but for what is meant to change. */
export type InstanceContent = BackupInstance & { readonly properties: JsonObject };

/** What the service alone sets. Source: the specification's read-only fields. */
const readOnlyFields = [
  'currentProtectionState',
  'protectionStatus',
  'protectionErrorDetails',
  'provisioningState',
];

function writableProperties(body: Json | undefined): JsonObject {
  const kept = Object.entries(objectIn(memberIn(body, 'properties'))).filter(
    ([name, value]) => value !== null && !readOnlyFields.includes(name),
  );
  return Object.fromEntries(kept);
}

/** Reads an instance with what may be written of it; `found` is absent when there is none of that id. */
export const findInstanceContent: Step<OnInstance, { readonly found?: InstanceContent }> = {
  name: 'dataProtection.findInstanceContent',
  describe: findInstance.describe,
  read: ({ status, body }) => ({
    kind: 'done',
    result: isGone(status) ? {} : { found: { ...readInstance(body), properties: writableProperties(body) } },
  }),
  readRefusal: (_, status) => (isGone(status) ? { kind: 'done', result: {} } : undefined),
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
  readRefusal: (_, status) => (isGone(status) ? { kind: 'done', result: [] } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

const settling = ['configuringprotection', 'updatingprotection', 'softdeleting'];

/** Waits until protection has settled into any state, and tells which: an instance `Succeeded` long before it is protected. */
export const awaitProtection: Step<OnInstance & Looks, BackupInstance> = {
  name: 'dataProtection.awaitProtection',
  describe: findInstance.describe,
  read: (reply, { waitSeconds }) => readSettled(reply, waitSeconds),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

function readSettled(reply: ArmReply, waitSeconds: number): ReturnType<(typeof awaitProtection)['read']> {
  const instance = readInstance(reply.body);
  return settling.includes(instance.state.toLowerCase())
    ? { kind: 'waiting', waitSeconds, detail: { state: instance.state } }
    : { kind: 'done', result: instance };
}
