import { listReply } from '../paging.ts';
import { parseResourceId } from '../resources.ts';
import { json } from '../replies.ts';
import type { Route } from '../core.ts';
import { notThere } from './errors.ts';
import { instanceActions, instancePath, withInstance } from './instances.ts';
import { findPolicy } from './policies.ts';
import { backupRulesOf, retentionRulesOf } from './policy-rules.ts';
import type { BackupInstance, BackupPolicy, DataProtectionState, RecoveryPoint } from './state.ts';
import { isoWithTicks, retentionMilliseconds } from './timestamps.ts';

/** Recovery points of an instance, newest first, and the time ranges that operational blobs have instead. */
export function recoveryPointRoutes(state: DataProtectionState): Route[] {
  const path = `${instancePath}/recoveryPoints`;
  const action = `${instanceActions}/recoveryPoints/read`;
  return [
    {
      name: 'dataProtection.listRecoveryPoints',
      method: 'GET',
      path,
      action,
      bucket: 'provider',
      handle: withInstance(state, (call, instance) =>
        listReply(
          call,
          pointsOf(state, instance, call.now).map((point) => show(point, instance)),
        ),
      ),
    },
    {
      name: 'dataProtection.getRecoveryPoint',
      method: 'GET',
      path: `${path}/{point}`,
      action,
      bucket: 'provider',
      handle: withInstance(state, (call, instance) => {
        const point = pointsOf(state, instance, call.now).find(({ name }) => name === call.params['point']);
        return point === undefined ? notThere() : json(200, show(point, instance));
      }),
    },
    {
      name: 'dataProtection.findRestorableTimeRanges',
      method: 'POST',
      path: `${instancePath}/findRestorableTimeRanges`,
      action: `${instanceActions}/findRestorableTimeRanges/action`,
      handle: withInstance(state, (call, instance) => json(200, timeRanges(instance, call.now))),
    },
  ];
}

/** Points of an instance that some store still holds, newest first. */
export function pointsOf(state: DataProtectionState, instance: BackupInstance, now: number) {
  const points = state.recoveryPoints.get(instance.id.toLowerCase()) ?? [];
  return points.filter((point) => isKept(point, now)).sort((a, b) => b.at - a.at);
}

const isKept = ({ stores }: RecoveryPoint, now: number) =>
  stores.length === 0 || stores.some(({ expiresAt }) => expiresAt > now);

/** What a world says of a point instead of what follows from its policy. */
interface Said {
  readonly type?: string | undefined;
  readonly stores?: readonly { readonly type: string; readonly expiresAt: number }[] | undefined;
}

/** Adds the point that a finished backup made; operational blobs get none. */
export function addRecoveryPoint(
  state: DataProtectionState,
  instance: BackupInstance,
  at: number,
  retentionTag: string,
  said: Said = {},
): RecoveryPoint | undefined {
  if (instance.kind === 'blobOperational') return undefined;
  const policy = findPolicy(state, instance.vaultId, instance.policyInfo.policyId);
  const point: RecoveryPoint = {
    name: state.core.seeded.hex(32),
    instanceId: instance.id,
    friendlyName: instance.friendlyName ?? instance.name,
    at,
    type: said.type ?? (policy && backupRulesOf(policy)[0]?.backupParameters?.backupType) ?? 'Full',
    retentionTag,
    policyName: parseResourceId(instance.policyInfo.policyId).name,
    stores:
      said.stores?.map((store) => ({ ...store, id: state.core.seeded.guid() })) ??
      storesOf(state, policy, at, retentionTag),
  };
  const points = state.recoveryPoints.get(instance.id.toLowerCase()) ?? [];
  state.recoveryPoints.set(instance.id.toLowerCase(), [...points, point]);
  return point;
}

function storesOf(
  state: DataProtectionState,
  policy: BackupPolicy | undefined,
  at: number,
  tag: string,
): RecoveryPoint['stores'] {
  const rules = policy === undefined ? [] : retentionRulesOf(policy);
  const rule =
    rules.find(({ name }) => name?.toLowerCase() === tag.toLowerCase()) ??
    rules.find(({ isDefault }) => isDefault === true);
  return (rule?.lifecycles ?? []).map(({ sourceDataStore, deleteAfter }) => ({
    id: state.core.seeded.guid(),
    type: sourceDataStore?.dataStoreType ?? 'VaultStore',
    expiresAt: at + retentionMilliseconds(deleteAfter?.duration ?? 'P30D'),
  }));
}

const show = (point: RecoveryPoint, instance: BackupInstance) => ({
  id: `${instance.id}/recoveryPoints/${point.name}`,
  name: point.name,
  type: 'Microsoft.DataProtection/backupVaults/backupInstances/recoveryPoints',
  properties: {
    objectType: 'AzureBackupDiscreteRecoveryPoint',
    recoveryPointId: point.name,
    recoveryPointTime: isoWithTicks(point.at),
    recoveryPointType: point.type,
    friendlyName: point.friendlyName,
    retentionTagName: point.retentionTag,
    retentionTagVersion: '',
    policyName: point.policyName,
    policyVersion: null,
    expiryTime: expiryOf(point),
    recoveryPointDataStoresDetails: point.stores.map(({ id, type, expiresAt }) => ({
      id,
      type,
      creationTime: isoWithTicks(point.at),
      expiryTime: isoWithTicks(expiresAt),
      metaData: null,
      visible: true,
      state: 'COMMITTED',
      rehydrationExpiryTime: null,
      rehydrationStatus: null,
    })),
    recoveryPointState: 'Completed',
  },
});

/** When the last store gives the point up; null for one that no store holds. */
function expiryOf({ stores }: RecoveryPoint): string | null {
  return stores.length === 0 ? null : isoWithTicks(Math.max(...stores.map(({ expiresAt }) => expiresAt)));
}

function timeRanges(instance: BackupInstance, now: number): unknown {
  const ranges =
    instance.kind === 'blobOperational'
      ? [
          {
            startTime: isoWithTicks(now - 7 * 86_400_000),
            endTime: isoWithTicks(now),
            objectType: 'RestorableTimeRange',
          },
        ]
      : [];
  return {
    id: instance.name,
    type: 'Microsoft.DataProtection/backupVaults/backupInstances/findRestorableTimeRanges',
    properties: { restorableTimeRanges: ranges, objectType: 'AzureBackupFindRestorableTimeRangesResponse' },
  };
}
