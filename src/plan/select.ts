import type { Conditions, Match, Plan, ResourceKind, Rule } from './schema.ts';

/** A resource as the plan sees it, whoever found it (an event, the graph, a list). */
export interface Candidate {
  readonly kind: ResourceKind;
  /** ARM id; for a file share the id of the share below its account. */
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
  /** Azure's region word, `westeurope`. */
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
  /** What is known of a disk or storage account beyond its head; of a share its account's. */
  readonly facts?: ResourceFacts;
  /** Why the service cannot back it up. */
  readonly notEligible?: string;
}

/** What conditions look at beside name, place and tags; absent where it was not read, or the kind has none. */
export interface ResourceFacts {
  readonly sku?: string;
  readonly accountKind?: string;
  readonly hierarchicalNamespace?: boolean;
  /** Who has made a disk. */
  readonly madeBy?: 'kubernetes' | 'scaleSet';
}

/** The first rule that takes the candidate, or why each rule did not. */
export type Selection =
  | { readonly kind: 'selected'; readonly rule: Rule; readonly vaultId: string; readonly policyId: string }
  | {
      readonly kind: 'skipped';
      readonly reasons: readonly { readonly rule: string; readonly reason: string }[];
    }
  | { readonly kind: 'refused'; readonly rule: Rule; readonly reason: string }
  | { readonly kind: 'notEligible'; readonly rule: Rule; readonly reason: string };

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Azure writes one region as `West Europe` and `westeurope`. */
const regionKey = (region: string): string => region.toLowerCase().replaceAll(' ', '');

/** Whether a glob of `*` and `?` matches the whole text, without case. Linear in text times pattern, whatever the pattern. */
export function matchesGlob(pattern: string, text: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), text.toLowerCase()];
  let [at, star, resume] = [0, -1, 0];
  for (let i = 0; i < given.length;) {
    if (at < wanted.length && (wanted[at] === '?' || (wanted[at] === given[i] && wanted[at] !== '*'))) {
      at++;
      i++;
    } else if (wanted[at] === '*') {
      star = at++;
      resume = i;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else return false;
  }
  while (wanted[at] === '*') at++;
  return at === wanted.length;
}

type TagCondition = NonNullable<Conditions['tags']>[string];

function failedTag(tagName: string, condition: TagCondition, tags: Candidate['tags']): string | undefined {
  const value = Object.entries(tags).find(([key]) => same(key, tagName))?.[1];
  if (typeof condition === 'object' && 'absent' in condition) {
    return value === undefined ? undefined : `tag ${tagName} is present`;
  }
  if (value === undefined) return `tag ${tagName} is absent`;
  if (typeof condition === 'string') {
    return same(condition, value) ? undefined : `tag ${tagName} is "${value}", not "${condition}"`;
  }
  if ('present' in condition) return undefined;
  return condition.anyOf.some((wanted) => same(wanted, value))
    ? undefined
    : `tag ${tagName} is "${value}", not one of ${condition.anyOf.join(', ')}`;
}

/** The first condition that does not hold, in words; undefined when all hold. */
function firstFailure(conditions: Conditions, candidate: Candidate): string | undefined {
  const { subscriptions, resourceGroups, regions, names, tags } = conditions;
  if (subscriptions && !subscriptions.some((id) => same(id, candidate.subscriptionId))) {
    return `subscription ${candidate.subscriptionId} is not listed`;
  }
  if (resourceGroups && !resourceGroups.some((group) => matchesGlob(group, candidate.resourceGroup))) {
    return `resource group ${candidate.resourceGroup} matches none of ${resourceGroups.join(', ')}`;
  }
  if (regions && !regions.some((region) => regionKey(region) === regionKey(candidate.region))) {
    return `region ${candidate.region} is not one of ${regions.join(', ')}`;
  }
  if (names && !names.some((pattern) => matchesGlob(pattern, candidate.name))) {
    return `name ${candidate.name} matches none of ${names.join(', ')}`;
  }
  for (const [tagName, condition] of Object.entries(tags ?? {})) {
    const failed = failedTag(tagName, condition, candidate.tags);
    if (failed) return failed;
  }
  return failedFact(conditions, candidate.facts ?? {});
}

/** A condition on what is not known does not hold. */
function failedFact(
  { skus, accountKinds, hierarchicalNamespace: wanted }: Conditions,
  { sku, accountKind, hierarchicalNamespace = false }: ResourceFacts,
): string | undefined {
  if (skus && !(sku !== undefined && skus.some((pattern) => matchesGlob(pattern, sku)))) {
    return `SKU ${sku ?? '(unknown)'} matches none of ${skus.join(', ')}`;
  }
  if (accountKinds && !accountKinds.some((kind) => same(kind, accountKind ?? ''))) {
    return `account kind ${accountKind ?? '(unknown)'} is not one of ${accountKinds.join(', ')}`;
  }
  if (wanted !== undefined && wanted !== hierarchicalNamespace) {
    return `the account has ${hierarchicalNamespace ? 'a' : 'no'} hierarchical namespace`;
  }
  return undefined;
}

/** The entries of an exclusion; an empty one excludes nothing. */
export const exclusionsOf = ({ exclude }: Match): readonly Conditions[] =>
  (exclude === undefined ? [] : Array.isArray(exclude) ? exclude : [exclude]).filter(
    (entry) => Object.keys(entry).length > 0,
  );

/**
 * Why a match does not take a candidate; undefined when it does.
 *
 * Conditions are AND, values inside one condition OR. `exclude` takes out what satisfies all conditions of any of its
 * entries; an empty entry excludes nothing.
 */
export function whyNot(match: Match, candidate: Candidate): string | undefined {
  if (match.kind !== candidate.kind) return `the rule is about ${match.kind}, not ${candidate.kind}`;
  const failed = firstFailure(match, candidate);
  if (failed) return failed;
  const entries = exclusionsOf(match);
  const at = entries.findIndex((entry) => firstFailure(entry, candidate) === undefined);
  if (at < 0) return undefined;
  return entries.length === 1 ? 'excluded by the rule' : `excluded by entry ${at + 1} of the rule's exclude`;
}

/** The vault a rule names for a region, `*` standing for every region not named. */
export function vaultFor(rule: Rule, region: string): string | undefined {
  const named = Object.entries(rule.protect.vaults).find(([key]) => regionKey(key) === regionKey(region));
  return named?.[1] ?? rule.protect.vaults['*'];
}

/** The policy for a resource: by its tag where the rule says so. */
function policyFor({ protect: { policy, policyByTag } }: Rule, { tags }: Candidate): string {
  if (!policyByTag) return policy;
  const value = Object.entries(tags).find(([name]) => same(name, policyByTag.tag))?.[1];
  const named = Object.entries(policyByTag.policies).find(([key]) => value !== undefined && same(key, value));
  return named?.[1] ?? policy;
}

/** The resource group that keeps a disk's snapshots; undefined where the rule names none for its subscription. */
export function snapshotGroupFor({ protect }: Rule, subscriptionId: string): string | undefined {
  const { snapshotResourceGroup: groups } = protect;
  if (groups === undefined || typeof groups === 'string') return groups;
  return Object.entries(groups).find(([subscription]) => same(subscription, subscriptionId))?.[1];
}

function withoutSnapshots(rule: Rule, { kind, subscriptionId }: Candidate): string | undefined {
  if (kind !== 'disk') return undefined;
  const group = snapshotGroupFor(rule, subscriptionId);
  if (group === undefined)
    return `rule "${rule.name}" names no resource group for snapshots in subscription ${subscriptionId}`;
  return same(group.split('/')[2] ?? '', subscriptionId)
    ? undefined
    : `snapshots of a disk are kept in its own subscription ${subscriptionId}, and ${group} lies in another`;
}

const makers = { kubernetes: 'a Kubernetes cluster', scaleSet: 'a scale set' } as const;

function leftOut({ leaveOut = [] }: Match, { facts }: Candidate): string | undefined {
  const madeBy = facts?.madeBy;
  return madeBy !== undefined && leaveOut.includes(madeBy)
    ? `${makers[madeBy]} has made it, and the rule leaves those out`
    : undefined;
}

/** Whether the plan's allow-list admits a vault and a subscription; an empty list admits nothing. */
export function isAllowed(plan: Plan, vaultId: string, subscriptionId: string): boolean {
  return (
    plan.safety.vaults.some((id) => same(id, vaultId)) &&
    plan.safety.subscriptions.some((id) => same(id, subscriptionId))
  );
}

/**
 * Applies the plan to one resource: the first matching rule wins.
 *
 * `refused` means that a rule matches and yet cannot be applied: no vault for the region, out of the allow-list, no
 * place for snapshots. `notEligible`: the service cannot back it up, or the rule leaves out what others have made.
 */
export function select(plan: Plan, candidate: Candidate): Selection {
  const reasons: { rule: string; reason: string }[] = [];
  for (const rule of plan.rules) {
    const reason = whyNot(rule.match, candidate);
    if (reason) {
      reasons.push({ rule: rule.name, reason });
      continue;
    }
    const vaultId = vaultFor(rule, candidate.region);
    if (!vaultId)
      return {
        kind: 'refused',
        rule,
        reason: `rule "${rule.name}" names no vault for region ${candidate.region}`,
      };
    if (!isAllowed(plan, vaultId, candidate.subscriptionId)) {
      return {
        kind: 'refused',
        rule,
        reason: `the plan's safety list does not allow ${vaultId} with subscription ${candidate.subscriptionId}`,
      };
    }
    const hindrance = candidate.notEligible ?? leftOut(rule.match, candidate);
    if (hindrance !== undefined) return { kind: 'notEligible', rule, reason: hindrance };
    const misplaced = withoutSnapshots(rule, candidate);
    if (misplaced !== undefined) return { kind: 'refused', rule, reason: misplaced };
    return {
      kind: 'selected',
      rule,
      vaultId,
      policyId: `${vaultId}/backupPolicies/${policyFor(rule, candidate)}`,
    };
  }
  return { kind: 'skipped', reasons };
}
