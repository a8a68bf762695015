import type { Fault } from './errors.ts';
import { sameId, type BackupInstance, type DataProtectionState } from './state.ts';

/**
 * The fault for a source that some instance protects already, in this vault or another; `except` is not counted.
 *
 * A soft-deleted instance stands in the way in its own vault only (recorded: another vault protects meanwhile).
 */
export function findProtector(
  state: DataProtectionState,
  vaultId: string,
  sourceId: string,
  except?: BackupInstance,
): Fault | undefined {
  const elsewhere = state.settings.protectedElsewhere.find((entry) => sameId(entry.sourceId, sourceId));
  if (elsewhere !== undefined) return alreadyProtected(elsewhere.vaultId, elsewhere.instance);
  const deletedHere = [...state.deleted.values()].filter((gone) => sameId(gone.vaultId, vaultId));
  const here = [...state.instances.values(), ...deletedHere].find(
    (instance) => instance !== except && sameId(instance.dataSourceInfo.resourceID, sourceId),
  );
  if (here === undefined) return undefined;
  return here.deletion === undefined
    ? alreadyProtected(here.vaultId, here.name)
    : {
        ...named(here.vaultId, here.name),
        code: 'UserErrorDppDatasourceAlreadyHasBackupInstance',
        message: `The datasource has a soft deleted backup instance ${here.name} in the vault ${here.vaultId}.`,
      };
}

/** 400 of a resume while another instance has the source, in the recorded words. */
export function findRival(state: DataProtectionState, instance: BackupInstance): Fault | undefined {
  const rival = [...state.instances.values()].find(
    (other) =>
      other !== instance && sameId(other.dataSourceInfo.resourceID, instance.dataSourceInfo.resourceID),
  );
  if (rival === undefined) return undefined;
  const { name, vaultId, state: status } = rival;
  return {
    code: 'UserErrorDppDatasourceAlreadyHasBackupInstance',
    message: `Datasource is already associated with the backup instance ${name} in the Backup vault ${vaultId} with the protection status as ${status}.`,
    recommendedAction: [
      `Delete the backup instance ${name} from the Backup vault ${vaultId} to re-protect the datasource in any other vault`,
    ],
  };
}

const alreadyProtected = (vaultId: string, instance: string): Fault => ({
  ...named(vaultId, instance),
  code: 'UserErrorDppDatasourceAlreadyProtected',
  message: `The datasource is already protected by the backup instance ${instance} in the vault ${vaultId}.`,
});

const named = (vaultId: string, instance: string): Pick<Fault, 'recommendedAction'> => ({
  recommendedAction: [`Use the backup instance ${instance} of the Backup vault ${vaultId}.`],
});
