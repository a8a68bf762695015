import { createHash } from 'node:crypto';
import { idKey } from '../arm/resourceId.ts';
import { findRun, hasEnded } from '../runs/runRow.ts';
import type { RunServices } from '../runs/runServices.ts';
import type { ResourceWatch } from '../runs/activities.ts';
import type { StoredRow, Table } from '../storage/table.ts';

/** Hash that is a row's key for any text. */
export const hashed = (text: string): string =>
  createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 40);

const partitionOf = (resourceId: string): string => `resource-${hashed(idKey(resourceId))}`;
const rowKey = 'watch';
const mostTries = 20;

/** The part of the services that the watch needs. */
export interface WatchPorts {
  readonly triggers: Table;
  readonly runs: Pick<RunServices, 'runs'>;
}

const rowOf = (resourceId: string, runId: string, moment: string, writtenSince: boolean) => ({
  partitionKey: partitionOf(resourceId),
  rowKey,
  runId,
  moment,
  writtenSince,
});

const isFree = async (ports: WatchPorts, row: StoredRow): Promise<boolean> => {
  if (row['moment'] === 'done') return true;
  const holder = await findRun(ports.runs, String(row['runId']));
  // A row without its run: the trigger died between the two, and its event comes again.
  return holder !== undefined && hasEnded(holder.run.status);
};

/** Who looks after a written resource: this new run, or the one that has not read it yet or will look again. */
export async function claimResource(
  ports: WatchPorts,
  resourceId: string,
  runId: string,
): Promise<'mine' | 'absorbed'> {
  for (let tries = 0; tries < mostTries; tries++) {
    const row = await ports.triggers.read(partitionOf(resourceId), rowKey);
    const mine = rowOf(resourceId, runId, 'beforeLook', false);
    if (!row) {
      if ((await ports.triggers.insert(mine)).kind === 'written') return 'mine';
      continue;
    }
    if (row['runId'] === runId) return 'mine';
    if (await isFree(ports, row)) {
      if ((await ports.triggers.replace(mine, row.etag)).kind === 'written') return 'mine';
      continue;
    }
    const told = rowOf(resourceId, String(row['runId']), String(row['moment']), true);
    if ((await ports.triggers.replace(told, row.etag)).kind === 'written') return 'absorbed';
  }
  throw new Error('The watch of a resource was changed by others 20 times in a row.');
}

/**
 * Records where the run that looks after a resource stands: `look` forgets the writes so far, because the read that
 * follows sees them; `afterLook` gives the resource free, unless it was written after that `look`.
 *
 * The other side is `orchestrations/plan/protectByPlan.ts`; docs/protocols.md draws both.
 *
 * @returns whether the resource was written after the last `look`: then the run looks once more.
 */
export async function watchResource(
  ports: WatchPorts,
  { runId, resourceId, moment }: ResourceWatch,
): Promise<boolean> {
  for (let tries = 0; tries < mostTries; tries++) {
    const row = await ports.triggers.read(partitionOf(resourceId), rowKey);
    // Another run holds it: this one was taken for dead, and ends without a further look.
    if (row && row['runId'] !== runId) return false;
    const writtenSince = moment !== 'look' && row?.['writtenSince'] === true;
    const isDone = moment === 'afterLook' && !writtenSince;
    const next = rowOf(resourceId, runId, isDone ? 'done' : moment, writtenSince);
    const written = row ? await ports.triggers.replace(next, row.etag) : await ports.triggers.insert(next);
    if (written.kind === 'written') return writtenSince;
  }
  throw new Error('The watch of a resource was changed by others 20 times in a row.');
}
