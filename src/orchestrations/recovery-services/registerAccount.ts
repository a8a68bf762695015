import { chooseIdentity, identityName } from '../../arm/vaultIdentities.ts';
import {
  documentedContainerName,
  findContainer,
  findProtectableContainer,
  refreshContainers,
  registerContainer,
  roleForShares,
  type AccountAccess,
  type AccountInVault,
  type Container,
  type Registration,
} from '../../recovery-services/containers.ts';
import { accessDifferences, type Difference } from '../../recovery-services/itemChanges.ts';
import { inSameSubscription } from '../../recovery-services/paths.ts';
import { readVault } from '../../recovery-services/vaults.ts';
import type { Flow, FlowContext } from '../flow.ts';
import { FlowEnded, StepFailed, refuse, stillDiffers } from '../refusals.ts';
import { withRoles, type RolesWanted } from '../roleGrants.ts';
import { orAsFound, takeStep } from '../takeStep.ts';
import { explainMissingAccount, obstacleOf, regionOfVault, withReasons } from './explainMissing.ts';
import type { ShareSought } from '../../recovery-services/protectedItems.ts';
import { asksAccess, type RegistrationAsked } from './itemTarget.ts';

/** An access and, by an identity, the roles that it needs. */
interface AccessWanted {
  readonly access: AccountAccess;
  readonly roles?: RolesWanted;
}

/** The identity that is asked for, else the one in use, else the vault's only one. */
function* identityWanted(
  context: FlowContext,
  { vaultId, storageAccountId }: AccountInVault,
  { identity, grantRoles = false }: RegistrationAsked,
  container: Container | null,
): Flow<AccessWanted> {
  const vault = yield* takeStep(context, readVault, { vaultId });
  if (!vault) throw refuse('VaultNotFound', `There is no vault ${vaultId}.`);
  const chosen = chooseIdentity(
    { id: vaultId, identities: vault.identities ?? [] },
    identity ?? container?.access,
  );
  if ('failure' in chosen) throw new FlowEnded('failed', chosen.failure);
  const { principalId } = chosen.identity;
  const roles = [{ ...roleForShares, scope: storageAccountId }];
  return {
    access: identityName(chosen.identity),
    roles: { roles, principalId, mayGrant: grantRoles },
  };
}

/** The registration of an account beside what is asked of it. */
export interface RegistrationSeen {
  readonly container: Container | null;
  readonly wanted?: AccessWanted;
  readonly differences: readonly Difference[];
}

/** Reads how an account is registered, and how that differs from what is asked. */
export function* readRegistration(
  context: FlowContext,
  { vaultId, storageAccountId }: AccountInVault,
  asked: RegistrationAsked,
): Flow<RegistrationSeen> {
  const account = { vaultId, storageAccountId };
  if (!asksAccess(asked))
    return { container: yield* takeStep(context, findContainer, account), differences: [] };
  const container = yield* takeStep(context, findContainer, { ...account, withAccess: true });
  const wanted: AccessWanted =
    asked.accessType === 'keys'
      ? { access: 'keys' }
      : yield* identityWanted(context, account, asked, container);
  const differences = container ? accessDifferences(container, wanted.access) : [];
  return { container, wanted, differences };
}

/** The name under which an account can be registered: from a list, after a discovery on a miss; none when it cannot be found. */
function* nameToRegister(context: FlowContext, sought: ShareSought): Flow<string | undefined> {
  const { vaultId, storageAccountId } = sought;
  if (!inSameSubscription(vaultId, storageAccountId)) {
    const obstacle = yield* obstacleOf(context, sought, yield* regionOfVault(context, vaultId));
    if (obstacle) throw obstacle;
    const name = documentedContainerName(storageAccountId);
    context.warnings.push(
      `Discovery sees the vault's own subscription only: the documented container name ${name} was used.`,
    );
    return name;
  }
  const known = yield* takeStep(context, findProtectableContainer, { vaultId, storageAccountId });
  if (known) return known.name;
  const look = () => takeStep(context, findProtectableContainer, { vaultId, storageAccountId });
  const discovering = takeStep(context, refreshContainers, { vaultId, backupManagementType: 'AzureStorage' });
  yield* orAsFound(context, discovering, function* () {
    return (yield* look()) ? null : undefined;
  });
  return (yield* look())?.name;
}

/** An account that cannot be registered may have been, by a run about another of its shares. */
function* registeredMeanwhile(context: FlowContext, sought: ShareSought): Flow<Registered> {
  const { vaultId, storageAccountId } = sought;
  const registered = yield* takeStep(context, findContainer, { vaultId, storageAccountId });
  if (registered) return { name: registered.name, differences: [] };
  throw yield* explainMissingAccount(context, sought);
}

/** The account is locked by somebody else already, or may not be: not the lock of the item, which another run holds. */
const isLockConflict = (error: unknown): error is StepFailed =>
  error instanceof StepFailed &&
  error.outcome.kind !== 'cancelled' &&
  error.outcome.failure.class === 'user' &&
  error.outcome.failure.code !== 'ScopeLocked' &&
  /lock/i.test(error.outcome.failure.code);

/** Registers, or finds the account registered so where the operation cannot be read. */
function* registerOnce(context: FlowContext, registration: Registration): Flow<{ readonly name: string }> {
  const { vaultId, storageAccountId, access } = registration;
  const withAccess = access === undefined ? {} : { withAccess: true as const };
  return yield* orAsFound(context, takeStep(context, registerContainer, registration), function* () {
    const found = yield* takeStep(context, findContainer, { vaultId, storageAccountId, ...withAccess });
    const differs = found && access !== undefined && accessDifferences(found, access).length > 0;
    return found && !differs ? found : undefined;
  });
}

/** Registers with the delete lock that was asked for; where the account refuses a lock, without it and with a warning. */
function* register(context: FlowContext, registration: Registration): Flow<{ readonly name: string }> {
  try {
    return yield* registerOnce(context, registration);
  } catch (error) {
    if (registration.lock === false || !isLockConflict(error)) throw error;
    const registered = yield* registerOnce(context, { ...registration, lock: false });
    context.warnings.push(`The vault holds no delete lock on the storage account. ${error.message}`);
    return registered;
  }
}

/** What a registration says: what is asked, and what the account has and the change is to leave. */
function registrationOf(
  { vaultId, storageAccountId }: AccountInVault,
  containerName: string,
  { lockStorageAccount }: RegistrationAsked,
  { container, wanted }: RegistrationSeen,
): Registration {
  const lock = lockStorageAccount ?? container?.lock;
  return {
    ...{ vaultId, storageAccountId, containerName },
    ...(lock === undefined ? {} : { lock }),
    ...(wanted === undefined ? {} : { access: wanted.access }),
  };
}

/** What a switch claims is read: the account must be reached as asked. */
function* checkAccess(context: FlowContext, account: AccountInVault, access: AccountAccess): Flow<void> {
  const found = yield* takeStep(context, findContainer, { ...account, withAccess: true });
  const [left] = found ? accessDifferences(found, access) : [];
  if (left) throw stillDiffers(`The registration of ${account.storageAccountId}`, left);
}

/** A registered account: its container, and in what its registration differed before. */
interface Registered {
  readonly name: string;
  readonly differences: readonly Difference[];
}

/** The account's container, registered now if it was not, and registered again where the vault is to reach it otherwise. */
export function* registeredContainer(
  context: FlowContext,
  sought: ShareSought,
  asked: RegistrationAsked,
): Flow<Registered> {
  const account = { vaultId: sought.vaultId, storageAccountId: sought.storageAccountId };
  const seen = yield* readRegistration(context, account, asked);
  const { container, wanted, differences } = seen;
  if (container && differences.length === 0) return { name: container.name, differences };
  const containerName = container?.name ?? (yield* nameToRegister(context, sought));
  if (containerName === undefined) return yield* registeredMeanwhile(context, sought);
  const attempt = () => register(context, registrationOf(account, containerName, asked, seen));
  try {
    const { name } = yield* wanted?.roles ? withRoles(context, wanted.roles, attempt) : attempt();
    if (container && wanted) yield* checkAccess(context, account, wanted.access);
    return { name, differences };
  } catch (error) {
    throw yield* withReasons(context, sought, wanted?.roles !== undefined, error);
  }
}
