import { rankOf } from '../arm/backupJob.ts';
import { ancestorId } from '../arm/resourceId.ts';
import type { Drill, ResourceKind } from './schema.ts';

/** The kind of a source by its id; undefined for one that is not drilled. */
export function drillKindOf(sourceId: string): Exclude<ResourceKind, 'workload'> | undefined {
  if (ancestorId(sourceId, 'shares') !== undefined) return 'fileShare';
  if (ancestorId(sourceId, 'disks') !== undefined) return 'disk';
  if (ancestorId(sourceId, 'virtualMachines') !== undefined) return 'virtualMachine';
  return ancestorId(sourceId, 'storageAccounts') === undefined ? undefined : 'blobs';
}

/** Drill and occurrence: with an item's id all that a choice may depend on. */
export const seedOf = (drill: string, occurrence: string): string => `${drill.toLowerCase()}|${occurrence}`;

/** How many of so many are drilled. */
export function sampleSize({ share, atLeast, atMost }: Drill['sample'], of: number): number {
  return Math.min(of, Math.max(Math.ceil((of * share) / 100), atLeast), atMost);
}

/** The ids that one occurrence of a drill takes: a pure function of drill, occurrence and ids, in any order. */
export function sampled(ids: readonly string[], sample: Drill['sample'], seed: string): ReadonlySet<string> {
  const ranked = [...new Set(ids)].map((id) => ({ id, rank: rankOf(seed, id.toLowerCase()) }));
  ranked.sort((one, other) => (one.rank < other.rank ? -1 : 1));
  return new Set(ranked.slice(0, sampleSize(sample, ranked.length)).map(({ id }) => id));
}
