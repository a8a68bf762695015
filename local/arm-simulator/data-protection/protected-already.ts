import type { Fault } from './errors.ts';
import type { BackupInstance, DataProtectionState } from './state.ts';
import { sameId } from './state.ts';

/** The fault for a source that some instance protects already, in this vault or another; `except` is not counted. */
export function findProtector(
  state: DataProtectionState,
  sourceId: string,
  except?: BackupInstance,
): Fault | undefined {
  const elsewhere = state.settings.protectedElsewhere.find((entry) => sameId(entry.sourceId, sourceId));
  if (elsewhere !== undefined) return alreadyProtected(elsewhere.vaultId, elsewhere.instance);
  const here = [...state.instances.values(), ...state.deleted.values()].find(
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

const alreadyProtected = (vaultId: string, instance: string): Fault => ({
  ...named(vaultId, instance),
  code: 'UserErrorDppDatasourceAlreadyProtected',
  message: `The datasource is already protected by the backup instance ${instance} in the vault ${vaultId}.`,
});

const named = (vaultId: string, instance: string): Pick<Fault, 'recommendedAction'> => ({
  recommendedAction: [`Use the backup instance ${instance} of the Backup vault ${vaultId}.`],
});
