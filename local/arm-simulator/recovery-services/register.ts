import type { ArmReply } from '../exchange.ts';
import { pollHeaders } from '../poll-links.ts';
import { json, serviceError, type ArmError } from '../replies.ts';
import { startOperation } from './accept.ts';
import { containerBody } from './container-body.ts';
import { addContainer } from './load.ts';
import { hasReadOnlyLock } from '../resources/authorization/locks.ts';
import { roleAssignmentsOf } from '../resources/authorization/role-assignments.ts';
import { principalOf } from '../vault-identity.ts';
import { armId, containerKey, type ContainerNames, containerNames } from './names.ts';
import { containerLinks } from './operation-links.ts';
import type { Container, ContainerIdentity } from './state.ts';
import { askedContainer, askedProperties, invalidInput, type VaultCall } from './vault-call.ts';

/** PUT of a container: registers an account or a machine's workloads; 202 `{}`, the end says what went wrong. */
export function registerContainer(asked: VaultCall): ArmReply {
  const { rsv, vault, call } = asked;
  const names = askedNames(asked);
  if ('status' in names) return names;
  const earlier = askedContainer(asked);
  if (earlier?.status === 'Registering')
    return serviceError(400, 'BadRequest', 'Registration is already in progress.');
  const container = earlier ?? addContainer(vault, names, { status: 'Registering', inquired: false });
  const { acquireStorageAccountLock } = askedProperties(call);
  container.lock = typeof acquireStorageAccountLock === 'string' ? acquireStorageAccountLock : 'Acquire';
  const identity = askedIdentity(call);
  const { timings } = rsv.seed;
  const operation = startOperation(asked, {
    kind: 'register',
    subject: armId(`${vault.id}/backupFabrics/Azure/protectionContainers/${names.name}`),
    seconds: names.kind === 'AzureStorage' ? timings.registerStorage : timings.registerWorkload,
    finish: (now) => finishRegistration(asked, { container, identity, now }),
    abandon: () => forgetUnregistered(asked, container),
  });
  return json(202, {}, pollHeaders(call, containerLinks(call, operation.id)));
}

function askedNames({ call }: VaultCall): ContainerNames | ArmReply {
  const { containerType, backupManagementType, sourceResourceId } = askedProperties(call);
  if (typeof sourceResourceId !== 'string' || sourceResourceId === '')
    return invalidInput('sourceResourceId is missing');
  if (backupManagementType === 'AzureStorage' && containerType === 'StorageContainer') {
    return matching(call.params['container'] ?? '', containerNames('AzureStorage', sourceResourceId));
  }
  if (backupManagementType === 'AzureWorkload' && containerType === 'VMAppContainer') {
    return matching(call.params['container'] ?? '', containerNames('AzureWorkload', sourceResourceId));
  }
  return invalidInput('containerType and backupManagementType do not fit');
}

function matching(asked: string, names: ContainerNames): ContainerNames | ArmReply {
  if (containerKey(asked) === containerKey(names.name)) return names;
  return serviceError(
    400,
    'BMSUserErrorContainerNameIncorrectFormat',
    'The container name is not in the expected format.',
  );
}

interface Registration {
  readonly container: Container;
  readonly identity: ContainerIdentity | undefined;
  readonly now: number;
}

/** The identity to reach the account by, from api-version 2026-07-01; undefined: its keys. */
function askedIdentity(call: VaultCall['call']): ContainerIdentity | undefined {
  const { accessType, identityInfo } = askedProperties(call);
  if (call.apiVersion < '2026-07-01' || accessType !== 'IdentityBased') return undefined;
  const { isSystemAssignedIdentity = false, managedIdentityResourceId } = (identityInfo ??
    {}) as Partial<ContainerIdentity>;
  return { isSystemAssignedIdentity, managedIdentityResourceId };
}

function finishRegistration(asked: VaultCall, registration: Registration) {
  const { container, identity } = registration;
  const error = obstacle(asked, container) ?? accessFault(asked, registration);
  if (error !== undefined) {
    forgetUnregistered(asked, container);
    return { kind: 'failed' as const, error };
  }
  if (container.status === 'SoftDeleted' || container.names.kind === 'AzureWorkload')
    container.inquired = true;
  container.status = 'Registered';
  container.identity = identity;
  const { type: _type, ...result } = containerBody(asked.vault, container);
  return { kind: 'succeeded' as const, result };
}

function forgetUnregistered({ vault }: VaultCall, { names, status }: Container): void {
  if (status === 'Registering') vault.containers.delete(containerKey(names.name));
}

/** Why a registration cannot work: no such account, another region, another vault, soft-deleted, no key access. */
function obstacle({ rsv, vault, call }: VaultCall, { names, status }: Container): ArmError | undefined {
  const resource = rsv.core.resources.get(names.resourceId);
  if (resource === undefined)
    return fault('UserErrorStorageAccountNotFound', 'The storage account or machine was not found.');
  const { operationType } = askedProperties(call);
  if (status === 'SoftDeleted' && operationType !== 'Rehydrate' && operationType !== 'Reregister') {
    return fault(
      'BMSUserErrorContainerNotUndeleted',
      'The container is in soft-deleted state. Undelete it first.',
    );
  }
  if (resource.location?.toLowerCase() !== vault.seed.location.toLowerCase()) {
    return fault(
      'UserErrorStorageAccountRegionMismatch',
      'The storage account and the vault are in different regions.',
    );
  }
  const elsewhere = [...rsv.vaults.values()].find((other) => other !== vault && isRegisteredIn(other, names));
  if (elsewhere !== undefined) {
    return fault(
      'UserErrorContainerAlreadyRegisteredToAnotherVault',
      `The container is already registered with another vault: ${elsewhere.id}`,
    );
  }
  if (hasReadOnlyLock(rsv.core, names.resourceId))
    return fault('UserErrorStorageAccountIsLocked', 'A read-only lock is on the storage account.');
  return undefined;
}

const fileDataRole = {
  name: 'Storage File Data Privileged Contributor',
  guid: '69566ab7-960f-475b-8e7c-b3118f30c6bd',
};

/** Why the account cannot be reached: by its keys where it has none to give, or by an identity without the role. */
function accessFault(
  { rsv, vault }: VaultCall,
  { container, identity, now }: Registration,
): ArmError | undefined {
  const { core } = rsv;
  const scope = container.names.resourceId;
  const account = core.resources.get(scope);
  if (identity === undefined) {
    return account?.properties['allowSharedKeyAccess'] === false
      ? fault(
          'UserErrorStorageKeyBasedAuthenticationNotPermitted',
          'Key based authentication is not permitted on the storage account.',
        )
      : undefined;
  }
  const { isSystemAssignedIdentity, managedIdentityResourceId } = identity;
  const userAssignedId = isSystemAssignedIdentity ? undefined : managedIdentityResourceId;
  const principalId = principalOf(core.resources.get(vault.id)?.identity, { userAssignedId });
  if (principalId === undefined)
    return isSystemAssignedIdentity
      ? fault(
          'UserErrorSystemIdentityNotEnabledWithVault',
          'The system identity is not enabled on the vault.',
        )
      : fault(
          'UserErrorUserIdentityNotFoundOrNotAssociatedWithVault',
          'The user identity was not found or is not associated with the vault.',
        );
  const { name, guid } = fileDataRole;
  return roleAssignmentsOf(core).isEffective({ principalId, role: guid, scope, now })
    ? undefined
    : fault('UserErrorMissingRequiredPermissions', `The identity of the vault needs ${name} on ${scope}.`);
}

const isRegisteredIn = (vault: VaultCall['vault'], names: ContainerNames): boolean =>
  vault.containers.get(containerKey(names.name))?.status === 'Registered';

const fault = (code: string, message: string): ArmError => ({ code, message });
