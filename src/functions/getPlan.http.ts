import { app } from '@azure/functions';
import { EstateUnreadable } from '../estate/askArm.ts';
import { resolvePlan } from '../estate/resolvePlan.ts';
import { estateServices } from '../composition/invocationServices.ts';
import { readPlanStanding } from '../composition/standing.ts';
import { answer } from '../http/answer.ts';
import { readNoQuery } from '../http/query.ts';
import { HttpRefusal } from '../http/refusal.ts';

app.http('getPlan', {
  route: 'api/plan',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: answer('getPlan', async ({ request, services }) => {
    readNoQuery(request);
    try {
      const resolved = await resolvePlan(estateServices(services), await services.loadPlan());
      const { since } = await readPlanStanding(services);
      return { status: 200, jsonBody: { ...resolved, ...(since !== undefined && { since }) } };
    } catch (error) {
      if (!(error instanceof EstateUnreadable)) throw error;
      throw new HttpRefusal(503, { code: error.code, message: error.message });
    }
  }),
});
