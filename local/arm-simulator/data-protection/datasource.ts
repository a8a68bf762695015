import { parseResourceId } from '../resources.ts';
import type { DatasourceKind } from './seed.ts';
import type { DatasourceInfo, PolicyParameters } from './state.ts';

interface DatasourceType {
  readonly datasourceType: string;
  readonly resourceType: string;
  readonly setInfo: boolean;
}

const types: Record<DatasourceKind, DatasourceType> = {
  disk: {
    datasourceType: 'Microsoft.Compute/disks',
    resourceType: 'Microsoft.Compute/disks',
    setInfo: false,
  },
  blobOperational: storage('blobServices', false),
  blobVaulted: storage('blobServices', true),
  adls: storage('adlsBlobServices', true),
  aks: ofOwnType('Microsoft.ContainerService/managedClusters', true),
  postgres: ofOwnType('Microsoft.DBforPostgreSQL/flexibleServers', false),
  cosmos: ofOwnType('Microsoft.DocumentDB/databaseAccounts', false),
  generic: ofOwnType('Microsoft.DBforMySQL/flexibleServers', false),
};

function storage(service: string, setInfo: boolean): DatasourceType {
  const account = 'Microsoft.Storage/storageAccounts';
  return { datasourceType: `${account}/${service}`, resourceType: account, setInfo };
}

function ofOwnType(type: string, setInfo: boolean): DatasourceType {
  return { datasourceType: type, resourceType: type, setInfo };
}

/** The datasource type that a policy of this kind names. */
export const datasourceTypeOf = (kind: DatasourceKind): string => types[kind].datasourceType;

/** Tells the kind from what a request says; vaulted blobs by their parameters or their policy's backup rule. */
export function kindOf(
  datasourceType: string,
  parameters: PolicyParameters | undefined,
  policyBacksUp: boolean,
): DatasourceKind {
  const type = datasourceType.toLowerCase();
  if (type === 'microsoft.compute/disks') return 'disk';
  if (type.endsWith('/adlsblobservices')) return 'adls';
  if (type.endsWith('/managedclusters')) return 'aks';
  if (type.startsWith('microsoft.dbforpostgresql/flexibleservers')) return 'postgres';
  if (type.startsWith('microsoft.documentdb/')) return 'cosmos';
  if (!type.endsWith('/blobservices')) return 'generic';
  const vaulted = parameters?.backupDatasourceParametersList !== undefined || policyBacksUp;
  return vaulted ? 'blobVaulted' : 'blobOperational';
}

/** `dataSourceInfo` and, for the kinds that have one, `dataSourceSetInfo` of a seeded instance. */
export function describeSource(
  kind: DatasourceKind,
  sourceId: string,
  location: string,
): { dataSourceInfo: DatasourceInfo; dataSourceSetInfo: DatasourceInfo | undefined } {
  const { name } = parseResourceId(sourceId);
  const { datasourceType, resourceType, setInfo } = types[kind];
  const common = {
    resourceID: sourceId,
    resourceUri: sourceId,
    datasourceType,
    resourceName: name,
    resourceType,
    resourceLocation: location,
  };
  return {
    dataSourceInfo: { ...common, objectType: 'Datasource' },
    dataSourceSetInfo: setInfo ? { ...common, objectType: 'DatasourceSet' } : undefined,
  };
}

/** The policy parameters a seeded instance of this kind needs; undefined where the kind has none. */
export function describeParameters(
  kind: DatasourceKind,
  snapshotResourceGroupId: string,
  containersList: readonly string[],
): PolicyParameters | undefined {
  const store = {
    dataStoreType: 'OperationalStore',
    objectType: 'AzureOperationalStoreParameters',
    resourceGroupId: snapshotResourceGroupId,
  };
  const cluster = {
    objectType: 'KubernetesClusterBackupDatasourceParameters',
    includeClusterScopeResources: true,
    snapshotVolumes: true,
  };
  switch (kind) {
    case 'disk':
      return { dataStoreParametersList: [store] };
    case 'aks':
      return { dataStoreParametersList: [store], backupDatasourceParametersList: [cluster] };
    case 'blobVaulted':
      return {
        backupDatasourceParametersList: [{ objectType: 'BlobBackupDatasourceParameters', containersList }],
      };
    case 'adls':
      return {
        backupDatasourceParametersList: [
          { objectType: 'AdlsBlobBackupDatasourceParameters', containersList },
        ],
      };
    default:
      return undefined;
  }
}

/** The snapshot resource group of disk and AKS parameters; undefined when it was not sent. */
export function snapshotGroupOf(parameters: PolicyParameters | undefined): string | undefined {
  const store = parameters?.dataStoreParametersList?.find(
    (entry) => entry['objectType'] === 'AzureOperationalStoreParameters',
  );
  const group = store?.['resourceGroupId'];
  return typeof group === 'string' && group !== '' ? group : undefined;
}

/** Names of the containers that are to be backed up; undefined without a list (or with auto-protection). */
export function containersOf(parameters: PolicyParameters | undefined): readonly string[] | undefined {
  const list = parameters?.backupDatasourceParametersList?.find((entry) =>
    Array.isArray(entry['containersList']),
  );
  return list?.['containersList'] as readonly string[] | undefined;
}

/** Whether the parameters ask for containers to be chosen by rule (api-version 2026-03-01 and later). */
export const isAutoProtected = (parameters: PolicyParameters | undefined): boolean =>
  parameters?.backupDatasourceParametersList?.some(
    (entry) => entry['objectType'] === 'BlobBackupDatasourceParametersForAutoProtection',
  ) ?? false;
