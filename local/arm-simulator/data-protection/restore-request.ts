import { z } from 'zod';
import { parseResourceId } from '../resources.ts';
import { type Fault, invalidInput } from './errors.ts';
import { pointsOf } from './recovery-points.ts';
import type { BackupInstance, DataProtectionState, RecoveryPoint } from './state.ts';
import { chosenIdentity } from './vault-roles.ts';

const criteria = z.looseObject({
  objectType: z.literal('ItemPathBasedRestoreCriteria'),
  itemPath: z.string().min(1),
});

const requestSchema = z.looseObject({
  objectType: z.literal('AzureBackupRecoveryPointBasedRestoreRequest'),
  recoveryPointId: z.string().min(1),
  sourceDataStoreType: z.string().min(1),
  restoreTargetInfo: z.looseObject({
    objectType: z.enum(['RestoreTargetInfo', 'ItemLevelRestoreTargetInfo']),
    recoveryOption: z.literal('FailIfExists'),
    restoreLocation: z.string().min(1),
    datasourceInfo: z.looseObject({
      resourceID: z.string().optional(),
      resourceId: z.string().optional(),
      resourceLocation: z.string().nullish(),
    }),
    restoreCriteria: z.array(criteria).min(1).optional(),
  }),
});

/** A restore as it was asked for, of a disk to a new disk or of containers into an account. */
export interface RestoreRequest {
  readonly point: RecoveryPoint;
  readonly sourceDataStoreType: string;
  /** ARM id of the new disk, or of the account. */
  readonly targetId: string;
  readonly location: string;
  /** Chosen containers; all of the instance for an account without criteria, none for a disk. */
  readonly containers: readonly string[] | undefined;
  readonly choice: ReturnType<typeof chosenIdentity>;
}

/** Reads the body of a restore, or what `validateRestore` wraps; the fault when it cannot be played. */
export function readRestoreRequest(
  state: DataProtectionState,
  instance: BackupInstance,
  { body, now }: { readonly body: unknown; readonly now: number },
): { readonly request: RestoreRequest } | { readonly fault: Fault } {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) return { fault: invalidInput(z.prettifyError(parsed.error)) };
  const { recoveryPointId, sourceDataStoreType, restoreTargetInfo } = parsed.data;
  const point = pointsOf(state, instance, now).find(({ name }) => name === recoveryPointId);
  if (point === undefined) return { fault: pointNotFound(recoveryPointId) };
  const { datasourceInfo, restoreLocation, restoreCriteria } = restoreTargetInfo;
  const targetId = datasourceInfo.resourceID ?? datasourceInfo.resourceId ?? '';
  const store = point.stores.find(({ type }) => type === sourceDataStoreType);
  const fault = store === undefined ? noSuchStore(sourceDataStoreType) : misshapen(instance, targetId);
  if (fault !== undefined) return { fault };
  return {
    request: {
      point,
      sourceDataStoreType,
      targetId,
      location: restoreLocation,
      containers: restoreCriteria?.map(({ itemPath }) => itemPath),
      choice: chosenIdentity(parsed.data),
    },
  };
}

const pointNotFound = (id: string): Fault => ({
  code: 'UserErrorRecoveryPointNotFound',
  message: `The recovery point ${id} was not found. It may have expired or been deleted.`,
});

const noSuchStore = (type: string): Fault =>
  invalidInput(`The recovery point is not in a data store of type ${type}.`);

function misshapen(instance: BackupInstance, targetId: string): Fault | undefined {
  const type = instance.kind === 'disk' ? 'Microsoft.Compute/disks' : 'Microsoft.Storage/storageAccounts';
  const fits = parseResourceId(targetId).type.toLowerCase() === type.toLowerCase();
  return fits ? undefined : invalidInput(`datasourceInfo.resourceID must be of type ${type}.`);
}
