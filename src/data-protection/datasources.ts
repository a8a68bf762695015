import type { JsonObject } from '../arm/call.ts';
import { ancestorId, sameId } from '../arm/resourceId.ts';
import type { LongRunning } from '../steps/step.ts';

/** Backup vaults; recorded working in November 2025. The version decides whether creating an instance answers 201 or 202. */
export const dataProtectionApiVersion = '2025-07-01';

/** The first version with automatic protection of blob containers; used for nothing else. */
export const autoProtectionApiVersion = '2026-03-01';

/** The Backup vault in which an instance, a policy or a job lies; the id itself when it lies in none. */
export const backupVaultIdOf = (id: string): string => ancestorId(id, 'backupVaults') ?? id;

/** Whether an id is a backup instance's own. */
export const isInstanceId = (id: string): boolean => {
  const instance = ancestorId(id, 'backupInstances');
  return instance !== undefined && sameId(instance, id) && ancestorId(id, 'backupVaults') !== undefined;
};

/** Whether something belongs to the vault, ids compared whole. */
export const isOfVault = (id: string, vaultId: string): boolean => sameId(backupVaultIdOf(id), vaultId);

/** Where soft delete shows an instance. */
export const deletedInstanceId = (instanceId: string): string =>
  `${backupVaultIdOf(instanceId)}/deletedBackupInstances/${instanceId.split('/').at(-1) ?? ''}`;

/** Data Protection operations: `Azure-AsyncOperation`; the status document sits at the vault. */
export const followStatus = (defaultWaitSeconds: number): LongRunning<JsonObject> => ({
  follow: 'status',
  defaultWaitSeconds,
});

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
  /** ARM id of the vault's user-assigned identity that it uses; absent for the system-assigned one. */
  readonly userAssignedIdentityId?: string;
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

/** Which identity of the vault is used. Recorded in November 2025: said for a user-assigned one, left out for the system's. */
export const identityDetails = (userAssignedIdentityId: string): JsonObject => ({
  useSystemAssignedIdentity: false,
  userAssignedIdentityArmUrl: userAssignedIdentityId,
});

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
  return { backupDatasourceParametersList: [containerParameters(input)] };
}

/** What of a storage account is protected: named containers, or all but some, also future ones. */
export const containerParameters = ({
  containers,
  autoProtect,
}: Pick<InstanceInput, 'containers' | 'autoProtect'>): JsonObject =>
  autoProtect
    ? autoProtection(autoProtect.excludePrefixes)
    : { objectType: 'BlobBackupDatasourceParameters', containersList: containers ?? [] };

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
    ...(input.userAssignedIdentityId && { identityDetails: identityDetails(input.userAssignedIdentityId) }),
  };
}

/** A role the vault's identity needs, and where. */
export type NeededRole = {
  readonly role: string;
  /** GUID of the built-in role. */
  readonly roleId: string;
  /** ARM id of the scope. */
  readonly scope: string;
};

const diskBackupReader = { role: 'Disk Backup Reader', roleId: '3e5e47e6-65f7-47ef-90b5-e5dd4d455f24' };
const diskSnapshotContributor = {
  role: 'Disk Snapshot Contributor',
  roleId: '7efff54f-a5b4-42b5-a1c5-5411624893ce',
};
const storageAccountBackupContributor = {
  role: 'Storage Account Backup Contributor',
  roleId: 'e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1',
};

/** The roles a Backup vault's identity needs for a datasource, least first. Owner or Contributor instead is unsupported by the service. */
export function neededRoles(
  kind: DatasourceKind,
  resourceId: string,
  snapshotResourceGroupId: string | undefined,
): readonly NeededRole[] {
  if (kind !== 'disk') return [{ ...storageAccountBackupContributor, scope: resourceId }];
  return [
    { ...diskBackupReader, scope: resourceId },
    ...(snapshotResourceGroupId ? [{ ...diskSnapshotContributor, scope: snapshotResourceGroupId }] : []),
  ];
}
