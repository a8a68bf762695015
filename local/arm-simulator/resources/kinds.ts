/** A kind of ARM resource that is played by one set of routes. */
export interface ResourceKind {
  /** Last word of route names: `disk`, `storageAccount`. */
  readonly word: string;
  readonly type: string;
  /** Route path of one resource; its last segment is `{name}`. */
  readonly path: string;
  /** Path of the list under the parent (group or account). */
  readonly listPath: string;
  /** Path of the list over a whole subscription, for top-level kinds. */
  readonly subscriptionPath?: string;
  /** Whether PUT, PATCH and DELETE are played too. */
  readonly writable: boolean;
  /** Shows an entity tag, and compares it where a deletion sends one. */
  readonly hasEtag?: true;
  /** Properties a new resource has unless the request says otherwise. */
  readonly defaults: (name: string, at: string) => Record<string, unknown>;
}

const group = '/subscriptions/{subscription}/resourceGroups/{group}/providers';

function topLevel(word: string, type: string, defaults: ResourceKind['defaults']): ResourceKind {
  return {
    word,
    type,
    path: `${group}/${type}/{name}`,
    listPath: `${group}/${type}`,
    subscriptionPath: `/subscriptions/{subscription}/providers/${type}`,
    writable: true,
    defaults,
  };
}

function underAccount(word: string, service: string, children: string, defaults: ResourceKind['defaults']) {
  const listPath = `${group}/Microsoft.Storage/storageAccounts/{account}/${service}/default/${children}`;
  return {
    word,
    type: `Microsoft.Storage/storageAccounts/${service}/${children}`,
    path: `${listPath}/{name}`,
    listPath,
    writable: true,
    hasEtag: true as const,
    defaults,
  };
}

const endpoints = (account: string) =>
  Object.fromEntries(
    ['dfs', 'web', 'blob', 'queue', 'table', 'file'].map((service) => [
      service,
      `https://${account}.${service}.core.windows.net/`,
    ]),
  );

/** Every kind, in the order its routes are tried. */
export const resourceKinds: readonly ResourceKind[] = [
  topLevel('disk', 'Microsoft.Compute/disks', (_name, at) => ({
    creationData: { createOption: 'Empty' },
    diskSizeGB: 32,
    diskState: 'Unattached',
    encryption: { type: 'EncryptionAtRestWithPlatformKey' },
    provisioningState: 'Succeeded',
    timeCreated: at,
  })),
  {
    ...topLevel('snapshot', 'Microsoft.Compute/snapshots', () => ({ provisioningState: 'Succeeded' })),
    writable: false,
  },
  {
    ...topLevel('virtualMachine', 'Microsoft.Compute/virtualMachines', () => ({
      provisioningState: 'Succeeded',
    })),
    writable: false,
  },
  {
    ...topLevel('identity', 'Microsoft.ManagedIdentity/userAssignedIdentities', () => ({})),
    writable: false,
  },
  topLevel('storageAccount', 'Microsoft.Storage/storageAccounts', (name, at) => ({
    isHnsEnabled: false,
    allowSharedKeyAccess: true,
    creationTime: at,
    networkAcls: { bypass: 'AzureServices', defaultAction: 'Allow', ipRules: [], virtualNetworkRules: [] },
    primaryEndpoints: endpoints(name),
    provisioningState: 'Succeeded',
    supportsHttpsTrafficOnly: true,
    statusOfPrimary: 'available',
  })),
  underAccount('share', 'fileServices', 'shares', (_name, at) => ({
    accessTier: 'TransactionOptimized',
    lastModifiedTime: at,
    shareQuota: 5120,
    enabledProtocols: 'SMB',
    leaseStatus: 'unlocked',
    leaseState: 'available',
  })),
  underAccount('container', 'blobServices', 'containers', (_name, at) => ({
    publicAccess: 'None',
    leaseStatus: 'Unlocked',
    leaseState: 'Available',
    lastModifiedTime: at,
    hasImmutabilityPolicy: false,
    hasLegalHold: false,
  })),
];
