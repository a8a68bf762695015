import * as z from 'zod';
import { planSchema, resourceKindSchema } from '../plan/schema.ts';
import type { ResolvedPlan } from './resolvePlan.ts';

const selected = z.object({
  id: z.string(),
  kind: resourceKindSchema,
  vaultId: z.string(),
  policyId: z.string(),
  standing: z.enum(['missing', 'protected', 'drift']),
  protectedBy: z.string().optional().describe('Protected item or backup instance.'),
  drift: z.string().optional().describe('What differs from the rule.'),
});

/** `GET /api/plan`: for the description of the API, not for parsing. */
export const planAnswerSchema = z.object({
  location: z.string(),
  standing: z
    .enum(['current', 'lastGood', 'empty'])
    .describe('lastGood: the text at its place is broken or out of reach; empty: there is none.'),
  since: z
    .string()
    .meta({ format: 'date-time' })
    .optional()
    .describe('Since when it has stood so, to five minutes.'),
  problems: z.array(
    z.object({ severity: z.enum(['error', 'warning']), path: z.string(), message: z.string() }),
  ),
  inForce: planSchema,
  lyingThere: z.string().optional().describe('The text at its place where that is not in force.'),
  occurrences: z
    .record(z.string(), z.array(z.string().meta({ format: 'date-time' })))
    .describe('By schedule: the next five.'),
  drillOccurrences: z
    .record(z.string(), z.array(z.string().meta({ format: 'date-time' })))
    .describe('By drill of the plan: the next five.'),
  rules: z.array(z.object({ rule: z.string(), selected: z.array(selected) })),
  skipped: z.array(z.object({ id: z.string(), kind: z.string(), reason: z.string() })),
  notEligible: z
    .array(z.object({ id: z.string(), kind: resourceKindSchema, rule: z.string(), reason: z.string() }))
    .describe('What a rule takes and the service cannot back up, or the rule leaves out.'),
  protectedOutsidePlan: z
    .array(
      z.object({
        id: z.string(),
        kind: resourceKindSchema,
        protectedBy: z.string(),
        vaultId: z.string(),
        state: z.string(),
        reason: z.string(),
      }),
    )
    .describe('What a vault protects and no rule selects.'),
  orphans: z.array(z.object({ item: z.string(), source: z.string(), state: z.string() })),
  warnings: z.array(z.string()),
} satisfies Record<keyof ResolvedPlan | 'since', z.ZodType>);
