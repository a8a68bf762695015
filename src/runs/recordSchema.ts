import * as z from 'zod';
import { drillVerdictSchema } from '../plan/drillParts.ts';
import { targetSchema } from './request.ts';
import type { RunRecord } from './run.ts';

/** The statuses a run may have. */
export const runStatusSchema = z.enum([
  'accepted',
  'running',
  'completed',
  'completedWithWarnings',
  'failed',
  'cancelled',
  'skipped',
  'timedOut',
  'unknown',
]);

/** The kinds of run. */
export const runKindSchema = z.enum([
  'backUp',
  'dryRun',
  'protect',
  'validate',
  'stop',
  'resume',
  'sweep',
  'drill',
]);

const instant = z.string().meta({ format: 'date-time' });

const step = z.object({
  name: z.string(),
  status: z.string(),
  startedAt: instant,
  endedAt: instant.optional(),
  asks: z.int(),
  detail: z.string().optional(),
});

const job = z.object({
  id: z.string(),
  status: z.string().describe("The service's own word."),
  progress: z.string().optional(),
  startedAt: instant.optional(),
  endedAt: instant.optional(),
});

const recoveryPoint = z.object({
  id: z.string(),
  at: instant,
  type: z.string().optional(),
  tiers: z.array(z.object({ type: z.string(), expiresAt: instant.optional() })),
});

const doneBy = z.object({ caller: z.string().optional(), at: instant });

const failure = z.object({
  code: z.string().describe("The service's code as it came, or ours."),
  message: z.string(),
  advice: z.string().optional(),
  correlationId: z.string().optional(),
});

const failedItem = z.object({
  target: z.string(),
  run: z.string().optional(),
  status: runStatusSchema,
  error: failure.optional(),
});

const difference = z.object({ what: z.string(), is: z.string(), asked: z.string() });

const pointOfDrill = z.object({
  id: z.string(),
  at: instant,
  ageSeconds: z.int().describe('How old the point was when the drill was asked for.'),
});

/** What a drill adds. */
const ofDrill = {
  verdict: drillVerdictSchema.optional(),
  resourceId: z.string().optional(),
  point: pointOfDrill.optional(),
  restoredTo: z.array(z.string()).optional(),
  restoreSeconds: z.int().optional(),
  counts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  left: z.array(z.object({ id: z.string(), reason: z.string() })).optional(),
  wouldRestore: z
    .object({
      point: pointOfDrill.omit({ ageSeconds: true }).loose(),
      to: z.array(z.string()),
      obstacles: z.array(z.string()),
    })
    .optional(),
};

/** What came of a run, by its kind and service; a field that does not apply is absent. */
const result = z.looseObject({
  protectedItemId: z.string().optional(),
  backupInstanceId: z.string().optional(),
  policyId: z.string().optional(),
  protectionState: z.string().optional(),
  state: z.string().optional(),
  change: z.enum(['protected', 'policyChanged', 'changed', 'none']).optional(),
  differences: z.array(difference).optional(),
  wouldDo: z.array(z.string()).optional(),
  wouldChange: z.array(difference).optional(),
  wouldSend: z.record(z.string(), z.unknown()).optional(),
  expiresAt: instant.optional(),
  joined: z.literal(true).optional(),
  ruleName: z.string().optional(),
  softDeleted: z.boolean().optional(),
  keptUntil: instant.optional(),
  closedAt: instant.optional(),
  was: z.object({ code: z.string(), message: z.string() }).nullable().optional(),
  ...ofDrill,
});

/** The run record as callers see it: for the API description, not for parsing. */
export const recordSchema = z.object({
  id: z.string(),
  kind: runKindSchema,
  status: runStatusSchema,
  target: targetSchema.optional(),
  requestedBy: z.object({
    source: z.enum(['http', 'schedule', 'eventGrid', 'sweep', 'batch']),
    caller: z.string().optional(),
    key: z.string(),
  }),
  cancelRequestedBy: doneBy.optional(),
  closedBy: doneBy.optional().describe('Who closed a run that had ended unknown.'),
  createdAt: instant,
  endedAt: instant.optional(),
  batch: z.string().optional(),
  generation: z.int(),
  waitsFor: z
    .enum(['service', 'limit'])
    .optional()
    .describe("While it runs: the service's work, or the end of one of its limits."),
  steps: z.array(step),
  operation: z.object({ status: z.string() }).optional(),
  job: job.optional(),
  recoveryPoint: recoveryPoint.optional(),
  result: result.optional(),
  error: failure.optional(),
  warnings: z.array(z.string()),
  counts: z.record(z.string(), z.int()).optional().describe('Of a batch: items by status.'),
  failures: z.array(failedItem).optional(),
  wouldDo: z
    .array(z.object({ target: z.string(), rule: z.string().optional(), policyId: z.string().optional() }))
    .optional()
    .describe('Of the dry run of a sweep: what would be protected; the first ones.'),
  nextLink: z.string().optional().describe('Of the dry run of a sweep: the list of all, page by page.'),
  report: z.record(z.string(), z.unknown()).optional(),
} satisfies Record<keyof RunRecord, z.ZodType>);
