import type { ArmCall, ArmReply, Failure, Json } from './call.ts';
import { memberIn, objectIn, objectsIn, textIn } from './replyFields.ts';
import { resourcePath, sameId } from './resourceId.ts';

/** An identity of a vault, by whose roles it reaches what it protects. `id` is the ARM id of a user-assigned one. */
export type VaultIdentity = { readonly principalId: string; readonly id?: string };

/**
 * The identities of a vault, the system-assigned one first where there is one; empty when there is none at all.
 *
 * Recorded in November 2025: `userAssignedIdentities` maps ids to objects with a `principalId` of their own.
 */
export function identitiesIn(identity: Json | undefined): readonly VaultIdentity[] {
  const principalId = textIn(memberIn(identity, 'principalId'));
  const named = Object.entries(objectIn(memberIn(identity, 'userAssignedIdentities')));
  return [
    ...(principalId === undefined ? [] : [{ principalId }]),
    ...named.map(([id, its]) => ({ id, principalId: textIn(memberIn(its, 'principalId')) ?? '' })),
  ];
}

/** A name for an identity of a vault, as a request spells it. */
export const identityName = ({ id }: VaultIdentity): string => id ?? 'systemAssigned';

/** A vault that reaches nothing by an identity. */
export const withoutIdentity = (vaultId: string): Failure => ({
  code: 'VaultWithoutIdentity',
  message: `the vault ${vaultId} has no managed identity`,
  advice: 'Give the vault an identity: the system-assigned one, or a user-assigned one.',
});

/**
 * The identity of the vault that a protection uses: the one that is asked for, else the one that is used already, else
 * the only one there is.
 *
 * @param asked `systemAssigned` or the ARM id of a user-assigned identity.
 */
export function chooseIdentity(
  { id: vaultId, identities }: { readonly id: string; readonly identities: readonly VaultIdentity[] },
  asked: string | undefined,
): { readonly identity: VaultIdentity } | { readonly failure: Failure } {
  const names = identities.map(identityName).join(', ');
  const [only] = identities;
  if (!only) return { failure: withoutIdentity(vaultId) };
  if (asked === undefined && identities.length === 1) return { identity: only };
  if (asked === undefined) {
    const message = `the vault ${vaultId} has several identities: ${names}`;
    return {
      failure: { code: 'VaultIdentityAmbiguous', message, advice: 'Say which one in identity.' },
    };
  }
  const identity = identities.find((one) => sameId(identityName(one), asked));
  if (identity) return { identity };
  return {
    failure: {
      code: 'VaultIdentityNotFound',
      message: `the vault ${vaultId} has no identity ${asked}; it has ${names}`,
      advice: 'Associate the identity with the vault, or name another.',
    },
  };
}

/** Requests of a Resource Guard by which restores of a vault would pass, as ARM ids; empty where none guards them. */
export type RestoreGuard = { readonly requests: readonly string[] };

/** Reads a vault's links to guards: each lists the operations that are held back, with the request that lets one pass. */
function restoreGuardIn(body: Json | undefined): RestoreGuard {
  const details = objectsIn(memberIn(body, 'value')).flatMap((link) =>
    objectsIn(memberIn(link, 'properties', 'resourceGuardOperationDetails')),
  );
  const restores = details.filter(({ vaultCriticalOperation }) =>
    /\/restore\/action$/i.test(textIn(vaultCriticalOperation) ?? ''),
  );
  return { requests: restores.flatMap(({ defaultResourceRequest }) => textIn(defaultResourceRequest) ?? []) };
}

/** The step that reads whether a Resource Guard guards restores of a vault; who may not read that is refused by the service itself. */
export const restoreGuardStep = (name: string, service: Pick<ArmCall, 'action' | 'apiVersion'>) => ({
  name,
  describe: ({ vaultId }: { readonly vaultId: string }) => ({
    ...service,
    method: 'GET' as const,
    path: resourcePath(vaultId, 'backupResourceGuardProxies'),
  }),
  pages: true as const,
  read: (reply: ArmReply) => ({ kind: 'done' as const, result: restoreGuardIn(reply.body) }),
  readRefusal: (_: Failure, status: number) =>
    status === 403 || status === 404 ? { kind: 'done' as const, result: { requests: [] } } : undefined,
  repeat: 'safe' as const,
  giveUpAfterSeconds: 1800,
});
