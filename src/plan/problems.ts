import type * as z from 'zod';
import { cronProblem, cronWarning } from './dueTimes.ts';
import { windowMilliseconds } from './occurrences.ts';
import { planSchema, type Drill, type Match, type Plan } from './schema.ts';

/** One thing wrong with a plan: where, and what. */
export interface PlanProblem {
  readonly severity: 'error' | 'warning';
  /** `rules[2].protect.vaults`, with the rule's or schedule's name where it has one. */
  readonly path: string;
  readonly message: string;
}

/** A plan that can be used (perhaps with warnings), or everything that is wrong with it. */
export type PlanReading =
  | { readonly kind: 'plan'; readonly plan: Plan; readonly warnings: readonly PlanProblem[] }
  | { readonly kind: 'broken'; readonly problems: readonly PlanProblem[] };

const error = (path: string, message: string): PlanProblem => ({ severity: 'error', path, message });
const warning = (path: string, message: string): PlanProblem => ({ severity: 'warning', path, message });

function duplicates(
  list: 'rules' | 'schedules' | 'channels' | 'drills',
  names: readonly string[],
): PlanProblem[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    const key = name.toLowerCase();
    if (seen.has(key)) return [error(`${list}[${index}].name`, `the name "${name}" is used twice`)];
    seen.add(key);
    return [];
  });
}

const resourceTypeOf: Readonly<
  Record<Match['kind'], 'Microsoft.RecoveryServices/vaults' | 'Microsoft.DataProtection/backupVaults'>
> = {
  fileShare: 'Microsoft.RecoveryServices/vaults',
  virtualMachine: 'Microsoft.RecoveryServices/vaults',
  workload: 'Microsoft.RecoveryServices/vaults',
  disk: 'Microsoft.DataProtection/backupVaults',
  blobs: 'Microsoft.DataProtection/backupVaults',
};

function ruleProblems(plan: Plan): PlanProblem[] {
  const allowed = new Set(plan.safety.vaults.map((id) => id.toLowerCase()));
  return plan.rules.flatMap((rule, index) => {
    const at = `rules[${index}] "${rule.name}"`;
    const type = resourceTypeOf[rule.match.kind];
    const vaults = Object.entries(rule.protect.vaults).flatMap(([region, vaultId]) => {
      const where = `${at}.protect.vaults.${region}`;
      if (!vaultId.toLowerCase().includes(`/providers/${type.toLowerCase()}/`))
        return [error(where, `${rule.match.kind} needs a vault of type ${type}`)];
      return allowed.has(vaultId.toLowerCase())
        ? []
        : [error(where, `vault ${vaultId} is not in safety.vaults`)];
    });
    return [
      ...vaults,
      ...regionProblems(at, rule.match.regions, rule.protect.vaults),
      ...exclusionProblems(at, rule.match),
      ...diskProblems(at, rule),
    ];
  });
}

function diskProblems(at: string, rule: Plan['rules'][number]): PlanProblem[] {
  const missing = rule.match.kind === 'disk' && !rule.protect.snapshotResourceGroup;
  return missing
    ? [
        error(
          `${at}.protect.snapshotResourceGroup`,
          'disks need the resource group that keeps their snapshots',
        ),
      ]
    : [];
}

function regionProblems(
  at: string,
  regions: readonly string[] | undefined,
  vaults: Readonly<Record<string, string>>,
): PlanProblem[] {
  if (Object.keys(vaults).length === 0) return [error(`${at}.protect.vaults`, 'no vault is named')];
  if (vaults['*']) return [];
  const named = new Set(Object.keys(vaults).map((region) => region.toLowerCase().replaceAll(' ', '')));
  const without = (regions ?? []).filter((region) => !named.has(region.toLowerCase().replaceAll(' ', '')));
  if (without.length > 0) return [error(`${at}.protect.vaults`, `no vault for ${without.join(', ')}`)];
  return regions
    ? []
    : [warning(`${at}.protect.vaults`, `resources outside ${[...named].join(', ')} match but have no vault`)];
}

/** An exclusion that takes out all a rule matches leaves nothing: every condition of it is also the rule's own. */
function exclusionProblems(at: string, match: Match): PlanProblem[] {
  const exclude = match.exclude;
  const given = Object.entries(exclude ?? {});
  const takesAll =
    given.length > 0 && given.every(([key, value]) => covers(value, match[key as keyof typeof match]));
  return takesAll
    ? [
        warning(
          `${at}.match.exclude`,
          'the exclusion takes out everything the rule matches: it selects nothing',
        ),
      ]
    : [];
}

function covers(excluded: unknown, matched: unknown): boolean {
  if (Array.isArray(excluded)) {
    return (
      excluded.includes('*') || (Array.isArray(matched) && matched.every((value) => excluded.includes(value)))
    );
  }
  return JSON.stringify(excluded) === JSON.stringify(matched);
}

function scheduleProblems(plan: Plan): PlanProblem[] {
  const names = new Set(plan.rules.map((rule) => rule.name.toLowerCase()));
  return plan.schedules.flatMap((schedule, index) => {
    const at = `schedules[${index}] "${schedule.name}"`;
    const cron = cronProblem(schedule);
    const twofold = cronWarning(schedule);
    const unknown =
      'rules' in schedule.backUp
        ? schedule.backUp.rules.filter((rule) => !names.has(rule.toLowerCase()))
        : [];
    return [
      ...(cron ? [error(`${at}.cron`, cron)] : []),
      ...(!cron && twofold ? [warning(`${at}.cron`, twofold)] : []),
      ...unknown.map((rule) => error(`${at}.backUp.rules`, `there is no rule "${rule}"`)),
      ...(windowMilliseconds(schedule.window) < 60_000 || windowMilliseconds(schedule.window) > 86_400_000
        ? [error(`${at}.window`, 'a window lasts from one minute to one day')]
        : []),
    ];
  });
}

/** Every place that a drill restores into, with the field that names it. */
const placesOf = ({ into }: Drill): readonly (readonly [string, string])[] => [
  ...(into.fileShare ? [['fileShare.storageAccount', into.fileShare.storageAccount] as const] : []),
  ...(into.disk ? [['disk.resourceGroup', into.disk.resourceGroup] as const] : []),
  ...(into.blobs ? [['blobs.storageAccount', into.blobs.storageAccount] as const] : []),
];

const isWithin = (id: string, listed: string): boolean =>
  `${id.toLowerCase()}/`.startsWith(`${listed.toLowerCase()}/`);

function drillProblems(plan: Plan): PlanProblem[] {
  const names = new Set(plan.rules.map((rule) => rule.name.toLowerCase()));
  const allowed = plan.safety.drillTargets ?? [];
  return (plan.drills ?? []).flatMap((drill, index) => {
    const at = `drills[${index}] "${drill.name}"`;
    const cron = cronProblem(drill);
    const { atLeast, atMost } = drill.sample;
    const rules = 'rules' in drill.of ? drill.of.rules : [];
    return [
      ...(cron ? [error(`${at}.cron`, cron)] : []),
      ...rules
        .filter((rule) => !names.has(rule.toLowerCase()))
        .map((rule) => error(`${at}.of.rules`, `there is no rule "${rule}"`)),
      ...(atLeast > atMost
        ? [error(`${at}.sample`, `atLeast ${atLeast} is more than atMost ${atMost}`)]
        : []),
      ...(placesOf(drill).length === 0 ? [error(`${at}.into`, 'no place is named for any kind')] : []),
      ...placesOf(drill)
        .filter(([, id]) => !allowed.some((listed) => isWithin(id, listed)))
        .map(([field, id]) => error(`${at}.into.${field}`, `${id} is not in safety.drillTargets`)),
    ];
  });
}

function channelProblems(plan: Plan): PlanProblem[] {
  const names = new Set(plan.rules.map((rule) => rule.name.toLowerCase()));
  return plan.channels.flatMap(({ name, rules = [], digest }, index) => {
    const at = `channels[${index}] "${name}"`;
    const cron = digest && cronProblem(digest);
    return [
      ...(cron ? [error(`${at}.digest.cron`, cron)] : []),
      ...rules
        .filter((rule) => !names.has(rule.toLowerCase()))
        .map((rule) => error(`${at}.rules`, `there is no rule "${rule}"`)),
    ];
  });
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part),
    '',
  ) || '(plan)';

/** The name of the rule or schedule a schema problem lies in, so that the reader need not count. */
function nameAt(path: readonly PropertyKey[], json: unknown): string {
  const [list, index] = path;
  if (typeof list !== 'string' || typeof index !== 'number') return '';
  const named = (json as Record<string, { name?: unknown }[] | undefined>)[list]?.[index]?.name;
  return typeof named === 'string' ? ` "${named}"` : '';
}

const schemaProblem = (issue: z.core.$ZodIssue, json: unknown): PlanProblem =>
  error(`${pathOf(issue.path)}${nameAt(issue.path, json)}`, issue.message);

/** Reads a plan from parsed JSON: all problems at once, each with its path. Never throws. */
export function readPlan(json: unknown): PlanReading {
  const parsed = planSchema.safeParse(json);
  if (!parsed.success)
    return { kind: 'broken', problems: parsed.error.issues.map((issue) => schemaProblem(issue, json)) };
  const plan = parsed.data;
  const problems = [
    ...duplicates(
      'rules',
      plan.rules.map((rule) => rule.name),
    ),
    ...duplicates(
      'schedules',
      plan.schedules.map((schedule) => schedule.name),
    ),
    ...duplicates(
      'channels',
      plan.channels.map((channel) => channel.name),
    ),
    ...duplicates(
      'drills',
      (plan.drills ?? []).map((drill) => drill.name),
    ),
    ...drillProblems(plan),
    ...channelProblems(plan),
    ...ruleProblems(plan),
    ...scheduleProblems(plan),
  ];
  const errors = problems.filter((problem) => problem.severity === 'error');
  return errors.length > 0 ? { kind: 'broken', problems } : { kind: 'plan', plan, warnings: problems };
}
