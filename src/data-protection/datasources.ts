import type { JsonObject } from '../arm/call.ts';

/** The kinds of datasource this app configures; any other backup instance it can back up, not create. */
export type DatasourceKind = 'disk' | 'operationalBlobs' | 'vaultedBlobs';

/** The service's words for a kind. Source: recorded instances of 2022–2026. */
export const datasourceTypes: Readonly<
  Record<DatasourceKind, { readonly datasourceType: string; readonly resourceType: string }>
> = {
  disk: { datasourceType: 'Microsoft.Compute/disks', resourceType: 'Microsoft.Compute/disks' },
  operationalBlobs: {
    datasourceType: 'Microsoft.Storage/storageAccounts/blobServices',
    resourceType: 'Microsoft.Storage/storageAccounts',
  },
  vaultedBlobs: {
    datasourceType: 'Microsoft.Storage/storageAccounts/blobServices',
    resourceType: 'Microsoft.Storage/storageAccounts',
  },
};

/** What is needed to describe a backup instance. */
export type InstanceInput = {
  readonly vaultId: string;
  readonly kind: DatasourceKind;
  /** ARM id of the disk or storage account. */
  readonly resourceId: string;
  readonly resourceName: string;
  readonly location: string;
  readonly policyId: string;
  /** Of an instance that exists already, whatever its name; absent for a new one. */
  readonly instanceId?: string;
  /** Disks: the group that keeps the snapshots; it can never change. */
  readonly snapshotResourceGroupId?: string;
  /** Vaulted blobs: every container to protect, 1–100. An update without them would drop them all. */
  readonly containers?: readonly string[];
  /** Vaulted blobs: protect every container, also future ones, except those whose name begins so. */
  readonly autoProtect?: { readonly excludePrefixes: readonly string[] };
};

function source(input: InstanceInput, objectType: 'Datasource' | 'DatasourceSet'): JsonObject {
  const { datasourceType, resourceType } = datasourceTypes[input.kind];
  return {
    objectType,
    datasourceType,
    resourceID: input.resourceId,
    resourceName: input.resourceName,
    resourceType,
    resourceUri: input.resourceId,
    resourceLocation: input.location,
  };
}

function policyParameters(input: InstanceInput): JsonObject | undefined {
  if (input.kind === 'disk') {
    return {
      dataStoreParametersList: [
        {
          objectType: 'AzureOperationalStoreParameters',
          dataStoreType: 'OperationalStore',
          ...(input.snapshotResourceGroupId && { resourceGroupId: input.snapshotResourceGroupId }),
        },
      ],
    };
  }
  if (input.kind === 'operationalBlobs') return undefined;
  return {
    backupDatasourceParametersList: [
      input.autoProtect ? autoProtection(input.autoProtect.excludePrefixes) : chosenContainers(input),
    ],
  };
}

const chosenContainers = (input: InstanceInput): JsonObject => ({
  objectType: 'BlobBackupDatasourceParameters',
  containersList: input.containers ?? [],
});

const autoProtection = (prefixes: readonly string[]): JsonObject => ({
  objectType: 'BlobBackupDatasourceParametersForAutoProtection',
  autoProtectionSettings: {
    objectType: 'BlobBackupRuleBasedAutoProtectionSettings',
    enabled: true,
    rules: prefixes.map((pattern) => ({
      objectType: 'BlobBackupAutoProtectionRule',
      mode: 'Exclude',
      type: 'Prefix',
      pattern,
    })),
  },
});

/** The body's backup instance: `properties` of a PUT, `backupInstance` of a validation. */
export function describeInstance(input: InstanceInput): JsonObject {
  const parameters = policyParameters(input);
  return {
    objectType: 'BackupInstance',
    friendlyName: input.resourceName,
    dataSourceInfo: source(input, 'Datasource'),
    ...(input.kind === 'vaultedBlobs' && { dataSourceSetInfo: source(input, 'DatasourceSet') }),
    policyInfo: { policyId: input.policyId, ...(parameters && { policyParameters: parameters }) },
  };
}
