import type { ArmReply } from '../exchange.ts';
import { resourceNotFound, serviceError } from '../replies.ts';
import type { Call, Route } from '../core.ts';
import { containerKey, itemKey } from './names.ts';
import { type Container, type Item, itemPath, type RecoveryServices, type Vault } from './state.ts';

/** A call below a vault that exists. */
export interface VaultCall {
  readonly rsv: RecoveryServices;
  readonly vault: Vault;
  readonly call: Call;
  /** What a job begun by this call shows as `activityId`. */
  readonly activityId: string;
}

/** Path of everything below a vault. */
export const vaultPath =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.RecoveryServices/vaults/{vault}';

/** Path of a container and of an item in it. */
export const containerPath = `${vaultPath}/backupFabrics/{fabric}/protectionContainers/{container}`;
/** See {@link containerPath}. */
export const protectedItemPath = `${containerPath}/protectedItems/{item}`;

/** RBAC actions of the provider begin so. */
export const action = (tail: string): string => `Microsoft.RecoveryServices/vaults/${tail}`;

/** Finds the vault of a call; a missing one is answered by the gateway with 404 `ResourceNotFound`. */
export function inVault(rsv: RecoveryServices, handle: (asked: VaultCall) => ArmReply): Route['handle'] {
  return (call) => {
    const { subscription = '', group = '', vault: name = '' } = call.params;
    const vault = rsv.vaults.get(vaultId(subscription, group, name).toLowerCase());
    if (vault === undefined) return resourceNotFound('Microsoft.RecoveryServices/vaults', name, group);
    const { settings, seeded } = rsv.core;
    const activityId = settings.echoActivityId ? call.clientRequestId : seeded.guid();
    return handle({ rsv, vault, call, activityId });
  };
}

/** ARM id of a vault. */
export const vaultId = (subscription: string, group: string, name: string): string =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.RecoveryServices/vaults/${name}`;

/** The container that the path names, if the vault has it. */
export const askedContainer = ({ vault, call }: VaultCall): Container | undefined =>
  vault.containers.get(containerKey(call.params['container'] ?? ''));

/** The item that the path names, if the vault has it. */
export const askedItem = ({ vault, call }: VaultCall): Item | undefined =>
  vault.items.get(itemPath(containerKey(call.params['container'] ?? ''), itemKey(call.params['item'] ?? '')));

/** `properties` of the request body; empty when there are none. */
export function askedProperties({ body }: Call): Record<string, unknown> {
  const properties = (body as { properties?: unknown } | undefined)?.properties;
  return typeof properties === 'object' && properties !== null ? (properties as Record<string, unknown>) : {};
}

/** 400 for a request body or filter that cannot be right. */
export const invalidInput = (what: string): ReturnType<typeof serviceError> =>
  serviceError(400, 'BMSUserErrorInvalidInput', `Input provided for the call is invalid: ${what}`);

/** 404 for an item name that fits nothing, as a built name gets it. */
export const dataSourceNotFound = (): ReturnType<typeof serviceError> =>
  serviceError(
    404,
    'BMSUserErrorDataSourceObjectNotFound',
    'The specified datasource object was not found. Please refresh and retry the operation.',
  );
