import { rankOf, type PointChoice, type PointWish } from '../../arm/backupJob.ts';
import { chooseIdentity } from '../../arm/vaultIdentities.ts';
import { missingRolesFailure } from '../../data-protection/eligibility.ts';
import { findContainer, roleForShares, type AccountAccess } from '../../recovery-services/containers.ts';
import type { ShareItem, ShareRestoreOrder } from '../../recovery-services/restoreRequests.ts';
import {
  chooseItemPoint,
  readRestoreCounts,
  restoreShare,
  type RestoreCounts,
} from '../../recovery-services/restores.ts';
import { vaultIdOf } from '../../recovery-services/paths.ts';
import { findRestoreGuard, readVault } from '../../recovery-services/vaults.ts';
import { createDrillShare, findDrillAccount, findShareUsage } from '../../resources/drillPlaces.ts';
import { findDrillTarget } from '../../resources/drillTargets.ts';
import type { DrillRequest } from '../../runs/request.ts';
import { beats, type Flow, type FlowContext, type FlowEnding } from '../flow.ts';
import { followJob } from '../recovery-services/followJob.ts';
import { itemTargetOf } from '../recovery-services/itemTarget.ts';
import { getSource } from '../recovery-services/listedItem.ts';
import { FlowEnded, skip } from '../refusals.ts';
import { grantMissing, rolesMissing } from '../roleGrants.ts';
import { sleep, takeStep } from '../takeStep.ts';
import { drill, secondsToRestore, type Drilled, type Restored } from './drill.ts';

/** Why an account cannot be restored into, as far as its own settings say. */
export function* accountObstacles(
  context: FlowContext,
  accountId: string,
  region: string,
  by: 'keys' | 'identity',
): Flow<readonly string[]> {
  const { found } = yield* takeStep(context, findDrillAccount, { accountId });
  if (!found) return [`there is no storage account ${accountId}`];
  const elsewhere = region !== '' && found.region !== region;
  const isClosed = by === 'keys' && !found.hasKeys;
  return [
    ...(elsewhere ? [`the account ${accountId} lies in ${found.region}, what is restored in ${region}`] : []),
    ...found.obstacles.map((one) => `${accountId}: ${one}`),
    ...(isClosed
      ? [
          `${accountId}: it allows no shared keys, by which the vault reaches the source: register that by identity`,
        ]
      : []),
  ];
}

type Into = NonNullable<DrillRequest['into']['fileShare']>;

/** The items that one drill takes: a pure function of drill, occurrence and share, so that a replay takes the same. */
function itemsOf({ items, itemsAtMost }: Into, seed: string): readonly ShareItem[] | undefined {
  return items
    ?.toSorted((one, other) => (rankOf(seed, one) < rankOf(seed, other) ? -1 : 1))
    .slice(0, itemsAtMost)
    .map((path) => ({
      path: path.replace(/\/$/, ''),
      type: path.endsWith('/') ? ('Directory' as const) : ('File' as const),
    }));
}

/** Whether what the job has counted is what was asked for: of single items every file among them at least. */
function judge(
  { restored, failed = 0, skipped = 0 }: RestoreCounts,
  minimumFiles: number,
  items: readonly ShareItem[] | undefined,
): Pick<Restored, 'verdict' | 'message'> {
  if (restored === undefined) return { verdict: 'mismatch', message: 'The job tells no counts.' };
  if (failed + skipped > 0)
    return { verdict: 'mismatch', message: `${failed} files failed and ${skipped} were skipped.` };
  if (restored < minimumFiles)
    return {
      verdict: 'empty',
      message: `${restored} files came back, at least ${minimumFiles} were expected.`,
    };
  const files = items?.filter(({ type }) => type === 'File').length ?? 0;
  if (restored < files) return { verdict: 'mismatch', message: `${restored} of ${files} files came back.` };
  return { verdict: 'good' };
}

/** A share as it is drilled. */
interface ShareDrill {
  readonly request: DrillRequest;
  readonly itemId: string;
  readonly friendlyName: string;
  readonly sourceAccountId: string;
  readonly accountId: string;
  readonly targetId: string;
  readonly items: readonly ShareItem[] | undefined;
  /** By which identity the vault reaches the source, and is to reach the target; by keys where it is absent. */
  readonly access: AccountAccess | undefined;
}

const orderOf = (context: FlowContext, one: ShareDrill, pointId: string): ShareRestoreOrder => ({
  ...{ itemId: one.itemId, kind: 'fileShare', friendlyName: one.friendlyName, pointId },
  sourceAccountId: one.sourceAccountId,
  targetAccountId: one.accountId,
  targetShare: `abd-${context.runId}`,
  ...(one.items ? { items: one.items, folder: '' } : {}),
  ...(one.access === undefined ? {} : { access: one.access }),
  ...(one.request.guardRequest === undefined ? {} : { guardRequests: [one.request.guardRequest] }),
});

function* restored(context: FlowContext, one: ShareDrill, pointId: string): Flow<Restored> {
  yield* takeStep(context, createDrillShare, { targetId: one.targetId, runId: context.runId });
  const handle = yield* takeStep(context, restoreShare, orderOf(context, one, pointId));
  const { job, ended, failure, warnings } = yield* followJob(context, handle);
  context.warnings.push(...warnings);
  if (failure) throw new FlowEnded(ended === 'cancelled' ? 'cancelled' : 'failed', failure);
  const { vaultId } = handle;
  const counts = yield* takeStep(context, readRestoreCounts, { vaultId, jobId: job.id });
  const seconds = secondsToRestore(context, handle, job);
  const { check } = one.request;
  return { seconds, counts, ...judge(counts, check?.minimumFiles ?? 1, one.items) };
}

/** A role that was granted counts after minutes, and no call tells whether it does. */
const grantedBeats = 60;

/** The role that an identity needs on the account that is restored into; the service has no call that validates it. */
function* identityObstacles(
  context: FlowContext,
  { request, itemId, accountId, access }: ShareDrill,
  isDry: boolean,
): Flow<readonly string[]> {
  if (access === undefined) return [];
  const vaultId = vaultIdOf(itemId);
  const vault = yield* takeStep(context, readVault, { vaultId });
  const chosen = chooseIdentity({ id: vaultId, identities: vault?.identities ?? [] }, access);
  if ('failure' in chosen) {
    if (isDry) return [chosen.failure.message];
    throw new FlowEnded('failed', chosen.failure);
  }
  const { principalId } = chosen.identity;
  const roles = [{ ...roleForShares, scope: accountId }];
  const wanted = { roles, principalId, mayGrant: request.grantRoles === true };
  const missing = yield* rolesMissing(context, wanted);
  if (missing.length === 0) return [];
  if (isDry) return [missingRolesFailure(missing, principalId, undefined).message];
  yield* grantMissing(context, wanted, missing, undefined);
  yield* sleep(context, beats(context, grantedBeats));
  return [];
}

function drilledAs(context: FlowContext, one: ShareDrill): Drilled {
  const { itemId, targetId, items, accountId, access, sourceAccountId, friendlyName } = one;
  const vaultId = vaultIdOf(itemId);
  const resourceId = `${sourceAccountId}/fileServices/default/shares/${friendlyName}`;
  // Single items are restored from snapshots, never from the vault.
  const store = items ? { store: 'InstantRP' } : {};
  return {
    ...{ resourceId, itemId },
    restoredTo: [targetId],
    things: [{ id: targetId, mayBeUntagged: false }],
    choose: (wish: PointWish): Flow<PointChoice> =>
      takeStep(context, chooseItemPoint, { itemId, ...wish, ...store }),
    *look() {
      const vault = yield* takeStep(context, readVault, { vaultId });
      const by = access === undefined ? 'keys' : 'identity';
      const unfit = yield* accountObstacles(context, accountId, vault?.region ?? '', by);
      if (unfit.length > 0) return unfit;
      const { found } = yield* takeStep(context, findDrillTarget, { targetId, runId: context.runId });
      return found && found.taggedBy !== context.runId ? [`there is a share ${targetId} already`] : [];
    },
    *guards() {
      return (yield* takeStep(context, findRestoreGuard, { vaultId })).requests;
    },
    *creates() {
      if (items) return [{ what: `file share with ${items.length} items of the source` }];
      return [{ what: 'file share', ...(yield* takeStep(context, findShareUsage, { shareId: resourceId })) }];
    },
    validate: (_, isDry) => identityObstacles(context, one, isDry),
    restore: ({ id }) => restored(context, one, id),
  };
}

/** A share, or some of its items, into a new, empty share of another account. */
export function* drillShare(context: FlowContext, request: DrillRequest): Flow<FlowEnding> {
  const into = request.into.fileShare;
  if (into === undefined) throw skip('KindNotDrilled', 'into names no account for file shares.');
  const source = yield* getSource(context, itemTargetOf(request.target));
  const { itemId, sourceId: sourceAccountId, friendlyName } = source;
  const account = { vaultId: vaultIdOf(itemId), storageAccountId: sourceAccountId };
  const container = yield* takeStep(context, findContainer, { ...account, withAccess: true });
  const accountId = into.storageAccount;
  const one: ShareDrill = {
    ...{ request, itemId, friendlyName, sourceAccountId, accountId },
    targetId: `${accountId}/fileServices/default/shares/abd-${context.runId}`,
    items: itemsOf(into, `${request.seed ?? context.runId}|${itemId.toLowerCase()}`),
    access: container?.access,
  };
  return yield* drill(context, drilledAs(context, one), request);
}
