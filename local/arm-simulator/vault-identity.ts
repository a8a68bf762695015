import { z } from 'zod';
import { parseResourceId, type ResourceStore } from './resources.ts';
import { guidFromHex, sha256Hex } from './seeded.ts';

/** The identity fields of a vault in a world file. */
export const vaultIdentityFields = {
  principalId: z
    .guid()
    .optional()
    .describe('Object id of the vault’s system-assigned identity; default: follows from the id.'),
  systemAssigned: z.boolean().default(true).describe('Whether the vault has a system-assigned identity.'),
  userAssigned: z
    .array(
      z.strictObject({
        id: z.string().startsWith('/subscriptions/'),
        principalId: z.guid().optional().describe('Object id; default: follows from the id.'),
      }),
    )
    .default([])
    .describe('User-assigned identities of the vault; each becomes a resource as well.'),
};

/** What of a vault's seed says which identities it has. */
export interface IdentitySeed {
  readonly id: string;
  readonly principalId?: string | undefined;
  readonly systemAssigned: boolean;
  readonly userAssigned: readonly { readonly id: string; readonly principalId?: string | undefined }[];
}

/** Which identity a request chooses; neither field given: the system-assigned one. */
export interface IdentityChoice {
  readonly userAssignedId: string | undefined;
}

type Identity = Record<string, unknown>;
type UserAssigned = Record<string, { readonly principalId?: string }>;

const userAssignedType = 'Microsoft.ManagedIdentity/userAssignedIdentities';

/** Object id of a system-assigned identity that nothing else names. */
const systemPrincipal = (vaultId: string): string =>
  guidFromHex(sha256Hex(`identity of ${vaultId.toLowerCase()}`));

/** `identity` of a vault as ARM shows it; user-assigned identities that are new become resources. */
export function identityOf(resources: ResourceStore, seed: IdentitySeed, tenantId: string): Identity {
  const { id, principalId, systemAssigned, userAssigned } = seed;
  const types = [systemAssigned && 'SystemAssigned', userAssigned.length > 0 && 'UserAssigned'];
  const type = types.filter((word) => word !== false).join(',');
  if (type === '') return { type: 'None' };
  const named = userAssigned.map((one) => [one.id, userAssignedIdentity(resources, one, tenantId)]);
  return {
    type,
    ...(named.length > 0 && { userAssignedIdentities: Object.fromEntries(named) as UserAssigned }),
    ...(systemAssigned && { principalId: principalId ?? systemPrincipal(id) }),
    tenantId,
  };
}

function userAssignedIdentity(
  resources: ResourceStore,
  { id, principalId }: IdentitySeed['userAssigned'][number],
  tenantId: string,
) {
  const known = resources.get(id)?.properties as { principalId?: string; clientId?: string } | undefined;
  const ids = {
    clientId: known?.clientId ?? guidFromHex(sha256Hex(`client of ${id.toLowerCase()}`)),
    principalId:
      principalId ?? known?.principalId ?? guidFromHex(sha256Hex(`principal of ${id.toLowerCase()}`)),
  };
  const { name } = parseResourceId(id);
  resources.put({
    id,
    name,
    type: userAssignedType,
    location: 'westeurope',
    properties: { tenantId, ...ids },
  });
  return ids;
}

/** The identity a PUT of a vault asks for; ids of identities are kept, those of new ones follow from the resource. */
export function askedIdentity(
  resources: ResourceStore,
  vault: { readonly id: string; readonly principalId: string | undefined },
  asked: { readonly type?: string; readonly userAssignedIdentities?: Record<string, unknown> } | undefined,
  tenantId: string,
): Identity {
  const words = asked?.type ?? 'None';
  const userAssigned = Object.keys(asked?.userAssignedIdentities ?? {}).map((id) => ({ id }));
  const seed = { ...vault, systemAssigned: /SystemAssigned/i.test(words), userAssigned };
  return identityOf(resources, seed, tenantId);
}

/** Object id of the chosen identity; undefined when the vault does not have it. */
export function principalOf(identity: Identity | undefined, choice: IdentityChoice): string | undefined {
  const wanted = choice.userAssignedId?.toLowerCase();
  if (wanted === undefined) return identity?.['principalId'] as string | undefined;
  const entries = Object.entries((identity?.['userAssignedIdentities'] ?? {}) as UserAssigned);
  return entries.find(([id]) => id.toLowerCase() === wanted)?.[1].principalId;
}
