import type * as z from 'zod';
import { drillOf } from '../batches/protectionRequest.ts';
import type { drillSchema } from '../runs/request.ts';
import type { AcceptedRequest } from '../runs/run.ts';
import type { HttpCall } from './access.ts';
import { badRequest } from './refusal.ts';

type Body = z.infer<typeof drillSchema>;

/** Restores at a time until the plan's drill has been read, which says how many. */
const concurrency = 5;

/** What a body asks for: one restore, or a drill of the plan as it is when the batch begins. */
export function drillRequest(body: Body): AcceptedRequest {
  if ('target' in body) return { kind: 'drill', ...body };
  const of = { kind: 'drill', drill: body.drill, ...(body.dryRun ? { dryRun: true } : {}) } as const;
  return { kind: 'batch', of, options: {}, concurrency };
}

/** @throws HttpRefusal 400 for a drill that the plan does not have. */
export async function checkDrill(body: Body, { services }: HttpCall): Promise<void> {
  if ('target' in body) return;
  const { plan } = await services.loadPlan();
  if (!drillOf(plan, { kind: 'drill', drill: body.drill }))
    throw badRequest('DrillNotFound', `The plan has no drill "${body.drill}".`, 'drill');
}
