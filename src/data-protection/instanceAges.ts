import type { ArmCall, ArmReply, Json } from '../arm/call.ts';
import { memberIn, objectsIn, readInstant, textIn } from '../arm/replyFields.ts';
import { resourcePath } from '../arm/resourceId.ts';
import { dataProtectionApiVersion } from './datasources.ts';
import { listJobsCall } from './jobSearch.ts';
import { endingOfStatus, readJobEnding } from './jobs.ts';
import { readPoint, type InstanceRecoveryPoint } from './recoveryPoints.ts';

/** A backup job of an instance as a row of the vault's list shows it. Times ISO 8601 UTC. */
export interface InstanceJobRow {
  readonly jobId: string;
  readonly instanceId: string;
  readonly status: string;
  readonly ended: 'completed' | 'completedWithWarnings' | 'failed' | 'cancelled' | undefined;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A deleted instance that can still be brought back. */
export interface DeletedInstance {
  readonly id: string;
  readonly datasourceId: string;
  readonly datasourceType: string;
  readonly policyId: string;
  /** When it is gone for good, ISO 8601 UTC. */
  readonly purgedAt?: string;
}

const instantIn = (value: Json | undefined): string | undefined => readInstant(textIn(value))?.toISOString();

const readCall = (verb: string, ...path: readonly [string, ...string[]]): ArmCall => ({
  action: `Microsoft.DataProtection/backupVaults/${verb}`,
  method: 'GET',
  path: resourcePath(...path),
  apiVersion: dataProtectionApiVersion,
});

/** Lists every job of a vault, newest first: the list takes no filter. */
export const listInstanceJobsCall = listJobsCall;

function jobRow(body: Json): InstanceJobRow {
  const properties = memberIn(body, 'properties');
  const status = textIn(memberIn(properties, 'status')) ?? '';
  const endedAt = instantIn(memberIn(properties, 'endTime'));
  const failure = readJobEnding(body)?.failure;
  return {
    jobId: textIn(memberIn(body, 'id')) ?? '',
    instanceId: textIn(memberIn(properties, 'backupInstanceId')) ?? '',
    status,
    ended: endingOfStatus(status),
    startedAt: instantIn(memberIn(properties, 'startTime')) ?? '',
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(failure && { error: { code: failure.code, message: failure.message } }),
  };
}

/** Reads a page of {@link listInstanceJobsCall}: backups alone, and when the oldest job of the page began. */
export function instanceJobsIn(reply: ArmReply): {
  readonly jobs: readonly InstanceJobRow[];
  readonly oldestAt: string;
} {
  const rows = objectsIn(memberIn(reply.body, 'value'));
  const starts = rows.flatMap((row) => instantIn(memberIn(row, 'properties', 'startTime')) ?? []).sort();
  const backups = rows.filter((row) =>
    /^backup\b/i.test(textIn(memberIn(row, 'properties', 'operation')) ?? ''),
  );
  return { jobs: backups.map(jobRow), oldestAt: starts[0] ?? '' };
}

/** Lists the recovery points of an instance. */
export const listInstancePointsCall = (instanceId: string): ArmCall =>
  readCall('backupInstances/recoveryPoints/read', instanceId, 'recoveryPoints');

/** The newest point of a page of {@link listInstancePointsCall}. */
export const newestInstancePointIn = (reply: ArmReply): InstanceRecoveryPoint | undefined =>
  objectsIn(memberIn(reply.body, 'value'))
    .map(readPoint)
    .filter(({ at }) => at !== '')
    .sort((one, other) => other.at.localeCompare(one.at))[0];

/** Asks for which times a continuously backed up datasource can be restored. */
export const findTimeRangesCall = (instanceId: string, from: Date, to: Date): ArmCall => ({
  action: 'Microsoft.DataProtection/backupVaults/backupInstances/findRestorableTimeRanges/action',
  method: 'POST',
  path: resourcePath(instanceId, 'findRestorableTimeRanges'),
  apiVersion: dataProtectionApiVersion,
  body: {
    sourceDataStoreType: 'OperationalStore',
    startTime: from.toISOString(),
    endTime: to.toISOString(),
  },
});

/** The last instant that can be restored, ISO 8601 UTC; undefined when there is none. */
export function lastRestorableIn(reply: ArmReply): string | undefined {
  const ranges = memberIn(reply.body, 'properties', 'restorableTimeRanges');
  const ends = objectsIn(ranges).flatMap((range) => instantIn(range['endTime']) ?? []);
  return ends.sort().at(-1);
}

/** Lists instances that were deleted and can still be brought back. */
export const listDeletedInstancesCall = (vaultId: string): ArmCall =>
  readCall('deletedBackupInstances/read', vaultId, 'deletedBackupInstances');

/** Reads a page of {@link listDeletedInstancesCall}. */
export const deletedInstancesIn = (reply: ArmReply): readonly DeletedInstance[] =>
  objectsIn(memberIn(reply.body, 'value')).map((row) => {
    const properties = memberIn(row, 'properties');
    const purgedAt = instantIn(memberIn(properties, 'deletionInfo', 'scheduledPurgeTime'));
    return {
      id: textIn(memberIn(row, 'id')) ?? '',
      datasourceId: textIn(memberIn(properties, 'dataSourceInfo', 'resourceID')) ?? '',
      datasourceType: textIn(memberIn(properties, 'dataSourceInfo', 'datasourceType')) ?? '',
      policyId: textIn(memberIn(properties, 'policyInfo', 'policyId')) ?? '',
      ...(purgedAt === undefined ? {} : { purgedAt }),
    };
  });

/** Lists a vault's policies. */
export const listBackupPoliciesCall = (vaultId: string): ArmCall =>
  readCall('backupPolicies/read', vaultId, 'backupPolicies');

/** Reads the vault itself. */
export const readBackupVaultCall = (vaultId: string): ArmCall => readCall('read', vaultId);
