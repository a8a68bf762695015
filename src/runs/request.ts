import * as z from 'zod';

const armId = z.string().min(1).max(2048);

/** What a request acts on: a named thing in a vault, or the ARM id of a protected item, backup instance or datasource. */
export const targetSchema = z.union([
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('fileShare'),
      vaultId: armId,
      storageAccountId: armId,
      share: z.string().min(1).max(63),
    }),
    z.strictObject({ kind: z.literal('virtualMachine'), vaultId: armId, virtualMachineId: armId }),
    z.strictObject({
      kind: z.literal('workload'),
      vaultId: armId,
      container: z.string().min(1).max(260),
      database: z.string().min(1).max(260),
    }),
    z.strictObject({ kind: z.literal('disk'), vaultId: armId, datasourceId: armId }),
    z.strictObject({ kind: z.literal('blobs'), vaultId: armId, datasourceId: armId }),
  ]),
  z.strictObject({ id: armId }),
]);

/** @see targetSchema */
export type Target = z.infer<typeof targetSchema>;

/** ISO 8601 duration between one day and 99 years, in days, weeks, months or years: `P30D`, `P2Y`. */
const keepFor = z
  .string()
  .regex(
    /^P(?:\d{1,5}D|\d{1,4}W|\d{1,4}M|\d{1,2}Y)$/,
    'an ISO 8601 duration such as P30D, from 1 day to 99 years',
  );

/** The kinds of workload backup; other datasources know `Full` alone. */
export const backupTypeSchema = z.enum([
  'Full',
  'Differential',
  'Log',
  'CopyOnlyFull',
  'Incremental',
  'SnapshotFull',
  'SnapshotCopyOnlyFull',
]);

/** Everything an on-demand backup may say besides its target. */
export const backupOptionsSchema = z.strictObject({
  keepFor: keepFor.optional(),
  retentionTag: z.string().min(1).max(150).optional(),
  backupRule: z.string().min(1).max(150).optional(),
  backupType: backupTypeSchema.optional(),
  compress: z.boolean().optional(),
  protectFirst: z.strictObject({ policyId: armId }).optional(),
});

/** @see backupOptionsSchema */
export type BackupOptions = z.infer<typeof backupOptionsSchema>;

/** Which containers of a storage account a vaulted blob protection covers. */
const containers = z.union([
  z.literal('all'),
  z.strictObject({ list: z.array(z.string().min(3).max(63)).min(1).max(100) }),
  z.strictObject({ pattern: z.string().min(1).max(128) }),
]);

/** Body of `POST /api/protections` and `POST /api/protections/validate`. */
export const protectionSchema = z.strictObject({
  target: targetSchema,
  vaultId: armId.optional(),
  policyId: armId,
  snapshotResourceGroupId: armId.optional(),
  containers: containers.optional(),
  autoProtect: z
    .union([z.boolean(), z.strictObject({ excludePrefixes: z.array(z.string().min(1).max(63)).max(10) })])
    .optional(),
  grantRoles: z.boolean().optional(),
  lockStorageAccount: z.boolean().optional(),
  backUpAfterwards: z.boolean().optional(),
});

/** @see protectionSchema */
export type Protection = z.infer<typeof protectionSchema>;

/** Body of `POST /api/protections/stop`. */
export const stopSchema = z.strictObject({
  target: targetSchema,
  mode: z.enum(['retain', 'suspend', 'deleteData']),
  confirm: z.string().min(1).max(260).optional(),
});

/** Body of `POST /api/protections/resume`. */
export const resumeSchema = z.strictObject({
  target: targetSchema,
  policyId: armId.optional(),
  undelete: z.boolean().optional(),
});

/** What one run has been asked to do: the body of a request, with its kind. Kept in the run row. */
export type RunRequest =
  | ({ readonly kind: 'backUp'; readonly target: Target } & BackupOptions)
  | ({ readonly kind: 'protect' } & Protection)
  | ({ readonly kind: 'validate' } & Protection)
  | ({ readonly kind: 'stop' } & z.infer<typeof stopSchema>)
  | ({ readonly kind: 'resume' } & z.infer<typeof resumeSchema>);
