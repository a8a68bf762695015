import type { ArmReply } from '../exchange.ts';
import { listReply } from '../paging.ts';
import { empty, json } from '../replies.ts';
import type { ArmResource } from '../resources.ts';
import type { Call, Route } from '../core.ts';
import { accepted, begin } from './accepted.ts';
import { invalidOperation, isInMotion } from './conditions.ts';
import { notThere, refusal } from './errors.ts';
import { guardRefusal } from './guard.ts';
import { instanceActions, instancePath, requestedInstanceId, showProperties } from './instances.ts';
import { sameId, type BackupInstance, type DataProtectionState, type Deletion } from './state.ts';
import { isoWithTicks } from './timestamps.ts';
import { vaultPath, withVault } from './vault-scope.ts';

/** DELETE of an instance, and the soft-deleted ones: list, get, undelete. */
export function deleteRoutes(state: DataProtectionState): Route[] {
  const actions = 'Microsoft.DataProtection/backupVaults/deletedBackupInstances';
  const path = `${vaultPath}/deletedBackupInstances`;
  return [
    {
      name: 'dataProtection.deleteInstance',
      method: 'DELETE',
      path: instancePath,
      action: `${instanceActions}/delete`,
      bucket: 'provider',
      handle: withVault((call, vault) => deleteInstance(state, call, vault)),
    },
    {
      name: 'dataProtection.listDeletedInstances',
      method: 'GET',
      path,
      action: `${actions}/read`,
      bucket: 'provider',
      handle: withVault((call, vault) =>
        listReply(
          call,
          [...state.deleted.values()].filter((gone) => sameId(gone.vaultId, vault.id)).map(showDeleted),
        ),
      ),
    },
    {
      name: 'dataProtection.getDeletedInstance',
      method: 'GET',
      path: `${path}/{instance}`,
      action: `${actions}/read`,
      bucket: 'provider',
      handle: withVault((call, vault) => {
        const gone = state.deleted.get(requestedInstanceId(call, vault));
        return gone === undefined ? notThere() : json(200, showDeleted(gone));
      }),
    },
    {
      name: 'dataProtection.undelete',
      method: 'POST',
      path: `${path}/{instance}/undelete`,
      action: `${actions}/undelete/action`,
      handle: withVault((call, vault) => undelete(state, call, vault)),
    },
  ];
}

function deleteInstance(state: DataProtectionState, call: Call, vault: ArmResource): ArmReply {
  const instance = state.instances.get(requestedInstanceId(call, vault));
  if (instance === undefined) return empty(204);
  const guard = guardRefusal(state, call, vault, instance.id);
  if (guard !== undefined) return guard;
  if (isInMotion(instance)) return refusal(400, invalidOperation, state.core.seeded);
  const before = instance.state;
  instance.state = 'SoftDeleting';
  const operation = begin(state, call, {
    kind: 'delete',
    vault,
    subject: instance.id,
    seconds: state.settings.seconds.delete,
    spoilt: () => void (instance.state = before),
    finish: (now) => {
      state.instances.delete(instance.id.toLowerCase());
      if (softDeletes(vault)) softDelete(state, vault, instance, now);
      return { kind: 'succeeded' };
    },
  });
  return accepted(call, vault, operation, 30);
}

interface SoftDeleteSettings {
  readonly state?: string;
  readonly retentionDurationInDays?: number;
}

function softDeleteOf(vault: ArmResource): SoftDeleteSettings {
  const security = vault.properties['securitySettings'] as
    { softDeleteSettings?: SoftDeleteSettings } | undefined;
  return security?.softDeleteSettings ?? {};
}

const softDeletes = (vault: ArmResource) => softDeleteOf(vault).state?.toLowerCase() !== 'off';

/** Moves an instance among the deleted ones until its retention has passed. */
export function softDelete(
  state: DataProtectionState,
  vault: ArmResource,
  instance: BackupInstance,
  now: number,
): void {
  const days = softDeleteOf(vault).retentionDurationInDays ?? 14;
  const purgeAt = now + days * 86_400_000;
  instance.state = 'SoftDeleted';
  instance.deletion = deletionAt(state, now, purgeAt);
  state.deleted.set(instance.id.toLowerCase(), instance);
  state.core.timeline.at(purgeAt, () => {
    if (state.deleted.get(instance.id.toLowerCase()) === instance)
      state.deleted.delete(instance.id.toLowerCase());
  });
}

const deletionAt = (state: DataProtectionState, now: number, purgeAt: number): Deletion => ({
  deletionTime: isoWithTicks(now),
  billingEndDate: isoWithTicks(now),
  scheduledPurgeTime: isoWithTicks(purgeAt),
  deleteActivityID: state.core.seeded.guid(),
});

function showDeleted(instance: BackupInstance): Record<string, unknown> {
  return {
    id: `${instance.vaultId}/deletedBackupInstances/${instance.name}`,
    name: instance.name,
    type: 'Microsoft.DataProtection/backupVaults/deletedBackupInstances',
    properties: {
      deletionInfo: instance.deletion,
      ...showProperties(instance),
      objectType: 'DeletedBackupInstance',
    },
  };
}

function undelete(state: DataProtectionState, call: Call, vault: ArmResource): ArmReply {
  const instance = state.deleted.get(requestedInstanceId(call, vault));
  if (instance === undefined) return notThere();
  const seconds = state.settings.seconds.undelete;
  if (seconds === 0) {
    state.core.effects.record({ at: call.now, kind: 'undelete', subject: instance.id });
    restore(state, instance);
    return empty(200);
  }
  const operation = begin(state, call, {
    kind: 'undelete',
    vault,
    subject: instance.id,
    seconds,
    finish: () => {
      restore(state, instance);
      return { kind: 'succeeded' };
    },
  });
  return accepted(call, vault, operation, 60);
}

function restore(state: DataProtectionState, instance: BackupInstance): void {
  state.deleted.delete(instance.id.toLowerCase());
  instance.state = 'ProtectionStopped';
  instance.deletion = undefined;
  state.instances.set(instance.id.toLowerCase(), instance);
}
