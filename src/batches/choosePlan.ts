import {
  addItems,
  itemKey,
  itemsOf,
  listItems,
  shardsOf,
  type BatchItem,
  type BatchServices,
} from './batchItem.ts';
import { protectionRequest } from './protectionRequest.ts';
import { accountOfShare } from '../arm/resourceId.ts';
import { candidateOf, shareCandidate } from '../estate/candidates.ts';
import { reasonOf, type Selected } from '../estate/compare.ts';
import { accountsWithShares, sharesOf } from '../estate/readEstate.ts';
import type { Plan } from '../plan/schema.ts';
import { select, type Candidate } from '../plan/select.ts';
import type { PlanChoice, WrittenResource } from '../runs/activities.ts';
import { findRun } from '../runs/runRow.ts';

/** Protections of one account's shares at a time: they share its container. */
const concurrency = 4;
const longestMessage = 1500;

async function candidatesOf(
  services: BatchServices,
  plan: Plan,
  { resourceId, region, tags, shown }: WrittenResource,
): Promise<readonly Candidate[]> {
  const account = accountOfShare(resourceId);
  const resource = candidateOf({ id: account, region, tags, ...(shown && { shown }) });
  if (!resource) return [];
  if (account !== resourceId) return [shareCandidate(resource, resourceId.split('/').at(-1) ?? '')];
  const holdsShares = accountsWithShares(plan, [resource]).length > 0;
  return holdsShares ? [resource, ...(await sharesOf(services.estate, resource))] : [resource];
}

interface Chosen {
  readonly candidate: Candidate;
  readonly selection: Selected;
}

const itemFor = ({ candidate, selection }: Chosen): BatchItem => ({
  key: itemKey(`${candidate.kind}|${candidate.id}`),
  state: 'planned',
  target: candidate.id,
  rule: selection.rule.name,
  request: protectionRequest(candidate, selection),
});

async function several(
  services: BatchServices,
  { runId }: WrittenResource,
  chosen: readonly Chosen[],
): Promise<PlanChoice> {
  const stored = await findRun(services.runs, runId);
  if (!stored) throw new Error(`There is no run ${runId}.`);
  const partition = itemsOf(stored.run);
  await addItems(services.batchItems, partition, chosen.map(itemFor));
  const items = await listItems(services.batchItems, partition);
  return {
    kind: 'several',
    shards: shardsOf(items.map(({ item }) => item)),
    concurrency,
    rules: [...new Set(chosen.map(({ selection }) => selection.rule.name))],
  };
}

/**
 * Applies the plan to a resource that was written, and for a storage account to its shares, too.
 *
 * @throws EstateUnreadable when the shares cannot be listed now: the flow asks again.
 */
export async function choosePlan(services: BatchServices, written: WrittenResource): Promise<PlanChoice> {
  const { plan } = await services.loadPlan();
  const candidates = await candidatesOf(services, plan, written);
  const selections = candidates.map((candidate) => ({ candidate, selection: select(plan, candidate) }));
  const chosen = selections.filter((one): one is Chosen => one.selection.kind === 'selected');
  const [first] = chosen;
  if (chosen.length > 1) return several(services, written, chosen);
  if (first) {
    const { candidate, selection } = first;
    return { kind: 'one', request: protectionRequest(candidate, selection), rule: selection.rule.name };
  }
  const reasons = selections.map(({ candidate, selection }) =>
    selection.kind === 'selected' ? '' : `${candidate.kind} ${candidate.name}: ${reasonOf(selection)}`,
  );
  return { kind: 'skipped', message: reasons.join(' | ').slice(0, longestMessage) || 'nothing to protect' };
}
