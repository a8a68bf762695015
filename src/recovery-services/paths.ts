import type { ArmCall, ArmReply, Json, JsonObject } from '../arm/call.ts';
import { objectIn, textIn } from '../arm/replyFields.ts';
import { nameIn } from '../arm/resourceId.ts';

/** The kinds of protected item that a Recovery Services vault holds for us. */
export type ItemKind = 'fileShare' | 'virtualMachine' | 'workload';

/** The service's words for a kind of item: its management type in filters, its types in bodies. */
interface KindWords {
  readonly backupManagementType: string;
  /** Filter value of the protected item list; absent where one management type holds several item types. */
  readonly itemType?: string;
  /** `objectType` of an on-demand backup. */
  readonly backupRequest: string;
  /** What a person calls it. */
  readonly noun: string;
}

/** By kind. Source: specification examples and recorded requests. */
export const kindWords: Readonly<Record<ItemKind, KindWords>> = {
  fileShare: {
    backupManagementType: 'AzureStorage',
    itemType: 'AzureFileShare',
    backupRequest: 'AzureFileShareBackupRequest',
    noun: 'file share',
  },
  virtualMachine: {
    backupManagementType: 'AzureIaasVM',
    itemType: 'VM',
    backupRequest: 'IaasVMBackupRequest',
    noun: 'virtual machine',
  },
  workload: {
    backupManagementType: 'AzureWorkload',
    backupRequest: 'AzureWorkloadBackupRequest',
    noun: 'database',
  },
};

/**
 * The kind of a protected item by the first word of its name (`AzureFileShare;…`, `VM;…`, `SQLDataBase;…`).
 *
 * @returns undefined for an id that names no protected item, or one of another kind.
 */
export function kindOfItem(itemId: string): ItemKind | undefined {
  const word = nameIn(itemId, 'protectedItems')?.split(';')[0]?.toLowerCase();
  if (word === 'azurefileshare') return 'fileShare';
  if (word === 'vm') return 'virtualMachine';
  return word?.startsWith('sql') || word?.startsWith('sap') ? 'workload' : undefined;
}

/**
 * An OData filter as the backup lists take it: `field eq 'value'` joined by ` and `, quotes inside doubled.
 *
 * @param fields in the order in which they are written; an absent value is left out.
 */
export const filterOf = (fields: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `${field} eq '${String(value).replaceAll("'", "''")}'`)
    .join(' and ');

/** An instant as the lists' filters take it: UTC, 12-hour clock, `2026-08-22 02:00:05 PM`. */
export function filterTime(instant: Date): string {
  const [date = '', time = ''] = instant.toISOString().split('T');
  const hour = instant.getUTCHours();
  const twelve = String(hour % 12 || 12).padStart(2, '0');
  return `${date} ${twelve}${time.slice(2, 8)} ${hour < 12 ? 'AM' : 'PM'}`;
}

/** Version of Microsoft.RecoveryServices for a vault's backup resources. Poll URLs bring their own. */
export const backupApiVersion = '2025-08-01';

/** Version of Microsoft.RecoveryServices for the vault itself. */
export const vaultApiVersion = '2024-04-01';

/** Whether two ids lie in one subscription: discovery sees the vault's own alone. */
export const inSameSubscription = (one: string, other: string): boolean =>
  sameName(nameIn(one, 'subscriptions'), nameIn(other, 'subscriptions'));

/** The id of the vault that an id lies in; the id itself when it lies in none. */
export const vaultIdOf = (id: string): string => /^.*?\/vaults\/[^/]+/i.exec(id)?.[0] ?? id;

/** A call to a vault's backup resources; `action` is Azure's own without the provider: `backupJobs/read`. */
export function backupCall(
  method: ArmCall['method'],
  action: string,
  path: string,
  more: Pick<ArmCall, 'query' | 'body'> = {},
): ArmCall {
  return {
    action: `Microsoft.RecoveryServices/vaults/${action}`,
    method,
    path,
    apiVersion: backupApiVersion,
    ...more,
  };
}

/** A row of a list reply, or the resource of a single one: id and name as the service spells them, never rebuilt. */
export interface Resource {
  readonly id: string;
  readonly name: string;
  readonly properties: JsonObject;
}

/** A resource out of a body; missing parts read as empty. */
export function resourceIn(body: Json | undefined): Resource {
  const { id, name, properties } = objectIn(body);
  return { id: textIn(id) ?? '', name: textIn(name) ?? '', properties: objectIn(properties) };
}

/** All rows of a list reply. */
export function rowsIn(reply: ArmReply): readonly Resource[] {
  const { value } = objectIn(reply.body);
  return Array.isArray(value) ? value.map(resourceIn) : [];
}

/** Equal without case, as the service compares names. */
export const sameName = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();

/** At most 20 names for a person to read, in order, without doubles. */
export const namesSeen = (names: readonly (string | undefined)[]): string[] =>
  [...new Set(names.filter((name) => name !== undefined))].sort().slice(0, 20);
