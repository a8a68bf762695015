import type { Call, Route } from '../core.ts';
import type { ArmReply } from '../exchange.ts';
import { type ArmResource, parseResourceId } from '../resources.ts';
import { accepted, begin } from './accepted.ts';
import { dailyLimit, type Fault, refusal } from './errors.ts';
import { instanceActions, instancePath, withInstance } from './instances.ts';
import { activityOf, addJob, jobFaultOf } from './jobs.ts';
import { readRestoreRequest, type RestoreRequest } from './restore-request.ts';
import { bringBack, containerId } from './restored.ts';
import { sameId, type BackupInstance, type DataProtectionState } from './state.ts';
import { outcomeOf } from './validate.ts';
import { guardedRestoreRefusal } from './guard.ts';
import { findRestoreRoleFault } from './vault-roles.ts';

interface Restoring {
  readonly state: DataProtectionState;
  readonly call: Call;
  readonly instance: BackupInstance;
  readonly vault: ArmResource;
}

/** Restores of disks and vaulted blobs; those of other kinds, and rehydrations, succeed without effect. */
export function restoreRoutes(state: DataProtectionState): Route[] {
  const post = (name: string, handle: (asked: Restoring) => ArmReply): Route => ({
    name: `dataProtection.${name}`,
    method: 'POST',
    path: `${instancePath}/${name}`,
    action: `${instanceActions}/${name}/action`,
    handle: withInstance(state, (call, instance, vault) => handle({ state, call, instance, vault })),
  });
  const played = (handle: (asked: Restoring) => ArmReply) => (asked: Restoring) =>
    restorable.includes(asked.instance.kind) ? handle(asked) : withoutEffect(asked);
  return [
    post('validateRestore', played(validateRestore)),
    post('restore', played(restore)),
    post('rehydrate', withoutEffect),
  ];
}

const restorable: readonly string[] = ['disk', 'blobVaulted', 'adls'];

function withoutEffect({ state, call, instance, vault }: Restoring): ArmReply {
  const operation = begin(state, call, {
    kind: 'withoutEffect',
    vault,
    subject: instance.id,
    seconds: state.settings.seconds.validate,
    effect: 'none',
    finish: () => ({ kind: 'succeeded' }),
  });
  return accepted(call, vault, operation, 60);
}

/** 202; the polled status says whether the restore can be made. */
function validateRestore(asked: Restoring): ArmReply {
  const { state, call, instance, vault } = asked;
  const body = (call.body as { restoreRequestObject?: unknown } | undefined)?.restoreRequestObject;
  const read = readRestoreRequest(state, instance, { body, now: call.now });
  if ('fault' in read) return refusal(400, read.fault, state.core.seeded);
  const operation = begin(state, call, {
    kind: 'validateRestore',
    vault,
    subject: instance.id,
    seconds: state.settings.seconds.validate,
    effect: 'none',
    finish: (now) => outcomeOf(state, findObstacle(asked, read.request, now)),
  });
  return accepted(call, vault, operation, 10);
}

/** 202; the operation names a job, whose end makes the disk or the containers. */
function restore(asked: Restoring): ArmReply {
  const { state, call, instance, vault } = asked;
  const guarded = guardedRestoreRefusal(state, call, vault, instance.id);
  if (guarded !== undefined) return guarded;
  const read = readRestoreRequest(state, instance, call);
  const fault = 'fault' in read ? read.fault : findLimitFault(asked);
  if ('fault' in read || fault !== undefined) return refusal(400, fault as Fault, state.core.seeded);
  const obstacle = findObstacle(asked, read.request, call.now);
  const willFail = call.faults.some((fault) => fault.kind === 'operation' && fault.status !== 'Succeeded');
  const job = obstacle === undefined && !willFail ? startRestoreJob(asked, read.request) : undefined;
  const operation = begin(state, call, {
    kind: job === undefined ? 'refusedRestore' : 'restore',
    vault,
    subject: instance.id,
    seconds: state.settings.seconds.backupOperation,
    effect: job === undefined ? 'none' : { id: job.name },
    finish: () =>
      job === undefined
        ? outcomeOf(state, obstacle)
        : { kind: 'succeeded', properties: { jobId: job.id, objectType: 'OperationJobExtendedInfo' } },
  });
  return accepted(call, vault, operation, 30);
}

function findLimitFault({ state, call, instance }: Restoring): Fault | undefined {
  const limit = state.settings.dailyRestoreLimits[instance.kind];
  const day = Math.floor(call.now / 86_400_000);
  const used = [...state.jobs.values()].filter(
    (job) =>
      job.restore !== undefined &&
      job.instance.id === instance.id &&
      Math.floor(job.startedAt / 86_400_000) === day,
  );
  return limit === undefined || used.length < limit ? undefined : dailyLimit(limit, 'restores');
}

function startRestoreJob(asked: Restoring, request: RestoreRequest) {
  const { state, call, instance } = asked;
  const { point, sourceDataStoreType, targetId } = request;
  const start = {
    instance,
    ruleName: '',
    retentionTag: '',
    at: call.now,
    activityId: activityOf(call),
    userTriggered: true,
    restore: { point, sourceDataStoreType, destination: targetId },
    complete: (now: number) => bringBack(asked, request, now),
  };
  return addJob(state, start, jobFaultOf(call));
}

/** What stands in the way of a restore: the target's group or account, its region, what is there already, a role. */
function findObstacle(
  { state, instance, vault }: Restoring,
  request: RestoreRequest,
  now: number,
): Fault | undefined {
  const { targetId, location, choice } = request;
  const { resources } = state.core;
  const { subscription, group } = parseResourceId(targetId);
  if (!resources.hasScope(subscription, group))
    return fault('UserErrorTargetResourceGroupNotFound', `The resource group of ${targetId} was not found.`);
  if (!sameId(location, instance.dataSourceInfo.resourceLocation))
    return fault('UserErrorRestoreLocationMismatch', 'The restore location is not that of the datasource.');
  const occupied = instance.kind === 'disk' ? diskExists(state, targetId) : accountFault(state, request);
  if (occupied !== undefined || !state.settings.requireVaultRoles) return occupied;
  return findRestoreRoleFault(state.core, { vault, choice, kind: instance.kind, targetId, now });
}

const fault = (code: string, message: string): Fault => ({ code, message });

const diskExists = ({ core }: DataProtectionState, id: string): Fault | undefined =>
  core.resources.get(id) === undefined
    ? undefined
    : fault('UserErrorTargetDiskAlreadyExists', `A disk ${id} exists already.`);

function accountFault({ core }: DataProtectionState, request: RestoreRequest): Fault | undefined {
  const { targetId, containers = [], location } = request;
  const account = core.resources.get(targetId);
  if (account === undefined)
    return fault('UserErrorStorageAccountNotFound', 'The target storage account was not found.');
  if (!sameId(account.location ?? '', location))
    return fault('UserErrorRestoreLocationMismatch', 'The target account is in another region.');
  const there = containers.find((name) => core.resources.get(containerId(targetId, name)) !== undefined);
  return there === undefined
    ? undefined
    : fault('UserErrorTargetContainerAlreadyExists', `The container ${there} exists in the target.`);
}
