import { empty, json } from '../replies.ts';
import { listReply } from '../paging.ts';
import type { ArmReply } from '../exchange.ts';
import type { ArmResource } from '../resources.ts';
import type { Call, Route } from '../core.ts';
import { notThere, refusal } from './errors.ts';
import { sameId, type DataProtectionState, type GuardProxy } from './state.ts';
import { isoWithTicks } from './timestamps.ts';
import { routesOf, vaultPath, withVault } from './vault-scope.ts';

const action = 'Microsoft.DataProtection/backupVaults/backupResourceGuardProxies';
const unlockMilliseconds = 60 * 60 * 1000;

/** Proxies to a resource guard: list, get, PUT, DELETE, unlockDelete. */
export function guardRoutes(state: DataProtectionState): Route[] {
  const path = `${vaultPath}/backupResourceGuardProxies`;
  const route = routesOf(action);
  return [
    route(
      'GET',
      'listGuardProxies',
      path,
      'read',
      withVault((call, vault) => listReply(call, proxiesOf(state, vault.id).map(show))),
    ),
    route(
      'GET',
      'getGuardProxy',
      `${path}/{proxy}`,
      'read',
      withVault((call, vault) => {
        const proxy = state.guardProxies.get(key(call, vault));
        return proxy === undefined ? notThere() : json(200, show(proxy));
      }),
    ),
    route(
      'PUT',
      'putGuardProxy',
      `${path}/{proxy}`,
      'write',
      withVault((call, vault) => putProxy(state, call, vault)),
    ),
    route(
      'DELETE',
      'deleteGuardProxy',
      `${path}/{proxy}`,
      'delete',
      withVault((call, vault) => empty(state.guardProxies.delete(key(call, vault)) ? 200 : 204)),
    ),
    route(
      'POST',
      'unlockDelete',
      `${path}/{proxy}/unlockDelete`,
      'unlockDelete/action',
      withVault((call) => unlock(state, call)),
    ),
  ];
}

const key = (call: Call, vault: ArmResource) =>
  `${vault.id}/backupResourceGuardProxies/${call.params['proxy']}`.toLowerCase();

const proxiesOf = (state: DataProtectionState, vaultId: string) =>
  [...state.guardProxies.values()].filter((proxy) => sameId(proxy.vaultId, vaultId));

/** Links a vault to a guard under the name the service uses. */
export function addGuardProxy(
  state: DataProtectionState,
  vaultId: string,
  resourceGuardId: string,
  { name = 'DppResourceGuardProxy', guardsRestore = false }: Partial<GuardProxy> = {},
): GuardProxy {
  const proxy = { name, vaultId, resourceGuardId, guardsRestore, updatedAt: state.core.clock.now() };
  state.guardProxies.set(`${vaultId}/backupResourceGuardProxies/${name}`.toLowerCase(), proxy);
  return proxy;
}

function putProxy(state: DataProtectionState, call: Call, vault: ArmResource): ArmReply {
  const sent = call.body as { properties?: { resourceGuardResourceId?: string } } | undefined;
  const guardId = sent?.properties?.resourceGuardResourceId ?? '';
  return json(200, show(addGuardProxy(state, vault.id, guardId, { name: call.params['proxy'] ?? '' })));
}

const guarded = {
  'backupInstances/delete': 'deleteBackupInstanceRequests',
  'backupInstances/stopProtection/action': 'dppDisableStopProtectionRequests',
  'backupInstances/suspendBackups/action': 'dppDisableSuspendBackupsRequests',
  'backupResourceGuardProxies/delete': 'deleteResourceGuardProxyRequests',
};

const guardedRestore = { 'backupInstances/restore/action': 'dppRestoreRequests' };

const show = ({ name, vaultId, resourceGuardId, guardsRestore, updatedAt }: GuardProxy) => ({
  id: `${vaultId}/backupResourceGuardProxies/${name}`,
  name,
  type: 'Microsoft.DataProtection/vaults/backupResourceGuardProxies',
  properties: {
    resourceGuardResourceId: resourceGuardId,
    resourceGuardOperationDetails: Object.entries({ ...guarded, ...(guardsRestore && guardedRestore) }).map(
      ([operation, request]) => ({
        vaultCriticalOperation: `Microsoft.DataProtection/backupVaults/${operation}`,
        defaultResourceRequest: `${resourceGuardId}/${request}/default`,
      }),
    ),
    lastUpdatedTime: isoWithTicks(updatedAt),
    description: 'Ask for access before performing any of the critical operations.',
  },
});

function unlock(state: DataProtectionState, call: Call): ArmReply {
  const sent = call.body as { resourceToBeDeleted?: string } | undefined;
  const until = call.now + unlockMilliseconds;
  if (sent?.resourceToBeDeleted !== undefined)
    state.unlocked.set(sent.resourceToBeDeleted.toLowerCase(), until);
  return json(200, { unlockDeleteExpiryTime: isoWithTicks(until) });
}

/** The same of a restore, where the guard asks for those. */
export const guardedRestoreRefusal = (
  state: DataProtectionState,
  call: Call,
  vault: ArmResource,
  instanceId: string,
): ArmReply | undefined =>
  proxiesOf(state, vault.id).some(({ guardsRestore }) => guardsRestore)
    ? guardRefusal(state, call, vault, instanceId)
    : undefined;

/** Refuses a critical operation on a guarded vault unless it carries requests, or the instance is unlocked. */
export function guardRefusal(
  state: DataProtectionState,
  call: Call,
  vault: ArmResource,
  instanceId: string,
): ArmReply | undefined {
  if (proxiesOf(state, vault.id).length === 0) return undefined;
  const sent = call.body as { resourceGuardOperationRequests?: unknown[] } | undefined;
  if ((sent?.resourceGuardOperationRequests?.length ?? 0) > 0) return undefined;
  if ((state.unlocked.get(instanceId.toLowerCase()) ?? 0) > call.now) return undefined;
  const fault = {
    code: 'UserErrorResourceGuardOperationRequestsMissing',
    message:
      'The operation is protected by a resource guard: resourceGuardOperationRequests is null or empty.',
  };
  return refusal(403, fault, state.core.seeded);
}
