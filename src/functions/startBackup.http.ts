import { app } from '@azure/functions';
import { input } from 'durable-functions';
import type * as z from 'zod';
import { addTargets, batchOfTargets, wantedOf } from '../batches/backupItems.ts';
import type { AcceptedRequest } from '../runs/run.ts';
import { backupSchema } from '../runs/request.ts';
import type { HttpCall } from '../http/answer.ts';
import { badRequest } from '../http/refusal.ts';
import { acceptingRuns } from '../http/runRequest.ts';

type Body = z.infer<typeof backupSchema>;

/** Children of a batch that was asked for by HTTP. */
const concurrency = 20;

/** @throws HttpRefusal 400 for a rule that the plan does not have, and for a dry run of many. */
async function backUp(body: Body, { services }: HttpCall): Promise<AcceptedRequest> {
  const { target, targets, rule, dryRun, ...options } = body;
  if (target) return { kind: dryRun ? 'dryRun' : 'backUp', target, ...options };
  if (dryRun) throw badRequest('DryRunOfOne', 'A dry run is about one target.', 'dryRun');
  if (targets) return { kind: 'batch', of: batchOfTargets(targets), options, concurrency };
  const of = { kind: 'rule', rule: rule ?? '' } as const;
  const { plan } = await services.loadPlan();
  if (!wantedOf(plan, of)) throw badRequest('RuleNotFound', `The plan has no rule "${of.rule}".`, 'rule');
  return { kind: 'batch', of, options, concurrency };
}

app.http('startBackup', {
  route: 'api/backups',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [input.durableClient()],
  handler: acceptingRuns('startBackup', () => backupSchema, backUp, {
    before: async (call, body, run) => {
      const { target: _target, targets = [], rule: _rule, dryRun: _dryRun, ...options } = body;
      await addTargets(call.services.tables.batchItems, run, targets, options);
    },
  }),
});
