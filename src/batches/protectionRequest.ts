import { accountOfShare } from '../arm/resourceId.ts';
import type { Estate } from '../estate/readEstate.ts';
import { drillKindOf, sampled, seedOf } from '../plan/drills.ts';
import type { Rule, Drill, Plan } from '../plan/schema.ts';
import { snapshotGroupFor, type Candidate } from '../plan/select.ts';
import type { RunRequest, Target, DrillRequest } from '../runs/request.ts';
import type { BatchOf } from '../runs/run.ts';
import { backupItems } from './backupItems.ts';
import type { BatchItem } from './batchItem.ts';

type Protect = Extract<RunRequest, { kind: 'protect' }>;

function targetFor({ kind, id, name }: Candidate, vaultId: string): Target {
  switch (kind) {
    case 'fileShare':
      return { kind, vaultId, storageAccountId: accountOfShare(id), share: name };
    case 'virtualMachine':
      return { kind, vaultId, virtualMachineId: id };
    case 'disk':
    case 'blobs':
      return { kind, vaultId, datasourceId: id };
    case 'workload':
      return { id };
  }
}

/** What Backup vaults know and Recovery Services vaults do not. */
function instanceOptions(rule: Rule, { kind, subscriptionId }: Candidate): Partial<Protect> {
  const { containers, autoProtect, grantRoles, identity } = rule.protect;
  const group = kind === 'disk' ? snapshotGroupFor(rule, subscriptionId) : undefined;
  return {
    ...(group === undefined ? {} : { snapshotResourceGroupId: group }),
    ...(containers === undefined ? {} : { containers }),
    ...(autoProtect === undefined ? {} : { autoProtect }),
    ...(identity === undefined ? {} : { identity }),
    ...(grantRoles ? { grantRoles } : {}),
  };
}

/** What is said of the account of a share. */
function shareOptions({ protect }: Rule): Partial<Protect> {
  const { lockStorageAccount, identity, accessType, grantRoles } = protect;
  const isByIdentity = identity !== undefined || accessType === 'identity';
  return {
    ...(lockStorageAccount === undefined ? {} : { lockStorageAccount }),
    ...(identity === undefined ? {} : { identity }),
    ...(accessType === undefined ? {} : { accessType }),
    ...(isByIdentity && grantRoles ? { grantRoles } : {}),
  };
}

function optionsFor(candidate: Candidate, rule: Rule): Partial<Protect> {
  const { kind } = candidate;
  if (kind === 'disk' || kind === 'blobs') return instanceOptions(rule, candidate);
  return kind === 'fileShare' ? shareOptions(rule) : {};
}

/** The request that protects a resource as a rule of the plan says. Vault and policy are the rule's: no tag names them. */
export function protectionRequest(
  candidate: Candidate,
  { rule, vaultId, policyId }: { readonly rule: Rule; readonly vaultId: string; readonly policyId: string },
): RunRequest {
  return {
    kind: 'protect',
    target: targetFor(candidate, vaultId),
    policyId,
    ...optionsFor(candidate, rule),
    ...(rule.protect.backUpAfterwards ? { backUpAfterwards: true } : {}),
  };
}

type OfDrill = Extract<BatchOf, { kind: 'drill' }>;

/** The plan's drill of a batch; undefined when there is none of that name any more. */
export const drillOf = ({ drills = [] }: Plan, of: OfDrill): Drill | undefined =>
  drills.find(({ name }) => name.toLowerCase() === of.drill.toLowerCase());

function requestOf(drill: Drill, of: OfDrill, itemId: string, seed: string): DrillRequest {
  const { name, into, point, check, keepFor, guardRequest, grantRoles, target, restoresADay } = drill;
  return {
    kind: 'drill',
    target: { id: itemId },
    ...{ into, point, seed, drill: name, restoresADay },
    ...(check === undefined ? {} : { check }),
    ...(keepFor === undefined ? {} : { keepFor }),
    ...(guardRequest === undefined ? {} : { guardRequest }),
    ...(grantRoles === undefined ? {} : { grantRoles }),
    ...(target === undefined ? {} : { restoreWithin: target }),
    ...(of.dryRun ? { dryRun: true } : {}),
  };
}

/** Why a resource of the sample is not drilled. */
function whyNotDrilled({ into }: Drill, sourceId: string): string | undefined {
  const kind = drillKindOf(sourceId);
  if (kind === undefined) return 'databases are not drilled';
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
