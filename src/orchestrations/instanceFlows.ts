import { backupVaultIdOf } from '../data-protection/ids.ts';
import type { BackupInstance } from '../data-protection/instances.ts';
import type { Protection, RunRequest, Target } from '../runs/request.ts';
import { backUpInstance } from './backUpInstance.ts';
import type { Flow, FlowContext, FlowEnding } from './flow.ts';
import type { ServiceFlows } from './flow.ts';
import {
  datasourceIdOf,
  findTargetInstance,
  getTargetInstance,
  idOfInstanceOrDeleted,
  instanceIdIn,
} from './instanceTarget.ts';
import { protectDatasource, validateDatasource, type DatasourceProtection } from './protectDatasource.ts';
import { refuse, skip } from './refusals.ts';
import { resumeInstance, stopInstance } from './stopInstance.ts';

type RequestOf<K extends RunRequest['kind']> = Extract<RunRequest, { kind: K }>;

function datasourceProtection(
  target: Target,
  vaultId: string | undefined,
  policyId: string,
  options: DatasourceProtection['options'],
): DatasourceProtection {
  if (instanceIdIn(target) !== undefined) {
    throw refuse('TargetIsProtected', 'The target is a backup instance: name the datasource to protect.');
  }
  const datasourceId = datasourceIdOf(target);
  const named = 'vaultId' in target ? target.vaultId : undefined;
  const kind = /\/providers\/Microsoft\.Compute\/disks\//i.test(datasourceId) ? 'disk' : 'blobs';
  return { kind, vaultId: vaultId ?? named ?? backupVaultIdOf(policyId), datasourceId, policyId, options };
}

const lockIsNotOurs =
  'Of no meaning for a Backup vault, and left out: lockStorageAccount. Operational backup of blobs locks the account by itself.';

function orderOf(context: FlowContext, request: Protection): DatasourceProtection {
  if (request.lockStorageAccount !== undefined) context.warnings.push(lockIsNotOurs);
  return datasourceProtection(request.target, request.vaultId, request.policyId, request);
}

/** The instance to back up; a datasource that nothing protects is protected now, where the request says by what. */
function* instanceToBackUp(
  context: FlowContext,
  { target, protectFirst }: RequestOf<'backUp'>,
): Flow<BackupInstance> {
  if (!protectFirst) return yield* getTargetInstance(context, target);
  const found = yield* findTargetInstance(context, target);
  if (found) return found;
  const order = datasourceProtection(target, undefined, protectFirst.policyId, {});
  return (yield* protectDatasource(context, order)).instance;
}

function* protect(context: FlowContext, request: RequestOf<'protect'>): Flow<FlowEnding> {
  const { instance, change } = yield* protectDatasource(context, orderOf(context, request));
  const result = { backupInstanceId: instance.id, policyId: request.policyId, change };
  if (request.backUpAfterwards) {
    const ending = yield* backUpInstance(context, instance, {});
    return { ...ending, result: { ...result, ...(ending.result as object) } };
  }
  if (change === 'none') {
    throw skip('AlreadyProtected', `already protected by ${instance.id} with the same policy`);
  }
  return { status: 'completed', result };
}

/** Flows of Backup vaults: disks, blobs, and any backup instance by its id. */
export const dataProtectionFlows: ServiceFlows = {
  *backUp(context, request) {
    return yield* backUpInstance(context, yield* instanceToBackUp(context, request), request);
  },
  protect,
  validate: (context, request) => validateDatasource(context, orderOf(context, request)),
  *stop(context, request) {
    return yield* stopInstance(context, yield* getTargetInstance(context, request.target), request);
  },
  *resume(context, request) {
    return yield* resumeInstance(context, yield* idOfInstanceOrDeleted(context, request.target), request);
  },
};
