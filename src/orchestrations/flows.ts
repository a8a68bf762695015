import { backupVaultIdOf } from '../data-protection/datasources.ts';
import type { BackupInstance } from '../data-protection/instances.ts';
import type { Protection, RunRequest, Target } from '../runs/request.ts';
import { backUpInstance, tryBackup } from './data-protection/backUpInstance.ts';
import {
  datasourceIdOf,
  findTargetInstance,
  getTargetInstance,
  idOfInstanceOrDeleted,
  instanceIdIn,
} from './data-protection/instanceTarget.ts';
import type { DatasourceProtection } from './data-protection/prepareProtection.ts';
import { protectDatasource, validateDatasource } from './data-protection/protectDatasource.ts';
import { resumeInstance, stopInstance } from './data-protection/stopInstance.ts';
import { drillInstance } from './drills/instanceDrill.ts';
import { drillMachine } from './drills/machineDrill.ts';
import { drillShare } from './drills/shareDrill.ts';
import type { Flow, FlowContext, FlowEnding, ServiceFlows } from './flow.ts';
import { backUpProtectedItem, tryBackupOfItem, backUpItem, backupOrder } from './recovery-services/backUp.ts';
import { targetKindOf, nameOfTarget, kindOfTarget, readProtection } from './recovery-services/itemTarget.ts';
import { lookUpToday } from './recovery-services/listedItem.ts';
import { protectAsListed, type Protected } from './recovery-services/protectItem.ts';
import { stop, resume } from './recovery-services/stopProtection.ts';
import { validate } from './recovery-services/validateProtection.ts';
import { refuse, skip } from './refusals.ts';
import type { FlowTable } from './run.ts';

type Protect = Extract<RunRequest, { kind: 'protect' }>;

const protectionResult = ({ item, change, differences }: Protected, policyId: string) => ({
  protectedItemId: item.id,
  protectionState: item.protectionState,
  policyId,
  change,
  ...(differences.length > 0 ? { differences } : {}),
});

/** Protects a share, machine or database by a policy; a protection that is there already ends the run `skipped`. */
function* protectSource(context: FlowContext, request: Protect): Flow<FlowEnding> {
  const target = readProtection(context, request);
  const { policyId } = request;
  const made = yield* protectAsListed(context, target, yield* lookUpToday(context, target), request);
  const result = protectionResult(made, policyId);
  if (request.backUpAfterwards) {
    const ending = yield* backUpItem(context, backupOrder(context, made.item, kindOfTarget(target), {}));
    return { ...ending, result: { ...result, ...(ending.result as object) } };
  }
  if (made.change === 'none') {
    throw skip('AlreadyProtected', `${nameOfTarget(target)} is protected with this policy already.`);
  }
  return { status: 'completed', result };
}

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

const accessIsNotOurs =
  'Of no meaning for a Backup vault, and left out: accessType. It reaches everything by an identity.';
const lockIsNotOurs =
  'Of no meaning for a Backup vault, and left out: lockStorageAccount. Operational backup of blobs locks the account by itself.';

function orderOf(context: FlowContext, request: Protection): DatasourceProtection {
  if (request.accessType !== undefined) context.warnings.push(accessIsNotOurs);
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
  const { instance, change, differences } = yield* protectDatasource(context, orderOf(context, request));
  const differed = differences.length > 0 ? { differences } : {};
  const result = { backupInstanceId: instance.id, policyId: request.policyId, change, ...differed };
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
const dataProtectionFlows: ServiceFlows = {
  *backUp(context, request) {
    return yield* backUpInstance(context, yield* instanceToBackUp(context, request), request);
  },
  *dryRun(context, request) {
    return yield* tryBackup(context, yield* getTargetInstance(context, request.target), request);
  },
  protect,
  validate: (context, request) => validateDatasource(context, orderOf(context, request)),
  drill: drillInstance,
  *stop(context, request) {
    return yield* stopInstance(context, yield* getTargetInstance(context, request.target), request);
  },
  *resume(context, request) {
    return yield* resumeInstance(context, yield* idOfInstanceOrDeleted(context, request.target), request);
  },
};

/** A restore drill of what a Recovery Services vault protects. */
function drillItem(context: FlowContext, request: RequestOf<'drill'>): Flow<FlowEnding> {
  const kind = targetKindOf(request.target);
  if (kind === 'fileShare') return drillShare(context, request);
  if (kind === 'virtualMachine') return drillMachine(context, request);
  throw skip('KindNotDrilled', `Restores of a ${kind ?? 'resource'} of this kind are not drilled.`);
}

/** Flows of Recovery Services vaults: the same for shares, machines and databases. */
export const recoveryServicesFlows: ServiceFlows = {
  backUp: backUpProtectedItem,
  dryRun: tryBackupOfItem,
  protect: protectSource,
  validate,
  stop,
  resume,
  drill: drillItem,
};

/** Every flow there is. */
export const flowTable: Required<FlowTable> = {
  fileShare: recoveryServicesFlows,
  virtualMachine: recoveryServicesFlows,
  workload: recoveryServicesFlows,
  disk: dataProtectionFlows,
  blobs: dataProtectionFlows,
  backupInstance: dataProtectionFlows,
};
