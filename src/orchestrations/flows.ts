import type { RunRequest } from '../runs/request.ts';
import { backUpProtectedItem } from './backUpProtectedItem.ts';
import type { Flow, FlowContext, FlowEnding, ServiceFlows } from './flow.ts';
import { dataProtectionFlows } from './instanceFlows.ts';
import { targetKindOf, type TargetKind } from './itemTarget.ts';
import { protect } from './protectSource.ts';
import { refuse } from './refusals.ts';
import { resume } from './resumeProtection.ts';
import { stop } from './stopProtection.ts';
import { validate } from './validateProtection.ts';

/** Flows of Recovery Services vaults: the same for shares, machines and databases. */
export const recoveryServicesFlows: ServiceFlows = {
  backUp: backUpProtectedItem,
  protect,
  validate,
  stop,
  resume,
};

/** By kind of target; a service that is added puts its flows beside its kinds. */
export type FlowTable = Readonly<Partial<Record<TargetKind, ServiceFlows>>>;

/** Every flow there is. */
export const flowTable: FlowTable = {
  fileShare: recoveryServicesFlows,
  virtualMachine: recoveryServicesFlows,
  workload: recoveryServicesFlows,
  disk: dataProtectionFlows,
  blobs: dataProtectionFlows,
  backupInstance: dataProtectionFlows,
};

function flowsFor(table: FlowTable, request: RunRequest): ServiceFlows {
  const kind = targetKindOf(request.target);
  const flows = kind && table[kind];
  if (flows) return flows;
  const what = 'id' in request.target ? request.target.id : request.target.kind;
  throw refuse('TargetNotSupported', `No flow of this version knows the target ${what}.`);
}

/**
 * Chooses the flow for a request.
 *
 * @throws FlowEnded when no service knows the target, or its service cannot do what is asked.
 */
export function flowOf(table: FlowTable, context: FlowContext, request: RunRequest): Flow<FlowEnding> {
  const flows = flowsFor(table, request);
  const chosen = flows[request.kind] as ((c: FlowContext, r: RunRequest) => Flow<FlowEnding>) | undefined;
  if (!chosen) throw refuse('RequestNotSupported', `The target's service has no flow for ${request.kind}.`);
  return chosen(context, request);
}
