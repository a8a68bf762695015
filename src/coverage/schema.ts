import * as z from 'zod';
import { drillVerdictSchema } from '../plan/drillParts.ts';
import { resourceKindSchema } from '../plan/schema.ts';

const instant = z.string().meta({ format: 'date-time', description: 'UTC, ISO 8601.' });
const armId = z.string().describe('ARM id.');

/** States of what a rule selects and the service can back up, and what is not as it should be; worst first. */
export const exceptionStates = [
  'down',
  'failing',
  'neverBackedUp',
  'late',
  'protectionError',
  'notProtected',
  'stopped',
  'softDeleted',
] as const;

/** What is true of a resource; exactly one holds. The order is the order of lists: worst first. */
export const coverageStateSchema = z.enum([
  ...exceptionStates,
  'orphan',
  'notEligible',
  'protectedOutsidePlan',
  'notSelected',
  'excluded',
  'ok',
]);

/** Where the age of a backup was read. */
export const pointSourceSchema = z
  .enum(['recoveryPoints', 'lastRecoveryPoint', 'jobs', 'restorableTimeRange'])
  .describe(
    'recoveryPoints: the list of points of the item; lastRecoveryPoint: the list of protected items; jobs: a completed ' +
      'backup job, its start stands for the point; restorableTimeRange: continuous backup.',
  );

const recoveryPoint = z.object({
  at: instant,
  id: z.string().optional(),
  tier: z.string().optional().describe("The service's word."),
  expiresAt: instant.optional(),
  source: pointSourceSchema,
});

const expectation = z.object({
  every: z.string().describe('ISO 8601 duration: how old the newest point may be.'),
  grace: z.string().describe('ISO 8601 duration: how much later the state is down.'),
  from: z.enum(['rule', 'schedule', 'policy', 'default']).describe('Where it is written.'),
});

const lastRun = z.object({
  id: z.string(),
  kind: z.string(),
  status: z.string(),
  createdAt: instant,
  endedAt: instant.optional(),
});

const drillProof = z.object({
  run: z.string(),
  at: instant,
  verdict: drillVerdictSchema,
  pointAt: instant.optional(),
  restoreSeconds: z.int().optional(),
  reason: z.string().optional().describe('Why it proves nothing: code and message.'),
});

/** One resource and its one verdict. */
export const coverageRowSchema = z.object({
  id: armId.describe(
    'ARM id of the resource; of a share below its account, of a database the id of the item.',
  ),
  kind: resourceKindSchema,
  name: z.string(),
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  region: z.string().optional(),
  state: coverageStateSchema,
  since: instant.describe('When the state was first seen.'),
  reason: z.string().describe('Why, in one sentence.'),
  serviceWords: z.string().optional().describe("The service's own state, or code and message of a failure."),
  advice: z.string().optional().describe('What to do.'),
  rule: z.string().optional(),
  excludedBy: z.string().optional().describe('The entry that takes the resource out.'),
  vaultId: armId.optional(),
  policyId: armId.optional(),
  itemId: armId.optional().describe('Protected item or backup instance.'),
  expect: expectation.optional(),
  lastGoodPoint: recoveryPoint.optional(),
  keptUntil: instant.optional().describe('Until when backups of a source that is gone or deleted are kept.'),
  lastRun: lastRun.optional().describe('The newest run of this app about the resource.'),
  nextOccurrence: z.object({ at: instant, schedule: z.string() }).optional(),
  drill: drillProof.optional().describe('The newest restore drill.'),
  readAt: instant.describe('When Azure was read for this row.'),
});

/** What is true of the whole estate. */
export const coverageSummarySchema = z.object({
  counts: z.record(coverageStateSchema, z.int()).describe('Resources by state; of every state.'),
  total: z.int(),
  selected: z.int().describe('Resources that a rule selects.'),
  readAt: instant.optional().describe('When the last finished read began; absent before the first.'),
  complete: z.boolean().describe('False: something could not be read, and no verdict has turned good.'),
  incompleteReasons: z.array(z.string()),
  refreshing: z.object({ startedAt: instant, rows: z.int() }).optional().describe('A read that goes on now.'),
});

/** `GET /api/coverage`. */
export const coveragePageSchema = z.object({
  value: z.array(coverageRowSchema),
  summary: coverageSummarySchema,
  nextLink: z.string().optional(),
});

/** A change of state. */
export const stateChangeSchema = z.object({
  at: instant,
  state: coverageStateSchema,
  reason: z.string(),
});

/** `GET /api/coverage/resource?id=`; changes newest first, of 400 days. */
export const coverageResourceSchema = z.object({
  resource: coverageRowSchema,
  history: z.array(stateChangeSchema),
});

/** `GET /api/coverage/history`: per day the last complete read. */
export const coverageHistorySchema = z.object({
  days: z.array(
    z.object({
      date: z.string().meta({ format: 'date' }),
      readAt: instant.optional().describe('Absent: no complete read that day.'),
      kinds: z.partialRecord(resourceKindSchema, z.partialRecord(coverageStateSchema, z.int())),
    }),
  ),
});

/** The twelve controls of a vault. */
export const controlSchema = z.enum([
  'softDelete',
  'immutability',
  'multiUserAuthorization',
  'redundancy',
  'crossRegionRestore',
  'publicAccess',
  'customerManagedKey',
  'jobFailureAlerts',
  'sourceScan',
  'policyRetention',
  'policyFrequency',
  'identity',
]);

/** One control of one vault. */
export const controlVerdictSchema = z.object({
  control: controlSchema,
  verdict: z.enum(['pass', 'fail', 'unknown']),
  property: z.string().describe('The property that was read.'),
  value: z.string().optional().describe('Its value; absent where the service does not say.'),
  message: z.string(),
});

/** A vault: how it is set up and what goes on in it. */
export const vaultSchema = z.object({
  id: armId,
  name: z.string(),
  type: z.enum(['recoveryServices', 'backup']),
  subscriptionId: z.string(),
  region: z.string().optional(),
  readAt: instant.optional(),
  problem: z.string().optional().describe('Why the vault could not be read.'),
  posture: z.array(controlVerdictSchema),
  items: z.record(z.string(), z.int()).describe('Protected items or backup instances by standing.'),
  jobsInFlight: z.int(),
  budgets: z.array(
    z.object({
      action: z.string().describe('`reads` and `writes` of the subscription, or one action of the provider.'),
      remaining: z.number(),
      limit: z.number(),
      pausedUntil: instant.optional(),
    }),
  ),
  dailyLimits: z.array(
    z.object({ item: armId, kind: z.string(), used: z.int(), limit: z.int(), day: z.string() }),
  ),
});

/** `GET /api/vaults`. */
export const vaultsSchema = z.object({ value: z.array(vaultSchema) });

/** @see coverageStateSchema */
export type CoverageState = z.infer<typeof coverageStateSchema>;
/** @see coverageRowSchema */
export type CoverageRow = z.infer<typeof coverageRowSchema>;
/** @see coverageSummarySchema */
export type CoverageSummary = z.infer<typeof coverageSummarySchema>;

/** A number that a query gives as text, at most 9999. */
export const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,3}$/, `a number from ${from} to ${to}`)
    .transform(Number)
    .refine((count) => count >= from && count <= to, `a number from ${from} to ${to}`);

/** A continuation is the key of the last row seen: it stays good whatever is written meanwhile. */
const continuation = z
  .string()
  .regex(/^\d{2}\|\d{13}\|[0-9a-f]{40}$/, 'a continuation as a nextLink has it')
  .optional();

/** Query of `GET /api/coverage`; an empty value counts as absent. */
export const coverageQuerySchema = z.strictObject({
  state: coverageStateSchema.optional(),
  rule: z.string().min(1).max(80).optional(),
  kind: resourceKindSchema.optional(),
  subscription: z.guid().optional(),
  vault: z.string().min(1).max(2048).optional().describe('ARM id.'),
  top: wholeNumber(1, 1000).optional(),
  continuation,
});

/** Query of `GET /api/coverage/resource`. */
export const resourceQuerySchema = z.strictObject({ id: z.string().min(1).max(2048) });

/** Query of `GET /api/coverage/history`. */
export const historyQuerySchema = z.strictObject({ days: wholeNumber(1, 400).optional() });
