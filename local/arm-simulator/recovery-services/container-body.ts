import { parseResourceId } from '../resources.ts';
import { armId, containerKey, type ContainerNames } from './names.ts';
import type { Container, Vault } from './state.ts';
import { netTime } from './time-format.ts';

const containerType = 'Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers';

/** A container as lists and GET show it; the result of a registration is the same without `type`. */
export function containerBody(vault: Vault, container: Container): Record<string, unknown> {
  const { names } = container;
  return {
    id: armId(`${vault.id}/backupFabrics/Azure/protectionContainers/${names.name}`),
    name: names.name,
    type: containerType,
    properties: { ...kindFields(vault, container), ...commonFields(container) },
  };
}

function commonFields({ names, status }: Container): Record<string, unknown> {
  return {
    friendlyName: parseResourceId(names.resourceId).name,
    backupManagementType: names.kind,
    registrationStatus: status,
    healthStatus: 'Healthy',
  };
}

function kindFields(vault: Vault, { names, lock }: Container): Record<string, unknown> {
  const both = (type: string) => ({ containerType: type, protectableObjectType: type });
  switch (names.kind) {
    case 'AzureStorage':
      return {
        sourceResourceId: names.resourceId,
        protectedItemCount: itemCount(vault, names),
        acquireStorageAccountLock: lock,
        ...both('StorageContainer'),
      };
    case 'AzureIaasVM':
      return {
        virtualMachineId: names.resourceId,
        virtualMachineVersion: 'Compute',
        resourceGroup: parseResourceId(names.resourceId).group,
        ...both('Microsoft.Compute/virtualMachines'),
      };
    case 'AzureWorkload':
      return {
        sourceResourceId: names.resourceId,
        lastUpdatedTime: netTime(vault.changedAt),
        extendedInfo: {
          hostServerName: parseResourceId(names.resourceId).name.slice(0, 15),
          inquiryInfo: inquiry(vault, names),
        },
        ...both('VMAppContainer'),
      };
  }
}

function inquiry(vault: Vault, names: ContainerNames): Record<string, unknown> {
  const success = { status: 'Success', errorDetail: { code: 'Success', message: '', recommendations: [''] } };
  const count = itemCount(vault, names);
  const detail = {
    type: 'SQL',
    itemCount: count,
    inquiryValidation: {
      ...success,
      additionalDetail: '',
      protectableItemCount: { SQLInstance: 1, SQLDataBase: count },
    },
  };
  return { ...success, inquiryDetails: [detail] };
}

/** Items of a container that are not soft-deleted. */
export function itemCount(vault: Vault, names: ContainerNames): number {
  const key = containerKey(names.name);
  return [...vault.items].filter(
    ([path, item]) => path.startsWith(`${key}/`) && item.softDeleted === undefined,
  ).length;
}
