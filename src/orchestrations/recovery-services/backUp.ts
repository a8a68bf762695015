import type { JobEnding, PointMade } from '../../arm/backupJob.ts';
import {
  backUpNow,
  namesOf,
  knownExpiry,
  type BackupHandle,
  type BackupOrder,
} from '../../recovery-services/backup.ts';
import type { ItemKind } from '../../recovery-services/paths.ts';
import { readProtectedItem, type ProtectedItem } from '../../recovery-services/protectedItems.ts';
import {
  expiresAt,
  findRecoveryPoint,
  madeByJob,
  takesExpiry,
  usualKeepForOf,
} from '../../recovery-services/recoveryPoints.ts';
import type { BackupOptions, RunRequest } from '../../runs/request.ts';
import type { Flow, FlowContext, FlowEnding } from '../flow.ts';
import { StepFailed, notProtected } from '../refusals.ts';
import { ifReadable, takeStep } from '../takeStep.ts';
import { endingOfJob, followOrJoin, joinedWords, policysWords, proofOfBackup } from '../watchedJob.ts';
import { followJob, readNames } from './followJob.ts';
import { itemTargetOf, nameOfTarget, kindOfTarget, type ItemTarget } from './itemTarget.ts';
import { checkStanding, getListed, lookUpToday, refuseResting } from './listedItem.ts';
import { protectAsListed } from './protectItem.ts';

function proofOf(context: FlowContext, handle: BackupHandle, ending: JobEnding): Flow<PointMade | undefined> {
  const { itemId, sentAt, waitSeconds } = handle;
  const backup = { itemId, sentAt, ...knownExpiry(handle) };
  const sought = madeByJob(backup, ending.job, context.df.currentUtcDateTime);
  return proofOfBackup(context, waitSeconds, ending, () => takeStep(context, findRecoveryPoint, sought));
}

/** A job is in the way, and which one is the item's needs more than its id. */
const isUnproven = (error: unknown): boolean =>
  error instanceof StepFailed &&
  error.outcome.kind === 'refused' &&
  error.outcome.failure.code === 'BackupJobUnproven';

/** Starts the backup; an item given by its id alone is looked up when a job of an unknown share or database is in the way. */
function* startBackup(context: FlowContext, order: BackupOrder): Flow<BackupHandle> {
  try {
    return yield* takeStep(context, backUpNow, order);
  } catch (error) {
    if (!isUnproven(error)) throw error;
    const names = yield* readNames(context, order);
    if (names === undefined) throw error;
    return yield* takeStep(context, backUpNow, { ...order, ...names });
  }
}

/** What the record says of the job that a run has followed: its own with its expiry, or whose it joined. */
function resultOf(handle: BackupHandle, { startedBy }: JobEnding) {
  const owner = { joined: true, ...(startedBy ? { startedBy } : {}) };
  return { protectedItemId: handle.itemId, ...(handle.joined ? owner : knownExpiry(handle)) };
}

/** A job that was found for this run in a list and says of itself that the policy began it is none of this run's. */
const isPolicys = ({ joined }: BackupHandle, { startedBy, isTakenByStart }: JobEnding): boolean =>
  !joined && isTakenByStart === true && startedBy === 'policy';

/** Backs up one protected item and follows the job to its end; the status is the job's own. */
export function* backUpItem(context: FlowContext, order: BackupOrder): Flow<FlowEnding> {
  const started = yield* startBackup(context, order);
  const { handle: followed, ending } = yield* followOrJoin(context, started, followJob);
  const isForeign = isPolicys(followed, ending);
  const handle = isForeign ? { ...followed, joined: true as const } : followed;
  if (isForeign) context.warnings.push(policysWords(ending));
  else if (handle.joined)
    context.warnings.push(joinedWords(ending, 'item', 'the expiry that was asked for was'));
  context.warnings.push(...ending.warnings);
  const made = ending.ended === 'completed' || ending.ended === 'completedWithWarnings';
  const recoveryPoint = made ? yield* proofOf(context, handle, ending) : undefined;
  return {
    ...endingOfJob(handle, ending, recoveryPoint),
    result: resultOf(handle, ending),
    job: ending.job,
    ...(recoveryPoint ? { recoveryPoint } : {}),
  };
}

/** The item as far as a backup needs it. */
type ItemToBackUp = Pick<ProtectedItem, 'id' | 'friendlyName' | 'serverName' | 'hasNamesake'>;

function warnOfForeignOptions(context: FlowContext, kind: ItemKind, options: BackupOptions): void {
  const { retentionTag, backupRule, backupType, compress } = options;
  const forDatabases = kind === 'workload' ? {} : { backupType, compress };
  const foreign = { retentionTag, backupRule, ...forDatabases };
  const given = Object.entries(foreign)
    .filter(([, value]) => value !== undefined && value !== 'Full' && value !== false)
    .map(([name]) => name);
  if (given.length > 0) context.warnings.push(`Of no meaning here, and left out: ${given.join(', ')}.`);
}

/** How long the backup is kept: as asked, else as is usual; nothing is asked of a kind that takes no expiry of its own. */
function retentionOf(
  context: FlowContext,
  itemId: string,
  kind: ItemKind,
  { keepFor: asked, backupType }: BackupOptions,
): Pick<BackupOrder, 'keepFor' | 'expiresAt'> {
  const takesOne = takesExpiry(kind, backupType);
  if (!takesOne && asked !== undefined)
    context.warnings.push(
      `A backup of type ${backupType} has no expiry of its own, whatever keepFor says: the policy decides.`,
    );
  const keepFor = asked ?? (takesOne ? usualKeepForOf({ itemId, kind }, backupType) : undefined);
  return keepFor === undefined ? {} : { keepFor, expiresAt: expiresAt(context.facts.acceptedAt, keepFor) };
}

/** What the service is asked for. */
export function backupOrder(
  context: FlowContext,
  item: ItemToBackUp,
  kind: ItemKind,
  options: BackupOptions,
): BackupOrder {
  warnOfForeignOptions(context, kind, options);
  const { backupType, compress } = options;
  const ofDatabase = {
    ...(backupType === undefined ? {} : { backupType }),
    ...(compress === undefined ? {} : { compress }),
  };
  return {
    itemId: item.id,
    kind,
    ...retentionOf(context, item.id, kind, options),
    ...namesOf(item),
    ...(kind === 'workload' ? ofDatabase : {}),
  };
}

type BackUp = Extract<RunRequest, { kind: 'backUp' }>;

/** The item to back up: an id is taken at its word, a name costs one list, `protectFirst` protects on a miss. */
function* itemToBackUp(
  context: FlowContext,
  target: ItemTarget,
  protectFirst: BackUp['protectFirst'],
): Flow<ItemToBackUp> {
  if (target.by === 'id') return { id: target.itemId };
  const listed = yield* lookUpToday(context, target);
  const { item, seen } = listed;
  if (item && item.standing !== 'notProtected') {
    checkStanding(context, item, nameOfTarget(target));
    return item;
  }
  if (!protectFirst) throw notProtected(nameOfTarget(target), seen);
  return (yield* protectAsListed(context, target, listed, protectFirst)).item;
}

/** What an item that was named by its id is in, where that is why the service refuses its backup; else the refusal. */
function* refusalOf(context: FlowContext, target: ItemTarget, error: unknown): Flow<unknown> {
  const isRefused = error instanceof StepFailed && error.outcome.kind === 'refused';
  if (!isRefused || target.by !== 'id') return error;
  const { itemId } = target;
  const item = yield* ifReadable(takeStep(context, readProtectedItem, { itemId }));
  if (item) refuseResting(context, item, nameOfTarget(target));
  return error;
}

/** Backs up a file share, virtual machine or database of a Recovery Services vault, and follows the job to its end. */
export function* backUpProtectedItem(context: FlowContext, request: BackUp): Flow<FlowEnding> {
  const target = itemTargetOf(request.target);
  const item = yield* itemToBackUp(context, target, request.protectFirst);
  try {
    return yield* backUpItem(context, backupOrder(context, item, kindOfTarget(target), request));
  } catch (error) {
    throw yield* refusalOf(context, target, error);
  }
}

/** What a backup of an item would send; nothing is sent. An id is looked up too, other than for a backup. */
export function* tryBackupOfItem(
  context: FlowContext,
  request: Extract<RunRequest, { kind: 'dryRun' }>,
): Flow<FlowEnding> {
  const target = itemTargetOf(request.target);
  const item = yield* getListed(context, target);
  checkStanding(context, item, nameOfTarget(target));
  const {
    itemId,
    kind: _,
    friendlyName: _name,
    serverName: _server,
    hasNamesake: _namesake,
    ...order
  } = backupOrder(context, item, kindOfTarget(target), request);
  return { status: 'completed', result: { wouldSend: { protectedItemId: itemId, ...order } } };
}
