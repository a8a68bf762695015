import {
  awaitDeleted,
  deleteInstance,
  findDeletedInstance,
  undeleteInstance,
} from '../../data-protection/deletion.ts';
import { resumeProtection, stopProtection, suspendBackups } from '../../data-protection/instanceChanges.ts';
import { awaitProtection, findInstance, type BackupInstance } from '../../data-protection/instances.ts';
import { sameId } from '../../arm/resourceId.ts';
import type { RunRequest } from '../../runs/request.ts';
import type { Flow, FlowContext, FlowEnding } from '../flow.ts';
import { isIn, looksAt, notConfigured, untilAtRest } from './instanceTarget.ts';
import { guarded, refuse, skip, checkDeletion } from '../refusals.ts';
import { orAsFound, takeStep } from '../takeStep.ts';

type RequestOf<K extends RunRequest['kind']> = Extract<RunRequest, { kind: K }>;

/** Deletes an instance with its data; the record says whether soft delete keeps it, and until when. */
function* deleteData(context: FlowContext, instance: BackupInstance): Flow<FlowEnding> {
  const { id: instanceId } = instance;
  yield* takeStep(context, deleteInstance, { instanceId });
  yield* takeStep(context, awaitDeleted, looksAt(context, instanceId));
  const { found } = yield* takeStep(context, findDeletedInstance, { instanceId });
  if (!found) context.warnings.push('Soft delete does not keep this instance: the data is gone.');
  const kept = found?.keptUntil === undefined ? {} : { keptUntil: found.keptUntil };
  return {
    status: 'completed',
    result: { backupInstanceId: instanceId, softDeleted: found !== undefined, ...kept },
  };
}

const ways = {
  retain: { state: 'ProtectionStopped', step: stopProtection },
  suspend: { state: 'BackupsSuspended', step: suspendBackups },
} as const;

/** The instance, if it is in the state that a change was to bring it to. */
function* foundIn(context: FlowContext, instanceId: string, state: string): Flow<BackupInstance | undefined> {
  const { found } = yield* takeStep(context, findInstance, { instanceId });
  return found && isIn(found, state) ? found : undefined;
}

function* keepData(
  context: FlowContext,
  instance: BackupInstance,
  mode: keyof typeof ways,
): Flow<FlowEnding> {
  const { state, step } = ways[mode];
  if (isIn(instance, state)) throw skip('AlreadyStopped', `The state of ${instance.id} is ${state} already.`);
  const on = { instanceId: instance.id };
  const after = yield* orAsFound(
    context,
    (function* () {
      yield* takeStep(context, step, on);
      return yield* takeStep(context, awaitProtection, looksAt(context, instance.id));
    })(),
    () => foundIn(context, instance.id, state),
  );
  if (!isIn(after, state))
    throw refuse('NotStopped', `${after.id} was stopped, but its state is ${after.state}, not ${state}.`);
  return { status: 'completed', result: { backupInstanceId: after.id, state: after.state } };
}

/** Stops the protection of a backup instance: keeps its data for ever, by policy, or deletes it. */
export function* stopInstance(
  context: FlowContext,
  instance: BackupInstance,
  { mode, confirm }: RequestOf<'stop'>,
): Flow<FlowEnding> {
  if (mode === 'deleteData') checkDeletion(context.facts, [instance.friendlyName, instance.name], confirm);
  try {
    return yield* mode === 'deleteData' ? deleteData(context, instance) : keepData(context, instance, mode);
  } catch (error) {
    throw guarded(error);
  }
}

/** A resumed instance goes on with the policy it has kept: another one is a change of protection. */
function checkPolicy({ id, policyId }: BackupInstance, wanted: string | undefined): void {
  if (wanted === undefined || sameId(policyId, wanted)) return;
  throw refuse(
    'PolicyOfInstanceKept',
    `${id} resumes with its own policy ${policyId}.`,
    'Resume without policyId, then change the policy by POST /api/protections.',
  );
}

/** Resumes a stopped or suspended instance; a soft-deleted one first comes back when the request says `undelete`. */
export function* resumeInstance(
  context: FlowContext,
  instanceId: string,
  { undelete = false, policyId }: RequestOf<'resume'>,
): Flow<FlowEnding> {
  const { found } = yield* takeStep(context, findInstance, { instanceId });
  if (found && isIn(found, 'ProtectionConfigured'))
    throw skip('AlreadyProtected', `${found.id} is protected.`);
  if (found) checkPolicy(found, policyId);
  if (!found || isIn(found, 'SoftDeleted')) yield* bringBack(context, instanceId, undelete);
  const after = yield* orAsFound(
    context,
    (function* () {
      yield* takeStep(context, resumeProtection, { instanceId });
      return yield* untilAtRest(context, instanceId);
    })(),
    () => foundIn(context, instanceId, 'ProtectionConfigured'),
  );
  if (!isIn(after, 'ProtectionConfigured')) throw notConfigured(after);
  return { status: 'completed', result: { backupInstanceId: after.id, state: after.state } };
}

function* bringBack(context: FlowContext, instanceId: string, undelete: boolean): Flow<void> {
  const { found } = yield* takeStep(context, findDeletedInstance, { instanceId });
  if (!found)
    throw refuse('BackupInstanceNotFound', `There is no backup instance ${instanceId}, deleted or not.`);
  if (!undelete) {
    const message = `${instanceId} is soft-deleted, kept until ${found.keptUntil ?? 'an unknown day'}.`;
    throw refuse('ItemSoftDeleted', message, 'Ask again with "undelete": true.');
  }
  yield* takeStep(context, undeleteInstance, { instanceId });
}
