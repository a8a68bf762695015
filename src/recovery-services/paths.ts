import type { ArmCall } from '../arm/call.ts';
import { parseResourceId } from '../arm/resourceId.ts';

/** Version of Microsoft.RecoveryServices for a vault's backup resources. Poll URLs bring their own. */
export const backupApiVersion = '2025-08-01';

/** Version of Microsoft.RecoveryServices for the vault itself. */
export const vaultApiVersion = '2024-04-01';

/**
 * The name that follows a type in an id (`protectedItems`, `subscriptions`), as the service spells it.
 *
 * @returns undefined when the id has no such type, or the text is no id.
 */
export function nameIn(id: string, type: string): string | undefined {
  const reading = parseResourceId(id);
  if (reading.kind === 'refused') return undefined;
  const { subscriptionId, resourceGroup, types, names } = reading.id;
  if (type === 'subscriptions') return subscriptionId;
  if (type === 'resourceGroups') return resourceGroup;
  const at = types.findIndex((one) => one.toLowerCase() === type.toLowerCase());
  return at < 0 ? undefined : names[at];
}

/** The id of the vault that an id lies in; the id itself when it lies in none. */
export const vaultIdOf = (id: string): string => /^.*?\/vaults\/[^/]+/i.exec(id)?.[0] ?? id;

/** A call to a vault's backup resources; `action` is Azure's own without the provider: `backupJobs/read`. */
export function backupCall(
  method: ArmCall['method'],
  action: string,
  path: string,
  more: Pick<ArmCall, 'query' | 'body'> = {},
): ArmCall {
  return {
    action: `Microsoft.RecoveryServices/vaults/${action}`,
    method,
    path,
    apiVersion: backupApiVersion,
    ...more,
  };
}
