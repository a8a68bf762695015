import type { JsonObject } from '../arm/call.ts';
import { idKey, shareId } from '../arm/resourceId.ts';
import type { ResourceKind } from '../plan/schema.ts';

/** Something a vault protects, as Resource Graph shows it. */
export interface Protection {
  readonly kind: ResourceKind;
  /** ARM id of the source; of a share below its account, of a database the id of the item. */
  readonly sourceId: string;
  /** Protected item or backup instance. */
  readonly itemId: string;
  readonly vaultId: string;
  readonly policyId: string;
  readonly standing: 'protected' | 'stopped' | 'error' | 'softDeleted';
  /** The service's own word. */
  readonly state: string;
}

/** Columns of {@link protectionQuery}: whole properties of a thousand items would be too long a reply. */
const columns: Readonly<Record<string, string>> = {
  datasourceType: 'dataSourceInfo.datasourceType',
  datasourceId: 'dataSourceInfo.resourceID',
  instanceState: 'currentProtectionState',
  instancePolicyId: 'policyInfo.policyId',
  itemType: 'protectedItemType',
  sourceResourceId: 'sourceResourceId',
  friendlyName: 'friendlyName',
  itemState: 'protectionState',
  itemPolicyId: 'policyId',
  deleted: 'isScheduledForDeferredDelete',
};

const projected = Object.entries(columns)
  .map(([name, path]) => `${name} = tostring(properties.${path})`)
  .join(', ');

/** Finds every protected item and backup instance. */
export const protectionQuery =
  "recoveryservicesresources | where type in~ ('microsoft.dataprotection/backupvaults/backupinstances', " +
  "'microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems') " +
  `| project id, ${projected} | order by id asc`;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What is compared: kind and id, without case. */
export const sourceKey = (kind: ResourceKind, id: string): string => `${kind}|${idKey(id)}`;

const standingWords: readonly (readonly [RegExp, Protection['standing']])[] = [
  [/^softdeleted$/i, 'softDeleted'],
  [/stopped|paused|suspended|notprotected/i, 'stopped'],
  [/error|failed|invalid/i, 'error'],
];

const standingOf = (state: string): Protection['standing'] =>
  standingWords.find(([words]) => words.test(state))?.[1] ?? 'protected';

const instanceKinds: Readonly<Record<string, ResourceKind>> = {
  'microsoft.compute/disks': 'disk',
  'microsoft.storage/storageaccounts/blobservices': 'blobs',
};

function instanceOf(itemId: string, row: JsonObject): Protection | undefined {
  const kind = instanceKinds[text(row['datasourceType']).toLowerCase()];
  const state = text(row['instanceState']);
  return (
    kind && {
      kind,
      sourceId: text(row['datasourceId']),
      itemId,
      vaultId: itemId.replace(/\/backupInstances\/.*$/i, ''),
      policyId: text(row['instancePolicyId']),
      standing: standingOf(state),
      state,
    }
  );
}

function sourceOfItem(itemId: string, row: JsonObject): Pick<Protection, 'kind' | 'sourceId'> {
  const type = text(row['itemType']).toLowerCase();
  const sourceId = text(row['sourceResourceId']);
  if (type.startsWith('azurefileshare')) {
    return { kind: 'fileShare', sourceId: shareId(sourceId, text(row['friendlyName'])) };
  }
  if (type.startsWith('azurevmworkload')) return { kind: 'workload', sourceId: itemId };
  return { kind: 'virtualMachine', sourceId };
}

function itemOf(itemId: string, row: JsonObject): Protection {
  const state = text(row['itemState']);
  return {
    ...sourceOfItem(itemId, row),
    itemId,
    vaultId: itemId.replace(/\/backupFabrics\/.*$/i, ''),
    policyId: text(row['itemPolicyId']),
    standing: /^(?:true|1)$/i.test(text(row['deleted'])) ? 'softDeleted' : standingOf(state),
    state,
  };
}

/** Reads a row of {@link protectionQuery}; undefined for datasources the plan has no kind for. */
export function protectionOf(row: JsonObject): Protection | undefined {
  const id = text(row['id']);
  return /\/backupInstances\/[^/]+$/i.test(id) ? instanceOf(id, row) : itemOf(id, row);
}
