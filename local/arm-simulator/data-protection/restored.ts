import type { Call } from '../core.ts';
import { restoredVariant } from '../faults.ts';
import { parseResourceId } from '../resources.ts';
import { guidFromHex, sha256Hex } from '../seeded.ts';
import { containersOf, snapshotGroupOf } from './datasource.ts';
import type { RestoreRequest } from './restore-request.ts';
import type { BackupInstance, DataProtectionState } from './state.ts';

interface Restored {
  readonly state: DataProtectionState;
  readonly call: Call;
  readonly instance: BackupInstance;
}

/** ARM id of a blob container. */
export const containerId = (accountId: string, name: string) =>
  `${accountId}/blobServices/default/containers/${name}`;

/** Makes what a completed restore brings back: a disk, or containers. */
export function bringBack(asked: Restored, request: RestoreRequest, now: number): void {
  const { state, instance, call } = asked;
  const variant = restoredVariant(call.faults);
  state.core.effects.record({
    ...{ at: now, kind: 'restored', subject: request.targetId, id: request.point.name },
    ...(variant === undefined ? {} : { bent: variant }),
  });
  if (variant === 'empty') return;
  if (instance.kind === 'disk') return makeDisk(asked, request, { now, halved: variant === 'corrupt' });
  const all = request.containers ?? containersOf(instance.policyInfo.policyParameters) ?? [];
  for (const name of variant === 'corrupt' ? all.slice(0, -1) : all) {
    const id = containerId(request.targetId, name);
    const properties = { lastModifiedTime: new Date(now).toISOString() };
    state.core.resources.put({ id, name, type: parseResourceId(id).type, properties });
    state.core.hooks.wrote?.({
      id,
      action: 'Microsoft.Storage/storageAccounts/blobServices/containers/write',
      at: now,
    });
  }
}

function makeDisk(
  { state, instance }: Restored,
  { targetId, location, point }: RestoreRequest,
  { now, halved }: { now: number; halved: boolean },
): void {
  const { resources } = state.core;
  const source = resources.get(instance.dataSourceInfo.resourceID);
  const size = Number(source?.properties['diskSizeGB'] ?? 32);
  const diskSizeGB = halved ? Math.ceil(size / 2) : size;
  const snapshotGroup = snapshotGroupOf(instance.policyInfo.policyParameters) ?? '';
  const snapshot = `AzureBackup_${guidFromHex(sha256Hex(point.name))}`;
  resources.put({
    id: targetId,
    name: parseResourceId(targetId).name,
    type: 'Microsoft.Compute/disks',
    location,
    ...(source?.sku !== undefined && { sku: source.sku }),
    properties: {
      creationData: {
        createOption: 'Copy',
        sourceResourceId: `${snapshotGroup}/providers/Microsoft.Compute/snapshots/${snapshot}`,
      },
      diskSizeGB,
      diskSizeBytes: diskSizeGB * 1024 ** 3,
      diskState: 'Unattached',
      provisioningState: 'Succeeded',
      timeCreated: new Date(now).toISOString(),
    },
  });
  state.core.hooks.wrote?.({ id: targetId, action: 'Microsoft.Compute/disks/write', at: now });
}
