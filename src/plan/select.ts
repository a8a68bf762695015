import type { Match, Plan, ResourceKind, Rule } from './schema.ts';

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
}

/** The first rule that takes the candidate, or why each rule did not. */
export type Selection =
  | { readonly kind: 'selected'; readonly rule: Rule; readonly vaultId: string; readonly policyId: string }
  | {
      readonly kind: 'skipped';
      readonly reasons: readonly { readonly rule: string; readonly reason: string }[];
    }
  | { readonly kind: 'refused'; readonly rule: Rule; readonly reason: string };

type Conditions = Omit<Match, 'kind' | 'exclude'>;

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
  return undefined;
}

/**
 * Why a match does not take a candidate; undefined when it does.
 *
 * Conditions are AND, values inside one condition OR. `exclude` takes out what satisfies all of its conditions; an
 * empty `exclude` excludes nothing.
 */
export function whyNot(match: Match, candidate: Candidate): string | undefined {
  if (match.kind !== candidate.kind) return `the rule is about ${match.kind}, not ${candidate.kind}`;
  const failed = firstFailure(match, candidate);
  if (failed) return failed;
  const { exclude } = match;
  const excluded =
    exclude && Object.keys(exclude).length > 0 && firstFailure(exclude, candidate) === undefined;
  return excluded ? 'excluded by the rule' : undefined;
}

/** The vault a rule names for a region, `*` standing for every region not named. */
export function vaultFor(rule: Rule, region: string): string | undefined {
  const named = Object.entries(rule.protect.vaults).find(([key]) => regionKey(key) === regionKey(region));
  return named?.[1] ?? rule.protect.vaults['*'];
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
 * `refused` means that a rule matches and yet cannot be applied: no vault for the region, or out of the allow-list.
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
    return { kind: 'selected', rule, vaultId, policyId: `${vaultId}/backupPolicies/${rule.protect.policy}` };
  }
  return { kind: 'skipped', reasons };
}
