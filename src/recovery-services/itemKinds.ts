import { nameIn } from '../arm/resourceId.ts';

/** The kinds of protected item that a Recovery Services vault holds for us. */
export type ItemKind = 'fileShare' | 'virtualMachine' | 'workload';

/** The service's words for a kind of item: its management type in filters, its types in bodies. */
export interface KindWords {
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
