import type { ResolvedPlan } from '../../src/estate/resolvePlan.ts';

type Selected = ResolvedPlan['rules'][number]['selected'];

const count = (selected: Selected, standing: Selected[number]['standing']): number =>
  selected.filter((one) => one.standing === standing).length;

function ruleLine({ rule, selected }: ResolvedPlan['rules'][number]): string {
  const standings = (['protected', 'missing', 'drift'] as const)
    .map((standing) => [standing, count(selected, standing)] as const)
    .filter(([, number]) => number > 0)
    .map(([standing, number]) => `${number} ${standing}`);
  return `  rule "${rule}": ${standings.join(', ') || 'selects nothing'}`;
}

const standings: Readonly<Record<ResolvedPlan['standing'], string>> = {
  current: 'in force',
  lastGood: 'broken: the last good one is in force',
  empty: 'none: requests by HTTP alone act, events and schedules do nothing',
};

/** How the plan stands beside what Azure holds, a line each. */
export function planLines(resolved: ResolvedPlan): readonly string[] {
  const { location, standing, problems, rules, skipped, orphans, warnings } = resolved;
  const place = standing === 'empty' ? '' : ` ${location}`;
  return [
    `Plan${place}: ${standings[standing]}`,
    ...problems.map(({ severity, path, message }) => `  ${severity} at ${path}: ${message}`),
    ...rules.map(ruleLine),
    ...(rules.length > 0 ? [`  ${skipped.length} passed over, ${orphans.length} orphans`] : []),
    ...warnings.map((warning) => `  ${warning}`),
  ];
}
