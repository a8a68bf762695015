import { equalIgnoringCase } from '../../arm/replyFields.ts';
import {
  findDeletedInstance,
  findDeletedInstancesOf,
  type DeletedInstance,
} from '../../data-protection/deletion.ts';
import { isInstanceId } from '../../data-protection/datasources.ts';
import { syncInstance } from '../../data-protection/instanceChanges.ts';
import {
  findInstance,
  findInstancesBySource,
  findInstancesOf,
  awaitProtection,
  type BackupInstance,
} from '../../data-protection/instances.ts';
import type { Target } from '../../runs/request.ts';
import { beats, type Flow, type FlowContext } from '../flow.ts';
import { refuse, FlowEnded } from '../refusals.ts';
import { takeStep } from '../takeStep.ts';

/** ARM id of what a target of a Backup vault names: an instance, or the datasource it protects. */
export const datasourceIdOf = (target: Target): string =>
  'id' in target ? target.id : 'datasourceId' in target ? target.datasourceId : '';

/** The id of an instance that a target names itself. */
export const instanceIdIn = (target: Target): string | undefined =>
  'id' in target && isInstanceId(target.id) ? target.id : undefined;

function* instancesOf(context: FlowContext, target: Target): Flow<readonly BackupInstance[]> {
  const resourceId = datasourceIdOf(target);
  if ('id' in target) return yield* takeStep(context, findInstancesBySource, { resourceId });
  return yield* takeStep(context, findInstancesOf, { vaultId: target.vaultId, resourceId });
}

function only<One extends { readonly id: string }>(found: readonly One[]): One | undefined {
  const [first, second] = found;
  if (!second) return first;
  throw refuse(
    'BackupInstanceAmbiguous',
    `The datasource is protected twice: ${found.map(({ id }) => id).join(', ')}.`,
    'Name one by its id.',
  );
}

/** The instance of that id. @throws FlowEnded where soft delete alone keeps it, or the vault has none. */
function* getInstanceOrDeleted(context: FlowContext, instanceId: string): Flow<BackupInstance> {
  const { found } = yield* takeStep(context, findInstance, { instanceId });
  if (found && !isIn(found, 'SoftDeleted')) return found;
  const deleted = yield* takeStep(context, findDeletedInstance, { instanceId });
  if (deleted.found) throw itemSoftDeleted(deleted.found);
  if (found) return found;
  throw refuse('BackupInstanceNotFound', `There is no backup instance ${instanceId}.`);
}

/** The instance a target means: named by its id, or the only one that protects the datasource, as a list shows it. */
export function* findTargetInstance(context: FlowContext, target: Target): Flow<BackupInstance | undefined> {
  const instanceId = instanceIdIn(target);
  if (instanceId !== undefined) return yield* getInstanceOrDeleted(context, instanceId);
  return only(yield* instancesOf(context, target));
}

/** A datasource that nothing protects. */
const notProtected = (target: Target): FlowEnded =>
  refuse(
    'NotProtected',
    `No backup instance protects ${datasourceIdOf(target)}.`,
    'Protect it by POST /api/protections, or ask with protectFirst.',
  );

/** @see findTargetInstance @throws FlowEnded when there is none. */
export function* getTargetInstance(context: FlowContext, target: Target): Flow<BackupInstance> {
  const found = yield* findTargetInstance(context, target);
  if (found) return found;
  const deleted =
    'vaultId' in target ? yield* softDeletedIn(context, target.vaultId, datasourceIdOf(target)) : undefined;
  throw deleted ?? notProtected(target);
}

/**
 * The id of the instance a target means, also of one that soft delete alone still keeps: its vault must be named then.
 *
 * @throws FlowEnded when there is neither.
 */
export function* idOfInstanceOrDeleted(context: FlowContext, target: Target): Flow<string> {
  const named = instanceIdIn(target) ?? only(yield* instancesOf(context, target))?.id;
  if (named !== undefined) return named;
  if (!('vaultId' in target)) throw notProtected(target);
  const sought = { vaultId: target.vaultId, resourceId: datasourceIdOf(target) };
  const deleted = only(yield* takeStep(context, findDeletedInstancesOf, sought));
  if (deleted) return deleted.id;
  throw notProtected(target);
}

/** What soft delete keeps of a datasource's protection in a vault, as the ending that says until when and how it comes back. */
export function* softDeletedIn(
  context: FlowContext,
  vaultId: string,
  resourceId: string,
): Flow<FlowEnded | undefined> {
  const [deleted] = yield* takeStep(context, findDeletedInstancesOf, { vaultId, resourceId });
  return deleted && itemSoftDeleted(deleted);
}

/** A soft-deleted instance backs nothing up. */
export const itemSoftDeleted = ({ id, keptUntil }: DeletedInstance): FlowEnded =>
  refuse(
    'ItemSoftDeleted',
    `${id} is soft-deleted, kept until ${keptUntil ?? 'an unknown day'}.`,
    'Bring it back by POST /api/protections/resume with "undelete": true.',
  );

/** Whether a state is the service's word for it, case aside. */
export const isIn = ({ state }: BackupInstance, ...words: readonly string[]): boolean =>
  words.some((word) => equalIgnoringCase(state, word));

/** Neither backed up nor on its way to it until somebody resumes it. */
export const isStopped = (instance: BackupInstance): boolean =>
  isIn(instance, 'ProtectionStopped', 'BackupsSuspended', 'SoftDeleted');

/** How an instance is looked at until it has settled: `ConfiguringProtection` lasts 40 s in the median. */
export const looksAt = (context: FlowContext, instanceId: string) => ({
  instanceId,
  waitSeconds: beats(context, 3),
});

/** Waits for the real state; an error is looked at once more by `sync`, then said. */
export function* untilAtRest(context: FlowContext, instanceId: string): Flow<BackupInstance> {
  const first = yield* takeStep(context, awaitProtection, looksAt(context, instanceId));
  return yield* healed(context, first);
}

function* healed(context: FlowContext, instance: BackupInstance): Flow<BackupInstance> {
  if (!isIn(instance, 'ProtectionError')) return instance;
  yield* takeStep(context, syncInstance, { instanceId: instance.id });
  return yield* takeStep(context, awaitProtection, looksAt(context, instance.id));
}

const adviceFor = (instance: BackupInstance): string | undefined =>
  isStopped(instance) ? 'Resume it by POST /api/protections/resume.' : undefined;

/** Why nothing backs the instance up: the service's own words where it says them. */
export function notConfigured(instance: BackupInstance): FlowEnded {
  if (instance.failure) return new FlowEnded('failed', instance.failure);
  const code = isStopped(instance) ? 'ProtectionStopped' : 'NotProtected';
  return refuse(
    code,
    `${instance.id} is in state ${instance.state}: only ProtectionConfigured is backed up.`,
    adviceFor(instance),
  );
}

/** What the service complains of while it does protect (a lock, the change feed) goes into the record as a warning. */
function warnOfComplaint(context: FlowContext, { failure }: BackupInstance): void {
  if (failure) context.warnings.push(`Protected, but the service says ${failure.code}: ${failure.message}`);
}

/** The instance as soon as it is protected, from whatever state it was last seen in. @throws FlowEnded when it is not. */
export function* untilConfigured(context: FlowContext, seen: BackupInstance): Flow<BackupInstance> {
  const moves = isIn(seen, 'ConfiguringProtection', 'UpdatingProtection');
  const instance = moves ? yield* untilAtRest(context, seen.id) : yield* healed(context, seen);
  if (!isIn(instance, 'ProtectionConfigured')) throw notConfigured(instance);
  warnOfComplaint(context, instance);
  return instance;
}
