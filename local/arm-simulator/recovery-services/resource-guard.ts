import { type ArmReply, headerOf } from '../exchange.ts';
import { listReply } from '../paging.ts';
import { json, serviceError } from '../replies.ts';
import type { Route } from '../core.ts';
import { armId } from './names.ts';
import type { RecoveryServices } from './state.ts';
import { netTime } from './time-format.ts';
import { action, askedProperties, inVault, type VaultCall, vaultPath } from './vault-call.ts';

/** Resource guard proxies and the unlock of a delete. */
export function resourceGuardRoutes(rsv: RecoveryServices): Route[] {
  const proxies = `${vaultPath}/backupResourceGuardProxies`;
  return [
    {
      name: 'recoveryServices.resourceGuardProxies',
      method: 'GET',
      path: proxies,
      action: action('backupResourceGuardProxies/read'),
      handle: inVault(rsv, listProxies),
    },
    {
      name: 'recoveryServices.resourceGuardProxy',
      method: 'GET',
      path: `${proxies}/{proxy}`,
      action: action('backupResourceGuardProxies/read'),
      handle: inVault(rsv, getProxy),
    },
    {
      name: 'recoveryServices.unlockDelete',
      method: 'POST',
      path: `${proxies}/{proxy}/unlockDelete`,
      action: action('backupResourceGuardProxies/unlockDelete/action'),
      handle: inVault(rsv, unlockDelete),
    },
  ];
}

function listProxies(asked: VaultCall): ArmReply {
  return listReply(asked.call, asked.vault.seed.resourceGuardId === undefined ? [] : [proxyBody(asked)]);
}

function getProxy(asked: VaultCall): ArmReply {
  if (asked.vault.seed.resourceGuardId !== undefined) return json(200, proxyBody(asked));
  return serviceError(404, 'ResourceNotFound', 'The resource guard proxy was not found.');
}

function proxyBody({ vault }: VaultCall): unknown {
  const guard = vault.seed.resourceGuardId ?? '';
  const detail = (operation: string, request: string) => ({
    vaultCriticalOperation: `Microsoft.RecoveryServices/vaults/${operation}`,
    defaultResourceRequest: `${guard}/${request}/default`,
  });
  const items = 'backupFabrics/protectionContainers/protectedItems';
  return {
    id: armId(`${vault.id}/backupResourceGuardProxies/VaultProxy`),
    name: 'VaultProxy',
    type: 'Microsoft.RecoveryServices/vaults/backupResourceGuardProxies',
    properties: {
      resourceGuardResourceId: guard,
      resourceGuardOperationDetails: [
        detail(`${items}/delete`, 'deleteProtectedItemRequests'),
        detail(`${items}/write`, 'updateProtectedItemRequests'),
        ...(vault.seed.guardsRestore
          ? [detail(`${items}/recoveryPoints/restore/action`, 'triggerRestoreRequests')]
          : []),
      ],
      lastUpdatedTime: netTime(vault.changedAt),
      description: 'Please take JIT access',
    },
  };
}

function unlockDelete({ vault, call }: VaultCall): ArmReply {
  if (!hasAuxiliaryToken(call)) return refusal();
  vault.unlockedUntil = call.now + 10 * 60_000;
  return json(200, { unlockDeleteExpiryTime: netTime(vault.unlockedUntil) });
}

/** 403 unless no guard protects the vault, or its delete was unlocked within ten minutes. */
export function lacksGuardUnlock({ vault, call }: VaultCall): ArmReply | undefined {
  return vault.seed.resourceGuardId === undefined || call.now < vault.unlockedUntil ? undefined : refusal();
}

/** 403 unless no guard protects the vault, or the body names a guard request and an auxiliary token is sent. */
export function lacksGuardRequest({ vault, call }: VaultCall): ArmReply | undefined {
  if (vault.seed.resourceGuardId === undefined) return undefined;
  const requests = askedProperties(call)['resourceGuardOperationRequests'];
  return Array.isArray(requests) && requests.length > 0 && hasAuxiliaryToken(call) ? undefined : refusal();
}

/** 403 of a restore whose body names no request to trigger one; a token of the guard's tenant is needed only in another. */
export function lacksRestoreRequest({ vault, call }: VaultCall): ArmReply | undefined {
  const { guardsRestore, guardInOtherTenant, resourceGuardId = '' } = vault.seed;
  if (!guardsRestore) return undefined;
  const named = askedProperties(call)['resourceGuardOperationRequests'];
  const wanted = `${resourceGuardId}/triggerRestoreRequests/`.toLowerCase();
  const isNamed = Array.isArray(named) && named.some((one) => String(one).toLowerCase().startsWith(wanted));
  return isNamed && (!guardInOtherTenant || hasAuxiliaryToken(call)) ? undefined : refusal();
}

const hasAuxiliaryToken = ({ request }: VaultCall['call']): boolean =>
  headerOf(request.headers, 'x-ms-authorization-auxiliary') !== undefined;

const refusal = (): ArmReply =>
  serviceError(
    403,
    'LinkedAuthorizationFailed',
    'The operation is protected by a resource guard and needs its approval.',
  );
