import { choosePoint, type ListedPoint, type PointChoice, type PointWish } from '../arm/backupJob.ts';
import type { JsonObject } from '../arm/call.ts';
import { objectIn, objectsIn, textIn } from '../arm/replyFields.ts';
import { resourcePath } from '../arm/resourceId.ts';
import { foundInList, type EarlierEffect, type ReadContext, type Step } from '../steps/step.ts';
import { followSecondsOf, watchedBackup, type BackupHandle } from './backup.ts';
import { earlierJobsCall, findEarlierJob } from './jobSearch.ts';
import { operationStatusCall } from './operations.ts';
import { backupApiVersion, backupCall, resourceIn, rowsIn, vaultIdOf, type Resource } from './paths.ts';
import type { OnItem } from './protectedItems.ts';
import {
  guarding,
  machineBody,
  shareBody,
  versionForShare,
  type MachineRestoreOrder,
  type RestoreOrder,
  type ShareRestoreOrder,
} from './restoreRequests.ts';
import { isPoint, pointsCall, pointTime } from './recoveryPoints.ts';

const hourMilliseconds = 3_600_000;
/** Recorded in 2025: what a restore of a share answers with. */
const usualWaitSeconds = 30;

/** Tiers that hold the point now; a tier that is being moved or has gone says so in its status. */
function listedPoint(row: Resource): ListedPoint {
  const tiers = objectsIn(row.properties['recoveryPointTierDetails']);
  const valid = tiers.filter(({ status }) => (textIn(status) ?? 'Valid').toLowerCase() === 'valid');
  return {
    id: row.id,
    name: row.name,
    at: pointTime(row),
    stores: valid.flatMap(({ type }) => textIn(type) ?? []),
  };
}

/** Lists the recovery points of an item within a span and chooses one. */
export const chooseItemPoint: Step<OnItem & PointWish, PointChoice> = {
  name: 'recoveryServices.choosePoint',
  describe: ({ itemId, notBefore, notAfter }) =>
    pointsCall(itemId, Date.parse(notBefore), Date.parse(notAfter) + hourMilliseconds),
  pages: true,
  read: (reply, wish) => ({
    kind: 'done',
    result: choosePoint(rowsIn(reply).filter(isPoint).map(listedPoint), wish),
  }),
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

function handleOf(
  { itemId, kind, friendlyName }: Omit<RestoreOrder, 'pointId'>,
  sent: ReadContext,
): BackupHandle {
  const { stepId, attemptId, sentAt, waitSeconds, operationId, otherSentBy } = sent;
  return {
    service: 'recoveryServices',
    operation: 'Restore',
    vaultId: vaultIdOf(itemId),
    ...{ itemId, kind, stepId, attemptId, sentAt, waitSeconds },
    ...(friendlyName === undefined ? {} : { friendlyName }),
    ...(operationId === undefined ? {} : { operationId }),
    ...(otherSentBy === undefined ? {} : { otherSentBy }),
  };
}

const anotherRestore = {
  code: 'RestoreInProgress',
  message: 'Another restore of the item is running, which this run has not started.',
  advice: 'Ask again when it has ended.',
} as const;

/** A restore that an earlier attempt has started; somebody else's is never taken for it. */
function findEarlier(
  reply: Parameters<typeof findEarlierJob>[0],
  order: Omit<RestoreOrder, 'pointId'>,
  attempts: Parameters<typeof findEarlierJob>[2],
): EarlierEffect<BackupHandle> {
  const search = findEarlierJob(reply, { ...order, operation: 'Restore' }, attempts);
  if (!('result' in search)) return search;
  if (search.kind === 'foreign') return { kind: 'unproven', failure: anotherRestore };
  const { jobId, startedAt, activityId } = search.result;
  const at = startedAt || attempts.firstClaimAt;
  const sent = { stepId: foundInList, attemptId: activityId, sentAt: at, waitSeconds: usualWaitSeconds };
  return { kind: 'ours', result: { ...handleOf(order, { ...sent, now: new Date(at), firstAt: at }), jobId } };
}

/** The start of a restore, whatever is restored: done at the 202, with a handle by which its job is followed. */
const startRestore = <Order extends RestoreOrder>(
  name: string,
  bodyOf: (order: Order) => JsonObject,
  versionFor: (order: Order) => string = () => backupApiVersion,
): Step<Order, BackupHandle> => ({
  name: `recoveryServices.${name}`,
  describe: (order) => ({
    ...backupCall(
      'POST',
      'backupFabrics/protectionContainers/protectedItems/recoveryPoints/restore/action',
      resourcePath(order.pointId, 'restore'),
      { body: { properties: { ...bodyOf(order), ...guarding(order) } } },
    ),
    apiVersion: versionFor(order),
  }),
  longRunning: {
    follow: 'status',
    unsigned: ({ itemId }, operationId) => operationStatusCall(vaultIdOf(itemId), operationId),
    defaultWaitSeconds: usualWaitSeconds,
    endsAtAcceptance: true,
  },
  read: (_reply, order, context) => ({ kind: 'done', result: handleOf(order, context) }),
  repeat: {
    describeLook: ({ itemId, kind }, attempts) =>
      earlierJobsCall(vaultIdOf(itemId), kind, { ...attempts, joinForeign: false }),
    findEarlier,
  },
  watch: { seconds: followSecondsOf, orderOf: watchedBackup },
  itemOf: ({ itemId }) => itemId,
  // A daily limit parks the step until the next UTC day.
  giveUpAfterSeconds: 93_600,
});

/** Starts the restore of a share into another share. There is no idempotency key: after any doubt the jobs are read. */
export const restoreShare = startRestore<ShareRestoreOrder>('restoreShare', shareBody, versionForShare);

/** Starts the restore of disks into a group, likewise. */
export const restoreMachine = startRestore<MachineRestoreOrder>('restoreMachine', machineBody);

/** What the job of a share's restore has counted; absent where it does not say. */
export type RestoreCounts = {
  readonly restored?: number;
  readonly skipped?: number;
  readonly failed?: number;
  readonly megabytes?: number;
  readonly destination?: string;
  /** Container of the staging account that keeps what the restore of a machine has written beside its disks. */
  readonly leftContainer?: string;
};

const counters = {
  restored: 'Number Of Restored Files',
  skipped: 'Number Of Skipped Files',
  failed: 'Number Of Failed Files',
  megabytes: 'Data Transferred (in MB)',
} as const;

function countsIn(bag: JsonObject): RestoreCounts {
  const counted = Object.entries(counters).flatMap(([name, words]) => {
    const text = textIn(bag[words]);
    const count = text === undefined || text === '' ? Number.NaN : Number(text);
    return Number.isFinite(count) ? [[name, count] as const] : [];
  });
  const destination = textIn(bag['RestoreDestination']);
  const leftContainer = textIn(bag['Config Blob Container Name']);
  return {
    ...Object.fromEntries(counted),
    ...(destination === undefined ? {} : { destination }),
    ...(leftContainer ? { leftContainer } : {}),
  };
}

/** Reads what an ended restore has counted, without touching data. */
export const readRestoreCounts: Step<{ readonly vaultId: string; readonly jobId: string }, RestoreCounts> = {
  name: 'recoveryServices.readRestoreCounts',
  describe: ({ vaultId, jobId }) =>
    backupCall('GET', 'backupJobs/read', resourcePath(vaultId, 'backupJobs', jobId)),
  read: (reply) => {
    const { properties } = resourceIn(reply.body);
    return {
      kind: 'done',
      result: countsIn(objectIn(objectIn(properties['extendedInfo'])['propertyBag'])),
    };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
  goesOnAfterCancel: true,
};
