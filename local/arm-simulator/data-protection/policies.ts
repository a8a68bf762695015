import type { Call, Route } from '../core.ts';
import { empty, json } from '../replies.ts';
import { notThere, refusal } from './errors.ts';
import { sameId, type BackupPolicy, type DataProtectionState } from './state.ts';
import { vaultPath, withVault } from './vault-scope.ts';

const actions = 'Microsoft.DataProtection/backupVaults/backupPolicies';

/** Policies of a vault: list, get, PUT (no change in place), DELETE. */
export function policyRoutes(state: DataProtectionState): Route[] {
  const path = `${vaultPath}/backupPolicies`;
  return [
    {
      name: 'dataProtection.listPolicies',
      method: 'GET',
      path,
      action: `${actions}/read`,
      bucket: 'provider',
      handle: withVault((_call, vault) =>
        json(200, {
          value: [...state.policies.values()].filter((p) => sameId(p.vaultId, vault.id)).map(showPolicy),
        }),
      ),
    },
    {
      name: 'dataProtection.getPolicy',
      method: 'GET',
      path: `${path}/{policy}`,
      action: `${actions}/read`,
      bucket: 'provider',
      handle: withVault((call, vault) => {
        const policy = state.policies.get(policyKey(vault.id, call));
        return policy === undefined ? notThere() : json(200, showPolicy(policy));
      }),
    },
    {
      name: 'dataProtection.putPolicy',
      method: 'PUT',
      path: `${path}/{policy}`,
      action: `${actions}/write`,
      bucket: 'provider',
      handle: withVault((call, vault) => putPolicy(state, call, vault.id)),
    },
    {
      name: 'dataProtection.deletePolicy',
      method: 'DELETE',
      path: `${path}/{policy}`,
      action: `${actions}/delete`,
      bucket: 'provider',
      handle: withVault((call, vault) => empty(state.policies.delete(policyKey(vault.id, call)) ? 200 : 204)),
    },
  ];
}

const policyKey = (vaultId: string, call: Call) =>
  `${vaultId}/backupPolicies/${call.params['policy']}`.toLowerCase();

function putPolicy(state: DataProtectionState, call: Call, vaultId: string) {
  const name = call.params['policy'] ?? '';
  const sent = (call.body as { properties?: Record<string, unknown> } | undefined)?.properties ?? {};
  const properties = withTagIds(sent) as Record<string, unknown>;
  const before = state.policies.get(policyKey(vaultId, call));
  if (before !== undefined && JSON.stringify(before.properties) !== JSON.stringify(properties)) {
    const fault = {
      code: 'UserErrorBMSUpdatePolicyNotSupported',
      message: 'Update of a backup policy is not supported.',
    };
    return refusal(400, fault, state.core.seeded);
  }
  const policy = addPolicy(state, vaultId, name, properties);
  return json(200, showPolicy(policy));
}

/** Puts a policy into the state; names are kept in the caller's casing. */
export function addPolicy(
  state: DataProtectionState,
  vaultId: string,
  name: string,
  properties: Record<string, unknown>,
): BackupPolicy {
  const policy = { id: `${vaultId}/backupPolicies/${name}`, name, vaultId, properties };
  state.policies.set(policy.id.toLowerCase(), policy);
  return policy;
}

/** A policy as ARM shows it. */
export const showPolicy = ({ id, name, properties }: BackupPolicy) => ({
  properties,
  id,
  name,
  type: 'Microsoft.DataProtection/backupVaults/backupPolicies',
});

// The service adds an id to every tag: its name and an underscore.
function withTagIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTagIds);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withTagIds(inner)]));
  const tagName = copy['tagName'];
  return typeof tagName === 'string' && copy['id'] === undefined ? { ...copy, id: `${tagName}_` } : copy;
}

/** Finds a policy by the id in a request; the vault part of the id may be cased otherwise. */
export function findPolicy(
  state: DataProtectionState,
  vaultId: string,
  policyId: string,
): BackupPolicy | undefined {
  const policy = state.policies.get(policyId.toLowerCase());
  return policy !== undefined && sameId(policy.vaultId, vaultId) ? policy : undefined;
}
