import { parseResourceId } from '../resources.ts';
import { armId, containerKey, type ContainerNames } from './names.ts';
import type { Container, Item, Vault } from './state.ts';
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

function kindFields(vault: Vault, { names, lock, identity }: Container): Record<string, unknown> {
  const both = (type: string) => ({ containerType: type, protectableObjectType: type });
  switch (names.kind) {
    case 'AzureStorage':
      return {
        sourceResourceId: names.resourceId,
        protectedItemCount: itemsOf(vault, names).length,
        acquireStorageAccountLock: lock,
        ...(identity !== undefined && { accessType: 'IdentityBased', identityInfo: identity }),
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
  const count = itemsOf(vault, names).length;
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

const itemsOf = (vault: Vault, names: ContainerNames): Item[] =>
  [...vault.items]
    .filter(([path]) => path.startsWith(`${containerKey(names.name)}/`))
    .map(([, item]) => item);

/** Items of a container that are not soft-deleted; those that are still count in `protectedItemCount`. */
export const liveItemCount = (vault: Vault, names: ContainerNames): number =>
  itemsOf(vault, names).filter(({ softDeleted }) => softDeleted === undefined).length;
