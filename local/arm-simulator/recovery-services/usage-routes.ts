import type { ArmReply } from '../exchange.ts';
import { readFilter } from '../filter.ts';
import { json } from '../replies.ts';
import type { Route } from '../core.ts';
import type { ManagementType } from './names.ts';
import type { RecoveryServices, Vault } from './state.ts';
import { action, invalidInput, inVault, type VaultCall, vaultPath } from './vault-call.ts';

/** Counts of items and containers. */
export function usageRoutes(rsv: RecoveryServices): Route[] {
  return [
    {
      name: 'recoveryServices.usageSummaries',
      method: 'GET',
      path: `${vaultPath}/backupUsageSummaries`,
      action: action('backupUsageSummaries/read'),
      bucket: 'provider',
      handle: inVault(rsv, summaries),
    },
    {
      name: 'recoveryServices.usages',
      method: 'GET',
      path: `${vaultPath}/usages`,
      action: action('usages/read'),
      handle: inVault(rsv, usages),
    },
  ];
}

const titles: Record<ManagementType, string> = {
  AzureIaasVM: 'Azure Virtual Machine',
  AzureStorage: 'Azure Storage (Azure Files)',
  AzureWorkload: 'SQL in Azure VM',
};

const row = (currentValue: number, value: string, localizedValue: string) => ({
  unit: 'Count',
  currentValue,
  limit: -1,
  name: { value, localizedValue },
});

function summaries({ vault, call }: VaultCall): ArmReply {
  const type = readFilter(call.url)?.['type'];
  const kinds = kindsCounted(vault, type);
  if (kinds === undefined) return invalidInput('$filter must name a type of summary');
  const counted = (Object.keys(titles) as ManagementType[]).map((kind) =>
    row(kinds.filter((found) => found === kind).length, kind, titles[kind]),
  );
  return json(200, { value: counted });
}

function kindsCounted(vault: Vault, type: string | undefined): ManagementType[] | undefined {
  if (type === 'BackupProtectedItemCountSummary')
    return [...vault.items.values()].map(({ source }) => source.kind);
  if (type === 'BackupProtectionContainerCountSummary')
    return [...vault.containers.values()].map(({ names }) => names.kind);
  return undefined;
}

const usages = ({ vault }: VaultCall): ArmReply =>
  json(200, { value: [row(vault.items.size, 'ProtectedItemCount', 'Backup protected items')] });
