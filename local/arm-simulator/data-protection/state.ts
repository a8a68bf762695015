import type { Core } from '../core.ts';
import type { UserFacingError } from './errors.ts';
import type { DataProtectionSeed, DatasourceKind } from './seed.ts';

/** `dataSourceInfo` and `dataSourceSetInfo` as the service writes them. */
export interface DatasourceInfo {
  readonly resourceID: string;
  readonly resourceUri?: string;
  readonly datasourceType: string;
  readonly resourceName: string;
  readonly resourceType: string;
  readonly resourceLocation: string;
  readonly objectType: 'Datasource' | 'DatasourceSet';
}

/** `policyInfo`; parameters are kept as sent. */
export interface PolicyInfo {
  readonly policyId: string;
  readonly policyVersion?: string;
  readonly policyParameters?: PolicyParameters;
}

/** The two parameter lists; entries are told apart by `objectType`. */
export interface PolicyParameters {
  readonly dataStoreParametersList?: readonly Record<string, unknown>[];
  readonly backupDatasourceParametersList?: readonly Record<string, unknown>[];
}

/** A protected source in a Backup vault. */
export interface BackupInstance {
  readonly id: string;
  readonly name: string;
  /** Lower case. */
  readonly vaultId: string;
  readonly kind: DatasourceKind;
  tags: Record<string, string> | undefined;
  friendlyName: string | undefined;
  dataSourceInfo: DatasourceInfo;
  dataSourceSetInfo: DatasourceInfo | undefined;
  policyInfo: PolicyInfo;
  /** Whatever else was sent: credentials, identity details, validation type. */
  extras: Record<string, unknown>;
  /** `currentProtectionState`. */
  state: string;
  provisioningState: string;
  error: UserFacingError | undefined;
  /** Id of the PUT's operation while it runs. */
  protectOperation: string | undefined;
  /** Increases with each PUT, so that an older one's ending changes nothing. */
  generation: number;
  deletion: Deletion | undefined;
  /** A scheduled backup starts beside every on-demand one. */
  readonly scheduledBesideOnDemand: boolean;
}

/** `deletionInfo` of a soft-deleted instance; all ISO instants. */
export interface Deletion {
  readonly deletionTime: string;
  readonly billingEndDate: string;
  readonly scheduledPurgeTime: string;
  readonly deleteActivityID: string;
}

/** A policy of a Backup vault. */
export interface BackupPolicy {
  readonly id: string;
  readonly name: string;
  readonly vaultId: string;
  readonly properties: Record<string, unknown>;
}

/** A backup job; `name` is the bare GUID. */
export interface BackupJob {
  readonly id: string;
  readonly name: string;
  readonly vaultId: string;
  readonly vaultName: string;
  readonly instance: BackupInstance;
  readonly ruleName: string;
  readonly retentionTag: string;
  readonly policyId: string;
  readonly activityId: string;
  /** False for scheduled backups. */
  readonly userTriggered: boolean;
  readonly startedAt: number;
  /** Epoch milliseconds; before it the job reads 404 and is not listed. */
  readonly visibleFrom: number;
  /** HTTP status that a single read gets for ever; undefined: it can be read. */
  readonly readStatus: number | undefined;
  endedAt: number | undefined;
  status: string;
  recoveryPointId: string | undefined;
  /** Set for a restore. */
  readonly restore: RestoreOf | undefined;
  error: UserFacingError | undefined;
}

/** What a restore job restores, and where to. */
export interface RestoreOf {
  readonly point: RecoveryPoint;
  readonly sourceDataStoreType: string;
  /** ARM id of the new disk or of the account. */
  readonly destination: string;
}

/** One recovery point of an instance. */
export interface RecoveryPoint {
  readonly name: string;
  readonly instanceId: string;
  readonly friendlyName: string;
  readonly at: number;
  readonly type: string;
  readonly retentionTag: string;
  readonly policyName: string;
  readonly stores: readonly { readonly type: string; readonly expiresAt: number; readonly id: string }[];
}

/** A vault's link to a resource guard. */
export interface GuardProxy {
  readonly name: string;
  readonly vaultId: string;
  readonly resourceGuardId: string;
  readonly guardsRestore: boolean;
  readonly updatedAt: number;
}

/** All Data Protection knows; keys are lower-case ARM ids. */
export interface DataProtectionState {
  readonly core: Core;
  /** Settings of the section; merged parts replace what they name. */
  settings: DataProtectionSeed;
  readonly instances: Map<string, BackupInstance>;
  readonly deleted: Map<string, BackupInstance>;
  readonly policies: Map<string, BackupPolicy>;
  readonly jobs: Map<string, BackupJob>;
  readonly recoveryPoints: Map<string, RecoveryPoint[]>;
  readonly guardProxies: Map<string, GuardProxy>;
  /** Lower-case instance id → epoch milliseconds until which a DELETE passes the resource guard. */
  readonly unlocked: Map<string, number>;
}

/** Empty stores. */
export function createState(core: Core, settings: DataProtectionSeed): DataProtectionState {
  return {
    core,
    settings,
    instances: new Map(),
    deleted: new Map(),
    policies: new Map(),
    jobs: new Map(),
    recoveryPoints: new Map(),
    guardProxies: new Map(),
    unlocked: new Map(),
  };
}

/** Whether two ARM ids name the same thing. */
export const sameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
