import type { PlanRequest } from '../runs/planRequest.ts';
import type { Flow, FlowContext, FlowEnding } from './flow.ts';
import type { FlowTable } from './flows.ts';
import { carryMany } from './manyRuns.ts';
import { protectByPlan } from './protectByPlan.ts';

/** The flow of a request that the plan answers. */
export function planFlow(table: FlowTable, context: FlowContext, request: PlanRequest): Flow<FlowEnding> {
  return request.kind === 'protectByPlan' ? protectByPlan(table, context, request) : carryMany(context);
}
