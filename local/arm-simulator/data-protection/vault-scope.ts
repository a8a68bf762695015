import type { ArmReply } from '../exchange.ts';
import { resourceNotFound } from '../replies.ts';
import type { ArmResource } from '../resources.ts';
import type { Call, Route } from '../core.ts';

/** ARM type of a Backup vault. */
export const vaultType = 'Microsoft.DataProtection/backupVaults';

/** Route path of a Backup vault. */
export const vaultPath =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DataProtection/backupVaults/{vault}';

/** Makes routes of calls that the vault's provider answers, each with a verb of one type: `read`, `unlockDelete/action`. */
export const routesOf =
  (type: string) =>
  (method: Route['method'], name: string, path: string, verb: string, handle: Route['handle']): Route => ({
    name: `dataProtection.${name}`,
    method,
    path,
    action: `${type}/${verb}`,
    bucket: 'provider',
    handle,
  });

/** Id of the vault in the request, in the client's casing. */
export function requestedVaultId(call: Call): string {
  const { subscription, group, vault } = call.params;
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${vaultType}/${vault}`;
}

/** Answers 404 as the gateway does when the vault is gone, whatever was asked of it. */
export function withVault(handle: (call: Call, vault: ArmResource) => ArmReply): (call: Call) => ArmReply {
  return (call) => {
    const vault = call.core.resources.get(requestedVaultId(call));
    if (vault !== undefined) return handle(call, vault);
    const { vault: name = '', group = '' } = call.params;
    return resourceNotFound('Microsoft.DataProtection/BackupVaults', name, group);
  };
}
