import type { ArmReply } from '../exchange.ts';
import { readFilter } from '../filter.ts';
import { listReply } from '../paging.ts';
import { empty, json, serviceError } from '../replies.ts';
import type { Route } from '../core.ts';
import { armId } from './names.ts';
import type { Policy, RecoveryServices, Vault } from './state.ts';
import { action, askedProperties, invalidInput, inVault, type VaultCall, vaultPath } from './vault-call.ts';

/** Policies: list, read, write, delete. */
export function policyRoutes(rsv: RecoveryServices): Route[] {
  const policies = `${vaultPath}/backupPolicies`;
  const policy = `${policies}/{policy}`;
  return [
    {
      name: 'recoveryServices.policies',
      method: 'GET',
      path: policies,
      action: action('backupPolicies/read'),
      bucket: 'provider',
      handle: inVault(rsv, listPolicies),
    },
    {
      name: 'recoveryServices.policy',
      method: 'GET',
      path: policy,
      action: action('backupPolicies/read'),
      bucket: 'provider',
      handle: inVault(rsv, getPolicy),
    },
    {
      name: 'recoveryServices.putPolicy',
      method: 'PUT',
      path: policy,
      action: action('backupPolicies/write'),
      handle: inVault(rsv, putPolicy),
    },
    {
      name: 'recoveryServices.deletePolicy',
      method: 'DELETE',
      path: policy,
      action: action('backupPolicies/delete'),
      handle: inVault(rsv, deletePolicy),
    },
  ];
}

function policyBody(vault: Vault, { name, properties }: Policy): unknown {
  const protectedItemsCount = itemsOf(vault, name);
  return {
    id: armId(`${vault.id}/backupPolicies/${name}`),
    name,
    type: 'Microsoft.RecoveryServices/vaults/backupPolicies',
    properties: { ...properties, protectedItemsCount },
  };
}

const itemsOf = (vault: Vault, policy: string): number =>
  [...vault.items.values()].filter((item) => item.policy?.toLowerCase() === policy.toLowerCase()).length;

function listPolicies({ vault, call }: VaultCall): ArmReply {
  const filter = readFilter(call.url);
  if (filter === undefined) return invalidInput('$filter cannot be read');
  const same = (field: string, value: unknown) =>
    filter[field] === undefined || filter[field].toLowerCase() === String(value ?? '').toLowerCase();
  const rows = [...vault.policies.values()]
    .filter(({ properties }) => same('backupmanagementtype', properties['backupManagementType']))
    .filter(
      ({ properties }) =>
        properties['workLoadType'] === undefined || same('workloadtype', properties['workLoadType']),
    )
    .map((policy) => policyBody(vault, policy));
  return listReply(call, rows);
}

const askedPolicy = ({ vault, call }: VaultCall): Policy | undefined =>
  vault.policies.get((call.params['policy'] ?? '').toLowerCase());

function getPolicy(asked: VaultCall): ArmReply {
  const policy = askedPolicy(asked);
  if (policy !== undefined) return json(200, policyBody(asked.vault, policy));
  return serviceError(404, 'ResourceNotFound', 'The specified policy was not found in the vault.');
}

function putPolicy(asked: VaultCall): ArmReply {
  const { rsv, vault, call } = asked;
  const { protectedItemsCount: _count, ...properties } = askedProperties(call);
  if (typeof properties['backupManagementType'] !== 'string')
    return invalidInput('backupManagementType is missing');
  const name = call.params['policy'] ?? '';
  const policy: Policy = askedPolicy(asked) ?? { name, properties };
  policy.properties = withNetTimes(properties) as Record<string, unknown>;
  vault.policies.set(name.toLowerCase(), policy);
  rsv.core.effects.record({ at: call.now, kind: 'putPolicy', subject: `${vault.id}/backupPolicies/${name}` });
  return json(200, policyBody(vault, policy));
}

/** The service gives times back without zero fractions. */
function withNetTimes(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.0+Z$/, '$1Z');
  if (Array.isArray(value)) return value.map(withNetTimes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withNetTimes(field)]));
}

function deletePolicy(asked: VaultCall): ArmReply {
  const { rsv, vault, call } = asked;
  const policy = askedPolicy(asked);
  if (policy === undefined) return empty(204);
  if (itemsOf(vault, policy.name) > 0) {
    return serviceError(400, 'BMSUserErrorPolicyInUse', 'The policy protects items and cannot be deleted.');
  }
  vault.policies.delete(policy.name.toLowerCase());
  rsv.core.effects.record({
    at: call.now,
    kind: 'deletePolicy',
    subject: `${vault.id}/backupPolicies/${policy.name}`,
  });
  return empty(200);
}
