import { containersOf, isAutoProtected, snapshotGroupOf } from './datasource.ts';
import { type Fault, invalidInput } from './errors.ts';
import type { InstanceRequest } from './instance-request.ts';
import { findPolicy } from './policies.ts';
import { sameId, type BackupInstance, type DataProtectionState } from './state.ts';

/** What is wrong with the parameters of a request, before any resource is looked at; `existing` when it is a change. */
export function findParameterFault(
  state: DataProtectionState,
  vaultId: string,
  request: InstanceRequest,
  apiVersion: string,
  existing?: BackupInstance,
): Fault | undefined {
  const parameters = request.policyInfo.policyParameters;
  if (findPolicy(state, vaultId, request.policyInfo.policyId) === undefined) {
    return invalidInput(`The policy ${request.policyInfo.policyId} does not exist in this vault.`);
  }
  const known = request.policyInfo.policyParameters?.backupDatasourceParametersList !== undefined;
  switch (request.kind) {
    case 'disk':
      return snapshotGroupFault(request, existing);
    case 'aks':
      if (!known || request.friendlyName === undefined) {
        return invalidInput('A cluster needs friendlyName and KubernetesClusterBackupDatasourceParameters.');
      }
      return snapshotGroupFault(request, existing);
    case 'blobVaulted':
    case 'adls':
      if (isAutoProtected(parameters)) return autoProtectionFault(apiVersion);
      // A change without the list is accepted and drops the containers.
      if (existing !== undefined && !known) return undefined;
      return (containersOf(parameters)?.length ?? 0) === 0 ? noContainers : undefined;
    default:
      return undefined;
  }
}

const noContainers: Fault = {
  code: 'UserErrorNoContainersSelectedForOperation',
  message: 'No containers were selected for the operation.',
  recommendedAction: ['Select between 1 and 100 containers and retry the operation.'],
};

function autoProtectionFault(apiVersion: string): Fault | undefined {
  if (apiVersion >= '2026-03-01') return undefined;
  return invalidInput(
    'BlobBackupDatasourceParametersForAutoProtection needs api-version 2026-03-01 or later.',
  );
}

function snapshotGroupFault(request: InstanceRequest, existing?: BackupInstance): Fault | undefined {
  const group = snapshotGroupOf(request.policyInfo.policyParameters);
  if (group === undefined) {
    return {
      code: 'UserErrorOperationalStoreParametersNotProvided',
      message: 'Operational store parameters are not provided.',
      recommendedAction: ['Provide the snapshot resource group and retry the operation.'],
    };
  }
  const before = existing && snapshotGroupOf(existing.policyInfo.policyParameters);
  if (before !== undefined && !sameId(before, group)) {
    return {
      code: 'UserErrorInvalidOperationalStoreResourceGroup',
      message: 'The snapshot resource group of a backup instance cannot be changed.',
    };
  }
  return undefined;
}
