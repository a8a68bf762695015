import type * as z from 'zod';
import type { coverageResourceSchema } from '../coverage/schema.ts';
import { listRuns } from '../runs/listRuns.ts';
import type { RunServices } from '../runs/runServices.ts';

type Found = z.infer<typeof coverageResourceSchema>;

/** A resource with its newest run as it stands now: what was noted with the last read may have ended since. */
export async function withNewestRun(runs: RunServices, found: Found): Promise<Found> {
  const { id, itemId, lastRun } = found.resource;
  const targets = [id, ...(itemId === undefined ? [] : [itemId])];
  const lists = await Promise.all(targets.map((target) => listRuns(runs, { target }, { top: 1 })));
  const [newest] = lists
    .flatMap((list) => list.runs)
    .sort((one, other) => other.createdAt.localeCompare(one.createdAt));
  if (!newest || (lastRun && lastRun.createdAt > newest.createdAt)) return found;
  const { id: runId, kind, status, createdAt, endedAt } = newest;
  const run = { id: runId, kind, status, createdAt, ...(endedAt !== undefined && { endedAt }) };
  return { ...found, resource: { ...found.resource, lastRun: run } };
}
