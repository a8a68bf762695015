import type { ArmReply } from '../exchange.ts';
import { pollHeaders } from '../poll-links.ts';
import { json, serviceError, type ArmError } from '../replies.ts';
import { startOperation } from './accept.ts';
import { accountAccessFault, askedIdentity } from './account-access.ts';
import { containerBody } from './container-body.ts';
import { addContainer } from './load.ts';
import { hasReadOnlyLock } from '../resources/authorization/locks.ts';
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
  const byIdentity = askedProperties(call)['accessType'] === 'IdentityBased';
  const identity = byIdentity ? askedIdentity(call) : undefined;
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

function finishRegistration(asked: VaultCall, registration: Registration) {
  const { container, identity } = registration;
  const { resourceId: accountId } = container.names;
  const error =
    obstacle(asked, container) ?? accountAccessFault(asked, { accountId, identity, now: registration.now });
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

const isRegisteredIn = (vault: VaultCall['vault'], names: ContainerNames): boolean =>
  vault.containers.get(containerKey(names.name))?.status === 'Registered';

const fault = (code: string, message: string): ArmError => ({ code, message });
