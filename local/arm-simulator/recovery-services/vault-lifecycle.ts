import type { ArmReply } from '../exchange.ts';
import type { OperationOutcome } from '../operations.ts';
import { empty, json, resourceNotFound } from '../replies.ts';
import type { Call } from '../core.ts';
import { addVault } from './load.ts';
import { vaultResultUrl, vaultStatusUrl } from './operation-links.ts';
import { vaultSeedSchema } from './seed.ts';
import type { RecoveryServices, Vault } from './state.ts';
import { vaultBody } from './vault-body.ts';
import { type VaultCall, vaultId } from './vault-call.ts';

/** PUT of a vault: 201 and a status URL for a new one, 200 for one that is there. */
export function putVault(rsv: RecoveryServices, call: Call): ArmReply {
  const { subscription = '', group = '', vault: name = '' } = call.params;
  const id = vaultId(subscription, group, name);
  const earlier = rsv.vaults.get(id.toLowerCase());
  if (earlier !== undefined) return json(200, vaultBody(rsv, earlier));
  const { location, tags } = (call.body ?? {}) as Record<string, unknown>;
  const vault = addVault(rsv, vaultSeedSchema.parse({ id, location, tags }));
  vault.provisioned = 'Provisioning';
  const operation = startVaultOperation({ rsv, vault, call }, () => {
    vault.provisioned = 'Succeeded';
    return { kind: 'succeeded' };
  });
  return json(201, vaultBody(rsv, vault), { 'Azure-AsyncOperation': vaultStatusUrl(call, operation) });
}

type VaultChange = Pick<VaultCall, 'rsv' | 'vault' | 'call'>;

function startVaultOperation({ rsv, vault, call }: VaultChange, finish: () => OperationOutcome): string {
  const { core, seed } = rsv;
  const put = call.route.method === 'PUT';
  const id = Buffer.from(`${put ? 2047 : 1023};${core.seeded.guid()}`).toString('base64');
  const kind = put ? 'putVault' : 'deleteVault';
  core.effects.record({ at: call.now, kind, subject: vault.id, id });
  const endsAt = call.now + core.duration(seed.timings.vault);
  core.operations.start({
    id,
    kind,
    vaultId: vault.id,
    subject: vault.id,
    startedAt: call.now,
    endsAt,
    finish,
  });
  return id;
}

/** DELETE of a vault: always accepted; its status says afterwards that something is left inside. */
export function deleteVault({ rsv, vault, call }: VaultChange): ArmReply {
  const operation = startVaultOperation({ rsv, vault, call }, () => {
    const error = remains(vault);
    if (error !== undefined) return { kind: 'failed', error };
    rsv.vaults.delete(vault.id.toLowerCase());
    rsv.core.resources.delete(vault.id);
    return { kind: 'succeeded' };
  });
  return empty(202, {
    'Azure-AsyncOperation': vaultStatusUrl(call, operation),
    Location: vaultResultUrl(call, operation),
  });
}

function remains({ items, containers }: Vault): { code: string; message: string } | undefined {
  const deleted = [...items.values()].find(({ softDeleted }) => softDeleted !== undefined);
  if (deleted !== undefined) {
    const message = `Recovery Services vault cannot be deleted as there are backup items still present in soft delete state. : ${deleted.source.friendlyName}`;
    return { code: 'BMSUserErrorVaultDeletionNotPermitted', message };
  }
  const left = [...items.values()][0]?.source.friendlyName ?? [...containers.values()][0]?.names.name;
  if (left === undefined) return undefined;
  const message = `Recovery Services Vault cannot be deleted as there are existing resources within the vault. : ${left}`;
  return { code: 'BMSUserErrorVaultDeletionNotAllowed', message };
}

/** Status of a vault's PUT or DELETE; poll headers come again while it runs. */
export function vaultStatus(rsv: RecoveryServices, call: Call): ArmReply {
  const { subscription = '', group = '', vault = '', operation: asked = '' } = call.params;
  const operation = rsv.core.operations.find(asked);
  if (operation === undefined) return resourceNotFound('Microsoft.RecoveryServices/vaults', vault, group);
  const { id, outcome, startedAt, endsAt } = operation;
  const head = { id: `${vaultId(subscription, group, vault)}/operationStatus/${id}`, name: id };
  if (outcome === undefined) {
    const links = { 'Azure-AsyncOperation': vaultStatusUrl(call, id), Location: vaultResultUrl(call, id) };
    return json(200, { ...head, status: 'InProgress' }, links);
  }
  if (outcome.kind === 'succeeded') return json(200, { ...head, status: 'Succeeded' });
  const times = { startTime: usTime(startedAt), endTime: usTime(endsAt) };
  return json(200, { ...head, status: 'Failed', ...times, error: outcome.error });
}

/** `5/28/2025 10:46:03 AM`, as the vault provider writes times. */
function usTime(at: number): string {
  return new Date(at).toLocaleString('en-US', { timeZone: 'UTC' }).replace(',', '').replaceAll(/\s/g, ' ');
}

/** Result URL of a vault's DELETE. */
export function vaultResult(rsv: RecoveryServices, call: Call): ArmReply {
  const operation = rsv.core.operations.find(call.params['operation'] ?? '');
  if (operation === undefined || operation.outcome !== undefined) return empty(204);
  return empty(202, { Location: vaultResultUrl(call, operation.id) });
}
