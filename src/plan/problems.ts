import type * as z from 'zod';
import { isDrillPlace } from '../arm/resourceKinds.ts';
import { cronProblem, cronWarning } from './dueTimes.ts';
import { windowMilliseconds } from './occurrences.ts';
import {
  planParts,
  planSchema,
  type Drill,
  type Match,
  type Plan,
  type Rule,
  type Schedule,
} from './schema.ts';
import { exclusionsOf } from './select.ts';
import { valueProblems } from './valueProblems.ts';

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

/** What of a plan can be looked at: parts that break the schema are absent, their places and names are kept. */
interface Parts {
  readonly rules: readonly (Rule | undefined)[];
  readonly schedules: readonly (Schedule | undefined)[];
  readonly channels: readonly (Plan['channels'][number] | undefined)[];
  readonly drills: readonly (Drill | undefined)[];
  readonly safety?: Plan['safety'];
  /** By list, as written. */
  readonly names: Readonly<
    Record<'rules' | 'schedules' | 'channels' | 'drills', readonly (string | undefined)[]>
  >;
}

function duplicates(list: keyof Parts['names'], { names }: Parts): PlanProblem[] {
  const seen = new Set<string>();
  return names[list].flatMap((name, index) => {
    if (name === undefined) return [];
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

function ruleProblems({ rules, safety }: Parts): PlanProblem[] {
  return rules.flatMap((rule, index) => {
    if (!rule) return [];
    const at = `rules[${index}] "${rule.name}"`;
    return [
      ...vaultProblems(at, rule, safety),
      ...regionProblems(at, rule.match.regions, rule.protect.vaults),
      ...exclusionProblems(at, rule.match),
      ...snapshotProblems(at, rule, safety),
      ...idleFields(at, rule),
    ];
  });
}

function vaultProblems(
  at: string,
  { match, protect }: Rule,
  safety: Plan['safety'] | undefined,
): PlanProblem[] {
  const allowed = safety && new Set(safety.vaults.map((id) => id.toLowerCase()));
  const type = resourceTypeOf[match.kind];
  return Object.entries(protect.vaults).flatMap(([region, vaultId]) => {
    const where = `${at}.protect.vaults.${region}`;
    if (!new RegExp(`^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/${type}/[^/]+$`, 'i').test(vaultId))
      return [error(where, `${match.kind} needs a vault of type ${type}`)];
    return !allowed || allowed.has(vaultId.toLowerCase())
      ? []
      : [error(where, `vault ${vaultId} is not in safety.vaults`)];
  });
}

const groupId = /^\/subscriptions\/([^/]+)\/resourceGroups\/[^/]+$/i;

/** Snapshots are kept in the subscription of their disk. */
function snapshotProblems(
  at: string,
  { match, protect }: Rule,
  safety: Plan['safety'] | undefined,
): PlanProblem[] {
  if (match.kind !== 'disk') return [];
  const where = `${at}.protect.snapshotResourceGroup`;
  const groups = protect.snapshotResourceGroup;
  if (groups === undefined) return [error(where, 'disks need the resource group that keeps their snapshots')];
  const named = typeof groups === 'string' ? [['', groups] as const] : Object.entries(groups);
  const wrong = named.flatMap(([subscription, id]) => {
    const [, own] = groupId.exec(id) ?? [];
    const place = subscription === '' ? where : `${where}.${subscription}`;
    if (own === undefined) return [error(place, `${id} is no id of a resource group`)];
    return subscription !== '' && own.toLowerCase() !== subscription.toLowerCase()
      ? [error(place, `${id} lies in another subscription: snapshots are kept in the disk's own`)]
      : [];
  });
  if (wrong.length > 0) return wrong;
  const held = new Set(named.map(([, id]) => (groupId.exec(id)?.[1] ?? '').toLowerCase()));
  const disks = match.subscriptions ?? safety?.subscriptions ?? [];
  const without = disks.filter((subscription) => !held.has(subscription.toLowerCase()));
  if (without.length === 0) return [];
  const say = match.subscriptions ? error : warning;
  return [
    say(
      where,
      `no resource group for disks of ${without.join(', ')}: snapshots are kept in the disk's own subscription`,
    ),
  ];
}

const backupVaultKinds: readonly Match['kind'][] = ['disk', 'blobs'];

/** Fields that the kind of a rule does not take: they do nothing. */
function idleFields(at: string, { match, protect }: Rule): PlanProblem[] {
  const isIdle = (field: keyof Rule['protect'], kinds: readonly Match['kind'][]): PlanProblem[] =>
    protect[field] === undefined || kinds.includes(match.kind)
      ? []
      : [
          warning(
            `${at}.protect.${field}`,
            `${match.kind} does not take it: it is about ${kinds.join(', ')}`,
          ),
        ];
  return [
    ...isIdle('containers', ['blobs']),
    ...isIdle('autoProtect', ['blobs']),
    ...isIdle('snapshotResourceGroup', ['disk']),
    ...isIdle('lockStorageAccount', ['fileShare']),
    ...isIdle('identity', ['fileShare', 'disk', 'blobs']),
    ...(protect.containers !== undefined && protect.autoProtect !== undefined && protect.autoProtect !== false
      ? [error(`${at}.protect`, 'containers and autoProtect exclude each other')]
      : []),
    ...(match.leaveOut && match.kind !== 'disk'
      ? [error(`${at}.match.leaveOut`, `${match.kind} does not take it: it is about disks`)]
      : []),
    ...(match.kind === 'disk' || match.kind === 'virtualMachine' || match.kind === 'workload'
      ? (['accountKinds', 'hierarchicalNamespace'] as const)
          .filter((field) => match[field] !== undefined)
          .map((field) =>
            error(`${at}.match.${field}`, `${match.kind} has no storage account: nothing would match`),
          )
      : []),
  ];
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

/** An entry that takes out all a rule matches leaves nothing; one object with several conditions is often meant as several. */
function exclusionProblems(at: string, match: Match): PlanProblem[] {
  const where = `${at}.match.exclude`;
  const takesAll = exclusionsOf(match).some((entry) =>
    Object.entries(entry).every(([key, value]) => covers(value, match[key as keyof typeof match])),
  );
  const keys = Array.isArray(match.exclude) ? [] : Object.keys(match.exclude ?? {});
  return [
    ...(takesAll
      ? [warning(where, 'the exclusion takes out everything the rule matches: it selects nothing')]
      : []),
    ...(keys.length > 1
      ? [
          warning(
            where,
            `takes out only what meets ${keys.join(' and ')} together; a list, [${keys.map((key) => `{ "${key}": … }`).join(', ')}], takes out what meets any`,
          ),
        ]
      : []),
  ];
}

function covers(excluded: unknown, matched: unknown): boolean {
  if (Array.isArray(excluded)) {
    return (
      excluded.includes('*') || (Array.isArray(matched) && matched.every((value) => excluded.includes(value)))
    );
  }
  return JSON.stringify(excluded) === JSON.stringify(matched);
}

const knownRules = ({ names }: Parts): ReadonlySet<string> =>
  new Set(names.rules.flatMap((name) => (name === undefined ? [] : [name.toLowerCase()])));

function scheduleProblems(parts: Parts): PlanProblem[] {
  const known = knownRules(parts);
  return parts.schedules.flatMap((schedule, index) => {
    if (!schedule) return [];
    const at = `schedules[${index}] "${schedule.name}"`;
    const cron = cronProblem(schedule);
    const twofold = cronWarning(schedule);
    const unknown =
      'rules' in schedule.backUp
        ? schedule.backUp.rules.filter((rule) => !known.has(rule.toLowerCase()))
        : [];
    return [
      ...(cron ? [error(`${at}.cron`, cron)] : []),
      ...(!cron && twofold ? [warning(`${at}.cron`, twofold)] : []),
      ...unknown.map((rule) => error(`${at}.backUp.rules`, `there is no rule "${rule}"`)),
      ...('match' in schedule.backUp ? exclusionProblems(`${at}.backUp`, schedule.backUp.match) : []),
      ...retentionProblems(at, schedule, parts),
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
  ...(into.virtualMachine
    ? [
        ['virtualMachine.subscription', into.virtualMachine.subscription] as const,
        ['virtualMachine.stagingAccount', into.virtualMachine.stagingAccount] as const,
      ]
    : []),
];

function drillProblems(parts: Parts): PlanProblem[] {
  const known = knownRules(parts);
  const allowed = parts.safety && (parts.safety.drillTargets ?? []);
  return parts.drills.flatMap((drill, index) => {
    if (!drill) return [];
    const at = `drills[${index}] "${drill.name}"`;
    const cron = cronProblem(drill);
    const { atLeast, atMost } = drill.sample;
    const rules = 'rules' in drill.of ? drill.of.rules : [];
    return [
      ...(cron ? [error(`${at}.cron`, cron)] : []),
      ...rules
        .filter((rule) => !known.has(rule.toLowerCase()))
        .map((rule) => error(`${at}.of.rules`, `there is no rule "${rule}"`)),
      ...(atLeast > atMost
        ? [error(`${at}.sample`, `atLeast ${atLeast} is more than atMost ${atMost}`)]
        : []),
      ...(placesOf(drill).length === 0 ? [error(`${at}.into`, 'no place is named for any kind')] : []),
      ...placesOf(drill)
        .filter(([, id]) => allowed && !isDrillPlace(allowed, id))
        .map(([field, id]) => error(`${at}.into.${field}`, `${id} is not in safety.drillTargets`)),
    ];
  });
}

/** The kinds of what a schedule backs up, as far as they can be told from the plan. */
function kindsOf({ backUp }: Schedule, { rules }: Parts): readonly Match['kind'][] {
  if ('match' in backUp) return [backUp.match.kind];
  if ('items' in backUp)
    return backUp.items.map((id) => (/\/backupInstances\//i.test(id) ? 'disk' : 'fileShare'));
  const wanted = backUp.rules.map((name) => name.toLowerCase());
  return rules.flatMap((rule) => (rule && wanted.includes(rule.name.toLowerCase()) ? [rule.match.kind] : []));
}

/** A retention tag belongs to policies of Backup vaults; an expiry to everything else. */
function retentionProblems(at: string, schedule: Schedule, parts: Parts): PlanProblem[] {
  const kinds = [...new Set(kindsOf(schedule, parts))];
  const others = kinds.filter((kind) => !backupVaultKinds.includes(kind));
  const isOnlyTagged = kinds.length > 0 && others.length === 0;
  return [
    ...(schedule.retentionTag !== undefined && others.length > 0
      ? [error(`${at}.retentionTag`, `${others.join(', ')} takes no retention tag: use keepFor`)]
      : []),
    ...(schedule.keepFor !== undefined && isOnlyTagged
      ? [warning(`${at}.keepFor`, `${kinds.join(', ')} takes no expiry: retentionTag chooses how long`)]
      : []),
  ];
}

function channelProblems(parts: Parts): PlanProblem[] {
  const known = knownRules(parts);
  return parts.channels.flatMap((channel, index) => {
    if (!channel) return [];
    const { name, rules = [], digest } = channel;
    const at = `channels[${index}] "${name}"`;
    const cron = digest && cronProblem(digest);
    const twofold = digest && !cron ? cronWarning(digest) : undefined;
    return [
      ...(cron ? [error(`${at}.digest.cron`, cron)] : []),
      ...(twofold ? [warning(`${at}.digest.cron`, twofold)] : []),
      ...rules
        .filter((rule) => !known.has(rule.toLowerCase()))
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

const schemaProblems = ({ issues }: z.ZodError, json: unknown): PlanProblem[] =>
  valueProblems(issues, json).map(({ path, message }) =>
    error(`${pathOf(path)}${nameAt(path, json)}`, message),
  );

const listIn = (json: unknown, list: string): readonly unknown[] => {
  const value = (json as Record<string, unknown> | null)?.[list];
  return Array.isArray(value) ? value : [];
};

const parsedOrAbsent = <T>(schema: z.ZodType<T>, value: unknown): T | undefined => {
  const read = schema.safeParse(value);
  return read.success ? read.data : undefined;
};

const nameIn = (value: unknown): string | undefined => {
  const name = (value as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : undefined;
};

function partsOf(json: unknown): Parts {
  const lists = {
    rules: listIn(json, 'rules'),
    schedules: listIn(json, 'schedules'),
    channels: listIn(json, 'channels'),
    drills: listIn(json, 'drills'),
  };
  const safety = parsedOrAbsent(planParts.safety, (json as Record<string, unknown> | null)?.['safety']);
  return {
    rules: lists.rules.map((one) => parsedOrAbsent(planParts.rule, one)),
    schedules: lists.schedules.map((one) => parsedOrAbsent(planParts.schedule, one)),
    channels: lists.channels.map((one) => parsedOrAbsent(planParts.channel, one)),
    drills: lists.drills.map((one) => parsedOrAbsent(planParts.drill, one)),
    ...(safety && { safety }),
    names: {
      rules: lists.rules.map(nameIn),
      schedules: lists.schedules.map(nameIn),
      channels: lists.channels.map(nameIn),
      drills: lists.drills.map(nameIn),
    },
  };
}

const inOrderOfPlace = (one: PlanProblem, other: PlanProblem): number => {
  const [a, b] = [one, other].map(({ path }) => /^\w+(?:\[\d+\])?/.exec(path)?.[0] ?? '');
  return (a ?? '').localeCompare(b ?? '', 'en', { numeric: true });
};

/**
 * Reads a plan from parsed JSON: all problems at once, each with its path, whichever of the schema, the fields of one
 * rule together, or the lists beside each other tells them. Never throws.
 */
export function readPlan(json: unknown): PlanReading {
  const parsed = planSchema.safeParse(json);
  const parts = partsOf(json);
  const problems = [
    ...(parsed.success ? [] : schemaProblems(parsed.error, json)),
    ...(['rules', 'schedules', 'channels', 'drills'] as const).flatMap((list) => duplicates(list, parts)),
    ...drillProblems(parts),
    ...channelProblems(parts),
    ...ruleProblems(parts),
    ...scheduleProblems(parts),
  ].sort(inOrderOfPlace);
  const isBroken = !parsed.success || problems.some(({ severity }) => severity === 'error');
  return isBroken ? { kind: 'broken', problems } : { kind: 'plan', plan: parsed.data, warnings: problems };
}
