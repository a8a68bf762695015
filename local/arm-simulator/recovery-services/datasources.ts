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
export function findDatasource(
  rsv: RecoveryServices,
  pointer: Pointer & { instance?: string | undefined },
): Datasource {
  const { instance, ...rest } = pointer;
  const source = datasourceOf({ ...rest, ...(instance !== undefined && { instance }) });
  const declared =
    rsv.behaviours.get(sourceKey(source)) ?? (instance === undefined ? sameDatabase(rsv, rest) : undefined);
  return withMade(rsv, declared === undefined ? source : datasourceOf(declared));
}

const sameDatabase = (rsv: RecoveryServices, { virtualMachineId, database }: Pointer) =>
  [...rsv.behaviours.values()].find(
    (seed) =>
      database !== undefined &&
      seed.database?.toLowerCase() === database.toLowerCase() &&
      seed.virtualMachineId?.toLowerCase() === virtualMachineId?.toLowerCase(),
  );

const shareOf = ({ core }: RecoveryServices, { resourceId, friendlyName }: Datasource) =>
  core.resources.get(`${resourceId}/fileServices/default/shares/${friendlyName}`);

const madeAt = (share: ArmResource | undefined) =>
  share?.properties['lastModifiedTime'] as string | undefined;

function withMade(rsv: RecoveryServices, source: Datasource): Datasource {
  const made = source.kind === 'AzureStorage' ? madeAt(shareOf(rsv, source)) : undefined;
  return made === undefined ? source : { ...source, made };
}

/** Whether the store has what a datasource is. */
export function sourceExists(rsv: RecoveryServices, source: Datasource): boolean {
  if (source.kind !== 'AzureStorage') return rsv.core.resources.get(source.resourceId) !== undefined;
  const share = shareOf(rsv, source);
  return share !== undefined && madeAt(share) === source.made;
}

/** Everything of one kind that could be protected, in whatever subscription. */
export function listDatasources(rsv: RecoveryServices, kind: Datasource['kind']): Datasource[] {
  switch (kind) {
    case 'AzureStorage':
      return shares(rsv);
    case 'AzureIaasVM':
      return machines(rsv).map(({ id }) => datasourceOf({ virtualMachineId: id }));
    case 'AzureWorkload':
      return [...rsv.behaviours.values()].filter(({ database }) => database !== undefined).map(datasourceOf);
  }
}

function shares(rsv: RecoveryServices): Datasource[] {
  return rsv.core.resources.list('Microsoft.Storage/storageAccounts/fileServices/shares').map((share) => ({
    kind: 'AzureStorage',
    resourceId: share.id.split('/').slice(0, 9).join('/'),
    friendlyName: share.name,
    made: madeAt(share),
  }));
}

/** Virtual machines in the store. */
export const machines = (rsv: RecoveryServices): ArmResource[] =>
  rsv.core.resources.list('Microsoft.Compute/virtualMachines');

/** Storage accounts in the store. */
export const accounts = (rsv: RecoveryServices): ArmResource[] =>
  rsv.core.resources.list('Microsoft.Storage/storageAccounts');
