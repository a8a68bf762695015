import { syncInstance } from '../../data-protection/instanceChanges.ts';
import { awaitProtection, type BackupInstance } from '../../data-protection/instances.ts';
import { equalIgnoringCase } from '../../arm/replyFields.ts';
import { beats, type Flow, type FlowContext } from '../flow.ts';
import { FlowEnded, refuse } from '../refusals.ts';
import { takeStep } from '../takeStep.ts';

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
export function* untilSettled(context: FlowContext, instanceId: string): Flow<BackupInstance> {
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
  const instance = moves ? yield* untilSettled(context, seen.id) : yield* healed(context, seen);
  if (!isIn(instance, 'ProtectionConfigured')) throw notConfigured(instance);
  warnOfComplaint(context, instance);
  return instance;
}
