import type * as z from 'zod';
import { usedOfVault } from '../batches/dailyLimits.ts';
import { parseResourceId } from '../arm/resourceId.ts';
import type { Services } from '../composition/services.ts';
import { readVaults } from '../coverage/readCoverage.ts';
import type { vaultSchema, vaultsSchema } from '../coverage/schema.ts';
import type { Lane } from '../pacer/pacer.ts';

type Vault = z.infer<typeof vaultSchema>;

/** The provider's counters that backups, and reads of coverage, draw on most. */
const countedActions: Readonly<Record<Vault['type'], readonly string[]>> = {
  recoveryServices: [
    'Microsoft.RecoveryServices/vaults/backupJobs/read',
    'Microsoft.RecoveryServices/vaults/backupProtectedItems/read',
    'Microsoft.RecoveryServices/vaults/backupOperations/read',
  ],
  backup: [
    'Microsoft.DataProtection/backupVaults/backupJobs/read',
    'Microsoft.DataProtection/backupVaults/backupInstances/read',
    'Microsoft.DataProtection/backupVaults/operationStatus/read',
  ],
};

/** What is known of a subscription's counters; nothing of those that no reply has shown yet. */
async function budgetsOf({ pacer, clock }: Services, { id, type }: Vault): Promise<Vault['budgets']> {
  const reading = parseResourceId(id);
  const subscriptionId = reading.kind === 'ok' ? reading.id.subscriptionId.toLowerCase() : '';
  const budgets = countedActions[type].map(async (action) => {
    const lane: Lane = { subscriptionId, kind: 'read', action };
    const budget = await pacer?.budget?.(lane, clock());
    return budget ? [{ action, remaining: budget.left, limit: budget.limit }] : [];
  });
  return (await Promise.all(budgets)).flat();
}

async function dailyLimitsOf(
  { tables, clock }: Services,
  { id, type }: Vault,
): Promise<Vault['dailyLimits']> {
  if (type === 'backup') return [];
  const day = clock().toISOString().slice(0, 10);
  const used = await usedOfVault(tables.dailyCounters, day, id);
  return used.map(({ what, used: count, limit }) => ({ item: id, kind: what, used: count, limit, day }));
}

/** Vaults as they were last read, with the budgets and daily limits as the app has counted them until now. */
export async function vaultsAnswer(services: Services): Promise<z.infer<typeof vaultsSchema>> {
  const { value } = await readVaults(services.tables.coverage);
  const filled = value.map(async (vault) => ({
    ...vault,
    budgets: await budgetsOf(services, vault),
    dailyLimits: await dailyLimitsOf(services, vault),
  }));
  return { value: await Promise.all(filled) };
}
