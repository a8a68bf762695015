import type * as z from 'zod';
import { addTargets, batchOfTargets, wantedOf } from '../batches/backupItems.ts';
import type { backupSchema } from '../runs/request.ts';
import type { AcceptedRequest } from '../runs/run.ts';
import type { HttpCall } from './access.ts';
import { badRequest } from './refusal.ts';

type Body = z.infer<typeof backupSchema>;

/** Children of a batch that was asked for by HTTP. */
const concurrency = 20;

/** What a body asks for. @throws HttpRefusal 400 for a dry run of many. */
export function backupRequest(body: Body): AcceptedRequest {
  const { target, targets, rule, dryRun, ...options } = body;
  if (target) return { kind: dryRun ? 'dryRun' : 'backUp', target, ...options };
  if (dryRun) throw badRequest('DryRunOfOne', 'A dry run is about one target.', 'dryRun');
  const of = targets ? batchOfTargets(targets) : ({ kind: 'rule', rule: rule ?? '' } as const);
  return { kind: 'batch', of, options, concurrency };
}

/** @throws HttpRefusal 400 for a rule that the plan does not have. */
export async function checkRule({ rule }: Body, { services }: HttpCall): Promise<void> {
  if (rule === undefined) return;
  const { plan } = await services.loadPlan();
  if (!wantedOf(plan, { kind: 'rule', rule }))
    throw badRequest('RuleNotFound', `The plan has no rule "${rule}".`, 'rule');
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
