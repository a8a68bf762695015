import type { Json } from '../arm/call.ts';
import { memberIn, objectsIn, readInstant, equalIgnoringCase, textIn } from '../arm/replyFields.ts';
import { resourcePath, sameId } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import { backupVaultIdOf, dataProtectionApiVersion, deletedInstanceId, followStatus } from './datasources.ts';
import { findInstance, isGone, readInstance, type Looks, type OnInstance } from './instances.ts';

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
  readRefusal: (_, status) => (isGone(status) ? { kind: 'done', result: { deleted: true } } : undefined),
  repeat: {
    describeLook: (input) => findInstance.describe(input),
    findEarlier: (reply) =>
      isGone(reply.status) || equalIgnoringCase(readInstance(reply.body).state, 'SoftDeleting')
        ? { kind: 'ours', result: { deleted: true } }
        : { kind: 'absent' },
  },
  itemOf: ({ instanceId: id }) => id,
  giveUpAfterSeconds: 3600,
};

/** Waits until a deletion has ended: the instance is no longer listed. */
export const awaitDeleted: Step<OnInstance & Looks, { readonly deleted: true }> = {
  name: 'dataProtection.awaitDeleted',
  describe: findInstance.describe,
  read: (reply, { waitSeconds }) => {
    const { state } = readInstance(reply.body);
    return isGone(reply.status) || equalIgnoringCase(state, 'SoftDeleted')
      ? { kind: 'done', result: { deleted: true } }
      : { kind: 'waiting', waitSeconds, detail: { state } };
  },
  readRefusal: (_, status) => (isGone(status) ? { kind: 'done', result: { deleted: true } } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** What soft delete still keeps of an instance; `id` is the one it had and will have again, `keptUntil` ISO 8601 UTC. */
export type DeletedInstance = { readonly id: string; readonly name: string; readonly keptUntil?: string };

const deletedAction = 'Microsoft.DataProtection/backupVaults/deletedBackupInstances/read';

function readDeleted(body: Json | undefined, vaultId: string): DeletedInstance {
  const name = textIn(memberIn(body, 'name')) ?? '';
  const keptUntil = readInstant(textIn(memberIn(body, 'properties', 'deletionInfo', 'scheduledPurgeTime')));
  const kept = keptUntil === undefined ? {} : { keptUntil: keptUntil.toISOString() };
  return { id: `${vaultId}/backupInstances/${name}`, name, ...kept };
}

/** The soft-deleted instance of that name, if the vault keeps one. */
export const findDeletedInstance: Step<OnInstance, { readonly found?: DeletedInstance }> = {
  name: 'dataProtection.findDeletedInstance',
  describe: ({ instanceId: id }) => ({
    action: deletedAction,
    method: 'GET',
    path: resourcePath(deletedInstanceId(id)),
    apiVersion: dataProtectionApiVersion,
  }),
  read: ({ status, body }, { instanceId: id }) => ({
    kind: 'done',
    result: isGone(status) ? {} : { found: readDeleted(body, backupVaultIdOf(id)) },
  }),
  readRefusal: (_, status) => (isGone(status) ? { kind: 'done', result: {} } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

/** Every soft-deleted instance of the vault that protected the resource; there is no filter, so the list is read to its end. */
export const findDeletedInstancesOf: Step<
  { readonly vaultId: string; readonly resourceId: string },
  readonly DeletedInstance[]
> = {
  name: 'dataProtection.findDeletedInstancesOf',
  describe: ({ vaultId }) => ({
    action: deletedAction,
    method: 'GET',
    path: resourcePath(vaultId, 'deletedBackupInstances'),
    apiVersion: dataProtectionApiVersion,
  }),
  pages: true,
  read: (reply, { vaultId, resourceId }) => ({
    kind: 'done',
    result: objectsIn(memberIn(reply.body, 'value'))
      .filter((row) => sameId(readInstance(row).datasourceId, resourceId))
      .map((row) => readDeleted(row, vaultId)),
  }),
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
