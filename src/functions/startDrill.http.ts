import { app } from '@azure/functions';
import { input } from 'durable-functions';
import type * as z from 'zod';
import type { HttpCall } from '../http/answer.ts';
import { badRequest } from '../http/refusal.ts';
import { acceptingRuns } from '../http/runRequest.ts';
import { drillSchema } from '../runs/drillRequest.ts';
import type { AcceptedRequest } from '../runs/run.ts';

/** @throws HttpRefusal 400 for a drill that the plan does not have. */
async function drill(body: z.infer<typeof drillSchema>, { services }: HttpCall): Promise<AcceptedRequest> {
  if ('target' in body) return { kind: 'drill', ...body };
  const { plan } = await services.loadPlan();
  const known = plan.drills?.find(({ name }) => name.toLowerCase() === body.drill.toLowerCase());
  if (!known) throw badRequest('DrillNotFound', `The plan has no drill "${body.drill}".`, 'drill');
  const of = { kind: 'drill', drill: known.name, ...(body.dryRun ? { dryRun: true } : {}) } as const;
  return { kind: 'batch', of, options: {}, concurrency: known.concurrency };
}

app.http('startDrill', {
  route: 'api/drills',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: acceptingRuns('startDrill', () => drillSchema, drill),
});
