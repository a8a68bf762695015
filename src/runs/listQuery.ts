import * as z from 'zod';
import { isContinuation } from './listRuns.ts';
import { requestIds } from './requestIds.ts';

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
export const runKindSchema = z.enum(['backUp', 'protect', 'validate', 'stop', 'resume', 'sweep']);

const top = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, 'a number from 1 to 100')
  .transform(Number)
  .refine((count) => count <= 100, 'a number from 1 to 100');

/** Query of `GET /api/runs`; an empty value counts as absent. */
export const listQuerySchema = z.object({
  status: runStatusSchema.optional(),
  kind: runKindSchema.optional(),
  target: requestIds.any.optional(),
  batch: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'the id of a batch')
    .optional(),
  top: top.optional(),
  continuation: z.string().refine(isContinuation, 'a continuation as a nextLink has it').optional(),
});
