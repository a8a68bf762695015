import type { ArmReply } from '../exchange.ts';
import { json } from '../replies.ts';
import type { Call, Route } from '../core.ts';
import { protectedName } from './names.ts';
import type { Item, RecoveryServices, Vault } from './state.ts';
import { invalidInput } from './vault-call.ts';

/** POST backupStatus: whether any vault of the subscription protects a share or machine. */
export function backupStatusRoutes(rsv: RecoveryServices): Route[] {
  return [
    {
      name: 'recoveryServices.backupStatus',
      method: 'POST',
      path: '/subscriptions/{subscription}/providers/Microsoft.RecoveryServices/locations/{region}/backupStatus',
      action: 'Microsoft.RecoveryServices/locations/backupStatus/action',
      handle: (call) => backupStatus(rsv, call),
    },
  ];
}

function backupStatus(rsv: RecoveryServices, call: Call): ArmReply {
  const { resourceType, resourceId, poLogicalName } = (call.body ?? {}) as Record<string, unknown>;
  if (typeof resourceId !== 'string' || typeof resourceType !== 'string')
    return invalidInput('resourceType and resourceId');
  const share = resourceType === 'AzureFileShare' ? String(poLogicalName ?? '') : undefined;
  for (const vault of rsv.vaults.values()) {
    const item = [...vault.items.values()].find((found) => isAsked(found, resourceId, share));
    if (item !== undefined) return json(200, found(vault, item));
  }
  return json(200, { protectionStatus: 'NotProtected' });
}

function isAsked({ source, softDeleted }: Item, resourceId: string, share: string | undefined): boolean {
  const kind = share === undefined ? 'AzureIaasVM' : 'AzureStorage';
  const named = share === undefined || source.friendlyName.toLowerCase() === share.toLowerCase();
  return (
    softDeleted === undefined &&
    source.kind === kind &&
    named &&
    source.resourceId.toLowerCase() === resourceId.toLowerCase()
  );
}

const found = (vault: Vault, item: Item) => ({
  protectionStatus: 'Protected',
  vaultId: vault.id,
  fabricName: 'Azure',
  containerName: item.container.inProtected,
  protectedItemName: protectedName(item.source),
  errorCode: 'Success',
  errorMessage: '',
  ...(item.policy !== undefined && { policyName: item.policy }),
});
