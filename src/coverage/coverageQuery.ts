import * as z from 'zod';
import { resourceKindSchema } from '../plan/schema.ts';
import { coverageStateSchema } from './schema.ts';

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

/** What rows are narrowed to; all given members must match, ids and names without case. */
export interface CoverageFilter {
  readonly state?: string | undefined;
  readonly rule?: string | undefined;
  readonly kind?: string | undefined;
  readonly subscription?: string | undefined;
  readonly vault?: string | undefined;
}
