import type { ArmReply } from '../exchange.ts';
import { readFilter } from '../filter.ts';
import { listReply } from '../paging.ts';
import { type ArmResource, parseResourceId } from '../resources.ts';
import type { Route } from '../core.ts';
import { accounts, listDatasources, machines } from './datasources.ts';
import {
  armId,
  containerKey,
  containerNames,
  type Datasource,
  itemKey,
  protectableName,
  type ManagementType,
} from './names.ts';
import { itemPath, type RecoveryServices, sourceKey, type Vault } from './state.ts';
import { action, invalidInput, inVault, type VaultCall, vaultPath } from './vault-call.ts';

/** What could be registered and protected. */
export function protectableRoutes(rsv: RecoveryServices): Route[] {
  return [
    {
      name: 'recoveryServices.protectableContainers',
      method: 'GET',
      path: `${vaultPath}/backupFabrics/{fabric}/protectableContainers`,
      action: action('backupFabrics/protectableContainers/read'),
      bucket: 'provider',
      handle: inVault(rsv, listProtectableContainers),
    },
    {
      name: 'recoveryServices.protectableItems',
      method: 'GET',
      path: `${vaultPath}/backupProtectableItems`,
      action: action('backupProtectableItems/read'),
      bucket: 'provider',
      handle: inVault(rsv, listProtectableItems),
    },
  ];
}

function listProtectableContainers({ rsv, vault, call }: VaultCall): ArmReply {
  const kind = readFilter(call.url)?.['backupmanagementtype']?.toLowerCase();
  if (kind === undefined) return invalidInput('$filter must name backupManagementType');
  const storage = kind === 'azurestorage';
  const resources = storage ? accounts(rsv) : kind === 'azureworkload' ? machines(rsv) : [];
  const rows = resources
    .filter(({ id }) => isVisible(vault, id))
    .filter(
      ({ id }) =>
        !vault.containers.has(
          containerKey(containerNames(storage ? 'AzureStorage' : 'AzureWorkload', id).name),
        ),
    )
    .map((resource) => protectableContainer(vault, resource, storage));
  return listReply(call, rows);
}

function isVisible(vault: Vault, resourceId: string): boolean {
  const same =
    parseResourceId(resourceId).subscription.toLowerCase() ===
    parseResourceId(vault.id).subscription.toLowerCase();
  return same && (vault.discovered === undefined || vault.discovered.has(resourceId.toLowerCase()));
}

function protectableContainer(vault: Vault, { id, name }: ArmResource, storage: boolean): unknown {
  const names = containerNames(storage ? 'AzureStorage' : 'AzureWorkload', id);
  return {
    id: armId(`${vault.id}/backupFabrics/Azure/protectableContainers/${names.name}`),
    name: names.name,
    type: 'Microsoft.RecoveryServices/vaults/backupFabrics/protectableContainers',
    properties: {
      friendlyName: name,
      backupManagementType: names.kind,
      protectableContainerType: storage ? 'StorageContainer' : 'VMAppContainer',
      healthStatus: 'Healthy',
      containerId: id,
    },
  };
}

function listProtectableItems({ rsv, vault, call }: VaultCall): ArmReply {
  const filter = readFilter(call.url);
  const kind = managementType(filter?.['backupmanagementtype']);
  if (filter === undefined || kind === undefined)
    return invalidInput('$filter must name backupManagementType');
  const name = filter['friendlyname']?.toLowerCase();
  const rows = listDatasources(rsv, kind)
    .filter(
      (source) =>
        isOffered(rsv, vault, source) && (name === undefined || source.friendlyName.toLowerCase() === name),
    )
    .map((source) => protectableItem(vault, source));
  return listReply(call, rows);
}

/** The kind a filter value names, without case; undefined for another word. */
const managementType = (text: string | undefined): ManagementType | undefined =>
  (['AzureStorage', 'AzureIaasVM', 'AzureWorkload'] as const).find(
    (kind) => kind.toLowerCase() === text?.toLowerCase(),
  );

/** Machines are offered once discovered; shares and databases when their container was looked into; nothing twice. */
function isOffered(rsv: RecoveryServices, vault: Vault, source: Datasource): boolean {
  const container = containerKey(containerNames(source.kind, source.resourceId).name);
  const taken = vault.items.has(itemPath(container, itemKey(protectableName(source))));
  const readable = vault.items.has(
    itemPath(container, itemKey(protectableName({ ...source, readableName: true }))),
  );
  if (taken || readable) return false;
  if (source.kind === 'AzureIaasVM') return isVisible(vault, source.resourceId);
  const registered = vault.containers.get(container);
  if (registered?.status !== 'Registered') return false;
  return registered.inquired || rsv.behaviours.get(sourceKey(source))?.hiddenUntilInquire === false;
}

function protectableItem(vault: Vault, source: Datasource): unknown {
  const segment = protectableName(source);
  const container = containerNames(source.kind, source.resourceId).inProtectable;
  return {
    id: armId(
      `${vault.id}/backupFabrics/Azure/protectionContainers/${container}/protectableItems/${segment}`,
    ),
    name: source.kind === 'AzureIaasVM' ? segment.replace(/^vm;/, '') : segment,
    type: 'Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectableItems',
    properties: {
      ...kindFields(source),
      backupManagementType: source.kind,
      friendlyName: source.friendlyName,
      protectionState: 'NotProtected',
    },
  };
}

function kindFields(source: Datasource): Record<string, unknown> {
  const { name, group } = parseResourceId(source.resourceId);
  switch (source.kind) {
    case 'AzureStorage':
      return {
        parentContainerFabricId: source.resourceId,
        parentContainerFriendlyName: name,
        azureFileShareType: 'XSMB',
        workloadType: 'AzureFileShare',
        protectableItemType: 'AzureFileShare',
      };
    case 'AzureIaasVM':
      return {
        virtualMachineId: source.resourceId,
        virtualMachineVersion: 'Compute',
        resourceGroup: group,
        protectableItemType: 'Microsoft.Compute/virtualMachines',
      };
    case 'AzureWorkload':
      return databaseFields(source, name);
  }
}

function databaseFields({ database }: Datasource, machine: string): Record<string, unknown> {
  const word = database?.type === 'SAPHANA' ? 'SAPHanaDatabase' : 'SQLDataBase';
  return {
    parentName: database?.instance,
    parentUniqueName: `${machine};${database?.instance}`,
    serverName: machine.slice(0, 15),
    isAutoProtectable: false,
    isAutoProtected: false,
    subinquireditemcount: 0,
    subprotectableitemcount: 0,
    workloadType: word,
    protectableItemType: word,
  };
}
