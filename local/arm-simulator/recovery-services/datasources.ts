import { type ArmResource, parseResourceId } from '../resources.ts';
import type { Datasource } from './names.ts';
import type { DatasourceSeed } from './seed.ts';
import { type RecoveryServices, sourceKey } from './state.ts';

type Pointer = Pick<DatasourceSeed, 'storageAccountId' | 'share' | 'virtualMachineId' | 'database'>;

/** Remembers how a datasource behaves; a database thereby comes into being. */
export function addDatasource(rsv: RecoveryServices, seed: DatasourceSeed): void {
  rsv.behaviours.set(sourceKey(datasourceOf(seed)), { ...seed, used: 0 });
}

function datasourceOf(seed: Pointer & Partial<Pick<DatasourceSeed, 'type' | 'instance'>>): Datasource {
  if (seed.storageAccountId !== undefined) {
    return { kind: 'AzureStorage', resourceId: seed.storageAccountId, friendlyName: seed.share ?? '' };
  }
  const resourceId = seed.virtualMachineId ?? '';
  if (seed.database === undefined) {
    return { kind: 'AzureIaasVM', resourceId, friendlyName: parseResourceId(resourceId).name };
  }
  const database = { type: seed.type ?? 'SQL', instance: seed.instance ?? 'MSSQLSERVER' };
  return { kind: 'AzureWorkload', resourceId, friendlyName: seed.database, database };
}

/** The datasource that a seed points at; for a database, with the type and instance it was declared with. */
export function findDatasource(rsv: RecoveryServices, pointer: Pointer): Datasource {
  const source = datasourceOf(pointer);
  const declared = rsv.behaviours.get(sourceKey(source));
  return declared === undefined ? source : datasourceOf(declared);
}

/** Everything of one kind in a subscription that could be protected. */
export function listDatasources(
  rsv: RecoveryServices,
  kind: Datasource['kind'],
  subscription: string,
): Datasource[] {
  const here = (id: string) => parseResourceId(id).subscription.toLowerCase() === subscription.toLowerCase();
  switch (kind) {
    case 'AzureStorage':
      return shares(rsv).filter(({ resourceId }) => here(resourceId));
    case 'AzureIaasVM':
      return machines(rsv)
        .filter(({ id }) => here(id))
        .map(({ id }) => datasourceOf({ virtualMachineId: id }));
    case 'AzureWorkload':
      return [...rsv.behaviours.values()]
        .filter((seed) => seed.database !== undefined && here(seed.virtualMachineId ?? ''))
        .map(datasourceOf);
  }
}

function shares(rsv: RecoveryServices): Datasource[] {
  return rsv.core.resources
    .list('Microsoft.Storage/storageAccounts/fileServices/shares')
    .map(({ id, name }) => ({
      kind: 'AzureStorage',
      resourceId: id.split('/').slice(0, 9).join('/'),
      friendlyName: name,
    }));
}

/** Virtual machines in the store. */
export const machines = (rsv: RecoveryServices): ArmResource[] =>
  rsv.core.resources.list('Microsoft.Compute/virtualMachines');

/** Storage accounts in the store. */
export const accounts = (rsv: RecoveryServices): ArmResource[] =>
  rsv.core.resources.list('Microsoft.Storage/storageAccounts');
