import type { ArmCall } from '../arm/call.ts';
import { idKey } from '../arm/resourceId.ts';
import type { LoadedPlan } from './loadPlan.ts';
import type { Plan } from './schema.ts';

/** The vault a path lies in, as a key; undefined for a path outside every vault. */
function vaultKeyIn(path: string): string | undefined {
  const vault =
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.(?:RecoveryServices\/vaults|DataProtection\/backupVaults)\/[^/]+/i;
  const [id] = vault.exec(decodeURIComponent(path)) ?? [];
  return id && idKey(id);
}

const listsVault = (plan: Plan, path: string): boolean => {
  const key = vaultKeyIn(path);
  return key !== undefined && plan.safety.vaults.some((id) => idKey(id) === key);
};

function listsSubscription(plan: Plan, path: string): boolean {
  const [, id = ''] = /^\/subscriptions\/([^/]+)/i.exec(path) ?? [];
  return plan.safety.subscriptions.some((listed) => listed.toLowerCase() === id.toLowerCase());
}

/**
 * Whether the plan's allow-list lets a call out, whoever asked for it. Reads are always let out.
 *
 * Data is deleted only in a listed vault, and only where the plan says so. Other writes need a listed vault, or a listed
 * subscription outside vaults (roles); without any plan they are let out: the list belongs to the plan.
 */
export function allowsCall(
  { plan, standing }: Pick<LoadedPlan, 'plan' | 'standing'>,
  call: ArmCall,
): boolean {
  if (call.method === 'GET' || call.action.endsWith('/read')) return true;
  if (call.method === 'DELETE') return plan.safety.deleteBackups && listsVault(plan, call.path);
  if (standing === 'empty') return true;
  return vaultKeyIn(call.path) === undefined
    ? listsSubscription(plan, call.path)
    : listsVault(plan, call.path);
}
