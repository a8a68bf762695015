import type { ArmReply } from '../exchange.ts';
import { pollHeaders } from '../poll-links.ts';
import { empty, serviceError } from '../replies.ts';
import type { Call, Route } from '../core.ts';
import { conflicts, startOperation } from './accept.ts';
import { itemId } from './item-body.ts';
import { jobStatus, type JobStart, startJob } from './jobs.ts';
import { spendDaily } from './limits.ts';
import type { Datasource } from './names.ts';
import { itemLinks } from './operation-links.ts';
import { conflicting, refuseSoftDeleted } from './protection.ts';
import { type Item, type RecoveryServices, sourceKey } from './state.ts';
import {
  action,
  askedItem,
  askedProperties,
  dataSourceNotFound,
  invalidInput,
  inVault,
  protectedItemPath,
  type VaultCall,
} from './vault-call.ts';

/** POST of a backup on demand. */
export function backupRoutes(rsv: RecoveryServices): Route[] {
  return [
    {
      name: 'recoveryServices.backup',
      method: 'POST',
      path: `${protectedItemPath}/backup`,
      action: action('backupFabrics/protectionContainers/protectedItems/backup/action'),
      handle: inVault(rsv, backUp),
    },
  ];
}

const objectTypes: Record<Datasource['kind'], string> = {
  AzureStorage: 'AzureFileShareBackupRequest',
  AzureIaasVM: 'IaasVMBackupRequest',
  AzureWorkload: 'AzureWorkloadBackupRequest',
};

/** What a request without an expiry gets: 30 days. */
const defaultKeepMs = 30 * 86_400_000;

const workloadBackupTypes = [
  'Full',
  'Differential',
  'Log',
  'CopyOnlyFull',
  'Incremental',
  'SnapshotFull',
  'SnapshotCopyOnlyFull',
];

function backUp(asked: VaultCall): ArmReply {
  const { call } = asked;
  const item = askedItem(asked);
  if (item === undefined) return dataSourceNotFound();
  if (item.softDeleted !== undefined) return refuseSoftDeleted(item);
  if (item.policy === undefined) {
    return serviceError(
      400,
      'BMSUserErrorProtectionStopped',
      'Backup cannot be triggered because protection of the item is stopped.',
    );
  }
  const refused = badRequest(item, call) ?? busy(asked, item) ?? spendRun(asked, item);
  return refused ?? start(asked, item);
}

function badRequest({ source }: Item, call: Call): ArmReply | undefined {
  const { objectType, recoveryPointExpiryTimeInUTC: expiry, backupType } = askedProperties(call);
  if (objectType !== objectTypes[source.kind])
    return invalidInput(`objectType must be ${objectTypes[source.kind]}`);
  if (expiry !== undefined && !isFuture(expiry, call.now))
    return invalidInput('recoveryPointExpiryTimeInUTC');
  if (source.kind !== 'AzureWorkload') return undefined;
  return workloadBackupTypes.includes(String(backupType)) ? undefined : invalidInput('backupType');
}

/** An expiry lies in the future and at most 99 years away. */
function isFuture(expiry: unknown, now: number): boolean {
  const at = Date.parse(String(expiry));
  return at > now && at <= now + 99 * 366 * 86_400_000;
}

function busy(asked: VaultCall, item: Item): ArmReply | undefined {
  const { vault, call } = asked;
  if (vault.seed.whileBusy === 'accept') return undefined;
  const running = vault.jobs.some(
    (job) =>
      sourceKey(job.source) === sourceKey(item.source) &&
      job.operation.startsWith('Backup') &&
      jobStatus(job, call.now) === 'InProgress',
  );
  if (running)
    return serviceError(
      409,
      'UserErrorBackupOperationInProgress',
      'A backup operation is already in progress for the item.',
    );
  return conflicts(asked, item) ? conflicting() : undefined;
}

function spendRun({ rsv, vault, call }: VaultCall, { source }: Item): ArmReply | undefined {
  const { limits } = rsv.seed;
  const byKind = {
    AzureStorage: limits.backupsPerFileShare,
    AzureIaasVM: limits.backupsPerVirtualMachine,
    AzureWorkload: limits.backupsPerDatabase,
  };
  return spendDaily(rsv, {
    key: `backup/${vault.id}/${sourceKey(source)}`,
    limit: byKind[source.kind],
    now: call.now,
  });
}

function start(asked: VaultCall, item: Item): ArmReply {
  const { rsv, vault, call } = asked;
  const { backupType, recoveryPointExpiryTimeInUTC: expiry } = askedProperties(call);
  const willFail = call.faults.some((fault) => fault.kind === 'operation' && fault.status !== 'Succeeded');
  const jobStart = {
    item,
    operation: item.source.kind === 'AzureWorkload' ? `Backup (${String(backupType)})` : 'Backup',
    at: call.now,
    activityId: asked.activityId,
    expiresAt: expiry === undefined ? call.now + defaultKeepMs : Date.parse(String(expiry)),
    ...bentJob(call),
  };
  const job = willFail ? undefined : startJob(rsv, vault, jobStart);
  if (rsv.behaviours.get(sourceKey(item.source))?.scheduledBesideOnDemand === true) {
    startJob(rsv, vault, {
      item,
      operation: jobStart.operation,
      at: call.now,
      scheduled: true,
      activityId: rsv.core.seeded.guid(),
    });
  }
  const operation = startOperation(asked, {
    kind: willFail ? 'failedBackup' : 'backup',
    subject: itemId(vault, item),
    seconds: rsv.seed.timings.backupOperation,
    ...(job !== undefined && { job }),
  });
  return empty(202, pollHeaders(call, itemLinks(call, operation.id)));
}

/** What a `job` fault of this call says about the job's end. */
export function bentJob(call: Call): Pick<JobStart, 'outcome' | 'hiddenMs' | 'readStatus'> {
  const fault = call.faults.find((found) => found.kind === 'job');
  if (fault?.kind !== 'job') return {};
  const { status, errorCode, errorString, seconds, hiddenSeconds, readStatus } = fault;
  const outcome = {
    status,
    errorCode,
    errorString,
    recommendations: [],
    ...(seconds !== undefined && { seconds }),
  };
  return { outcome, hiddenMs: call.core.duration(hiddenSeconds), readStatus };
}
