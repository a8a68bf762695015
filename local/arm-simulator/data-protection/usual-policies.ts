import { datasourceTypeOf } from './datasource.ts';
import type { DatasourceKind } from './seed.ts';

/** The usual policy of a datasource kind: daily or four-hourly, kept 7 or 30 days; operational blobs have no backup rule. */
export function usualPolicy(kind: DatasourceKind): Record<string, unknown> {
  const store = ['disk', 'aks', 'blobOperational'].includes(kind) ? 'OperationalStore' : 'VaultStore';
  const every = kind === 'disk' || kind === 'aks' ? 'PT4H' : 'P1D';
  const retention = retentionRule(store, store === 'VaultStore' ? 'P30D' : 'P7D');
  return {
    policyRules: kind === 'blobOperational' ? [retention] : [backupRule(kind, store, every), retention],
    datasourceTypes: [datasourceTypeOf(kind)],
    objectType: 'BackupPolicy',
  };
}

const storeInfo = (dataStoreType: string) => ({ dataStoreType, objectType: 'DataStoreInfoBase' });

function retentionRule(store: string, duration: string) {
  return {
    lifecycles: [
      { deleteAfter: { objectType: 'AbsoluteDeleteOption', duration }, sourceDataStore: storeInfo(store) },
    ],
    isDefault: true,
    name: 'Default',
    objectType: 'AzureRetentionRule',
  };
}

function backupRule(kind: DatasourceKind, store: string, every: string) {
  const tagInfo = { tagName: 'Default', id: 'Default_' };
  const full = kind === 'postgres' || kind === 'generic' || kind === 'cosmos';
  return {
    backupParameters: { backupType: full ? 'Full' : 'Incremental', objectType: 'AzureBackupParams' },
    trigger: {
      schedule: { repeatingTimeIntervals: [`R/2026-01-01T02:00:00+00:00/${every}`], timeZone: 'UTC' },
      taggingCriteria: [{ tagInfo, taggingPriority: 99, isDefault: true }],
      objectType: 'ScheduleBasedTriggerContext',
    },
    dataStore: storeInfo(store),
    name: every === 'PT4H' ? 'BackupHourly' : 'BackupDaily',
    objectType: 'AzureBackupRule',
  };
}
