import * as z from 'zod';

/** Body of `POST /api/sweeps`: a dry run unless it says otherwise. */
export const sweepSchema = z.strictObject({ dryRun: z.boolean().optional() });
