import {
  documentedContainerName,
  findContainer,
  findProtectableContainer,
  inquireContainer,
  refreshContainers,
  registerContainer,
  type AccountInVault,
  type Container,
  type ContainerInVault,
} from '../recovery-services/containers.ts';
import { nameIn } from '../recovery-services/paths.ts';
import { findProtectableShare, type Protectable } from '../recovery-services/protectableItems.ts';
import { explainMissingAccount, explainMissingShare } from './explainMissing.ts';
import type { Flow, FlowContext } from './flow.ts';
import type { ShareSought } from './itemTarget.ts';
import { StepFailed } from './stepFailed.ts';
import { takeStep } from './takeStep.ts';

const otherSubscription = ({ vaultId, storageAccountId }: AccountInVault): boolean =>
  nameIn(vaultId, 'subscriptions')?.toLowerCase() !==
  nameIn(storageAccountId, 'subscriptions')?.toLowerCase();

/** The name under which an account can be registered: from a list, after a discovery on a miss; none when it cannot be found. */
function* nameToRegister(context: FlowContext, sought: ShareSought): Flow<string | undefined> {
  const { vaultId, storageAccountId } = sought;
  if (otherSubscription(sought)) {
    const name = documentedContainerName(storageAccountId);
    context.warnings.push(
      `Discovery sees the vault's own subscription only: the documented container name ${name} was used.`,
    );
    return name;
  }
  const known = yield* takeStep(context, findProtectableContainer, { vaultId, storageAccountId });
  if (known) return known.name;
  yield* takeStep(context, refreshContainers, { vaultId, backupManagementType: 'AzureStorage' });
  const discovered = yield* takeStep(context, findProtectableContainer, { vaultId, storageAccountId });
  return discovered?.name;
}

/** An account that cannot be registered may have been, by a run about another of its shares. */
function* registeredMeanwhile(context: FlowContext, sought: ShareSought): Flow<string> {
  const { vaultId, storageAccountId } = sought;
  const registered = yield* takeStep(context, findContainer, { vaultId, storageAccountId });
  if (registered) return registered.name;
  throw yield* explainMissingAccount(context, sought);
}

/** The account's container, registered now if it was not. */
function* registeredContainer(context: FlowContext, sought: ShareSought, lock?: boolean): Flow<string> {
  const account = { vaultId: sought.vaultId, storageAccountId: sought.storageAccountId };
  const registered = yield* takeStep(context, findContainer, account);
  if (registered) return registered.name;
  const containerName = yield* nameToRegister(context, sought);
  if (containerName === undefined) return yield* registeredMeanwhile(context, sought);
  return (yield* register(context, { ...account, containerName }, lock)).name;
}

/** The account is locked by somebody else already, or may not be: not the lock of the item, which another run holds. */
const isLockConflict = (error: unknown): error is StepFailed =>
  error instanceof StepFailed &&
  error.outcome.kind !== 'cancelled' &&
  error.outcome.failure.class === 'user' &&
  /lock/i.test(error.outcome.failure.code);

/** Registers with the delete lock that was asked for; where the account refuses a lock, without it and with a warning. */
function* register(context: FlowContext, account: ContainerInVault, lock?: boolean): Flow<Container> {
  const locking = lock === undefined ? {} : { lock };
  try {
    return yield* takeStep(context, registerContainer, { ...account, ...locking });
  } catch (error) {
    if (lock === false || !isLockConflict(error)) throw error;
    const registered = yield* takeStep(context, registerContainer, { ...account, lock: false });
    context.warnings.push(`The vault holds no delete lock on the storage account. ${error.message}`);
    return registered;
  }
}

/**
 * Makes the vault see a share that it does not protect yet: registers the account on a miss, inquires on a miss.
 *
 * @throws FlowEnded with the reason when the share cannot be found; StepFailed when the service refuses a step.
 */
export function* discoverShare(context: FlowContext, sought: ShareSought, lock?: boolean): Flow<Protectable> {
  const containerName = yield* registeredContainer(context, sought, lock);
  const { vaultId, storageAccountId, share } = sought;
  const look = { vaultId, storageAccountId, share };
  const { found } = yield* takeStep(context, findProtectableShare, look);
  if (found) return found;
  yield* takeStep(context, inquireContainer, { vaultId, storageAccountId, containerName });
  const again = yield* takeStep(context, findProtectableShare, look);
  if (again.found) return again.found;
  throw yield* explainMissingShare(context, sought, again.seen);
}
