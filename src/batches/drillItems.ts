import type { Estate } from '../estate/readEstate.ts';
import { drillKindOf, sampled, seedOf } from '../plan/drills.ts';
import type { Drill, Plan } from '../plan/schema.ts';
import type { DrillRequest } from '../runs/request.ts';
import type { BatchOf } from '../runs/run.ts';
import type { BatchItem } from './batchItem.ts';
import { backupItems } from './backupItems.ts';

type OfDrill = Extract<BatchOf, { kind: 'drill' }>;

/** The plan's drill of a batch; undefined when there is none of that name any more. */
export const drillOf = ({ drills = [] }: Plan, of: OfDrill): Drill | undefined =>
  drills.find(({ name }) => name.toLowerCase() === of.drill.toLowerCase());

function requestOf(drill: Drill, of: OfDrill, itemId: string, seed: string): DrillRequest {
  const { name, into, point, check, keepFor, grantRoles, target, restoresADay } = drill;
  return {
    kind: 'drill',
    target: { id: itemId },
    ...{ into, point, seed, drill: name, restoresADay },
    ...(check === undefined ? {} : { check }),
    ...(keepFor === undefined ? {} : { keepFor }),
    ...(grantRoles === undefined ? {} : { grantRoles }),
    ...(target === undefined ? {} : { restoreWithin: target }),
    ...(of.dryRun ? { dryRun: true } : {}),
  };
}

/** Why a resource of the sample is not drilled. */
function whyNotDrilled({ into }: Drill, sourceId: string): string | undefined {
  const kind = drillKindOf(sourceId);
  if (kind === undefined || kind === 'virtualMachine') return 'machines and databases are not drilled';
  return into[kind] === undefined ? `into names no place for ${kind}` : undefined;
}

function itemOf(drill: Drill, of: OfDrill, item: BatchItem, seed: string, now: Date): BatchItem {
  const { request, ...rest } = item;
  const itemId = request?.kind === 'backUp' && 'id' in request.target ? request.target.id : item.target;
  const message = whyNotDrilled(drill, item.target);
  if (message === undefined) return { ...rest, request: requestOf(drill, of, itemId, seed) };
  const endedAt = now.toISOString();
  return { ...rest, state: 'ended', status: 'skipped', endedAt, error: { code: 'KindNotDrilled', message } };
}

/**
 * What one occurrence of a drill restores: a sample of what its rules or match select among what vaults protect.
 *
 * @param madeAt when the batch was made: the occurrence of one that somebody has asked for.
 */
export function drillItems(
  plan: Plan,
  drill: Drill,
  of: OfDrill,
  estate: Estate,
  { madeAt, now }: { readonly madeAt: string; readonly now: Date },
): readonly BatchItem[] {
  const seed = seedOf(drill.name, of.dueAt ?? madeAt);
  const backedUp = backupItems(plan, drill.of, estate, {}, 'drill', now).filter(
    ({ state }) => state === 'planned',
  );
  const taken = sampled(
    backedUp.map(({ key }) => key),
    drill.sample,
    seed,
  );
  return backedUp.filter(({ key }) => taken.has(key)).map((item) => itemOf(drill, of, item, seed, now));
}
