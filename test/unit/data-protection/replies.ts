import type { ArmReply, Json, JsonObject } from '../../../src/arm/call.ts';
import type { ReadContext } from '../../../src/steps/step.ts';

const subscription = '/subscriptions/11111111-2222-4333-8444-555555555555';

/** The Backup vault of all examples. */
export const vaultId = `${subscription}/resourceGroups/backup/providers/Microsoft.DataProtection/backupVaults/archive`;
export const diskId = `${subscription}/resourceGroups/data/providers/Microsoft.Compute/disks/ledger`;
export const accountId = `${subscription}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/papers01`;
export const snapshotResourceGroupId = `${subscription}/resourceGroups/snapshots`;
export const policyId = `${vaultId}/backupPolicies/daily`;
export const instanceId = `${vaultId}/backupInstances/ledger-1`;

/** A reply of 200 with a body. */
export const reply = (body: Json): ArmReply => ({ status: 200, headers: {}, body });

/** A list reply. */
export const list = (...rows: readonly JsonObject[]): ArmReply => reply({ value: rows });

/** What the executor adds; an age of a step is `now` minus `firstAt`. */
export const context: ReadContext = {
  now: new Date('2026-08-22T02:00:00Z'),
  attemptId: '5a1d1c50-0000-4000-8000-000000000001',
  sentAt: '2026-08-22T01:58:00Z',
  waitSeconds: 30,
  stepId: '02',
  firstAt: '2026-08-22T01:59:00Z',
};
