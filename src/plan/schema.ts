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
  z.string().max(256).describe('The value of the tag, without case.'),
  z.strictObject({ anyOf: z.array(z.string().max(256)).min(1).max(50).describe('Any of these values.') }),
  z.strictObject({ present: z.literal(true).describe('The tag is there, whatever its value.') }),
  z.strictObject({ absent: z.literal(true).describe('The tag is not there.') }),
]);

const conditions = {
  subscriptions: z.array(guid).min(1).optional().describe('Ids of subscriptions.'),
  resourceGroups: z
    .array(glob)
    .min(1)
    .optional()
    .describe('Names of resource groups; * and ? stand for any characters and one.'),
  regions: z.array(z.string().min(1).max(60)).min(1).optional().describe('Regions, as Azure writes them.'),
  tags: z
    .record(z.string().min(1).max(512), tagCondition)
    .optional()
    .describe("Tags of the resource; a share has its account's."),
  names: z
    .array(glob)
    .min(1)
    .optional()
    .describe('Names of the resource, of a share its own; * and ? stand for any characters and one.'),
  skus: z
    .array(glob)
    .min(1)
    .optional()
    .meta({ description: "Names of SKUs, of a share its account's.", examples: [['Premium_*']] }),
  accountKinds: z
    .array(z.enum(['StorageV2', 'Storage', 'FileStorage', 'BlobStorage', 'BlockBlobStorage']))
    .min(1)
    .optional()
    .meta({ description: 'Kinds of storage account.', examples: [['StorageV2']] }),
  hierarchicalNamespace: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the storage account has a hierarchical namespace.', examples: [false] }),
};

/** The kinds of resource a rule selects. */
export const resourceKindSchema = z
  .enum(['fileShare', 'blobs', 'disk', 'virtualMachine', 'workload'])
  .describe('Which kind of resource.');

/** Conditions that hold together. */
const conditionsSchema = z.strictObject(conditions);

/** Which resources: every condition given must hold; inside one condition any value will do; `exclude` takes out what it matches. */
export const matchSchema = z.strictObject({
  kind: resourceKindSchema,
  ...conditions,
  exclude: z
    .union([conditionsSchema, z.array(conditionsSchema).min(1).max(50)])
    .optional()
    .describe(
      'What is taken out again: any entry of the list does; inside one entry every condition must hold.',
    ),
  leaveOut: z
    .array(z.enum(['kubernetes', 'scaleSet']))
    .min(1)
    .optional()
    .meta({
      description: 'Disks that a Kubernetes cluster or a scale set has made are not eligible.',
      examples: [['kubernetes', 'scaleSet']],
    }),
});

const policyName = z.string().regex(/^[A-Za-z0-9][\w.-]{0,149}$/);

const protectSchema = z.strictObject({
  vaults: z
    .record(z.string().min(1).max(60), armId)
    .describe('Vault per region of the resource; * for every other region.'),
  policy: policyName.describe('Name of the backup policy in that vault.'),
  policyByTag: z
    .strictObject({
      tag: z
        .string()
        .min(1)
        .max(512)
        .meta({ description: 'Name of the tag that chooses the policy.', examples: ['backup-class'] }),
      policies: z.record(z.string().min(1).max(256), policyName).meta({
        description: 'Policy by value of the tag, without case; other values have protect.policy.',
        examples: [{ gold: 'daily-90-days' }],
      }),
    })
    .optional()
    .describe('A tag chooses the policy.'),
  snapshotResourceGroup: z
    .union([armId, z.record(guid, armId)])
    .optional()
    .describe("Resource group for snapshots of disks, in the disks' subscription; or one per subscription."),
  containers: z
    .union([
      z.literal('all'),
      z.strictObject({
        list: z
          .array(z.string().min(3).max(63))
          .min(1)
          .max(100)
          .meta({ description: 'Names of containers.', examples: [['invoices']] }),
      }),
      z.strictObject({
        pattern: glob.meta({ description: 'Names with * and ?.', examples: ['ledger-*'] }),
      }),
    ])
    .optional()
    .describe('Which containers a vaulted protection of blobs covers, as they are now.'),
  autoProtect: z
    .union([
      z.boolean(),
      z.strictObject({
        excludePrefixes: z
          .array(z.string().min(1).max(63))
          .max(10)
          .meta({ description: 'Containers whose names begin so are left out.', examples: [['tmp-']] }),
      }),
    ])
    .optional()
    .meta({ description: 'Containers of blobs that come later are covered, too.', examples: [true] }),
  identity: z
    .union([z.literal('systemAssigned'), armId])
    .optional()
    .meta({
      description:
        "Which identity of the vault is used where it has several: systemAssigned, or one's ARM id.",
      examples: ['systemAssigned'],
    }),
  grantRoles: z.boolean().default(false).describe('Whether missing roles of the vault are granted.'),
  accessType: z
    .enum(['keys', 'identity'])
    .optional()
    .describe('Whether the vault reaches the account of a share by its keys or by an identity.'),
  lockStorageAccount: z
    .boolean()
    .optional()
    .describe('Whether the service puts a delete lock on the storage account of a share.'),
  backUpAfterwards: z.boolean().default(false).describe('Whether a first backup is made at once.'),
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
const expectSchema = z.strictObject({
  every: duration.describe('How old the newest recovery point may be; it is late after that.'),
  grace: duration.optional().describe('How much later it is down.'),
});

/** One line of the plan: what it selects and how that is protected. The first matching rule wins. */
export const ruleSchema = z.strictObject({
  name: name.describe('Unique name, shown in records and reports.'),
  match: matchSchema.describe(
    'Which resources: every condition given must hold; inside one condition any value will do.',
  ),
  protect: protectSchema.describe('How they are protected.'),
  expect: expectSchema
    .optional()
    .describe('How often a backup is expected; absent: as often as schedules or the policy back up.'),
});

/** An ISO 8601 duration of whole minutes and hours, `PT4H30M`, from a minute to a day. */
const window = z.string().regex(/^PT(?:\d{1,2}H)?(?:\d{1,4}M)?$/, 'a duration such as PT4H30M');

/** A cron line in local time and what it backs up. */
export const scheduleSchema = z.strictObject({
  name: name.describe('Unique name, shown in records and reports.'),
  cron: z
    .string()
    .min(9)
    .max(120)
    .describe('Five fields: minute, hour, day of month, month, day of week; 6#1 is the first Saturday.'),
  timeZone: z.string().min(1).max(60).describe('IANA time zone whose wall clock counts.'),
  backUp: z
    .union([
      z.strictObject({ rules: z.array(name).min(1).describe('What these rules select and vaults protect.') }),
      z.strictObject({ match: matchSchema.describe('What matches and vaults protect.') }),
      z.strictObject({
        items: z.array(armId).min(1).max(1000).describe('Ids of protected items and backup instances.'),
      }),
    ])
    .describe('What is backed up: one of rules, match, items.'),
  keepFor: z
    .string()
    .regex(/^P(?:\d{1,5}D|\d{1,4}W|\d{1,4}M|\d{1,2}Y)$/, 'a duration such as P30D')
    .optional()
    .describe('How long backups are kept, where the kind takes an expiry; P30D where it is not given.'),
  retentionTag: z
    .string()
    .min(1)
    .max(150)
    .optional()
    .describe('Retention tag of the policy, for disks and blobs.'),
  backupRule: z
    .string()
    .min(1)
    .max(150)
    .optional()
    .describe('Backup rule of the policy, where it has several.'),
  window: window.default('PT4H').describe('How long after its time an occurrence may still begin.'),
  catchUp: z
    .enum(['latest', 'all', 'none'])
    .default('latest')
    .describe('Which of the occurrences that were missed begin.'),
  concurrency: z.int().min(1).max(200).default(20).describe('How many backups run at a time.'),
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
  name: name.describe('Unique name.'),
  kind: z
    .enum(['cloudEvents', 'teams', 'slack', 'serviceNow'])
    .default('cloudEvents')
    .describe('The form of what is sent.'),
  url: settingName.default('NOTIFY_URL').describe('Name of the setting that holds the https address.'),
  secret: settingName
    .optional()
    .describe(
      'Name of the setting that holds the key of signatures; of serviceNow user:password or a token.',
    ),
  tells: z
    .array(z.enum(['late', 'down', 'failing', 'unprotected', 'ok']))
    .default(['late', 'down', 'failing', 'unprotected', 'ok'])
    .describe('Which changes of a resource are told.'),
  endings: z.array(endings).default([]).describe('Which endings of runs and batches are told.'),
  rules: z.array(name).min(1).optional().describe('Only resources that these rules select; absent: all.'),
  digest: z
    .strictObject({
      cron: z.string().min(9).max(120).describe('Five fields, as in schedules.'),
      timeZone: z.string().min(1).max(60).describe('IANA time zone.'),
    })
    .optional()
    .describe('What is not as it should be, once per occurrence of a cron line in local time.'),
});

/** The whole plan: what is protected, when it is backed up, who hears of it, and what is out of bounds. */
export const planSchema = z.strictObject({
  $schema: z.string().optional().describe('Path of plan.schema.json, for editors.'),
  rules: z
    .array(ruleSchema)
    .max(500)
    .default([])
    .describe('What is protected, and how; the first rule that matches wins.'),
  schedules: z
    .array(scheduleSchema)
    .max(200)
    .default([])
    .describe('What is backed up when, beside the policies.'),
  drills: z
    .array(drillSchema)
    .max(100)
    .optional()
    .describe('Restores of a sample, at set times: a backup is proven when something came back out of it.'),
  notifications: z
    .array(
      z.strictObject({
        endings: z.array(endings).min(1).describe('The endings that are told.'),
        webhook: z
          .literal('NOTIFY_URL')
          .default('NOTIFY_URL')
          .describe('The setting that names the webhook.'),
      }),
    )
    .max(20)
    .default([])
    .describe('Which endings of runs and batches are told to the webhook.'),
  channels: z
    .array(channelSchema)
    .max(20)
    .default([])
    .describe('Who hears of backups that are late, down, failing, or well again, and in which form.'),
  safety: z
    .strictObject({
      subscriptions: z.array(guid).max(1000).describe('Ids of subscriptions that are read and written to.'),
      vaults: z.array(armId).max(1000).describe('Ids of vaults that are written to.'),
      deleteBackups: z.boolean().default(false).describe('Whether backups may be deleted, in these vaults.'),
      drillTargets: z
        .array(armId)
        .max(1000)
        .optional()
        .describe(
          'Resource groups and storage accounts that restore drills may restore into, and delete from what they made; of a subscription only the groups that drills of machines make there.',
        ),
    })
    .describe(
      'Nothing outside is ever protected, backed up or stopped, whoever asks; an empty list allows nothing.',
    ),
});

/** The parts of a plan, each to be read when others are broken. */
export const planParts = {
  rule: ruleSchema,
  schedule: scheduleSchema,
  channel: channelSchema,
  drill: drillSchema,
  safety: planSchema.shape.safety,
} as const;

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
/** @see conditionsSchema */
export type Conditions = z.infer<typeof conditionsSchema>;
