import type { ArmReply } from '../exchange.ts';
import { listReply } from '../paging.ts';
import { json } from '../replies.ts';
import { parseResourceId } from '../resources.ts';
import type { Call, Route } from '../core.ts';
import type { RecoveryServices } from './state.ts';
import { vaultBody } from './vault-body.ts';
import { deleteVault, putVault, vaultResult, vaultStatus } from './vault-lifecycle.ts';
import { action, inVault, vaultPath } from './vault-call.ts';

/** The vault resource itself: lists, read, create, delete, and the status of the last two. */
export function vaultRoutes(rsv: RecoveryServices): Route[] {
  const read = action('read');
  const subscription = '/subscriptions/{subscription}';
  const list = 'providers/Microsoft.RecoveryServices/vaults';
  return [
    {
      name: 'recoveryServices.vaults',
      method: 'GET',
      path: `${subscription}/${list}`,
      action: read,
      handle: (call) => listVaults(rsv, call),
    },
    {
      name: 'recoveryServices.groupVaults',
      method: 'GET',
      path: `${subscription}/resourceGroups/{group}/${list}`,
      action: read,
      handle: (call) => listVaults(rsv, call),
    },
    {
      name: 'recoveryServices.vault',
      method: 'GET',
      path: vaultPath,
      action: read,
      fromGateway: true,
      handle: inVault(rsv, ({ vault }) => json(200, vaultBody(rsv, vault))),
    },
    {
      name: 'recoveryServices.putVault',
      method: 'PUT',
      path: vaultPath,
      action: action('write'),
      bucket: 'provider',
      handle: (call) => putVault(rsv, call),
    },
    {
      name: 'recoveryServices.deleteVault',
      method: 'DELETE',
      path: vaultPath,
      action: action('delete'),
      bucket: 'provider',
      handle: inVault(rsv, deleteVault),
    },
    {
      name: 'recoveryServices.vaultStatus',
      method: 'GET',
      path: `${vaultPath}/operationStatus/{operation}`,
      action: action('operationStatus/read'),
      handle: (call) => vaultStatus(rsv, call),
    },
    {
      name: 'recoveryServices.vaultResult',
      method: 'GET',
      path: `${vaultPath}/operationResults/{operation}`,
      action: action('operationResults/read'),
      handle: (call) => vaultResult(rsv, call),
    },
  ];
}

function listVaults(rsv: RecoveryServices, call: Call): ArmReply {
  const { subscription = '', group } = call.params;
  const rows = [...rsv.vaults.values()].filter(({ id }) => {
    const parts = parseResourceId(id);
    return same(parts.subscription, subscription) && (group === undefined || same(parts.group, group));
  });
  return listReply(
    call,
    rows.map((vault) => vaultBody(rsv, vault)),
  );
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
