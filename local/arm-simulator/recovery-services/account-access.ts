import type { Call } from '../core.ts';
import type { ArmError } from '../replies.ts';
import { roleAssignmentsOf } from '../resources/authorization/role-assignments.ts';
import { principalOf } from '../vault-identity.ts';
import type { ContainerIdentity, RecoveryServices, Vault } from './state.ts';
import { askedProperties } from './vault-call.ts';

/** The identity a request names, known from api-version 2026-07-01; undefined: the account's keys. */
export function askedIdentity(call: Call): ContainerIdentity | undefined {
  const { identityInfo } = askedProperties(call);
  if (call.apiVersion < '2026-07-01' || identityInfo == null) return undefined;
  const { isSystemAssignedIdentity = false, managedIdentityResourceId } =
    identityInfo as Partial<ContainerIdentity>;
  return { isSystemAssignedIdentity, managedIdentityResourceId };
}

const fileDataRole = {
  name: 'Storage File Data Privileged Contributor',
  guid: '69566ab7-960f-475b-8e7c-b3118f30c6bd',
};

interface Access {
  readonly accountId: string;
  readonly identity: ContainerIdentity | undefined;
  readonly now: number;
}

/** Why the account cannot be reached: by its keys where it has none to give, or by an identity without the role. */
export function accountAccessFault(
  { rsv, vault }: { readonly rsv: RecoveryServices; readonly vault: Vault },
  { accountId, identity, now }: Access,
): ArmError | undefined {
  const { core } = rsv;
  if (identity === undefined) {
    const keyless = core.resources.get(accountId)?.properties['allowSharedKeyAccess'] === false;
    return keyless ? withoutKeys : undefined;
  }
  const { isSystemAssignedIdentity, managedIdentityResourceId } = identity;
  const userAssignedId = isSystemAssignedIdentity ? undefined : managedIdentityResourceId;
  const principalId = principalOf(core.resources.get(vault.id)?.identity, { userAssignedId });
  if (principalId === undefined) return isSystemAssignedIdentity ? noSystemIdentity : noUserIdentity;
  const { name, guid } = fileDataRole;
  if (roleAssignmentsOf(core).isEffective({ principalId, role: guid, scope: accountId, now }))
    return undefined;
  return {
    code: 'UserErrorMissingRequiredPermissions',
    message: `The identity of the vault needs ${name} on ${accountId}.`,
  };
}

const withoutKeys: ArmError = {
  code: 'UserErrorStorageKeyBasedAuthenticationNotPermitted',
  message: 'Key based authentication is not permitted on the storage account.',
};

const noSystemIdentity: ArmError = {
  code: 'UserErrorSystemIdentityNotEnabledWithVault',
  message: 'The system identity is not enabled on the vault.',
};

const noUserIdentity: ArmError = {
  code: 'UserErrorUserIdentityNotFoundOrNotAssociatedWithVault',
  message: 'The user identity was not found or is not associated with the vault.',
};
