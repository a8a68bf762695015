import { sameId } from '../../arm/resourceId.ts';
import { inSameSubscription } from '../../recovery-services/paths.ts';
import { readBackupStatus, readVault } from '../../recovery-services/vaults.ts';
import { findShareAccount } from '../../resources/sources.ts';
import type { Flow, FlowContext } from '../flow.ts';
import { FlowEnded, StepFailed, inAnotherVault, refuse, unknownShare } from '../refusals.ts';
import { ifReadable, takeStep } from '../takeStep.ts';
import type { ShareSought } from '../../recovery-services/protectedItems.ts';

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
export function* regionOfVault(context: FlowContext, vaultId: string): Flow<string> {
  const vault = yield* ifReadable(takeStep(context, readVault, { vaultId }));
  if (vault === null) throw refuse('VaultNotFound', `There is no vault ${vaultId}.`);
  return vault?.region ?? '';
}

/** Why a share of an account that is registered does not show: in another vault, or simply not there. */
export function* explainMissingShare(
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
export function* obstacleOf(
  context: FlowContext,
  sought: ShareSought,
  region: string,
): Flow<FlowEnded | undefined> {
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
export function* explainMissingAccount(context: FlowContext, sought: ShareSought): Flow<FlowEnded> {
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

/** A refused registration, with what a read of the account says against it. */
export function* withReasons(
  context: FlowContext,
  sought: ShareSought,
  isByIdentity: boolean,
  error: unknown,
): Flow<unknown> {
  if (!(error instanceof StepFailed) || error.outcome.kind !== 'refused') return error;
  const { storageAccountId: resourceId, vaultId } = sought;
  const account = yield* ifReadable(takeStep(context, findShareAccount, { resourceId }));
  const reasons = [
    ...(account?.found?.obstacles ?? []).filter(
      (obstacle) => !(isByIdentity && /shared keys/.test(obstacle)),
    ),
    ...(inSameSubscription(vaultId, resourceId)
      ? []
      : ['the account lies in another subscription than the vault']),
  ];
  if (reasons.length === 0) return error;
  const { failure } = error.outcome;
  const advice = `${failure.advice ?? ''} Seen: ${reasons.join('; ')}.`.trim();
  return new FlowEnded('failed', { ...failure, message: `${error.stepName}: ${failure.message}`, advice });
}
