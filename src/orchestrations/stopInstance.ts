import {
  awaitProtection,
  deleteInstance,
  findDeletedInstance,
  findInstance,
  resumeProtection,
  stopProtection,
  suspendBackups,
  undeleteInstance,
  type BackupInstance,
} from '../data-protection/instances.ts';
import type { Flow, FlowContext, FlowEnding } from './flow.ts';
import { FlowEnded, StepFailed } from './stepFailed.ts';
import { takeStep } from './takeStep.ts';

function* existing(context: FlowContext, instanceId: string): Flow<BackupInstance> {
  const { found } = yield* takeStep(context, findInstance, { instanceId });
  if (found) return found;
  throw new FlowEnded('failed', {
    code: 'BackupInstanceNotFound',
    message: `there is no backup instance ${instanceId}`,
  });
}

/** A vault under multi-user authorisation refuses; that is a person's decision, never retried. */
function guarded(error: unknown): unknown {
  const refused =
    error instanceof StepFailed && error.outcome.kind === 'refused' ? error.outcome.failure : undefined;
  if (!refused || !/resourceguard/i.test(`${refused.code} ${refused.message}`)) return error;
  return new FlowEnded('failed', {
    ...refused,
    advice: 'A Resource Guard protects this vault: have the operation approved there first.',
  });
}

/** Deletes an instance with its data; the record says what soft delete keeps, and until when. */
function* deleteData(
  context: FlowContext,
  instance: BackupInstance,
  confirm: string | undefined,
): Flow<FlowEnding> {
  if (!context.facts.mayDeleteBackups)
    throw new FlowEnded('failed', {
      code: 'DeletionNotAllowed',
      message: 'deleting backups is switched off: DELETE_BACKUPS',
    });
  if (confirm !== (instance.friendlyName ?? instance.name) && confirm !== instance.name) {
    const message = `confirm must repeat the item's name: ${instance.friendlyName ?? instance.name}`;
    throw new FlowEnded('failed', { code: 'ConfirmationMismatch', message });
  }
  yield* takeStep(context, deleteInstance, { instanceId: instance.id });
  const { found } = yield* takeStep(context, findDeletedInstance, { instanceId: instance.id });
  const result = {
    backupInstanceId: instance.id,
    softDeleted: found !== undefined,
    keptUntil: found?.keptUntil ?? null,
  };
  if (!found) context.warnings.push('Soft delete does not keep this instance: the data is gone.');
  return { status: 'completed', result };
}

/** Stops the protection of a backup instance: keeps its data for ever, by policy, or deletes it. */
export function* stopInstance(
  context: FlowContext,
  instanceId: string,
  {
    mode,
    confirm,
  }: { readonly mode: 'retain' | 'suspend' | 'deleteData'; readonly confirm?: string | undefined },
): Flow<FlowEnding> {
  const instance = yield* existing(context, instanceId);
  try {
    if (mode === 'deleteData') return yield* deleteData(context, instance, confirm);
    yield* takeStep(context, mode === 'retain' ? stopProtection : suspendBackups, {
      instanceId: instance.id,
    });
  } catch (error) {
    throw guarded(error);
  }
  const after = yield* takeStep(context, awaitProtection, { instanceId: instance.id });
  return { status: 'completed', result: { backupInstanceId: after.id, state: after.state } };
}

/** Resumes a stopped or suspended instance; a soft-deleted one first comes back when the request says `undelete`. */
export function* resumeInstance(
  context: FlowContext,
  instanceId: string,
  undelete: boolean,
): Flow<FlowEnding> {
  const { found } = yield* takeStep(context, findInstance, { instanceId });
  if (!found || found.state.toLowerCase() === 'softdeleted') yield* bringBack(context, instanceId, undelete);
  yield* takeStep(context, resumeProtection, { instanceId });
  const after = yield* takeStep(context, awaitProtection, { instanceId });
  if (after.state.toLowerCase() === 'protectionconfigured')
    return { status: 'completed', result: { backupInstanceId: after.id, state: after.state } };
  throw new FlowEnded(
    'failed',
    after.failure ?? { code: 'NotProtected', message: `${after.id} is in state ${after.state}` },
  );
}

function* bringBack(context: FlowContext, instanceId: string, undelete: boolean): Flow<void> {
  const { found } = yield* takeStep(context, findDeletedInstance, { instanceId });
  if (!found)
    throw new FlowEnded('failed', {
      code: 'BackupInstanceNotFound',
      message: `there is no backup instance ${instanceId}, deleted or not`,
    });
  if (!undelete) {
    const advice = 'Ask again with "undelete": true.';
    throw new FlowEnded('failed', {
      code: 'SoftDeleted',
      message: `${instanceId} is soft-deleted, kept until ${found.keptUntil ?? 'an unknown day'}`,
      advice,
    });
  }
  yield* takeStep(context, undeleteInstance, { instanceId });
}
