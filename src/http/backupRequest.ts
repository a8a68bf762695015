import type * as z from 'zod';
import { addTargets, batchOfTargets, wantedOf } from '../batches/backupItems.ts';
import type { backupSchema } from '../runs/request.ts';
import type { AcceptedRequest } from '../runs/run.ts';
import type { HttpCall } from './answer.ts';
import { badRequest } from './refusal.ts';

type Body = z.infer<typeof backupSchema>;

/** Children of a batch that was asked for by HTTP. */
const concurrency = 20;

/** What a body asks for. @throws HttpRefusal 400 for a rule that the plan does not have, and for a dry run of many. */
export async function backupRequest(body: Body, { services }: HttpCall): Promise<AcceptedRequest> {
  const { target, targets, rule, dryRun, ...options } = body;
  if (target) return { kind: dryRun ? 'dryRun' : 'backUp', target, ...options };
  if (dryRun) throw badRequest('DryRunOfOne', 'A dry run is about one target.', 'dryRun');
  if (targets) return { kind: 'batch', of: batchOfTargets(targets), options, concurrency };
  const of = { kind: 'rule', rule: rule ?? '' } as const;
  const { plan } = await services.loadPlan();
  if (!wantedOf(plan, of)) throw badRequest('RuleNotFound', `The plan has no rule "${of.rule}".`, 'rule');
  return { kind: 'batch', of, options, concurrency };
}

/** Keeps the targets of a batch with its run. */
export async function keepTargets(
  { services }: HttpCall,
  body: Body,
  run: { readonly id: string; readonly digest: string },
): Promise<void> {
  const { target: _target, targets = [], rule: _rule, dryRun: _dryRun, ...options } = body;
  await addTargets(services.tables.batchItems, run, targets, options);
}
