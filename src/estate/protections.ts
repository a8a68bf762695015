import type { JsonObject } from '../arm/call.ts';
import { idKey } from '../arm/resourceId.ts';
import type { ResourceKind } from '../plan/schema.ts';
import { shareId } from './candidates.ts';

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

/** Finds every protected item and backup instance. */
export const protectionQuery =
  "recoveryservicesresources | where type in~ ('microsoft.dataprotection/backupvaults/backupinstances', " +
  "'microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems') " +
  '| project id, properties | order by id asc';

const object = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
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

function instanceOf(itemId: string, properties: Readonly<Record<string, unknown>>): Protection | undefined {
  const source = object(properties['dataSourceInfo']);
  const kind = instanceKinds[text(source['datasourceType']).toLowerCase()];
  const state = text(properties['currentProtectionState']);
  return (
    kind && {
      kind,
      sourceId: text(source['resourceID']),
      itemId,
      vaultId: itemId.replace(/\/backupInstances\/.*$/i, ''),
      policyId: text(object(properties['policyInfo'])['policyId']),
      standing: standingOf(state),
      state,
    }
  );
}

function sourceOfItem(
  itemId: string,
  properties: Readonly<Record<string, unknown>>,
): { readonly kind: ResourceKind; readonly sourceId: string } {
  const type = text(properties['protectedItemType']).toLowerCase();
  const sourceId = text(properties['sourceResourceId']);
  if (type.startsWith('azurefileshare')) {
    return { kind: 'fileShare', sourceId: shareId(sourceId, text(properties['friendlyName'])) };
  }
  if (type.startsWith('azurevmworkload')) return { kind: 'workload', sourceId: itemId };
  return { kind: 'virtualMachine', sourceId };
}

function itemOf(itemId: string, properties: Readonly<Record<string, unknown>>): Protection {
  const state = text(properties['protectionState']);
  const isDeleted = properties['isScheduledForDeferredDelete'] === true;
  return {
    ...sourceOfItem(itemId, properties),
    itemId,
    vaultId: itemId.replace(/\/backupFabrics\/.*$/i, ''),
    policyId: text(properties['policyId']),
    standing: isDeleted ? 'softDeleted' : standingOf(state),
    state,
  };
}

/** Reads a row of {@link protectionQuery}; undefined for datasources the plan has no kind for. */
export function protectionOf(row: JsonObject): Protection | undefined {
  const id = text(row['id']);
  const properties = object(row['properties']);
  return /\/backupInstances\/[^/]+$/i.test(id) ? instanceOf(id, properties) : itemOf(id, properties);
}
