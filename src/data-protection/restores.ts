import type { JsonObject } from '../arm/call.ts';
import {
  choosePoint,
  jobIdOf,
  type ListedPoint,
  type PointChoice,
  type PointWish,
} from '../arm/backupJob.ts';
import { memberIn, objectsIn, textIn } from '../arm/replyFields.ts';
import { resourcePath } from '../arm/resourceId.ts';
import { foundInList, type Step } from '../steps/step.ts';
import { followInstanceSeconds, watchedInstanceBackup, type InstanceBackupHandle } from './backup.ts';
import {
  identityDetails,
  backupVaultIdOf,
  dataProtectionApiVersion,
  followStatus,
  type NeededRole,
} from './datasources.ts';
import type { OnInstance } from './instances.ts';
import { findEarlierJob, listJobsCall } from './jobSearch.ts';
import { pointsCall, readPoint } from './recoveryPoints.ts';

function listedPoint(row: JsonObject): ListedPoint {
  const { id, at, tiers } = readPoint(row);
  const name = textIn(memberIn(row, 'properties', 'recoveryPointId')) ?? textIn(row['name']) ?? '';
  return { id, name, at, stores: tiers.map(({ type }) => type) };
}

/** Lists the recovery points of an instance and chooses one. */
export const chooseInstancePoint: Step<OnInstance & PointWish, PointChoice> = {
  name: 'dataProtection.choosePoint',
  describe: ({ instanceId }) => pointsCall(instanceId),
  pages: true,
  read: (reply, wish) => ({
    kind: 'done',
    result: choosePoint(objectsIn(memberIn(reply.body, 'value')).map(listedPoint), wish),
  }),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

/** A restore of a disk to a new disk, or of containers into another account. */
export type InstanceRestoreOrder = {
  readonly instanceId: string;
  /** Name of the point, not its ARM id. */
  readonly pointName: string;
  /** ARM id of the disk that is to be made, or of the account. */
  readonly targetId: string;
  /** Region word of the source. */
  readonly region: string;
  /** Containers that are restored; absent for a disk. */
  readonly containers?: readonly string[];
  readonly userAssignedIdentityId?: string;
  /** Requests of the Resource Guard under which the vault lets restores pass: ARM ids. */
  readonly guardRequests?: readonly string[];
};

/** Store that each kind is restored from. */
export const restoreStores = { disk: 'OperationalStore', blobs: 'VaultStore' } as const;

/** What is restored into, as `Datasource` or, of an account, as the set that it is besides. Recorded in November 2025. */
function targetSource(
  { targetId, region, containers }: InstanceRestoreOrder,
  objectType: string,
): JsonObject {
  const type = containers ? 'Microsoft.Storage/storageAccounts' : 'Microsoft.Compute/disks';
  return {
    objectType,
    datasourceType: containers ? `${type}/blobServices` : type,
    resourceType: type,
    resourceID: targetId,
    resourceUri: targetId,
    resourceName: targetId.split('/').at(-1) ?? '',
    resourceLocation: region,
  };
}

function targetInfo(order: InstanceRestoreOrder): JsonObject {
  const { region, containers } = order;
  return {
    objectType: containers ? 'ItemLevelRestoreTargetInfo' : 'RestoreTargetInfo',
    recoveryOption: 'FailIfExists',
    restoreLocation: region,
    datasourceInfo: targetSource(order, 'Datasource'),
    ...(containers && {
      datasourceSetInfo: targetSource(order, 'DatasourceSet'),
      restoreCriteria: containers.map((itemPath) => ({
        objectType: 'ItemPathBasedRestoreCriteria',
        itemPath,
        isPathRelativeToBackupItem: true,
      })),
    }),
  };
}

const restoreBody = (order: InstanceRestoreOrder): JsonObject => ({
  objectType: 'AzureBackupRecoveryPointBasedRestoreRequest',
  recoveryPointId: order.pointName,
  sourceDataStoreType: restoreStores[order.containers ? 'blobs' : 'disk'],
  restoreTargetInfo: targetInfo(order),
  ...(order.guardRequests?.length && { resourceGuardOperationRequests: [...order.guardRequests] }),
  ...(order.userAssignedIdentityId && { identityDetails: identityDetails(order.userAssignedIdentityId) }),
});

const action = (verb: string): string =>
  `Microsoft.DataProtection/backupVaults/backupInstances/${verb}/action`;

/** Has the service check everything a restore needs; makes nothing. A missing role is a refusal of class `permission`. */
export const validateRestore: Step<InstanceRestoreOrder, { readonly valid: true }> = {
  name: 'dataProtection.validateRestore',
  describe: (order) => ({
    action: action('validateRestore'),
    method: 'POST',
    path: resourcePath(order.instanceId, 'validateRestore'),
    apiVersion: dataProtectionApiVersion,
    body: { restoreRequestObject: restoreBody(order) },
  }),
  longRunning: followStatus(10),
  read: () => ({ kind: 'done', result: { valid: true } }),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

const usualWaitSeconds = 30;

const anotherRestore = {
  code: 'RestoreInProgress',
  message: 'Another restore of the instance is running, which this run has not started.',
  advice: 'Ask again when it has ended.',
} as const;

const handleOf = ({ instanceId }: InstanceRestoreOrder) =>
  ({
    service: 'dataProtection',
    operation: 'Restore',
    vaultId: backupVaultIdOf(instanceId),
    itemId: instanceId,
  }) as const;

/** Starts a restore. There is no idempotency key: after any doubt the vault's jobs are read first. */
export const restoreInstance: Step<InstanceRestoreOrder, InstanceBackupHandle> = {
  name: 'dataProtection.restoreInstance',
  describe: (order) => ({
    action: action('restore'),
    method: 'POST',
    path: resourcePath(order.instanceId, 'restore'),
    apiVersion: dataProtectionApiVersion,
    body: restoreBody(order),
  }),
  longRunning: { ...followStatus(usualWaitSeconds), endsAtAcceptance: true },
  read: (reply, order, { stepId, attemptId, sentAt, waitSeconds, otherSentBy, operationId }) => {
    const jobId = jobIdOf(reply.body);
    const optional = {
      ...(otherSentBy && { otherSentBy }),
      ...(operationId && { operationId }),
      ...(jobId && { jobId }),
    };
    return {
      kind: 'done',
      result: { ...handleOf(order), stepId, attemptId, sentAt, waitSeconds, ...optional },
    };
  },
  repeat: {
    describeLook: ({ instanceId }) => listJobsCall(backupVaultIdOf(instanceId)),
    findEarlier: (reply, order, attempts) => {
      const earlier = findEarlierJob(reply, order.instanceId, attempts, 'Restore');
      if (!('result' in earlier)) return earlier;
      if (earlier.kind === 'foreign') return { kind: 'unproven', failure: anotherRestore };
      const { jobId, startedAt } = earlier.result;
      const sentAt = startedAt || attempts.firstClaimAt;
      const attemptId = attempts.attemptIds.at(-1) ?? '';
      const sent = { stepId: foundInList, attemptId, sentAt, waitSeconds: usualWaitSeconds, jobId };
      return { kind: 'ours', result: { ...handleOf(order), ...sent } };
    },
  },
  watch: { seconds: () => followInstanceSeconds, orderOf: watchedInstanceBackup },
  itemOf: ({ instanceId }) => instanceId,
  // A daily limit parks the request until the next day (UTC).
  giveUpAfterSeconds: 93_600,
};

/** The role that the identity of the vault needs where something is restored to: the group of a disk, an account. */
export const rolesToRestore = (targetId: string): readonly NeededRole[] =>
  /\/disks\//i.test(targetId)
    ? [
        {
          role: 'Disk Restore Operator',
          roleId: 'b50d9833-a0cb-478e-945f-707fcc997c13',
          scope: targetId.replace(/\/providers\/.*$/i, ''),
        },
      ]
    : [
        {
          role: 'Storage Account Backup Contributor',
          roleId: 'e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1',
          scope: targetId,
        },
      ];
