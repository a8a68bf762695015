import * as z from 'zod';
import { comparedName, requestIds } from './requestFields.ts';

const share = z.string().regex(/^[A-Za-z0-9$][A-Za-z0-9-]{0,62}$/, 'the name of a file share');

const namedTarget = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fileShare'),
    vaultId: requestIds.recoveryServicesVault,
    storageAccountId: requestIds.storageAccount,
    share,
  }),
  z.strictObject({
    kind: z.literal('virtualMachine'),
    vaultId: requestIds.recoveryServicesVault,
    virtualMachineId: requestIds.virtualMachine,
  }),
  z.strictObject({
    kind: z.literal('workload'),
    vaultId: requestIds.recoveryServicesVault,
    container: comparedName,
    database: comparedName,
  }),
  z.strictObject({ kind: z.literal('disk'), vaultId: requestIds.backupVault, datasourceId: requestIds.disk }),
  z.strictObject({
    kind: z.literal('blobs'),
    vaultId: requestIds.backupVault,
    datasourceId: requestIds.storageAccount,
  }),
]);

/** What a request acts on: a named thing in a vault, or the ARM id of a protected item, backup instance or datasource. */
export const targetSchema = z.union([namedTarget, z.strictObject({ id: requestIds.target })]);

/** @see targetSchema */
export type Target = z.infer<typeof targetSchema>;
