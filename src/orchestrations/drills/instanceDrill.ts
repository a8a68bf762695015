import { rankOf, type JobEnding, type PointWish } from '../../arm/backupJob.ts';
import type { Failure, JsonObject } from '../../arm/call.ts';
import { memberIn, objectIn, objectsIn, textIn } from '../../arm/replyFields.ts';
import { sameId } from '../../arm/resourceId.ts';
import type { InstanceBackupHandle } from '../../data-protection/backup.ts';
import { missingRolesFailure } from '../../data-protection/eligibility.ts';
import { backupVaultIdOf } from '../../data-protection/datasources.ts';
import { findInstanceContent, type InstanceContent } from '../../data-protection/instances.ts';
import {
  chooseInstancePoint,
  restoreInstance,
  restoreStores,
  rolesToRestore,
  validateRestore,
  type InstanceRestoreOrder,
} from '../../data-protection/restores.ts';
import { findInstanceRestoreGuard, getBackupVault, type BackupVault } from '../../data-protection/vaults.ts';
import { findDrillTarget, tagDrillTarget, type TargetSeen } from '../../resources/drillTargets.ts';
import type { DrillRequest, DrillThing } from '../../runs/request.ts';
import { followInstance } from '../data-protection/backUpInstance.ts';
import { getTargetInstance } from '../data-protection/instanceTarget.ts';
import { grantMissing, permissionFailureOf, rolesMissing, untilRolesCount } from '../roleGrants.ts';
import type { Flow, FlowContext, FlowEnding } from '../flow.ts';
import { FlowEnded, StepFailed, refuse, skip } from '../refusals.ts';
import { takeStep } from '../takeStep.ts';
import { drill, secondsToRestore, type Drilled, type Restored } from './drill.ts';
import { accountObstacles } from './shareDrill.ts';

/** An instance as it is drilled. */
interface InstanceDrill {
  readonly request: DrillRequest;
  readonly instance: InstanceContent;
  /** Everything but the point. */
  readonly order: Omit<InstanceRestoreOrder, 'pointName'>;
  readonly things: readonly DrillThing[];
}

const regionOf = ({ properties }: InstanceContent): string =>
  textIn(memberIn(properties['dataSourceInfo'], 'resourceLocation')) ?? '';

const identityOf = ({ properties }: InstanceContent): string | undefined =>
  textIn(memberIn(properties['identityDetails'], 'userAssignedIdentityArmUrl'));

/** Object id of the identity by which the vault restores. */
function principalOf({ identities }: BackupVault, identityId: string | undefined): string {
  const chosen = identities.find(({ id }) => (identityId === undefined ? !id : sameId(id, identityId)));
  return chosen?.principalId ?? identities[0]?.principalId ?? '';
}

/** What the service says of a restore that it would refuse; undefined when it would take it. */
function* refusedRestore(context: FlowContext, order: InstanceRestoreOrder): Flow<Failure | undefined> {
  try {
    yield* takeStep(context, validateRestore, order);
    return undefined;
  } catch (error) {
    const failure = permissionFailureOf(error);
    if (failure) return failure;
    throw error;
  }
}

function* grantedRoles(
  context: FlowContext,
  { request, order }: InstanceDrill,
  asked: InstanceRestoreOrder,
  said: Failure,
  isDry: boolean,
): Flow<readonly string[]> {
  const vault = yield* takeStep(context, getBackupVault, { vaultId: backupVaultIdOf(order.instanceId) });
  const principalId = principalOf(vault, order.userAssignedIdentityId);
  const roles = rolesToRestore(order.targetId);
  const wanted = { roles, principalId, mayGrant: request.grantRoles === true };
  const lacking = yield* rolesMissing(context, wanted);
  const missing = lacking.length > 0 ? lacking : roles;
  if (isDry) return [missingRolesFailure(missing, principalId, said).message];
  yield* grantMissing(context, wanted, missing, said);
  yield* untilRolesCount(context, function* () {
    const refused = yield* refusedRestore(context, asked);
    return refused ? { refused } : { done: undefined };
  });
  return [];
}

/** The service's own validation; a dry run tells what would stand in the way, a real one ends there. */
function* validated(
  context: FlowContext,
  one: InstanceDrill,
  pointName: string,
  isDry: boolean,
): Flow<readonly string[]> {
  const asked = { ...one.order, pointName };
  try {
    const said = yield* refusedRestore(context, asked);
    return said ? yield* grantedRoles(context, one, asked, said, isDry) : [];
  } catch (error) {
    if (isDry && error instanceof StepFailed && error.outcome.kind !== 'cancelled') return [error.message];
    throw error;
  }
}

function* occupied(context: FlowContext, things: readonly DrillThing[]): Flow<readonly string[]> {
  for (const { id } of things) {
    const { found } = yield* takeStep(context, findDrillTarget, { targetId: id, runId: context.runId });
    if (found && found.taggedBy !== context.runId) return [`${id} exists already`];
  }
  return [];
}

/** What the restore has made, tagged before anything else: rules and events know it by the tag. */
function* taggedThings(
  context: FlowContext,
  things: readonly DrillThing[],
): Flow<readonly (TargetSeen | undefined)[]> {
  const seen: (TargetSeen | undefined)[] = [];
  for (const { id } of things) {
    const target = { targetId: id, runId: context.runId };
    const { found } = yield* takeStep(context, findDrillTarget, target);
    if (found) yield* takeStep(context, tagDrillTarget, target);
    seen.push(found);
  }
  return seen;
}

type Judgement = Pick<Restored, 'verdict' | 'message' | 'counts'>;

function* restoredBy(
  context: FlowContext,
  { order, things }: InstanceDrill,
  pointName: string,
  judge: (seen: readonly (TargetSeen | undefined)[]) => Judgement,
): Flow<Restored> {
  const handle: InstanceBackupHandle = yield* takeStep(context, restoreInstance, { ...order, pointName });
  const { job, ended, failure, warnings }: JobEnding = yield* followInstance(context, handle);
  context.warnings.push(...warnings);
  if (failure) throw new FlowEnded(ended === 'cancelled' ? 'cancelled' : 'failed', failure);
  const seen = yield* taggedThings(context, things);
  return { seconds: secondsToRestore(context, handle, job), ...judge(seen) };
}

/** A new disk is what it should be: of the size of its source, made from a snapshot. */
function judgeDisk(source: TargetSeen | undefined, made: TargetSeen | undefined): Judgement {
  if (!made)
    return { verdict: 'empty', message: 'The job has ended well, and there is no disk.', counts: {} };
  const { gigabytes, madeFrom = '' } = made;
  const counts = { ...(gigabytes === undefined ? {} : { gigabytes }), madeFrom };
  const wanted = source?.gigabytes;
  if (wanted !== undefined && gigabytes !== wanted)
    return {
      verdict: 'mismatch',
      message: `The disk has ${gigabytes ?? 0} GB, its source ${wanted}.`,
      counts,
    };
  if (!/\/(snapshots|restorePoints|disks)\//i.test(madeFrom))
    return { verdict: 'mismatch', message: 'The disk was not made from a snapshot.', counts };
  return { verdict: 'good', counts };
}

function judgeContainers(seen: readonly (TargetSeen | undefined)[]): Judgement {
  const there = seen.filter((one) => one !== undefined).length;
  const counts = { containers: there, expected: seen.length };
  if (there === 0) return { verdict: 'empty', message: 'No container came back.', counts };
  if (there < seen.length)
    return { verdict: 'mismatch', message: `${there} of ${seen.length} containers came back.`, counts };
  return { verdict: 'good', counts };
}

/** Containers restored by one drill: enough to prove, few enough to be paid for. */
const mostContainers = 3;

/** Containers that the instance keeps in the vault; none for operational backup, which has no list of them. */
function containersIn({ properties }: InstanceContent): readonly string[] {
  const parameters = memberIn(properties['policyInfo'], 'policyParameters', 'backupDatasourceParametersList');
  const lists = objectsIn(parameters).map((one: JsonObject) => objectIn(one)['containersList']);
  return lists.flatMap((list) => (Array.isArray(list) ? list.flatMap((name) => textIn(name) ?? []) : []));
}

function diskDrill(context: FlowContext, request: DrillRequest, instance: InstanceContent): InstanceDrill {
  const group = request.into.disk?.resourceGroup;
  if (group === undefined) throw skip('KindNotDrilled', 'into names no resource group for disks.');
  const targetId = `${group}/providers/Microsoft.Compute/disks/abd-${context.runId}`;
  return {
    ...{ request, instance },
    order: { instanceId: instance.id, targetId, region: regionOf(instance) },
    things: [{ id: targetId, mayBeUntagged: true }],
  };
}

function blobDrill(context: FlowContext, request: DrillRequest, instance: InstanceContent): InstanceDrill {
  const targetId = request.into.blobs?.storageAccount;
  if (targetId === undefined) throw skip('KindNotDrilled', 'into names no account for blobs.');
  const all = containersIn(instance);
  if (all.length === 0)
    throw skip(
      'RestoresInPlaceOnly',
      'Operational backup of blobs restores into its own account alone, over what is there: it is not drilled.',
    );
  const seed = request.seed ?? context.runId;
  const containers = [...all]
    .sort((one, other) => (rankOf(seed, one) < rankOf(seed, other) ? -1 : 1))
    .slice(0, mostContainers);
  return {
    ...{ request, instance },
    order: { instanceId: instance.id, targetId, region: regionOf(instance), containers },
    things: containers.map((name) => ({
      id: `${targetId}/blobServices/default/containers/${name}`,
      mayBeUntagged: false,
    })),
  };
}

function withIdentity(one: InstanceDrill): InstanceDrill {
  const userAssignedIdentityId = identityOf(one.instance);
  const { guardRequest } = one.request;
  return {
    ...one,
    order: {
      ...one.order,
      ...(userAssignedIdentityId === undefined ? {} : { userAssignedIdentityId }),
      ...(guardRequest === undefined ? {} : { guardRequests: [guardRequest] }),
    },
  };
}

/** What a restore cannot ask of the new disk: private access, which its source has. */
function privacyObstacles(
  { request, instance }: InstanceDrill,
  source: TargetSeen | undefined,
): readonly string[] {
  const { networkAccess = 'AllowAll' } = source ?? {};
  if (networkAccess === 'AllowAll' || request.into.disk?.evenIfPrivate) return [];
  return [
    `the network access of ${instance.datasourceId} is ${networkAccess}, which a restore cannot ask for its copy: allow that with into.disk.evenIfPrivate`,
  ];
}

function drilledAs(context: FlowContext, one: InstanceDrill): Drilled {
  const { instance, order, things } = one;
  const isDisk = order.containers === undefined;
  const store = restoreStores[isDisk ? 'disk' : 'blobs'];
  const instanceId = instance.id;
  let source: TargetSeen | undefined;
  return {
    resourceId: instance.datasourceId,
    itemId: instanceId,
    restoredTo: things.map(({ id }) => id),
    things,
    choose: (wish: PointWish) => takeStep(context, chooseInstancePoint, { instanceId, ...wish, store }),
    *look() {
      const asked = { targetId: instance.datasourceId, runId: context.runId };
      if (isDisk) source = (yield* takeStep(context, findDrillTarget, asked)).found;
      const unfit = isDisk
        ? privacyObstacles(one, source)
        : yield* accountObstacles(context, order.targetId, order.region, 'identity');
      return unfit.length > 0 ? unfit : yield* occupied(context, things);
    },
    *guards() {
      const vaultId = backupVaultIdOf(instanceId);
      return (yield* takeStep(context, findInstanceRestoreGuard, { vaultId })).requests;
    },
    *creates() {
      if (!isDisk) return [{ what: `${things.length} containers` }];
      const { gigabytes } = source ?? {};
      return [{ what: 'managed disk', ...(gigabytes === undefined ? {} : { gigabytes }) }];
    },
    validate: ({ name }, isDry) => validated(context, one, name, isDry),
    *restore({ name }) {
      if (!isDisk) return yield* restoredBy(context, one, name, judgeContainers);
      return yield* restoredBy(context, one, name, ([made]) => judgeDisk(source, made));
    },
  };
}

/** A disk to a new disk, or containers of a vaulted backup into another account. */
export function* drillInstance(context: FlowContext, request: DrillRequest): Flow<FlowEnding> {
  const { id: instanceId } = yield* getTargetInstance(context, request.target);
  const { found } = yield* takeStep(context, findInstanceContent, { instanceId });
  if (!found) throw refuse('NotProtected', `There is no backup instance ${instanceId}.`);
  const type = found.datasourceType.toLowerCase();
  if (type !== 'microsoft.compute/disks' && !type.startsWith('microsoft.storage/storageaccounts'))
    throw skip('KindNotDrilled', `Instances of ${found.datasourceType} are not drilled.`);
  const one = type === 'microsoft.compute/disks' ? diskDrill : blobDrill;
  return yield* drill(context, drilledAs(context, withIdentity(one(context, request, found))), request);
}
