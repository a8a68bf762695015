import { z } from 'zod';

const throttling = z
  .strictObject({
    armReads: z
      .int()
      .positive()
      .default(16_500)
      .describe('Size of the read bucket of one subscription (all principals).'),
    armWrites: z
      .int()
      .positive()
      .default(12_000)
      .describe('Size of the write and delete buckets of one subscription.'),
    armReadsPerSecond: z
      .number()
      .positive()
      .default(375)
      .describe('Refill of the read bucket of one subscription.'),
    armWritesPerSecond: z
      .number()
      .positive()
      .default(150)
      .describe('Refill of the write and delete buckets.'),
    principalShare: z
      .number()
      .positive()
      .default(15)
      .describe('A principal has this fraction (1/n) of the sizes and refills above for itself.'),
    provider: z
      .enum(['generous', 'hourly', 'refilling'])
      .default('generous')
      .describe(
        'Per-action buckets over all vaults of a subscription: never empty, fixed hours, or refilling.',
      ),
    providerLimit: z.int().positive().default(300).describe('Size of one action’s bucket.'),
    providerLimits: z
      .record(z.string(), z.int().positive())
      .default({})
      .describe('Other sizes by RBAC action, for example Microsoft.RecoveryServices/vaults/backupJobs/read.'),
    providerRefillPerSecond: z.number().positive().default(2).describe('Refill in `refilling` mode.'),
    countersInTurn: z
      .array(z.int().positive())
      .default([])
      .describe('Sizes of several counters per action that answer in turn: the header jumps between them.'),
    rivalPerMinute: z
      .number()
      .nonnegative()
      .default(0)
      .describe('Requests per minute that another principal takes out of every provider bucket.'),
    withoutRetryAfter: z.boolean().default(false).describe('429 answers carry no Retry-After.'),
  })
  .prefault({});

/** Behaviour that is not part of any resource; every field has a default. */
export const simulatorSettingsSchema = z.strictObject({
  timeScale: z
    .number()
    .positive()
    .default(1)
    .describe('Divides durations and Retry-After; timestamps stay real.'),
  pageSize: z.int().positive().optional().describe('Rows per list page; absent: one page.'),
  signedPollUrls: z.boolean().default(true).describe('Poll URLs carry t, c, s and h (3-4 KB).'),
  echoActivityId: z
    .boolean()
    .default(true)
    .describe('A job’s activityId is the x-ms-client-request-id of the call that began it.'),
  throttling,
});

/** See {@link simulatorSettingsSchema}. */
export type SimulatorSettings = z.infer<typeof simulatorSettingsSchema>;
