import type { PointChoice, PointWish } from '../../arm/backupJob.ts';
import {
  chooseItemPoint,
  readRestoreCounts,
  restoreShare,
  type RestoreCounts,
} from '../../recovery-services/restores.ts';
import { vaultIdOf } from '../../recovery-services/paths.ts';
import { readVault } from '../../recovery-services/vaults.ts';
import { createDrillShare, findDrillAccount, findDrillTarget } from '../../resources/drillTargets.ts';
import type { DrillRequest } from '../../runs/request.ts';
import type { Flow, FlowContext, FlowEnding } from '../flow.ts';
import { followJob } from '../recovery-services/followJob.ts';
import { itemTargetOf, nameOfTarget } from '../recovery-services/itemTarget.ts';
import { getListed } from '../recovery-services/listedItem.ts';
import { FlowEnded, refuse, skip } from '../refusals.ts';
import { takeStep } from '../takeStep.ts';
import { drill, secondsToRestore, type Drilled, type Restored } from './drill.ts';

/** Why an account cannot be restored into, as far as its own settings say. */
export function* accountObstacles(
  context: FlowContext,
  accountId: string,
  region: string,
): Flow<readonly string[]> {
  const { found } = yield* takeStep(context, findDrillAccount, { accountId });
  if (!found) return [`there is no storage account ${accountId}`];
  const elsewhere = region !== '' && found.region !== region;
  return [
    ...(elsewhere ? [`the account lies in ${found.region}, what is restored in ${region}`] : []),
    ...found.obstacles.map((one) => `${accountId}: ${one}`),
  ];
}

/** Whether what the job has counted is what was asked for. */
function judge(counts: RestoreCounts, minimumFiles: number): Pick<Restored, 'verdict' | 'message'> {
  const { restored, failed = 0, skipped = 0 } = counts;
  if (restored === undefined) return { verdict: 'mismatch', message: 'The job tells no counts.' };
  if (failed + skipped > 0)
    return { verdict: 'mismatch', message: `${failed} files failed and ${skipped} were skipped.` };
  if (restored < minimumFiles)
    return {
      verdict: 'empty',
      message: `${restored} files came back, at least ${minimumFiles} were expected.`,
    };
  return { verdict: 'good' };
}

/** A share into a new, empty share of another account. */
export function* drillShare(context: FlowContext, request: DrillRequest): Flow<FlowEnding> {
  const accountId = request.into.fileShare?.storageAccount;
  if (accountId === undefined) throw skip('KindNotDrilled', 'into names no account for file shares.');
  const target = itemTargetOf(request.target);
  const item = yield* getListed(context, target);
  const { sourceResourceId: sourceAccountId, friendlyName } = item;
  if (sourceAccountId === undefined || friendlyName === undefined)
    throw refuse(
      'ItemNotReadable',
      `The vault does not say what ${nameOfTarget(target)} was backed up from.`,
    );
  const share = `abd-${context.runId}`;
  const targetId = `${accountId}/fileServices/default/shares/${share}`;
  const made = { targetId, runId: context.runId };
  const itemId = item.id;

  function* restore(point: { readonly id: string }): Flow<Restored> {
    yield* takeStep(context, createDrillShare, made);
    const order = { itemId, kind: 'fileShare', friendlyName: friendlyName ?? '', pointId: point.id } as const;
    const into = {
      sourceAccountId: sourceAccountId ?? '',
      targetAccountId: accountId ?? '',
      targetShare: share,
    };
    const handle = yield* takeStep(context, restoreShare, { ...order, ...into });
    const { job, ended, failure, warnings } = yield* followJob(context, handle);
    context.warnings.push(...warnings);
    if (failure) throw new FlowEnded(ended === 'cancelled' ? 'cancelled' : 'failed', failure);
    const { vaultId } = handle;
    const counts = yield* takeStep(context, readRestoreCounts, { vaultId, jobId: job.id });
    const seconds = secondsToRestore(context, handle, job);
    return { seconds, counts, ...judge(counts, request.check?.minimumFiles ?? 1) };
  }

  const drilled: Drilled = {
    resourceId: `${sourceAccountId}/fileServices/default/shares/${friendlyName}`,
    itemId,
    things: [{ id: targetId, mayBeUntagged: false }],
    choose: (wish: PointWish): Flow<PointChoice> => takeStep(context, chooseItemPoint, { itemId, ...wish }),
    *look() {
      const vault = yield* takeStep(context, readVault, { vaultId: vaultIdOf(itemId) });
      const unfit = yield* accountObstacles(context, accountId, vault?.region ?? '');
      if (unfit.length > 0) return unfit;
      const { found } = yield* takeStep(context, findDrillTarget, made);
      return found && found.taggedBy !== context.runId ? [`there is a share ${targetId} already`] : [];
    },
    // The service has no call that validates the restore of a share.
    *validate() {
      return [];
    },
    restore,
  };
  return yield* drill(context, drilled, request);
}
