import { parseResourceId } from '../resources.ts';
import { sha256Hex } from '../seeded.ts';

/** The three kinds of protection a Recovery Services vault has here. */
export type ManagementType = 'AzureStorage' | 'AzureIaasVM' | 'AzureWorkload';

/** One thing that can be protected. */
export interface Datasource {
  readonly kind: ManagementType;
  /** Storage account or virtual machine, canonical casing. */
  readonly resourceId: string;
  /** Share, machine or database. */
  readonly friendlyName: string;
  readonly database?: { readonly type: 'SQL' | 'SAPHANA'; readonly instance: string };
  /** When a share was made, where requests did it; it tells one that was deleted from its successor. */
  readonly made?: string | undefined;
  /** Share in an older vault: name readable instead of hashed. */
  readonly readableName?: boolean;
}

/** Names of one container as the service writes them in different places. */
export interface ContainerNames {
  readonly kind: ManagementType;
  readonly resourceId: string;
  /** In container lists: `StorageContainer;Storage;rg;account`. */
  readonly name: string;
  /** In ids of protectable items. */
  readonly inProtectable: string;
  /** In ids of protected items, where the second word is in lower case. */
  readonly inProtected: string;
  /** The `containerName` field of items and jobs. */
  readonly field: string;
}

/** Container names of a storage account or virtual machine. */
export function containerNames(kind: ManagementType, resourceId: string): ContainerNames {
  const { group, name } = parseResourceId(resourceId);
  const tail = `${group};${name}`;
  const lower = tail.toLowerCase();
  const base = { kind, resourceId };
  switch (kind) {
    case 'AzureStorage':
      return {
        ...base,
        name: `StorageContainer;Storage;${tail}`,
        inProtectable: `storagecontainer;storage;${lower}`,
        inProtected: `StorageContainer;storage;${lower}`,
        field: `StorageContainer;storage;${lower}`,
      };
    case 'AzureIaasVM':
      return {
        ...base,
        name: `IaasVMContainer;iaasvmcontainerv2;${lower}`,
        inProtectable: `IaasVMContainer;iaasvmcontainerv2;${lower}`,
        inProtected: `IaasVMContainer;iaasvmcontainerv2;${lower}`,
        field: `iaasvmcontainerv2;${lower}`,
      };
    case 'AzureWorkload':
      return {
        ...base,
        name: `VMAppContainer;Compute;${tail}`,
        inProtectable: `VMAppContainer;compute;${lower}`,
        inProtected: `VMAppContainer;compute;${lower}`,
        field: `VMAppContainer;compute;${lower}`,
      };
  }
}

/** Item name as a protectable item, `azurefileshare;<64 hex>`; the last segment of its id. */
export function protectableName(source: Datasource): string {
  switch (source.kind) {
    case 'AzureStorage':
      return `azurefileshare;${shareSegment(source)}`;
    case 'AzureIaasVM':
      return `vm;${containerNames('AzureIaasVM', source.resourceId).field}`;
    case 'AzureWorkload':
      return workloadName(source);
  }
}

/** Item name once protected: other casing of the first word. */
export function protectedName(source: Datasource): string {
  const name = protectableName(source);
  if (source.kind === 'AzureStorage') return name.replace(/^azurefileshare/, 'AzureFileShare');
  return source.kind === 'AzureIaasVM' ? name.replace(/^vm/, 'VM') : name;
}

function shareSegment({ resourceId, friendlyName, readableName, made }: Datasource): string {
  if (readableName === true) return friendlyName;
  const share = `${resourceId.toLowerCase()}/${friendlyName}`;
  return sha256Hex(made === undefined ? share : `${share}/${made}`);
}

function workloadName({ database, friendlyName }: Datasource): string {
  const word = database?.type === 'SAPHANA' ? 'SAPHanaDatabase' : 'SQLDataBase';
  return `${word};${(database?.instance ?? '').toLowerCase()};${friendlyName.toLowerCase()}`;
}

/** Key of a container: lower case, with the leading word a machine's name may lack. */
export function containerKey(name: string): string {
  const lower = name.toLowerCase();
  return lower.startsWith('iaasvmcontainerv2;') ? `iaasvmcontainer;${lower}` : lower;
}

/** Key of an item inside its container: lower case, with the leading word a machine's name may lack. */
export function itemKey(name: string): string {
  const lower = name.toLowerCase();
  return lower.startsWith('iaasvmcontainerv2;') ? `vm;${lower}` : lower;
}

/** An ARM id as the service writes it: non-ASCII percent-encoded, `;` raw. */
export const armId = (path: string): string => encodeURI(path);
