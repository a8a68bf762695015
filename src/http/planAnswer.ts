import { estateServices } from '../composition/invocationServices.ts';
import type { Services } from '../composition/services.ts';
import { readPlanStanding } from '../watchdog/standing.ts';
import { EstateUnreadable } from '../estate/askArm.ts';
import { resolvePlan, type ResolvedPlan } from '../estate/resolvePlan.ts';
import { badRequest, HttpRefusal } from './refusal.ts';

type PlanAnswer = ResolvedPlan & { readonly since?: string };

/** The plan beside what Azure holds now. @throws HttpRefusal 503 while Azure cannot be read. */
export async function planAnswer(services: Services): Promise<PlanAnswer> {
  try {
    const resolved = await resolvePlan(estateServices(services), await services.loadPlan());
    const { since } = await readPlanStanding(services);
    return { ...resolved, ...(since !== undefined && { since }) };
  } catch (error) {
    if (!(error instanceof EstateUnreadable)) throw error;
    throw new HttpRefusal(503, { code: error.code, message: error.message });
  }
}

/** What lacks protection stands first. */
const firstShown = ['missing', 'drift', 'protected'] as const;

type Rule = PlanAnswer['rules'][number];

function shortRule({ rule, selected }: Rule, top: number) {
  const ordered = firstShown.map((standing) => selected.filter((one) => one.standing === standing));
  const counts = Object.fromEntries(firstShown.map((standing, at) => [standing, ordered[at]?.length ?? 0]));
  return { rule, counts, selected: ordered.flat().slice(0, top) };
}

const shortList = <T>(list: readonly T[], top: number) => ({
  count: list.length,
  first: list.slice(0, top),
});

/**
 * What the plan would do, short: counts of every list and its first entries, without the text of the plan.
 *
 * @throws HttpRefusal 400 for a rule that the plan does not have.
 */
export function shortPlan(plan: PlanAnswer, rule: string | undefined, top: number) {
  const { inForce: _inForce, lyingThere: _lyingThere, warnings, rules, ...rest } = plan;
  const { skipped, notEligible, protectedOutsidePlan, orphans, ...head } = rest;
  const shown = rule === undefined ? rules : rules.filter((one) => one.rule === rule);
  if (rule !== undefined && shown.length === 0)
    throw badRequest('RuleNotFound', `The plan has no rule "${rule}".`, 'rule');
  return {
    ...head,
    rules: shown.map((one) => shortRule(one, top)),
    skipped: shortList(skipped, top),
    notEligible: shortList(notEligible, top),
    protectedOutsidePlan: shortList(protectedOutsidePlan, top),
    orphans: shortList(orphans, top),
    warnings: shortList(warnings, top),
  };
}
