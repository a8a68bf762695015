import { z } from 'zod';
import { vaultIdentityFields } from '../vault-identity.ts';

const seconds = (value: number, what: string) =>
  z.number().nonnegative().default(value).describe(`Seconds: ${what}.`);

const policyKind = z.enum([
  'disk',
  'blobOperational',
  'blobVaulted',
  'adls',
  'aks',
  'postgres',
  'cosmos',
  'generic',
]);

const policy = z.strictObject({
  name: z.string(),
  kind: policyKind.default('disk').describe('Makes the usual rules of that datasource.'),
  properties: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Instead of `kind`: the whole policy as ARM shows it.'),
});

const point = z.strictObject({
  time: z.iso.datetime(),
  type: z.string().optional().describe('`recoveryPointType`; any word.'),
  retentionTag: z.string().default('Default'),
  stores: z
    .array(z.strictObject({ type: z.string(), expiresAt: z.iso.datetime() }))
    .optional()
    .describe('Data stores that hold it, any words; default: as the policy says.'),
});

const instance = z.strictObject({
  name: z.string(),
  kind: policyKind,
  sourceId: z.string().describe('ARM id of the disk, account, cluster or server.'),
  policy: z.string().describe('Name of a policy of this vault.'),
  friendlyName: z.string().optional(),
  snapshotResourceGroupId: z.string().optional().describe('Disk and AKS; default: the group of the source.'),
  containers: z.array(z.string()).default([]).describe('Vaulted blobs and ADLS.'),
  state: z.string().default('ProtectionConfigured').describe('currentProtectionState.'),
  error: z
    .strictObject({ code: z.string(), message: z.string(), detail: z.string().optional() })
    .optional()
    .describe('protectionErrorDetails, beside the state ProtectionError.'),
  tags: z.record(z.string(), z.string()).default({}),
  userAssignedIdentity: z
    .string()
    .optional()
    .describe('`identityDetails` name this identity of the vault; absent: no `identityDetails`.'),
  recoveryPoints: z.int().nonnegative().default(0).describe('Number of earlier daily recovery points.'),
  points: z.array(point).default([]).describe('Recovery points with details, beside `recoveryPoints`.'),
  softDeleted: z.boolean().default(false).describe('Listed under deletedBackupInstances only.'),
  scheduledAfterSeconds: z
    .array(z.number().nonnegative())
    .default([])
    .describe('A scheduled backup starts so long after the world was loaded.'),
  scheduledBesideOnDemand: z
    .boolean()
    .default(false)
    .describe('Whenever an on-demand backup starts, a scheduled one does too.'),
});

const vault = z.strictObject({
  id: z.string().startsWith('/subscriptions/'),
  location: z.string().default('westeurope'),
  tags: z.record(z.string(), z.string()).default({}),
  ...vaultIdentityFields,
  softDelete: z.enum(['Off', 'On', 'AlwaysOn']).default('On'),
  softDeleteDays: z.number().positive().default(14),
  redundancy: z.string().default('LocallyRedundant'),
  resourceGuardId: z
    .string()
    .optional()
    .describe('Stop, suspend and delete then need resource guard requests.'),
  guardsRestore: z.boolean().default(false).describe('The resource guard asks for restores as well.'),
  policies: z.array(policy).default([]),
  instances: z.array(instance).default([]),
});

const timings = z
  .strictObject({
    validate: seconds(32, 'validateForBackup'),
    protect: seconds(31, 'the operation of a PUT on an instance'),
    configure: seconds(40, 'ConfiguringProtection after that operation'),
    backupOperation: seconds(2, 'the operation of a backup, until it names its job'),
    sync: seconds(31, 'sync'),
    stop: seconds(62, 'stop, suspend and resume'),
    delete: seconds(62, 'DELETE of an instance'),
    undelete: seconds(0, 'undelete; 0: answered 200 at once, as recorded'),
    restoreJob: seconds(215, 'the job of a restore'),
    vault: seconds(10, 'PUT, PATCH and DELETE of a vault'),
    jobs: z
      .record(z.string(), z.number().nonnegative())
      .default({})
      .describe('Seconds of a backup job by kind; disk and AKS 188, everything else 94.'),
  })
  .prefault({});

const protectionError = z.strictObject({
  sourceId: z.string(),
  code: z.string(),
  message: z.string(),
  detail: z.string().optional(),
  times: z.int().positive().default(1).describe('Evaluations (after PUT and each sync) that end so.'),
});

const protectedElsewhere = z.strictObject({
  sourceId: z.string(),
  vaultId: z.string(),
  instance: z.string(),
});

/** The Data Protection section of a world file. */
export const dataProtectionSeedSchema = z.strictObject({
  vaults: z.array(vault).default([]),
  protectedElsewhere: z
    .array(protectedElsewhere)
    .default([])
    .describe('Fault: sources protected by Backup vaults that this world does not contain.'),
  requireVaultRoles: z
    .boolean()
    .default(true)
    .describe('Validation and protection need the vault identity’s roles on the sources.'),
  seconds: timings,
  dailyLimits: z
    .record(z.string(), z.int().positive())
    .default({})
    .describe('On-demand backups per instance and UTC day by kind; disk and AKS 10, blobs and ADLS 4.'),
  dailyRestoreLimits: z
    .record(z.string(), z.int().positive())
    .default({})
    .describe('Restores per instance and UTC day by kind; none unless said.'),
  jobPageSize: z.int().positive().default(200),
  protectionErrors: z
    .array(protectionError)
    .default([])
    .describe('Fault: ProtectionError in spite of roles.'),
  refuseParallelProtects: z
    .boolean()
    .default(false)
    .describe('Fault: 406 without a body for a PUT of an instance while one of its vault is being made.'),
  refuseParallelBackups: z
    .boolean()
    .default(false)
    .describe('Fault: 400 for a backup while one of the instance runs.'),
});

/** Parsed section. */
export type DataProtectionSeed = z.infer<typeof dataProtectionSeedSchema>;

/** Kinds of datasource that behave differently. */
export type DatasourceKind = z.infer<typeof policyKind>;
