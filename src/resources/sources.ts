import type { Json, JsonObject } from '../arm/call.ts';
import { memberIn, objectIn, objectsIn, textIn } from '../arm/replyFields.ts';
import { resourcePath } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';

/** Api-versions of the resources that are backed up. */
const computeApiVersion = '2024-03-02';
const storageApiVersion = '2023-05-01';

/** A resource as far as every kind shows it. */
export type SourceResource = {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly tags: { readonly [name: string]: string };
  /** `Succeeded`, `Creating`, …; empty where not sent. */
  readonly provisioningState: string;
  /** Why the service cannot back it up; empty when nothing speaks against it. */
  readonly obstacles: readonly string[];
  /** Empty where the kind has none. */
  readonly sku: string;
  /** Of a storage account: `StorageV2`, … */
  readonly kind: string;
  /** ARM id of what a disk belongs to; empty for none. */
  readonly managedBy: string;
  readonly hierarchicalNamespace: boolean;
};

type Found = { readonly found?: SourceResource };

const text = (value: Json | undefined): string => textIn(value) ?? '';

function tagsOf(value: Json | undefined): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(objectIn(value)).map(([name, tag]) => [name, text(tag)]));
}

function readSource(
  body: Json | undefined,
  obstaclesOf: (resource: JsonObject, properties: JsonObject) => readonly string[],
): SourceResource {
  const resource = objectIn(body);
  const properties = objectIn(resource.properties);
  return {
    id: text(resource.id),
    name: text(resource.name),
    location: text(resource.location),
    tags: tagsOf(resource.tags),
    provisioningState: text(properties.provisioningState),
    obstacles: obstaclesOf(resource, properties),
    sku: text(objectIn(resource.sku).name),
    kind: text(resource.kind),
    managedBy: text(resource.managedBy),
    hierarchicalNamespace: properties.isHnsEnabled === true,
  };
}

/** What keeps a disk from being backed up. Source: the service's support matrix of 2025. */
export const diskObstacles = ({ isEncrypted }: { readonly isEncrypted: boolean }): readonly string[] =>
  isEncrypted ? ['the disk uses Azure Disk Encryption, which disk backup does not support'] : [];

const isEncrypted = (properties: JsonObject): boolean =>
  objectIn(properties.encryptionSettingsCollection).enabled === true;

/** What decides whether the blobs of a storage account can be backed up. */
interface AccountFacts {
  readonly kind: string;
  readonly isHnsEnabled: boolean;
  readonly isNfsV3Enabled: boolean;
  readonly isSftpEnabled: boolean;
}

const accountFacts = (resource: JsonObject, properties: JsonObject): AccountFacts => ({
  kind: text(resource.kind),
  isHnsEnabled: properties.isHnsEnabled === true,
  isNfsV3Enabled: properties.isNfsV3Enabled === true,
  isSftpEnabled: properties.isSftpEnabled === true,
});

/** What keeps a storage account's blobs from being backed up. */
export function accountObstacles({ kind, ...account }: AccountFacts): readonly string[] {
  return [
    ...(account.isHnsEnabled
      ? ['the account has a hierarchical namespace (Data Lake): blob backup does not support it']
      : []),
    ...(account.isNfsV3Enabled ? ['the account has NFS 3.0 enabled'] : []),
    ...(account.isSftpEnabled ? ['the account has SFTP enabled'] : []),
    ...(kind && kind !== 'StorageV2'
      ? [`the account's kind is ${kind}; blob backup needs general-purpose v2`]
      : []),
  ];
}

const findSource = (
  name: string,
  action: string,
  apiVersion: string,
  obstaclesOf: (resource: JsonObject, properties: JsonObject) => readonly string[],
): Step<{ readonly resourceId: string }, Found> => ({
  name: `resources.${name}`,
  describe: ({ resourceId }) => ({ action, method: 'GET', path: resourcePath(resourceId), apiVersion }),
  read: (reply) => ({ kind: 'done', result: { found: readSource(reply.body, obstaclesOf) } }),
  readRefusal: (_, status) => (status === 404 ? { kind: 'done', result: {} } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
});

/** Reads a managed disk. */
export const findDisk = findSource(
  'findDisk',
  'Microsoft.Compute/disks/read',
  computeApiVersion,
  (_, properties) => diskObstacles({ isEncrypted: isEncrypted(properties) }),
);

/** Reads a storage account. */
export const findStorageAccount = findSource(
  'findStorageAccount',
  'Microsoft.Storage/storageAccounts/read',
  storageApiVersion,
  (resource, properties) => accountObstacles(accountFacts(resource, properties)),
);

/** What keeps the service from an account's shares. Source: the support matrix of Azure Files backup. */
function shareAccountObstacles(_: JsonObject, properties: JsonObject): readonly string[] {
  const { defaultAction, bypass } = objectIn(properties.networkAcls);
  const isClosed = /^deny$/i.test(text(defaultAction)) && !/AzureServices/i.test(text(bypass));
  const isRoutedByInternet = /internet/i.test(text(objectIn(properties.routingPreference).routingChoice));
  return [
    ...(isClosed ? ["the account's firewall does not let trusted Azure services pass"] : []),
    ...(properties.allowSharedKeyAccess === false
      ? ['the account allows no shared keys: ask with accessType "identity"']
      : []),
    ...(isRoutedByInternet ? ['the account is routed by the internet, not by Microsoft'] : []),
  ];
}

/** Reads a storage account whose shares are to be backed up. */
export const findShareAccount = findSource(
  'findShareAccount',
  'Microsoft.Storage/storageAccounts/read',
  storageApiVersion,
  shareAccountObstacles,
);

const namesOf = (reply: { readonly body: Json | undefined }): readonly string[] => {
  return objectsIn(memberIn(reply.body, 'value')).flatMap(({ name }) => textIn(name) ?? []);
};

const listNames = (
  name: string,
  action: string,
  tail: readonly string[],
): Step<{ readonly resourceId: string }, readonly string[]> => ({
  name: `resources.${name}`,
  describe: ({ resourceId }) => ({
    action,
    method: 'GET',
    path: resourcePath(resourceId, ...tail),
    apiVersion: storageApiVersion,
  }),
  pages: true,
  read: (reply) => ({ kind: 'done', result: namesOf(reply) }),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
});

/** Names of every blob container of an account. */
export const listContainers = listNames(
  'listContainers',
  'Microsoft.Storage/storageAccounts/blobServices/containers/read',
  ['blobServices', 'default', 'containers'],
);

/** Names of every file share of an account. */
export const listShares = listNames(
  'listShares',
  'Microsoft.Storage/storageAccounts/fileServices/shares/read',
  ['fileServices', 'default', 'shares'],
);
