import type { ArmCall, ArmReply, Json, JsonObject } from '../arm/call.ts';
import {
  memberIn,
  objectIn,
  objectsIn,
  readDurationSeconds,
  readInstant,
  textIn,
  textsIn,
} from '../arm/replyFields.ts';
import { readErrorIn } from '../arm/outcomes.ts';
import { ancestorId, resourcePath } from '../arm/resourceId.ts';
import {
  backupCall,
  filterOf,
  filterTime,
  rowsIn,
  vaultApiVersion,
  kindWords,
  type Resource,
  type ItemKind,
} from './paths.ts';
import { pointOf, pointTime, isPoint } from './recoveryPoints.ts';

/** What the list of protected items says of one item's age. */
export interface ItemAge {
  readonly itemId: string;
  /** The newest recovery point; machines and databases have it in the list, shares do not. ISO 8601 UTC. */
  readonly lastRecoveryPointAt?: string;
  readonly lastBackupAt?: string;
  /** The service's word for the last attempt. */
  readonly lastBackupStatus?: string;
  /** Code and message of the last attempt, where the list has them. */
  readonly lastError?: { readonly code: string; readonly message: string };
  /** Seconds until a deleted item is gone for good. */
  readonly goneInSeconds?: number;
  /** By what jobs name the item, lower case: `account|share` of a share, else container and friendly name. */
  readonly jobName: string;
}

/** A backup job as a row of a vault's list shows it. */
export interface BackupJobRow {
  readonly jobId: string;
  readonly status: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly jobName: string;
}

const lower = (...parts: readonly (string | undefined)[]): string =>
  parts.map((part) => (part ?? '').toLowerCase()).join('|');

const instantIn = (value: Json | undefined): string | undefined => readInstant(textIn(value))?.toISOString();

/** Lists the protected items of one kind in a vault, stopped and deleted ones included. */
export const listItemsCall = (vaultId: string, kind: ItemKind): ArmCall => {
  const { backupManagementType, itemType } = kindWords[kind];
  return backupCall('GET', 'backupProtectedItems/read', resourcePath(vaultId, 'backupProtectedItems'), {
    query: { $filter: filterOf({ backupManagementType, itemType }) },
  });
};

function jobNameOfItem({ id, properties }: Resource): string {
  const friendlyName = textIn(properties['friendlyName']);
  const source = textIn(properties['sourceResourceId']) ?? '';
  if (/^azurefileshare/i.test(textIn(properties['protectedItemType']) ?? '')) {
    return lower(source.split('/').at(-1), friendlyName);
  }
  const container = (ancestorId(id, 'protectionContainers') ?? '').split('/').at(-1);
  return lower(container?.split(';').at(-1), friendlyName);
}

function ageOf(row: Resource): ItemAge {
  const { properties } = row;
  const error = readErrorIn(properties['lastBackupErrorDetail']);
  const goneInSeconds = readDurationSeconds(textIn(properties['deferredDeleteTimeRemaining']));
  const optional = {
    lastRecoveryPointAt: instantIn(properties['lastRecoveryPoint']),
    lastBackupAt: instantIn(properties['lastBackupTime']),
    lastBackupStatus: textIn(properties['lastBackupStatus']),
    lastError: error && { code: error.code, message: error.message },
    goneInSeconds,
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { itemId: row.id, jobName: jobNameOfItem(row), ...given };
}

/** Reads a page of {@link listItemsCall}. */
export const itemAgesIn = (reply: ArmReply): readonly ItemAge[] => rowsIn(reply).map(ageOf);

/** Lists the jobs of a vault that started in a span. */
export const listJobsOfSpanCall = (vaultId: string, from: Date, to: Date): ArmCall =>
  backupCall('GET', 'backupJobs/read', resourcePath(vaultId, 'backupJobs'), {
    query: { $filter: filterOf({ startTime: filterTime(from), endTime: filterTime(to) }) },
  });

/** A machine's job names its container, a database's stands beside its server: `db [SERVER]`. */
function jobNameOfJob(properties: JsonObject): string {
  const entity = textIn(properties['entityFriendlyName']) ?? '';
  const account = textIn(properties['storageAccountName']);
  if (account !== undefined) return lower(account, entity);
  const container = textIn(properties['containerName']);
  if (container !== undefined) return lower(container.split(';').at(-1), entity);
  const [, database = entity, server = ''] = /^(.*) \[([^\]]*)\]$/.exec(entity) ?? [];
  return lower(server, database);
}

/** Reads a page of {@link listJobsOfSpanCall}: backups alone. */
export const backupJobsIn = (reply: ArmReply): readonly BackupJobRow[] =>
  rowsIn(reply)
    .filter(({ properties }) => /^backup\b/i.test(textIn(properties['operation']) ?? ''))
    .map(({ name, properties }) => {
      const endedAt = instantIn(properties['endTime']);
      return {
        jobId: name,
        status: textIn(properties['status']) ?? '',
        startedAt: instantIn(properties['startTime']) ?? '',
        ...(endedAt === undefined ? {} : { endedAt }),
        jobName: jobNameOfJob(properties),
      };
    });

/** Lists the recovery points of an item, newest first. */
export const listPointsCall = (itemId: string, from: Date, to: Date): ArmCall =>
  backupCall(
    'GET',
    'backupFabrics/protectionContainers/protectedItems/recoveryPoints/read',
    resourcePath(itemId, 'recoveryPoints'),
    { query: { $filter: filterOf({ startDate: filterTime(from), endDate: filterTime(to) }) } },
  );

/** The newest point of a page of {@link listPointsCall}; log ranges of a database are none. */
export function newestPointIn(reply: ArmReply) {
  const [newest] = rowsIn(reply)
    .filter((row) => isPoint(row) && pointTime(row) !== '')
    .sort((one, other) => pointTime(other).localeCompare(pointTime(one)));
  return newest && pointOf(newest, undefined);
}

/** Lists a vault's policies. */
export const listPoliciesCall = (vaultId: string): ArmCall =>
  backupCall('GET', 'backupPolicies/read', resourcePath(vaultId, 'backupPolicies'));

/** Reads the vault itself. */
export const readVaultCall = (vaultId: string): ArmCall => ({
  action: 'Microsoft.RecoveryServices/vaults/read',
  method: 'GET',
  path: resourcePath(vaultId),
  apiVersion: vaultApiVersion,
});

/** Reads one job: the list carries no errors. */
export const readJobCall = (vaultId: string, jobId: string): ArmCall =>
  backupCall('GET', 'backupJobs/read', resourcePath(vaultId, 'backupJobs', jobId));

/** The first error of a job read by {@link readJobCall}. */
export function jobErrorIn(body: Json | undefined): { code: string; message: string } | undefined {
  const [error] = objectsIn(memberIn(body, 'properties', 'errorDetails'));
  const details = objectIn(error);
  const message = textIn(details['errorString']) ?? textIn(details['errorMessage']);
  const code = textIn(details['errorCode']);
  if (code === undefined && message === undefined) return undefined;
  const advice = textsIn(details['recommendations']).join(' ');
  return { code: code ?? 'JobFailed', message: [message, advice].filter(Boolean).join(' ') };
}
