import type { ArmReply, Json, JsonObject } from '../../../src/arm/call.ts';
import type { ReadContext } from '../../../src/steps/step.ts';

/** A reply of 200 with a body. */
export const reply = (body: Json): ArmReply => ({ status: 200, headers: {}, body });

/** A list reply. */
export const list = (...rows: readonly JsonObject[]): ArmReply => reply({ value: rows });

const vaultId =
  '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/archive';

/** An item below the test vault. */
export const itemId = (container: string, item: string): string =>
  `${vaultId}/backupFabrics/Azure/protectionContainers/${container}/protectedItems/${item}`;

/** The vault of all examples. */
export { vaultId };

/** An account that the vault may know. */
export const storageAccountId =
  '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/papers01';

/** What the executor adds; an age of a step is `now` minus `firstAt`. */
export const context: ReadContext = {
  now: new Date('2026-08-22T02:00:00Z'),
  attemptId: '5a1d1c50-0000-4000-8000-000000000001',
  sentAt: '2026-08-22T01:58:00Z',
  waitSeconds: 60,
  stepId: '02',
  firstAt: '2026-08-22T01:59:00Z',
};
