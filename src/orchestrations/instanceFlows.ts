import { backupVaultIdOf, isInstanceId } from '../data-protection/ids.ts';
import { findInstancesBySource, findInstancesOf, type BackupInstance } from '../data-protection/instances.ts';
import type { Protection, RunRequest, Target } from '../runs/request.ts';
import { backUpInstance } from './backUpInstance.ts';
import type { Flow, FlowContext, FlowEnding } from './flow.ts';
import type { ServiceFlows } from './flows.ts';
import { protectDatasource, validateDatasource, type DatasourceProtection } from './protectDatasource.ts';
import { refuse } from './refusals.ts';
import { FlowEnded } from './stepFailed.ts';
import { resumeInstance, stopInstance } from './stopInstance.ts';
import { takeStep } from './takeStep.ts';

type RequestOf<K extends RunRequest['kind']> = Extract<RunRequest, { kind: K }>;

function* instancesOf(context: FlowContext, target: Target): Flow<readonly BackupInstance[]> {
  if ('id' in target) return yield* takeStep(context, findInstancesBySource, { resourceId: target.id });
  if (target.kind !== 'disk' && target.kind !== 'blobs') return [];
  return yield* takeStep(context, findInstancesOf, {
    vaultId: target.vaultId,
    resourceId: target.datasourceId,
  });
}

/** The instance a target means: named by its id, or the only one that protects the datasource. */
function* instanceIdOf(context: FlowContext, target: Target): Flow<string | undefined> {
  if ('id' in target && isInstanceId(target.id)) return target.id;
  const [first, second] = yield* instancesOf(context, target);
  if (first && second) {
    throw refuse(
      'BackupInstanceAmbiguous',
      `The datasource is protected twice: ${first.id} and ${second.id}.`,
      'Name one by its id.',
    );
  }
  return first?.id;
}

function* instanceIdNeeded(context: FlowContext, target: Target): Flow<string> {
  const found = yield* instanceIdOf(context, target);
  if (found) return found;
  const name = 'id' in target ? target.id : 'datasourceId' in target ? target.datasourceId : target.kind;
  throw refuse(
    'NotProtected',
    `No backup instance protects ${name}.`,
    'Protect it by POST /api/protections, or ask with protectFirst.',
  );
}

function datasourceProtection(
  target: Target,
  vaultId: string | undefined,
  policyId: string,
  options: DatasourceProtection['options'],
): DatasourceProtection {
  const datasourceId = 'id' in target ? target.id : 'datasourceId' in target ? target.datasourceId : '';
  const named = 'vaultId' in target ? target.vaultId : undefined;
  const kind = /\/providers\/Microsoft\.Compute\/disks\//i.test(datasourceId) ? 'disk' : 'blobs';
  return { kind, vaultId: vaultId ?? named ?? backupVaultIdOf(policyId), datasourceId, policyId, options };
}

const lockIsNotOurs =
  'Of no meaning for a Backup vault, and left out: lockStorageAccount. Operational backup of blobs locks the account by itself.';

function orderOf(context: FlowContext, request: Protection): DatasourceProtection {
  if (request.lockStorageAccount !== undefined) context.warnings.push(lockIsNotOurs);
  if ('id' in request.target && isInstanceId(request.target.id)) {
    throw refuse('TargetIsProtected', 'The target is a backup instance: name the datasource to protect.');
  }
  return datasourceProtection(request.target, request.vaultId, request.policyId, request);
}

function* backUp(context: FlowContext, request: RequestOf<'backUp'>): Flow<FlowEnding> {
  const { target, protectFirst } = request;
  const found = protectFirst
    ? yield* instanceIdOf(context, target)
    : yield* instanceIdNeeded(context, target);
  if (found || !protectFirst) return yield* backUpInstance(context, found ?? '', request);
  const made = yield* protectDatasource(
    context,
    datasourceProtection(target, undefined, protectFirst.policyId, {}),
  );
  return yield* backUpInstance(context, made.instanceId, request);
}

function* protect(context: FlowContext, request: RequestOf<'protect'>): Flow<FlowEnding> {
  const { instanceId } = yield* protectedOrSkipped(context, request);
  if (request.backUpAfterwards) return yield* backUpInstance(context, instanceId, {});
  return { status: 'completed', result: { backupInstanceId: instanceId, policyId: request.policyId } };
}

/** A protection that is there already is what a backup afterwards needs. */
function* protectedOrSkipped(
  context: FlowContext,
  request: RequestOf<'protect'>,
): Flow<{ readonly instanceId: string }> {
  try {
    return yield* protectDatasource(context, orderOf(context, request));
  } catch (error) {
    if (!(error instanceof FlowEnded) || error.status !== 'skipped' || !request.backUpAfterwards) throw error;
    return { instanceId: yield* instanceIdNeeded(context, request.target) };
  }
}

/** Flows of Backup vaults: disks, blobs, and any backup instance by its id. */
export const dataProtectionFlows: ServiceFlows = {
  backUp,
  protect,
  validate: (context, request) => validateDatasource(context, orderOf(context, request)),
  *stop(context, request) {
    return yield* stopInstance(context, yield* instanceIdNeeded(context, request.target), request);
  },
  *resume(context, request) {
    return yield* resumeInstance(context, yield* instanceIdNeeded(context, request.target), request);
  },
};
