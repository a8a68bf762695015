import * as z from 'zod';
import * as kinds from '../arm/resourceKinds.ts';
import type { IdReading } from '../arm/resourceId.ts';

const idOf = (check: (text: string) => IdReading, what: string) =>
  z
    .string()
    .max(2048)
    .refine((text) => check(text).kind === 'ok', `the ARM id of a ${what}`);

const storageAccount = idOf(kinds.storageAccountId, 'storage account');
const resourceGroup = idOf(kinds.resourceGroupId, 'resource group');
const subscription = idOf(kinds.subscriptionId, 'subscription');

/** An ISO 8601 duration of minutes and hours, `PT2H30M`. */
export const spanSchema = z
  .string()
  .regex(/^PT(?=\d)(?:\d{1,3}H)?(?:\d{1,4}M)?$/, 'a duration such as PT2H30M');

/** Seconds of a {@link spanSchema}. */
export function secondsOfSpan(span: string): number {
  const [, hours = '0', minutes = '0'] = /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(span) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60;
}

/** What may come of a drill: the first two prove the backup, every other is a failure. */
export const drillVerdictSchema = z
  .enum(['proven', 'proven late', 'failed', 'empty', 'mismatch', 'unverified', 'left over'])
  .describe(
    'proven; proven late: it took longer than its target; failed: nothing was restored; empty: nothing, or too few files, ' +
      'came back; mismatch: something else came back; unverified: the webhook stayed silent; left over: what was restored ' +
      'is not shown to be deleted.',
  );

/** @see drillVerdictSchema */
export type DrillVerdict = z.infer<typeof drillVerdictSchema>;

/** Which recovery point is restored: the newest, or any, of the last days. */
export const pointSchema = z.strictObject({
  choose: z.enum(['latest', 'random']),
  within: z
    .string()
    .regex(/^P\d{1,3}D$/, 'days, such as P30D')
    .default('P30D'),
});

/** Days of a {@link pointSchema}'s span. */
export const daysWithin = (within: string): number => Number(/^P(\d+)D$/.exec(within)?.[1] ?? 30);

const itemPath = z
  .string()
  .regex(
    /^(?![/\\])(?!.*(?:^|\/)\.{1,2}(?:\/|$))[^\u0000-\u001f\\:*?"<>|]{1,1024}$/,
    'a path in the share, such as reports/2026/ or index.db',
  );

/** Where things are restored to, by kind of resource. A kind without an entry is not drilled. */
export const intoSchema = z.strictObject({
  fileShare: z
    .strictObject({
      storageAccount,
      /** Files, and directories with a slash at the end, that are restored instead of the whole share. */
      items: z.array(itemPath).min(1).max(99).optional(),
      /** How many of them one drill takes, another choice each time. */
      itemsAtMost: z.int().min(1).max(99).optional(),
    })
    .optional(),
  /** A restore cannot ask for private access of the new disk: one whose source has it needs a word. */
  disk: z.strictObject({ resourceGroup, evenIfPrivate: z.boolean().optional() }).optional(),
  blobs: z.strictObject({ storageAccount }).optional(),
  /** Each drill makes a resource group of its own in the subscription, in the region of the vault, and deletes it whole. */
  virtualMachine: z
    .strictObject({
      subscription,
      /** What the service stages in: the machine's configuration passes through it. */
      stagingAccount: storageAccount,
      disks: z.enum(['os', 'all']).default('os'),
    })
    .optional(),
});

/** What must be true of what came back. */
export const checkSchema = z.strictObject({
  /** Of a share: fewer files make the verdict `empty`. */
  minimumFiles: z.int().min(0).max(1_000_000_000).optional(),
});

/** The same, and a webhook that is asked for a verdict of its own: only the plan names one. */
export const plannedCheckSchema = checkSchema.extend({
  webhook: z
    .url({ protocol: /^https$/, error: 'an https URL' })
    .max(1000)
    .optional(),
  /** How long it may take. */
  within: spanSchema.default('PT2H'),
});

/** @see plannedCheckSchema */
export type DrillCheck = Partial<z.infer<typeof plannedCheckSchema>>;

/** Everything a restore of one resource is done by. */
export const drillPartsSchema = z.strictObject({
  point: pointSchema.default({ choose: 'latest', within: 'P30D' }),
  into: intoSchema,
  check: checkSchema.optional(),
  /** How long the restored thing is kept after a good verdict, for a person to look at. */
  keepFor: spanSchema.optional(),
  /** Request of the Resource Guard that was approved, where multi-user authorisation guards restores of the vault. */
  guardRequest: idOf(kinds.guardRequestId, 'request of a Resource Guard').optional(),
  /** Grants what the identity of the vault needs on the target. */
  grantRoles: z.boolean().optional(),
});

/** @see intoSchema */
export type DrillInto = z.infer<typeof intoSchema>;
