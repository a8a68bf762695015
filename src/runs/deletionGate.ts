import type { Failure } from '../arm/call.ts';
import { ancestorId, idKey, sameId } from '../arm/resourceId.ts';
import type { SendObstacle } from '../steps/step.ts';
import type { Target } from './request.ts';
import type { AcceptedRequest, RunGeneration } from './run.ts';
import { findRun, hasEnded } from './runRow.ts';
import type { RunServices } from './runServices.ts';

const refused = (message: string, advice?: string): SendObstacle => {
  const failure: Failure = {
    code: 'DeleteNotAllowed',
    message,
    class: 'ours',
    ...(advice ? { advice } : {}),
  };
  return { kind: 'refused', failure };
};

const vaultOf = (id: string): string | undefined =>
  ancestorId(id, 'vaults') ?? ancestorId(id, 'backupVaults');

/** Whether an item may be the one that a target names: as far as the target's id or vault says. */
function mayBe(target: Target, itemId: string): boolean {
  if (!('id' in target)) return sameId(target.vaultId, vaultOf(itemId));
  return vaultOf(target.id) === undefined || idKey(target.id) === idKey(itemId);
}

/** Whether a person has asked for the deletion of this item: with its name, and not by a plan. */
const asksFor = (request: AcceptedRequest, itemId: string): boolean =>
  request.kind === 'stop' &&
  request.mode === 'deleteData' &&
  request.confirm !== undefined &&
  mayBe(request.target, itemId);

/**
 * What keeps a deletion from being sent now, by the deployment's setting and the run's own row: nothing that came with the
 * flow is believed. Asked before every send, however long the step was parked.
 *
 * @param itemId the item, as the call's path names it.
 */
export async function whyNotDelete(
  services: Pick<RunServices, 'runs' | 'mayDeleteBackups'>,
  { runId, generation }: RunGeneration,
  itemId: string,
): Promise<SendObstacle | undefined> {
  if (!services.mayDeleteBackups)
    return refused('This deployment does not delete backups.', 'Set DELETE_BACKUPS to true.');
  const run = (await findRun(services, runId))?.run;
  if (!run || !asksFor(run.request, itemId)) return refused('No run asks for this deletion.');
  if (hasEnded(run.status)) return refused(`The run has ended: ${run.status}.`);
  if (generation > run.generation) return refused('No run asks for this deletion.');
  // The flow that goes on orders the step again, and is answered then.
  if (generation < run.generation) return { kind: 'later', reason: 'Another flow carries this run now.' };
  return undefined;
}
