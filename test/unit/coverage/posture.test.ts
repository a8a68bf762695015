import { expect, test } from 'vitest';
import { backupVaultPolicy, recoveryServicesPolicy } from '../../../src/coverage/policies.ts';
import { postureOf, type PostureInput } from '../../../src/coverage/posture.ts';

const hour = 3_600_000;
const verdicts = (input: PostureInput) =>
  Object.fromEntries(postureOf(input).map(({ control, verdict }) => [control, verdict]));

const weekly = recoveryServicesPolicy({
  id: '/v/backupPolicies/weekly',
  name: 'weekly',
  properties: {
    schedulePolicy: {
      scheduleRunFrequency: 'Weekly',
      scheduleRunDays: ['Monday', 'Thursday'],
      scheduleRunTimes: [],
    },
    retentionPolicy: { weeklySchedule: { retentionDuration: { count: 4, durationType: 'Weeks' } } },
  },
});

const guarded: PostureInput = {
  type: 'recoveryServices',
  body: {
    identity: { type: 'SystemAssigned' },
    properties: {
      publicNetworkAccess: 'Disabled',
      encryption: { keyVaultProperties: { keyUri: 'https://keys.example/k' } },
      redundancySettings: { standardTierStorageRedundancy: 'GeoRedundant', crossRegionRestore: 'Enabled' },
      monitoringSettings: { azureMonitorAlertSettings: { alertsForAllJobFailures: 'Enabled' } },
      securitySettings: {
        softDeleteSettings: { softDeleteState: 'AlwaysON', softDeleteRetentionPeriodInDays: 30 },
        immutabilitySettings: { state: 'Locked' },
        multiUserAuthorization: 'Enabled',
        sourceScanConfiguration: { state: 'Enabled' },
      },
    },
  },
  policies: [weekly],
  expectedMs: new Map([['/v/backuppolicies/weekly', 96 * hour]]),
};

test('a vault with everything on passes all twelve controls', () => {
  const found = verdicts(guarded);
  expect(Object.keys(found)).toHaveLength(12);
  expect(new Set(Object.values(found))).toEqual(new Set(['pass']));
});

test('what is off fails, what is on and not locked too', () => {
  const found = verdicts({
    type: 'backup',
    body: {
      identity: { type: 'None' },
      properties: {
        storageSettings: [{ datastoreType: 'VaultStore', type: 'LocallyRedundant' }],
        isVaultProtectedByResourceGuard: false,
        featureSettings: { crossRegionRestoreSettings: { state: 'Disabled' } },
        monitoringSettings: { azureMonitorAlertSettings: { alertsForAllJobFailures: 'Disabled' } },
        securitySettings: {
          softDeleteSettings: { state: 'On', retentionDurationInDays: 7 },
          immutabilitySettings: { state: 'Unlocked' },
        },
      },
    },
    policies: [{ ...weekly, keepMs: 24 * hour }],
    expectedMs: new Map([['/v/backuppolicies/weekly', 24 * hour]]),
  });
  expect(found).toEqual({
    softDelete: 'fail',
    immutability: 'fail',
    multiUserAuthorization: 'fail',
    redundancy: 'fail',
    crossRegionRestore: 'fail',
    publicAccess: 'unknown',
    customerManagedKey: 'fail',
    jobFailureAlerts: 'fail',
    sourceScan: 'unknown',
    policyRetention: 'fail',
    policyFrequency: 'fail',
    identity: 'fail',
  });
});

test('what could not be read is unknown, never a pass', () => {
  const found = verdicts({ type: 'recoveryServices', policies: [], expectedMs: new Map() });
  expect(new Set(Object.values(found))).toEqual(new Set(['unknown']));
});

test('each control names the property that was read', () => {
  for (const { property, value } of postureOf(guarded)) expect([property, value]).not.toContain('');
});

test('a policy says how often it backs up and how long it keeps', () => {
  expect(weekly).toMatchObject({ everyMs: 96 * hour, keepMs: 28 * 24 * hour, continuous: false });
  const disks = backupVaultPolicy({
    id: '/b/backupPolicies/disks',
    name: 'disks',
    properties: {
      policyRules: [
        {
          objectType: 'AzureBackupRule',
          trigger: {
            schedule: { repeatingTimeIntervals: ['R/2026-01-01T02:00:00+00:00/PT4H'], timeZone: 'UTC' },
          },
        },
        {
          objectType: 'AzureRetentionRule',
          isDefault: true,
          lifecycles: [{ deleteAfter: { duration: 'P7D' } }],
        },
      ],
    },
  });
  expect(disks).toMatchObject({ everyMs: 4 * hour, keepMs: 7 * 24 * hour, continuous: false });
  expect(disks.nextAfter?.(new Date('2026-08-22T03:30:00Z'))?.toISOString()).toBe('2026-08-22T06:00:00.000Z');
  const blobs = backupVaultPolicy({
    id: '/b/backupPolicies/blobs',
    name: 'blobs',
    properties: { policyRules: [{ objectType: 'AzureRetentionRule', isDefault: true, lifecycles: [] }] },
  });
  expect(blobs.continuous).toBe(true);
});
