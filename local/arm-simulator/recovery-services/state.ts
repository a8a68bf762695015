import type { Core } from '../core.ts';
import type { ContainerNames, Datasource } from './names.ts';
import type { DatasourceSeed, JobOutcome, RecoveryServicesSeed, VaultSeed } from './seed.ts';

/** A backup policy; `properties` as last written, without the count of items. */
export interface Policy {
  readonly name: string;
  properties: Record<string, unknown>;
}

/** A registered (or registering, or soft-deleted) container. */
export interface Container {
  readonly names: ContainerNames;
  status: 'Registering' | 'Registered' | 'SoftDeleted';
  inquired: boolean;
  lock: string;
  /** Set when the account is reached by an identity of the vault instead of its keys. */
  identity?: ContainerIdentity | undefined;
}

/** `identityInfo` of a container that is registered by identity. */
export interface ContainerIdentity {
  readonly isSystemAssignedIdentity: boolean;
  readonly managedIdentityResourceId?: string | undefined;
}

/** A recovery point; times in milliseconds since the epoch. */
export interface RecoveryPoint {
  readonly id: string;
  readonly at: number;
  readonly expiresAt?: number | undefined;
  /** Absent: what the kind usually has. */
  readonly type?: string | undefined;
  readonly tiers?: readonly { readonly type: string; readonly status: string }[] | undefined;
}

/** Protection state as the service names it. */
export type ProtectionState =
  | 'IRPending'
  | 'Protected'
  | 'ProtectionError'
  | 'ProtectionStopped'
  | 'ProtectionPaused'
  | 'BackupsSuspended';

/** A protected item. */
export interface Item {
  readonly source: Datasource;
  readonly container: ContainerNames;
  readonly dataId: string;
  policy?: string;
  state: ProtectionState;
  lastBackupStatus: string;
  lastBackupAt?: number;
  lastError?: string;
  /** Set while soft-deleted: when the deletion began, and when the data goes. */
  softDeleted?: { readonly since: number; readonly until: number };
  recoveryPoints: RecoveryPoint[];
  extendedProperties?: Record<string, unknown> | undefined;
  /** Whether its source was there when the item came into being; a source seen once may be gone later. */
  readonly sourceSeen: boolean;
  /** When the item came into the lists; 0 for a seeded one. */
  listedFrom: number;
}

/** Task of a job; times in milliseconds, ends known in advance. */
export interface JobTask {
  readonly name: string;
  readonly startAt: number;
  readonly endAt: number;
}

/** A job; what it shows follows from the clock. */
export interface Job {
  readonly id: string;
  readonly operation: string;
  readonly source: Datasource;
  readonly startAt: number;
  endAt: number;
  outcome: JobOutcome;
  readonly tasks: readonly JobTask[];
  readonly activityId: string;
  readonly properties: Record<string, string>;
  /** Properties that show once the job has ended. */
  endProperties: Record<string, string>;
  /** `restoreLocationType` of a machine's restore. */
  readonly restoreType?: string | undefined;
  readonly userTriggered: boolean;
  /** Not readable and not listed before this time. */
  readonly visibleAt: number;
  /** HTTP status that a single read gets for ever; undefined: it can be read. */
  readonly readStatus: number | undefined;
  cancelledAt?: number;
}

/** Everything below one vault. */
export interface Vault {
  readonly id: string;
  readonly name: string;
  readonly seed: VaultSeed;
  readonly policies: Map<string, Policy>;
  readonly containers: Map<string, Container>;
  readonly items: Map<string, Item>;
  readonly jobs: Job[];
  /** Lower-case ids that discovery has found; undefined = all. */
  discovered: Set<string> | undefined;
  softDelete: VaultSeed['softDelete'];
  softDeleteDays: number;
  provisioned: 'Provisioning' | 'Succeeded';
  changedAt: number;
  /** A resource guard's unlock holds until then. */
  unlockedUntil: number;
}

/** State of the provider. */
export interface RecoveryServices {
  readonly core: Core;
  /** By lower-case id. */
  readonly vaults: Map<string, Vault>;
  readonly behaviours: Map<string, DatasourceSeed & { used: number }>;
  readonly counters: Map<string, number>;
  /** Timings and limits of the world the simulator began with. */
  readonly seed: RecoveryServicesSeed;
}

/** Key of an item in its vault. */
export const itemPath = (container: string, item: string): string => `${container}/${item}`;

/** Key of a datasource's behaviour and of its daily counters. */
export const sourceKey = ({ resourceId, friendlyName, kind, database }: Datasource): string =>
  `${kind}/${resourceId}/${database?.instance ?? ''}/${friendlyName}`.toLowerCase();
