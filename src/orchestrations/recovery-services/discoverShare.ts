import { sameId } from '../../arm/resourceId.ts';
import {
  documentedContainerName,
  findContainer,
  findProtectableContainer,
  inquireContainer,
  refreshContainers,
  registerContainer,
  type Container,
  type ContainerInVault,
} from '../../recovery-services/containers.ts';
import { inSameSubscription } from '../../recovery-services/paths.ts';
import { findProtectableShare, type Protectable } from '../../recovery-services/protectableItems.ts';
import { readBackupStatus, readVault } from '../../recovery-services/vaults.ts';
import { findShareAccount } from '../../resources/sources.ts';
import type { Flow, FlowContext } from '../flow.ts';
import { FlowEnded, StepFailed, inAnotherVault, refuse, unknownShare } from '../refusals.ts';
import { ifReadable, orAsFound, takeStep } from '../takeStep.ts';
import type { ShareSought } from './itemTarget.ts';

const lastSegment = (id: string): string => id.split('/').at(-1) ?? id;
const regionKey = (region: string): string => region.toLowerCase().replaceAll(' ', '');

/** The other vault that protects the share, as far as the app may ask. */
function* otherVaultOf(context: FlowContext, sought: ShareSought, region: string): Flow<string | undefined> {
  const { storageAccountId: resourceId, share, vaultId } = sought;
  const question = { resourceId, region, share };
  const where = yield* ifReadable(takeStep(context, readBackupStatus, question));
  return where?.kind === 'protected' && !sameId(where.vaultId, vaultId) ? where.vaultId : undefined;
}

/** The vault's region; empty when the app may not read the vault itself. */
function* regionOfVault(context: FlowContext, vaultId: string): Flow<string> {
  const vault = yield* ifReadable(takeStep(context, readVault, { vaultId }));
  if (vault === null) throw refuse('VaultNotFound', `There is no vault ${vaultId}.`);
  return vault?.region ?? '';
}

/** Why a share of an account that is registered does not show: in another vault, or simply not there. */
function* explainMissingShare(
  context: FlowContext,
  sought: ShareSought,
  seen: readonly string[],
): Flow<FlowEnded> {
  const region = yield* regionOfVault(context, sought.vaultId);
  const other = region === '' ? undefined : yield* otherVaultOf(context, sought, region);
  const accountName = lastSegment(sought.storageAccountId);
  return other === undefined
    ? unknownShare(sought.share, accountName, seen)
    : inAnotherVault(`Share ${sought.share} of ${accountName}`, other);
}

/** What a read of the account and its vault tells before anything is written: the account is missing, or in another region. */
function* obstacleOf(context: FlowContext, sought: ShareSought, region: string): Flow<FlowEnded | undefined> {
  const { storageAccountId } = sought;
  const account = yield* ifReadable(takeStep(context, findShareAccount, { resourceId: storageAccountId }));
  if (account && !account.found) {
    return refuse('StorageAccountNotFound', `There is no storage account ${storageAccountId}.`);
  }
  const accountRegion = account?.found?.location ?? '';
  if (region && accountRegion && regionKey(region) !== regionKey(accountRegion)) {
    return refuse(
      'StorageAccountInAnotherRegion',
      `The storage account lies in ${accountRegion}, the vault in ${region}.`,
      "A vault protects only what lies in its own region: use a vault of the account's region.",
    );
  }
  return undefined;
}

/** Why discovery does not show an account: missing, in another region, in another vault. */
function* explainMissingAccount(context: FlowContext, sought: ShareSought): Flow<FlowEnded> {
  const { storageAccountId } = sought;
  const region = yield* regionOfVault(context, sought.vaultId);
  const obstacle = yield* obstacleOf(context, sought, region);
  if (obstacle) return obstacle;
  const other = region === '' ? undefined : yield* otherVaultOf(context, sought, region);
  return other === undefined
    ? refuse(
        'StorageAccountNotDiscovered',
        `Discovery by the vault did not find the storage account ${storageAccountId}.`,
        'Accounts registered to another vault are not shown; NFS-only and classic accounts cannot be protected.',
      )
    : inAnotherVault(`Share ${sought.share} of ${lastSegment(storageAccountId)}`, other);
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
function* registeredMeanwhile(context: FlowContext, sought: ShareSought): Flow<string> {
  const { vaultId, storageAccountId } = sought;
  const registered = yield* takeStep(context, findContainer, { vaultId, storageAccountId });
  if (registered) return registered.name;
  throw yield* explainMissingAccount(context, sought);
}

/** A refused registration, with what a read of the account says against it. */
function* withReasons(context: FlowContext, sought: ShareSought, error: unknown): Flow<unknown> {
  if (!(error instanceof StepFailed) || error.outcome.kind !== 'refused') return error;
  const { storageAccountId: resourceId, vaultId } = sought;
  const account = yield* ifReadable(takeStep(context, findShareAccount, { resourceId }));
  const reasons = [
    ...(account?.found?.obstacles ?? []),
    ...(inSameSubscription(vaultId, resourceId)
      ? []
      : ['the account lies in another subscription than the vault']),
  ];
  if (reasons.length === 0) return error;
  const { failure } = error.outcome;
  const advice = `${failure.advice ?? ''} Seen: ${reasons.join('; ')}.`.trim();
  return new FlowEnded('failed', { ...failure, message: `${error.stepName}: ${failure.message}`, advice });
}

/** The account's container, registered now if it was not. */
function* registeredContainer(context: FlowContext, sought: ShareSought, lock?: boolean): Flow<string> {
  const account = { vaultId: sought.vaultId, storageAccountId: sought.storageAccountId };
  const registered = yield* takeStep(context, findContainer, account);
  if (registered) return registered.name;
  const containerName = yield* nameToRegister(context, sought);
  if (containerName === undefined) return yield* registeredMeanwhile(context, sought);
  try {
    return (yield* register(context, { ...account, containerName }, lock)).name;
  } catch (error) {
    throw yield* withReasons(context, sought, error);
  }
}

/** The account is locked by somebody else already, or may not be: not the lock of the item, which another run holds. */
const isLockConflict = (error: unknown): error is StepFailed =>
  error instanceof StepFailed &&
  error.outcome.kind !== 'cancelled' &&
  error.outcome.failure.class === 'user' &&
  error.outcome.failure.code !== 'ScopeLocked' &&
  /lock/i.test(error.outcome.failure.code);

/** Registers with the delete lock that was asked for; where the account refuses a lock, without it and with a warning. */
function* register(context: FlowContext, account: ContainerInVault, lock?: boolean): Flow<Container> {
  const locking = lock === undefined ? {} : { lock };
  const { vaultId, storageAccountId } = account;
  const registering = takeStep(context, registerContainer, { ...account, ...locking });
  try {
    return yield* orAsFound(context, registering, function* () {
      return (yield* takeStep(context, findContainer, { vaultId, storageAccountId })) ?? undefined;
    });
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
  const look = () => takeStep(context, findProtectableShare, { vaultId, storageAccountId, share });
  const { found } = yield* look();
  if (found) return found;
  const inquiring = takeStep(context, inquireContainer, { vaultId, storageAccountId, containerName });
  yield* orAsFound(context, inquiring, function* () {
    return (yield* look()).found ? null : undefined;
  });
  const again = yield* look();
  if (again.found) return again.found;
  throw yield* explainMissingShare(context, sought, again.seen);
}
