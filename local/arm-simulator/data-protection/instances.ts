import type { ArmReply } from '../exchange.ts';
import { listReply } from '../paging.ts';
import { json } from '../replies.ts';
import type { ArmResource } from '../resources.ts';
import type { Call, Route } from '../core.ts';
import { notThere } from './errors.ts';
import { sameId, type BackupInstance, type DataProtectionState } from './state.ts';
import { vaultPath, withVault } from './vault-scope.ts';

/** RBAC action prefix of backup instances. */
export const instanceActions = 'Microsoft.DataProtection/backupVaults/backupInstances';

/** Route path of one backup instance. */
export const instancePath = `${vaultPath}/backupInstances/{instance}`;

/** Get, list, and list by source. */
export function instanceRoutes(state: DataProtectionState): Route[] {
  const read = (name: string, path: string, handle: Route['handle']): Route => ({
    name: `dataProtection.${name}`,
    method: 'GET',
    path,
    action: `${instanceActions}/read`,
    bucket: 'provider',
    handle,
  });
  return [
    read(
      'listInstances',
      `${vaultPath}/backupInstances`,
      withVault((call, vault) => listReply(call, instancesOf(state, vault.id).map(showInstance))),
    ),
    read(
      'getInstance',
      instancePath,
      withInstance(state, (_call, instance) => json(200, showInstance(instance))),
    ),
    read('listInstancesBySource', '/{source*}/providers/Microsoft.DataProtection/backupInstances', (call) =>
      listReply(call, bySource(state, `/${call.params['source']}`).map(showInstance)),
    ),
  ];
}

/** Instances of one vault, in order of creation. */
export const instancesOf = (state: DataProtectionState, vaultId: string): BackupInstance[] =>
  [...state.instances.values()].filter((instance) => sameId(instance.vaultId, vaultId));

const bySource = (state: DataProtectionState, sourceId: string) =>
  [...state.instances.values()].filter((instance) => sameId(instance.dataSourceInfo.resourceID, sourceId));

/** Id of the instance that a request names, in lower case. */
export const requestedInstanceId = (call: Call, vault: ArmResource): string =>
  `${vault.id}/backupInstances/${call.params['instance']}`.toLowerCase();

/** Answers 404 when vault or instance is not there. */
export function withInstance(
  state: DataProtectionState,
  handle: (call: Call, instance: BackupInstance, vault: ArmResource) => ArmReply,
): (call: Call) => ArmReply {
  return withVault((call, vault) => {
    const instance = state.instances.get(requestedInstanceId(call, vault));
    return instance === undefined ? notThere() : handle(call, instance, vault);
  });
}

/** An instance as ARM shows it. */
export function showInstance(instance: BackupInstance): Record<string, unknown> {
  const { id, name, tags } = instance;
  return {
    ...(tags !== undefined && { tags }),
    properties: showProperties(instance),
    id,
    name,
    type: 'Microsoft.DataProtection/backupVaults/backupInstances',
  };
}

/** The `properties` of an instance; shared with the deleted ones. */
export function showProperties(instance: BackupInstance): Record<string, unknown> {
  const { friendlyName, dataSourceInfo, dataSourceSetInfo, policyInfo, extras, state, error } = instance;
  return {
    ...(friendlyName !== undefined && { friendlyName }),
    dataSourceInfo,
    ...(dataSourceSetInfo !== undefined && { dataSourceSetInfo }),
    policyInfo,
    ...extras,
    protectionStatus: { status: state, ...(error !== undefined && { errorDetails: error }) },
    currentProtectionState: state,
    ...(error !== undefined && { protectionErrorDetails: error }),
    provisioningState: instance.provisioningState,
    objectType: 'BackupInstance',
  };
}
