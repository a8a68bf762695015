import type { StartedBackup } from '../arm/backupJob.ts';
import { isNameBased, type ArmCall, type ArmReply, type JsonObject } from '../arm/call.ts';
import { resourcePath } from '../arm/resourceId.ts';
import { foundInList, type ReadContext, type Step } from '../steps/step.ts';
import { expiresAt, takesExpiry } from './recoveryPoints.ts';
import type { JobOwner } from './jobOwner.ts';
import { earlierJobsCall, findEarlierJob } from './jobSearch.ts';
import { operationStatusCall, readItemOperation, type StartedJob } from './operations.ts';
import { backupCall, vaultIdOf, kindWords } from './paths.ts';

/** What a backup of one item needs to be sent; of a database it is a `Full` one unless `backupType` is given. */
export type BackupOrder = Omit<JobOwner, 'operation'> & {
  /**
   * When the recovery point expires, ISO 8601 UTC, counted from the asking. Always sent where the kind of backup takes
   * one: left out it has meant "at once".
   */
  readonly expiresAt?: string;
  /** How long it is kept, ISO 8601: counted anew from the sending, which may come hours later. */
  readonly keepFor?: string;
  /** Databases only. */
  readonly compress?: boolean;
};

/** Everything by which a backup that was accepted can be followed; `jobId` when it is known already. */
export type BackupHandle = JobOwner &
  StartedBackup & {
    readonly service: 'recoveryServices';
    /** When the recovery point expires, ISO 8601 UTC, as it was sent; absent where none was. */
    readonly expiresAt?: string;
    /** A list has named the job, by item, operation and start: no id in it is an attempt's. */
    readonly isTakenByStart?: true;
  };

/** The expiry of a backup whose attempt was claimed then. */
function expiryOf(
  { keepFor, expiresAt: expiry }: BackupOrder,
  claimedAt: string | undefined,
): { readonly expiresAt?: string } {
  if (keepFor !== undefined && claimedAt !== undefined) return { expiresAt: expiresAt(claimedAt, keepFor) };
  return expiry === undefined ? {} : { expiresAt: expiry };
}

function requestBody(order: BackupOrder, claimedAt: string | undefined): JsonObject {
  const { expiresAt: recoveryPointExpiryTimeInUTC } = expiryOf(order, claimedAt);
  const common = {
    objectType: kindWords[order.kind].backupRequest,
    ...(recoveryPointExpiryTimeInUTC === undefined ? {} : { recoveryPointExpiryTimeInUTC }),
  };
  if (order.kind !== 'workload') return common;
  return { ...common, backupType: backupTypeOf(order), enableCompression: order.compress ?? false };
}

const backupTypeOf = ({ backupType }: BackupOrder): string => backupType ?? 'Full';

/** Seconds between polls as long as the service names none; every recorded start names 60. */
const usualWaitSeconds = 60;

/** What jobs of an item are shown under, as far as it is known. */
export function namesOf({ friendlyName, serverName, hasNamesake }: ItemNames): ItemNames {
  return {
    ...(friendlyName === undefined ? {} : { friendlyName }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(hasNamesake === undefined ? {} : { hasNamesake }),
  };
}

type ItemNames = Pick<JobOwner, 'friendlyName' | 'serverName' | 'hasNamesake'>;

type Sent = Pick<
  ReadContext,
  'stepId' | 'attemptId' | 'sentAt' | 'waitSeconds' | 'operationId' | 'otherSentBy' | 'claimedAt'
>;

function handleOf(order: BackupOrder, sent: Sent): BackupHandle {
  const { itemId, kind } = order;
  const { stepId, attemptId, sentAt, waitSeconds, operationId, otherSentBy } = sent;
  return {
    service: 'recoveryServices',
    vaultId: vaultIdOf(itemId),
    ...expiryOf(order, sent.claimedAt),
    ...{ itemId, kind, stepId, attemptId, sentAt, waitSeconds },
    ...namesOf(order),
    ...(kind === 'workload' ? { backupType: backupTypeOf(order) } : {}),
    ...(operationId === undefined ? {} : { operationId }),
    ...(otherSentBy === undefined ? {} : { otherSentBy }),
  };
}

/** The expiry that was sent, where it is the recovery point's: a joined backup has the one that its own starter asked for. */
export const knownExpiry = ({
  kind,
  backupType,
  expiresAt: sent,
  joined,
}: BackupHandle): { readonly expiresAt?: string } =>
  sent !== undefined && !joined && takesExpiry(kind, backupType) ? { expiresAt: sent } : {};

/** What the tracker needs to know of a backup; one whose operation is unknown is found by its item. */
export function watchedBackup(handle: BackupHandle) {
  const { service, vaultId, itemId, kind, attemptId, sentAt, waitSeconds, backupType, jobId, joined } =
    handle;
  return {
    ...{ service, vaultId, itemId, kind, attemptId, sentAt, waitSeconds },
    ...namesOf(handle),
    ...knownExpiry(handle),
    ...(backupType === undefined ? {} : { backupType }),
    ...(jobId === undefined ? {} : { jobId }),
    ...(joined === undefined ? {} : { joined }),
    ...(handle.isTakenByStart === undefined ? {} : { isTakenByStart: handle.isTakenByStart }),
    ...(handle.operation === undefined ? {} : { operation: handle.operation }),
    ...(handle.otherSentBy === undefined ? {} : { otherSentBy: handle.otherSentBy }),
    ...(handle.operationId === undefined ? { byItem: true as const } : {}),
  };
}

/** Seconds for which a job is followed: a share's is over in minutes, a machine's may take a day. */
export const followSecondsOf = ({ kind }: Pick<BackupHandle, 'kind'>): number =>
  kind === 'fileShare' ? 21_600 : 86_400;

/**
 * Starts an on-demand backup; done at the 202, with a handle for `followJob`.
 *
 * The service has no idempotency key: after any doubt the job list is read before the request is sent again. A job
 * found there gives a handle with its id; an operation's id is then unknown.
 */
export const backUpNow: Step<BackupOrder, BackupHandle> = {
  name: 'recoveryServices.backUpNow',
  describe: (order, attempt) =>
    backupCall(
      'POST',
      'backupFabrics/protectionContainers/protectedItems/backup/action',
      resourcePath(order.itemId, 'backup'),
      { body: { properties: requestBody(order, attempt?.claimedAt) } },
    ),
  longRunning: {
    follow: 'status',
    unsigned: ({ itemId }, operationId) => operationStatusCall(vaultIdOf(itemId), operationId),
    defaultWaitSeconds: usualWaitSeconds,
    endsAtAcceptance: true,
  },
  read: (_reply: ArmReply, order, context) => ({ kind: 'done', result: handleOf(order, context) }),
  repeat: {
    describeLook: ({ itemId, kind }, attempts) => earlierJobsCall(vaultIdOf(itemId), kind, attempts),
    findEarlier: (reply, order, attempts) => {
      const owner = order.kind === 'workload' ? { ...order, backupType: backupTypeOf(order) } : order;
      const earlier = findEarlierJob(reply, owner, attempts);
      if (!('result' in earlier)) return earlier;
      const { jobId, startedAt, activityId } = earlier.result;
      const sentAt = startedAt || attempts.firstClaimAt;
      const claimedAt = attempts.lastClaimAt === undefined ? {} : { claimedAt: attempts.lastClaimAt };
      const sent = {
        stepId: foundInList,
        attemptId: activityId,
        sentAt,
        waitSeconds: usualWaitSeconds,
        ...claimedAt,
      };
      const taken = isNameBased(activityId) ? {} : { isTakenByStart: true as const };
      const handle = { ...handleOf(order, sent), jobId };
      return earlier.kind === 'ours'
        ? { kind: 'ours', result: { ...handle, ...taken } }
        : { kind: 'foreign', result: { ...handle, joined: true } };
    },
  },
  watch: { seconds: followSecondsOf, orderOf: watchedBackup },
  itemOf: ({ itemId }) => itemId,
  // A daily limit parks the step until the next UTC day.
  giveUpAfterSeconds: 93_600,
};

const statusCall = ({ vaultId, operationId }: BackupHandle): ArmCall =>
  operationStatusCall(vaultId, operationId ?? '');

/**
 * Follows the operation of an accepted backup to the id of its job. Success means that the job has begun; success
 * without a job id gives null, and the job is then looked for in the list.
 */
export const followBackupOperation: Step<BackupHandle, StartedJob> = {
  name: 'recoveryServices.followBackupOperation',
  describe: statusCall,
  longRunning: {
    follow: 'status',
    unsigned: ({ vaultId }, operationId) => operationStatusCall(vaultId, operationId),
    defaultWaitSeconds: usualWaitSeconds,
  },
  followsStep: ({ stepId }) => stepId,
  read: (reply, _input, { waitSeconds }) => readItemOperation(reply, waitSeconds),
  // Who may not read an operation has not learnt that it failed: the list of jobs tells.
  readRefusal: (_failure, status) => (status >= 400 ? { kind: 'done', result: { jobId: null } } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 600,
  goesOnAfterCancel: true,
};
