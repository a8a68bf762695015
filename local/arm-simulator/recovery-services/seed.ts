import { z } from 'zod';
import { vaultIdentityFields } from '../vault-identity.ts';

const seconds = (value: number) => z.number().nonnegative().default(value);

const timings = z
  .strictObject({
    refresh: seconds(13),
    inquire: seconds(7),
    registerStorage: seconds(44),
    registerWorkload: seconds(200),
    protectFileShare: seconds(45),
    protectVirtualMachine: seconds(32),
    protectWorkload: seconds(74),
    stopFileShare: seconds(21),
    stopVirtualMachine: seconds(11),
    stopWorkload: seconds(31),
    backupOperation: seconds(2),
    jobFileShare: seconds(3),
    jobVirtualMachine: seconds(2481),
    jobWorkload: seconds(182),
    deleteFileShare: seconds(25),
    deleteVirtualMachine: seconds(112),
    deleteWorkload: seconds(34),
    unregisterStorage: seconds(24),
    unregisterWorkload: seconds(90),
    restoreFileShare: seconds(33),
    restoreVirtualMachine: seconds(987),
    validateRestore: seconds(20),
    cancel: seconds(20),
    vault: seconds(3),
  })
  .prefault({})
  .describe('Seconds before the time scale; medians of recorded traffic. `stop…` is for undelete too.');

const limits = z
  .strictObject({
    discoveriesPerVault: z.int().default(50),
    configuresPerVault: z.int().default(200),
    inquiriesPerContainer: z.int().default(25),
    backupsPerFileShare: z.int().default(10),
    backupsPerVirtualMachine: z.int().default(9),
    backupsPerDatabase: z.int().default(9),
    restoresPerFileShare: z.int().default(20),
    restoresPerVirtualMachine: z.int().default(1000),
  })
  .prefault({})
  .describe('Per UTC day; one more is refused with 400 CloudDos….');

const jobOutcome = z.strictObject({
  status: z.enum(['Completed', 'CompletedWithWarnings', 'Failed', 'Cancelled']).default('Completed'),
  seconds: z.number().nonnegative().optional().describe('Length of the job; absent: the timing of its kind.'),
  errorCode: z.int().default(400_001),
  errorString: z.string().default('The backup operation failed with an internal error.'),
  recommendations: z.array(z.string()).default(['Please retry the operation after a few minutes.']),
});

const instant = z.iso.datetime();

const recoveryPoint = z.strictObject({
  time: instant,
  type: z.string().optional().describe('`recoveryPointType` (workload: `type`); any word.'),
  tiers: z
    .array(z.strictObject({ type: z.string(), status: z.string().default('Valid') }))
    .optional()
    .describe('`recoveryPointTierDetails`; any words, for example ArchivedRP or one nobody knows.'),
  expiresAt: instant.optional(),
});

const item = z.strictObject({
  storageAccountId: z.string().optional(),
  share: z.string().optional(),
  virtualMachineId: z.string().optional(),
  database: z.string().optional(),
  instance: z.string().optional().describe('Of the database, where two instances have one of its name.'),
  policy: z.string().optional().describe('Name of a policy of the vault; absent when stopped.'),
  state: z
    .enum([
      'Protected',
      'IRPending',
      'ProtectionStopped',
      'BackupsSuspended',
      'ProtectionError',
      'SoftDeleted',
    ])
    .default('Protected'),
  lastBackupAt: instant.optional(),
  recoveryPointTimes: z.array(instant).default([]),
  recoveryPoints: z.array(recoveryPoint).default([]).describe('Beside `recoveryPointTimes`, with details.'),
  extendedProperties: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Machine: `diskExclusionProperties`; a PUT without them takes them away.'),
  sourceDeleted: z
    .boolean()
    .default(false)
    .describe('Share: the one it protected is gone; one of the same name in the world was made later.'),
  readableName: z.boolean().default(false).describe('`azurefileshare;<share>`, as older vaults keep it.'),
});

const policy = z.strictObject({
  name: z.string(),
  kind: z.enum(['AzureStorage', 'AzureIaasVM', 'AzureWorkload']).default('AzureStorage'),
  vaultTier: z
    .boolean()
    .default(false)
    .describe('File shares: vaultRetentionPolicy instead of retentionPolicy.'),
  properties: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Whole properties instead of a daily default.'),
});

const container = z.strictObject({
  storageAccountId: z.string().optional(),
  virtualMachineId: z.string().optional(),
  status: z.enum(['Registered', 'SoftDeleted']).default('Registered'),
  byIdentity: z
    .union([z.literal('system'), z.string().startsWith('/subscriptions/')])
    .optional()
    .describe(
      'Reached by an identity of the vault (its own, or the user-assigned one named) instead of keys.',
    ),
  inquired: z.boolean().default(true),
});

/** One vault of the section. */
export const vaultSeedSchema = z.strictObject({
  id: z.string().startsWith('/subscriptions/'),
  location: z.string().default('westeurope'),
  tags: z.record(z.string(), z.string()).default({}),
  ...vaultIdentityFields,
  systemAssigned: z.boolean().default(false).describe('Whether the vault has a system-assigned identity.'),
  softDelete: z
    .enum(['Enabled', 'Disabled', 'AlwaysON'])
    .default('Enabled')
    .describe(
      'Disabled only works from here: a request that disables it is shown, but data is kept all the same.',
    ),
  softDeleteDays: z.int().min(14).max(180).default(14),
  redundancy: z
    .enum(['GeoRedundant', 'LocallyRedundant', 'ZoneRedundant', 'ReadAccessGeoZoneRedundant'])
    .default('GeoRedundant'),
  resourceGuardId: z
    .string()
    .optional()
    .describe('With it stop, delete and unlock need a resource guard request.'),
  guardsRestore: z.boolean().default(false).describe('The resource guard asks for restores as well.'),
  guardInOtherTenant: z
    .boolean()
    .default(false)
    .describe('A guarded restore needs a token of that tenant beside the request.'),
  discovered: z
    .union([z.literal('all'), z.array(z.string())])
    .default('all')
    .describe('Accounts and machines (ids) listed before the first refreshContainers.'),
  unregister: z
    .enum(['works', 'endless500'])
    .default('works')
    .describe('endless500: the container becomes SoftDeleted, its result URL answers 500 for ever.'),
  whileBusy: z
    .enum(['accept', 'conflict'])
    .default('accept')
    .describe('A second write on an item (or a second backup or refresh) while one runs.'),
  policies: z.array(policy).default([]).describe('Beside DefaultPolicy, EnhancedPolicy and HourlyLogBackup.'),
  containers: z.array(container).default([]).describe('Containers of listed items are added by themselves.'),
  items: z.array(item).default([]),
});

const datasource = z.strictObject({
  storageAccountId: z.string().optional(),
  share: z.string().optional(),
  virtualMachineId: z.string().optional(),
  database: z.string().optional().describe('Adds a database to the machine.'),
  type: z.enum(['SQL', 'SAPHANA']).default('SQL'),
  instance: z.string().default('MSSQLSERVER'),
  files: z.int().nonnegative().default(2).describe('Share: files that a restore of all of it brings back.'),
  privateDisks: z
    .boolean()
    .default(false)
    .describe('Machine: its disks have private access only; a restore must say what the new ones get.'),
  hiddenUntilInquire: z
    .boolean()
    .default(true)
    .describe('Share: not listed before an inquiry of its account.'),
  jobs: z
    .array(jobOutcome)
    .default([])
    .describe('Outcomes of its coming backup jobs in order; then Completed.'),
  scheduledAfterSeconds: z
    .array(z.number())
    .default([])
    .describe('Scheduled backup jobs, after the world was loaded; negative: jobs of the past.'),
  scheduledBesideOnDemand: z
    .boolean()
    .default(false)
    .describe('A scheduled job starts at the moment of each on-demand one.'),
});

/** The Recovery Services section of a world file. */
export const recoveryServicesSeedSchema = z.strictObject({
  timings,
  limits,
  vaults: z.array(vaultSeedSchema).default([]),
  datasources: z
    .array(datasource)
    .default([])
    .describe('Databases, and how single shares, machines and databases behave.'),
});

/** Parsed section, see {@link recoveryServicesSeedSchema}. */
export type RecoveryServicesSeed = z.infer<typeof recoveryServicesSeedSchema>;
/** How one job ends. */
export type JobOutcome = z.infer<typeof jobOutcome>;
/** A vault as a world file names it. */
export type VaultSeed = z.infer<typeof vaultSeedSchema>;
/** A protected item as a world file names it. */
export type ItemSeed = z.infer<typeof item>;
/** A database, or how one datasource behaves. */
export type DatasourceSeed = z.infer<typeof datasource>;
