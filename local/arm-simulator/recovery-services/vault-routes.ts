import type { ArmReply } from '../exchange.ts';
import { listReply } from '../paging.ts';
import { empty, json, resourceNotFound, serviceError } from '../replies.ts';
import { parseResourceId } from '../resources.ts';
import type { Call, Route } from '../route.ts';
import { addVault } from './load.ts';
import { vaultStatusUrl, vaultResultUrl } from './operation-links.ts';
import type { RecoveryServices, Vault } from './state.ts';
import { vaultBody } from './vault-body.ts';
import { action, inVault, type VaultCall, vaultId, vaultPath } from './vault-call.ts';

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

function putVault(rsv: RecoveryServices, call: Call): ArmReply {
  const { subscription = '', group = '', vault: name = '' } = call.params;
  const id = vaultId(subscription, group, name);
  const earlier = rsv.vaults.get(id.toLowerCase());
  if (earlier !== undefined) return json(200, vaultBody(rsv, earlier));
  const { location = 'westeurope', tags = {} } = (call.body ?? {}) as {
    location?: string;
    tags?: Record<string, string>;
  };
  const vault = addVault(rsv, {
    id,
    location,
    tags,
    softDelete: 'Enabled',
    softDeleteDays: 14,
    discovered: 'all',
    unregister: 'works',
    whileBusy: 'accept',
    policies: [],
    containers: [],
    items: [],
  });
  vault.provisioned = 'Provisioning';
  const operation = startVaultOperation(rsv, vault, call, () => void (vault.provisioned = 'Succeeded'));
  return json(201, vaultBody(rsv, vault), { 'Azure-AsyncOperation': vaultStatusUrl(call, operation) });
}

function startVaultOperation(rsv: RecoveryServices, vault: Vault, call: Call, finish: () => void): string {
  const { core, seed } = rsv;
  const id = Buffer.from(`2047;${core.seeded.guid()}`).toString('base64');
  core.effects.record({
    at: call.now,
    kind: call.route.method === 'PUT' ? 'putVault' : 'deleteVault',
    subject: vault.id,
    id,
  });
  core.operations.start({
    id,
    kind: 'vault',
    vaultId: vault.id,
    subject: vault.id,
    startedAt: call.now,
    endsAt: call.now + core.duration(seed.timings.vault),
    finish: () => {
      finish();
      return { kind: 'succeeded' };
    },
  });
  return id;
}

function deleteVault({ rsv, vault, call }: VaultCall): ArmReply {
  if (vault.items.size > 0) {
    const message = 'Vault cannot be deleted as there are existing resources within the vault.';
    return serviceError(400, 'ServiceResourceNotEmptyWithBackendMessage', message);
  }
  vault.provisioned = 'Deleting';
  const operation = startVaultOperation(rsv, vault, call, () => {
    rsv.vaults.delete(vault.id.toLowerCase());
    rsv.core.resources.delete(vault.id);
  });
  return empty(202, {
    'Azure-AsyncOperation': vaultStatusUrl(call, operation),
    Location: vaultResultUrl(call, operation),
  });
}

function vaultStatus(rsv: RecoveryServices, call: Call): ArmReply {
  const operation = rsv.core.operations.find(call.params['operation'] ?? '');
  const { subscription = '', group = '', vault = '' } = call.params;
  if (operation === undefined) return resourceNotFound('Microsoft.RecoveryServices/vaults', vault, group);
  const id = `${vaultId(subscription, group, vault)}/operationStatus/${operation.id}`;
  return json(200, {
    id,
    name: operation.id,
    status: operation.outcome === undefined ? 'InProgress' : 'Succeeded',
  });
}

function vaultResult(rsv: RecoveryServices, call: Call): ArmReply {
  const operation = rsv.core.operations.find(call.params['operation'] ?? '');
  if (operation === undefined || operation.outcome !== undefined) return empty(204);
  return empty(202, { Location: vaultResultUrl(call, operation.id) });
}
