import * as z from 'zod';
import { drillPartsSchema, plannedCheckSchema, spanSchema } from './drillParts.ts';

const armId = z.string().startsWith('/subscriptions/').max(2048);
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}$/, 'letters, digits, blanks, dot, dash, underscore; at most 80');
const glob = z.string().min(1).max(260);
const guid = z.guid();

/** A tag condition: an exact value, any of several, present whatever its value, or absent. Names and values are compared without case. */
const tagCondition = z.union([
  z.string().max(256),
  z.strictObject({ anyOf: z.array(z.string().max(256)).min(1).max(50) }),
  z.strictObject({ present: z.literal(true) }),
  z.strictObject({ absent: z.literal(true) }),
]);

const conditions = {
  subscriptions: z.array(guid).min(1).optional(),
  resourceGroups: z.array(glob).min(1).optional(),
  regions: z.array(z.string().min(1).max(60)).min(1).optional(),
  tags: z.record(z.string().min(1).max(512), tagCondition).optional(),
  names: z.array(glob).min(1).optional(),
};

/** The kinds of resource a rule selects. */
export const resourceKindSchema = z.enum(['fileShare', 'blobs', 'disk', 'virtualMachine', 'workload']);

/** Which resources: every condition given must hold; inside one condition any value will do; `exclude` takes out what it matches. */
export const matchSchema = z.strictObject({
  kind: resourceKindSchema,
  ...conditions,
  exclude: z.strictObject(conditions).optional(),
});

const protectSchema = z.strictObject({
  /** Vault per region of the resource; `*` for every other region. */
  vaults: z.record(z.string().min(1).max(60), armId),
  /** Name of the backup policy in that vault. */
  policy: z.string().regex(/^[A-Za-z0-9][\w.-]{0,149}$/),
  snapshotResourceGroup: armId.optional(),
  containers: z
    .union([
      z.literal('all'),
      z.strictObject({ list: z.array(z.string().min(3).max(63)).min(1).max(100) }),
      z.strictObject({ pattern: glob }),
    ])
    .optional(),
  grantRoles: z.boolean().default(false),
  /** Identity of the vault that is used: `systemAssigned`, or the ARM id of a user-assigned one. */
  identity: z.union([z.literal('systemAssigned'), armId]).optional(),
  /** Shares: whether the vault reaches the account by its keys or by an identity. */
  accessType: z.enum(['keys', 'identity']).optional(),
  lockStorageAccount: z.boolean().optional(),
  backUpAfterwards: z.boolean().default(false),
});

/** An ISO 8601 duration of weeks, or of days, hours and minutes: `P1D`, `PT6H`, `P1DT12H`. */
const duration = z
  .string()
  .regex(
    /^P(?=[\dT])(?:\d{1,3}W|(?:\d{1,4}D)?(?:T(?=\d)(?:\d{1,4}H)?(?:\d{1,4}M)?)?)$/,
    'a duration such as P1D or PT6H',
  )
  .refine((text) => /[1-9]/.test(text), 'a duration longer than nothing');

/** How old the newest recovery point may be (`late` after it), and how much later the resource is `down`. */
const expectSchema = z.strictObject({ every: duration, grace: duration.optional() });

/** One line of the plan: what it selects and how that is protected. The first matching rule wins. */
export const ruleSchema = z.strictObject({
  name,
  match: matchSchema,
  protect: protectSchema,
  /** Absent: as often as its schedules or the policy back up. */
  expect: expectSchema.optional(),
});

/** An ISO 8601 duration of whole minutes and hours, `PT4H30M`, from a minute to a day. */
const window = z.string().regex(/^PT(?:\d{1,2}H)?(?:\d{1,4}M)?$/, 'a duration such as PT4H30M');

/** A cron line in local time and what it backs up. */
export const scheduleSchema = z.strictObject({
  name,
  /** Five fields: minute, hour, day of month, month, day of week. */
  cron: z.string().min(9).max(120),
  /** IANA time zone: `Europe/Berlin`. */
  timeZone: z.string().min(1).max(60),
  backUp: z.union([
    z.strictObject({ rules: z.array(name).min(1) }),
    z.strictObject({ match: matchSchema }),
    z.strictObject({ items: z.array(armId).min(1).max(1000) }),
  ]),
  keepFor: z
    .string()
    .regex(/^P(?:\d{1,5}D|\d{1,4}W|\d{1,4}M|\d{1,2}Y)$/)
    .optional(),
  retentionTag: z.string().min(1).max(150).optional(),
  backupRule: z.string().min(1).max(150).optional(),
  /** How long after its time an occurrence may still begin. */
  window: window.default('PT4H'),
  /** What happens to occurrences that were missed: the latest, all, or none of them begin. */
  catchUp: z.enum(['latest', 'all', 'none']).default('latest'),
  concurrency: z.int().min(1).max(200).default(20),
});

/** Restores of a sample, at set times: a backup is proven when something came back out of it. */
export const drillSchema = drillPartsSchema.extend({
  name,
  check: plannedCheckSchema.optional(),
  /** Five fields, as of a schedule. */
  cron: z.string().min(9).max(120),
  timeZone: z.string().min(1).max(60),
  of: z.union([z.strictObject({ rules: z.array(name).min(1) }), z.strictObject({ match: matchSchema })]),
  /** How many of them: a share in per cent, within bounds. */
  sample: z
    .strictObject({
      share: z.number().gt(0).max(100).default(5),
      atLeast: z.int().min(1).max(1000).default(1),
      atMost: z.int().min(1).max(1000).default(20),
    })
    .default({ share: 5, atLeast: 1, atMost: 20 }),
  /** Time to restore: what takes longer is proven late. */
  target: spanSchema.optional(),
  /** Restores that this drill begins on one UTC day. */
  restoresADay: z.int().min(1).max(1000).default(20),
  window: window.default('PT4H'),
  catchUp: z.enum(['latest', 'all', 'none']).default('latest'),
  concurrency: z.int().min(1).max(50).default(5),
});

const endings = z.enum([
  'completed',
  'completedWithWarnings',
  'failed',
  'cancelled',
  'skipped',
  'timedOut',
  'unknown',
]);

/** Only settings of this name can be named by a plan: it must not reach any other secret. */
const settingName = z
  .string()
  .regex(/^NOTIFY_[A-Z0-9_]{1,80}$/, 'the name of a setting that begins with NOTIFY_');

/** Who hears of backups that are late, down, failing, or well again, and in which form. */
const channelSchema = z.strictObject({
  name,
  kind: z.enum(['cloudEvents', 'teams', 'slack', 'serviceNow']).default('cloudEvents'),
  /** Name of the setting that holds the https address. */
  url: settingName.default('NOTIFY_URL'),
  /** Name of the setting that holds the key of signatures; of serviceNow `user:password` or a token. */
  secret: settingName.optional(),
  /** Which changes of a resource are told. */
  tells: z
    .array(z.enum(['late', 'down', 'failing', 'unprotected', 'ok']))
    .default(['late', 'down', 'failing', 'unprotected', 'ok']),
  /** Which endings of runs and batches are told. */
  endings: z.array(endings).default([]),
  /** Only resources that these rules select; absent: all. */
  rules: z.array(name).min(1).optional(),
  /** What is not as it should be, once per occurrence of a cron line in local time. */
  digest: z
    .strictObject({ cron: z.string().min(9).max(120), timeZone: z.string().min(1).max(60) })
    .optional(),
});

/** The whole plan: what is protected, when it is backed up, who hears of it, and what is out of bounds. */
export const planSchema = z.strictObject({
  $schema: z.string().optional(),
  rules: z.array(ruleSchema).max(500).default([]),
  schedules: z.array(scheduleSchema).max(200).default([]),
  drills: z.array(drillSchema).max(100).optional(),
  notifications: z
    .array(
      z.strictObject({
        endings: z.array(endings).min(1),
        webhook: z.literal('NOTIFY_URL').default('NOTIFY_URL'),
      }),
    )
    .max(20)
    .default([]),
  channels: z.array(channelSchema).max(20).default([]),
  /** Nothing outside is ever protected, backed up or stopped by the plan; an empty list allows nothing. */
  safety: z.strictObject({
    subscriptions: z.array(guid).max(1000),
    vaults: z.array(armId).max(1000),
    deleteBackups: z.boolean().default(false),
    /** Resource groups and storage accounts that restore drills may restore into, and delete from what they made. */
    drillTargets: z.array(armId).max(1000).optional(),
  }),
});

/** @see planSchema */
export type Plan = z.infer<typeof planSchema>;
/** @see ruleSchema */
export type Rule = z.infer<typeof ruleSchema>;
/** @see scheduleSchema */
export type Schedule = z.infer<typeof scheduleSchema>;
/** @see drillSchema */
export type Drill = z.infer<typeof drillSchema>;
/** @see matchSchema */
export type Match = z.infer<typeof matchSchema>;
/** @see resourceKindSchema */
export type ResourceKind = z.infer<typeof resourceKindSchema>;
