import { netSecond } from './time-format.ts';
import type { VaultSeed } from './seed.ts';
import type { Policy } from './state.ts';

/** The three policies every new vault has. */
export function defaultPolicies(now: number): Policy[] {
  return [
    policyOf({ name: 'DefaultPolicy', kind: 'AzureIaasVM', vaultTier: false }, now),
    { name: 'EnhancedPolicy', properties: enhanced(now) },
    policyOf({ name: 'HourlyLogBackup', kind: 'AzureWorkload', vaultTier: false }, now),
  ];
}

/** A policy as a world file names it; without `properties`, a daily one that keeps 30 days. */
export function policyOf(seed: VaultSeed['policies'][number], now: number): Policy {
  return { name: seed.name, properties: seed.properties ?? daily(seed, now) };
}

function daily(
  { kind, vaultTier }: Pick<VaultSeed['policies'][number], 'kind' | 'vaultTier'>,
  now: number,
): Record<string, unknown> {
  const at = todayAt(now, '20:30');
  switch (kind) {
    case 'AzureStorage':
      return {
        backupManagementType: 'AzureStorage',
        workLoadType: 'AzureFileShare',
        schedulePolicy: schedule(at),
        ...(vaultTier
          ? { vaultRetentionPolicy: { snapshotRetentionInDays: 5, vaultRetention: retention(at) } }
          : { retentionPolicy: retention(at) }),
        timeZone: 'UTC',
      };
    case 'AzureIaasVM':
      return {
        backupManagementType: 'AzureIaasVM',
        policyType: 'V1',
        instantRPDetails: {},
        schedulePolicy: schedule(at),
        retentionPolicy: retention(at),
        instantRpRetentionRangeInDays: 2,
        timeZone: 'UTC',
      };
    case 'AzureWorkload':
      return {
        backupManagementType: 'AzureWorkload',
        workLoadType: 'SQLDataBase',
        settings: { timeZone: 'UTC', issqlcompression: false, isCompression: false },
        subProtectionPolicy: [
          { policyType: 'Full', schedulePolicy: schedule(at), retentionPolicy: retention(at) },
          {
            policyType: 'Log',
            schedulePolicy: { schedulePolicyType: 'LogSchedulePolicy', scheduleFrequencyInMins: 60 },
            retentionPolicy: { retentionPolicyType: 'SimpleRetentionPolicy', retentionDuration: days(30) },
          },
        ],
      };
  }
}

function enhanced(now: number): Record<string, unknown> {
  const at = todayAt(now, '08:00');
  const hourly = { interval: 4, scheduleWindowStartTime: at, scheduleWindowDuration: 12 };
  return {
    ...daily({ kind: 'AzureIaasVM', vaultTier: false }, now),
    policyType: 'V2',
    schedulePolicy: {
      schedulePolicyType: 'SimpleSchedulePolicyV2',
      scheduleRunFrequency: 'Hourly',
      hourlySchedule: hourly,
    },
  };
}

const days = (count: number) => ({ count, durationType: 'Days' });

const schedule = (at: string) => ({
  schedulePolicyType: 'SimpleSchedulePolicy',
  scheduleRunFrequency: 'Daily',
  scheduleRunTimes: [at],
  scheduleWeeklyFrequency: 0,
});

const retention = (at: string) => ({
  retentionPolicyType: 'LongTermRetentionPolicy',
  dailySchedule: { retentionTimes: [at], retentionDuration: days(30) },
});

const todayAt = (now: number, time: string): string =>
  netSecond(Date.parse(`${new Date(now).toISOString().slice(0, 10)}T${time}:00Z`));
