import { describe, expect, test } from 'vitest';
import type { RunRequest } from '../../src/runs/request.ts';
import {
  accountId,
  backupVaultId,
  blobsTarget,
  diskId,
  diskTarget,
  everyRole,
  instancePolicyId,
  instanceWorld,
  protectedDisk,
} from '../support/instanceWorld.ts';
import { playRun } from '../support/simulatedRun.ts';

const diskInstanceId = `${backupVaultId}/backupInstances/db-data-db-data-1`;
const apps = diskId.slice(0, diskId.indexOf('/providers/'));
const clusterId = `${apps}/providers/Microsoft.ContainerService/managedClusters/shop`;
const serverId = `${apps}/providers/Microsoft.DBforPostgreSQL/flexibleServers/orders`;

const world = (more: object = {}, dataProtection: object = {}) =>
  instanceWorld({ instances: [{ ...protectedDisk, ...more }] }, everyRole, dataProtection);
const backUpDisk = (more: object = {}): RunRequest => ({ kind: 'backUp', target: diskTarget, ...more });

/** A policy with an hourly and a weekly backup rule and the retention tags Default and Yearly. */
const severalRules = {
  name: 'disks',
  properties: {
    objectType: 'BackupPolicy',
    datasourceTypes: ['Microsoft.Compute/disks'],
    policyRules: [
      ...['BackupHourly', 'BackupWeekly'].map((name) => ({
        name,
        objectType: 'AzureBackupRule',
        dataStore: { dataStoreType: 'OperationalStore', objectType: 'DataStoreInfoBase' },
      })),
      ...['Default', 'Yearly'].map((name) => ({ name, objectType: 'AzureRetentionRule', lifecycles: [] })),
    ],
  },
};
const worldOfSeveralRules = instanceWorld(
  { policies: [severalRules], instances: [protectedDisk] },
  everyRole,
);

describe('backing up a backup instance', () => {
  test('a disk, found by its datasource, ends with job and recovery point', async () => {
    const { ending, requests, simulator } = await playRun({ world: world(), request: backUpDisk() });
    expect(ending).toMatchObject({
      status: 'completed',
      result: { backupInstanceId: diskInstanceId, ruleName: 'BackupHourly' },
      job: { status: 'Completed' },
      recoveryPoint: { type: 'Incremental', tiers: [{ type: 'OperationalStore' }] },
      warnings: [],
    });
    expect(ending.job?.id).toContain(`${backupVaultId}/backupJobs/`);
    expect(simulator.effects.count('backup')).toBe(1);
    expect(requests.slice(0, 3)).toEqual([
      'GET dataProtection.listInstances',
      'GET dataProtection.getPolicy',
      'POST dataProtection.backup',
    ]);
  });

  test('the recovery point says until when each tier keeps it', async () => {
    const { ending } = await playRun({ world: world(), request: backUpDisk() });
    const [tier] = ending.recoveryPoint?.tiers ?? [];
    expect(tier?.expiresAt).toMatch(/^2026-08-29T02:0\d:/);
  });

  test('an instance named by its id needs no look for it', async () => {
    const { ending, requests } = await playRun({
      world: world(),
      request: { kind: 'backUp', target: { id: diskInstanceId } },
    });
    expect(ending.status).toBe('completed');
    expect(requests[0]).toBe('GET dataProtection.getInstance');
  });

  test.each([
    ['aks', clusterId, 'cluster'],
    ['postgres', serverId, 'server'],
  ] as const)('an %s instance by its id is backed up like any other', async (kind, sourceId, name) => {
    const { ending } = await playRun({
      world: instanceWorld(
        { policies: [{ name: 'any', kind }], instances: [{ name, kind, sourceId, policy: 'any' }] },
        everyRole,
      ),
      request: { kind: 'backUp', target: { id: `${backupVaultId}/backupInstances/${name}` } },
    });
    expect(ending).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
    expect(ending.recoveryPoint?.id).toContain(`/backupInstances/${name}/recoveryPoints/`);
  });

  test('vaulted blobs are backed up into the vault', async () => {
    const instance = {
      name: 'pictures',
      kind: 'blobVaulted' as const,
      sourceId: accountId,
      policy: 'vaulted',
      containers: ['invoices-2026'],
    };
    const { ending } = await playRun({
      world: instanceWorld({ instances: [instance] }, everyRole),
      request: { kind: 'backUp', target: blobsTarget },
    });
    expect(ending).toMatchObject({
      status: 'completed',
      result: { ruleName: 'BackupDaily' },
      recoveryPoint: { tiers: [{ type: 'VaultStore' }] },
    });
  });

  test('operational blobs are refused before anything is sent: their backup is continuous', async () => {
    const instance = {
      name: 'live',
      kind: 'blobOperational',
      sourceId: accountId,
      policy: 'operational',
    } as const;
    const { ending, requests } = await playRun({
      world: instanceWorld({ instances: [instance] }, everyRole),
      request: { kind: 'backUp', target: blobsTarget },
    });
    expect(ending).toMatchObject({ status: 'failed', error: { code: 'BackupOnDemandNotSupported' } });
    expect(requests.every((request) => request.startsWith('GET '))).toBe(true);
  });

  test('a datasource that nothing protects is said to be unprotected, with what to do', async () => {
    const { ending } = await playRun({ world: instanceWorld({}, everyRole), request: backUpDisk() });
    expect(ending.error).toMatchObject({
      code: 'NotProtected',
      message: `No backup instance protects ${diskId}.`,
      advice: expect.stringContaining('protectFirst'),
    });
  });

  test('an instance that is not there is named', async () => {
    const id = `${backupVaultId}/backupInstances/gone`;
    const { ending } = await playRun({ world: world(), request: { kind: 'backUp', target: { id } } });
    expect(ending.error).toMatchObject({
      code: 'BackupInstanceNotFound',
      message: `There is no backup instance ${id}.`,
    });
  });

  test('options of the other service are left out, with a warning', async () => {
    const { ending } = await playRun({
      world: world(),
      request: backUpDisk({ keepFor: 'P60D', compress: true }),
    });
    expect(ending.status).toBe('completed');
    expect(ending.warnings).toEqual([
      'Of no meaning for a Backup vault, and left out: keepFor, compress. Retention follows the policy, or retentionTag.',
    ]);
  });
});

describe('rule and retention tag', () => {
  test('several backup rules: the caller must say which, and the failed run names them', async () => {
    const { ending, requests } = await playRun({ world: worldOfSeveralRules, request: backUpDisk() });
    expect(ending).toMatchObject({ status: 'failed', error: { code: 'BackupRuleAmbiguous' } });
    expect(ending.error?.message).toContain('BackupHourly, BackupWeekly');
    expect(requests.every((request) => request.startsWith('GET '))).toBe(true);
  });

  test('the rule that the caller names is sent as the policy spells it', async () => {
    const { ending } = await playRun({
      world: worldOfSeveralRules,
      request: backUpDisk({ backupRule: 'backupweekly' }),
    });
    expect(ending).toMatchObject({ status: 'completed', result: { ruleName: 'BackupWeekly' } });
  });

  test('a rule that the policy has not is refused beside those it has', async () => {
    const { ending } = await playRun({
      world: worldOfSeveralRules,
      request: backUpDisk({ backupRule: 'BackupMonthly' }),
    });
    expect(ending.error).toEqual({
      code: 'BackupRuleNotFound',
      message: 'the policy has no backup rule "BackupMonthly"; it has BackupHourly, BackupWeekly',
    });
  });

  test('a retention tag overrides the rule’s and reaches the job', async () => {
    const { ending, simulator } = await playRun({
      world: worldOfSeveralRules,
      request: backUpDisk({ backupRule: 'BackupHourly', retentionTag: 'yearly' }),
    });
    expect(ending).toMatchObject({
      status: 'completed',
      result: { ruleName: 'BackupHourly', retentionTag: 'Yearly' },
    });
    const url = `https://management.azure.com${ending.job?.id ?? ''}?api-version=2025-07-01`;
    const headers = { authorization: `Bearer ${'a'.repeat(40)}` };
    const job = await simulator.handle({ method: 'GET', url, headers });
    expect(job.body).toContain('"RetentionTag":"yearly"');
  });

  test('a retention tag that the policy has not is refused beside those it has', async () => {
    const { ending } = await playRun({
      world: worldOfSeveralRules,
      request: backUpDisk({ backupRule: 'BackupHourly', retentionTag: 'Decade' }),
    });
    expect(ending.error).toEqual({
      code: 'RetentionTagNotFound',
      message: 'the policy has no retention tag "Decade"; it has Default, Yearly',
    });
  });
});

describe('an instance that is not ready', () => {
  test('ConfiguringProtection is waited for', async () => {
    const configuring = {
      id: diskInstanceId,
      name: 'db-data-db-data-1',
      state: 'ConfiguringProtection',
      policyId: instancePolicyId('disks'),
      datasourceId: diskId,
      datasourceType: 'Microsoft.Compute/disks',
    };
    const { ending, stepNames } = await playRun({
      world: world(),
      request: backUpDisk(),
      interfere: ({ stepName }) =>
        stepName === 'dataProtection.findInstancesOf' ? { kind: 'done', result: [configuring] } : undefined,
    });
    expect(ending.status).toBe('completed');
    expect(stepNames).toContain('dataProtection.awaitProtection');
  });

  test('ProtectionError is looked at once more by sync, then backed up', async () => {
    const { ending, stepNames } = await playRun({
      world: world({ state: 'ProtectionError' }),
      request: backUpDisk(),
    });
    expect(ending.status).toBe('completed');
    expect(stepNames.filter((name) => name === 'dataProtection.syncInstance')).toHaveLength(1);
  });

  test('ProtectionError that stays ends the run with the service’s own code', async () => {
    const { ending, simulator } = await playRun({
      world: world(
        { state: 'ProtectionError' },
        {
          protectionErrors: [
            { sourceId: diskId, code: 'UserErrorManagedDiskNotFound', message: 'Gone.', times: 9 },
          ],
        },
      ),
      request: backUpDisk(),
    });
    expect(ending).toMatchObject({ status: 'failed', error: { code: 'UserErrorManagedDiskNotFound' } });
    expect(simulator.effects.count('backup')).toBe(0);
  });

  test.each(['ProtectionStopped', 'BackupsSuspended'])('%s: resume it', async (state) => {
    const { ending, simulator } = await playRun({ world: world({ state }), request: backUpDisk() });
    expect(ending.error).toMatchObject({
      code: 'ProtectionStopped',
      message: `${diskInstanceId} is in state ${state}: only ProtectionConfigured is backed up.`,
      advice: 'Resume it by POST /api/protections/resume.',
    });
    expect(simulator.effects.count('backup')).toBe(0);
  });
});

const jobEnds = (job: object) => [{ on: 'dataProtection.backup', fault: { kind: 'job', ...job } as const }];

describe('how the job ends', () => {
  test('a failed job ends the run failed, with the job’s own code and no recovery point', async () => {
    const { ending } = await playRun({
      world: world(),
      request: backUpDisk(),
      faults: jobEnds({
        status: 'Failed',
        errorCode: 520001,
        errorString: 'The snapshot could not be taken.',
      }),
    });
    expect(ending).toMatchObject({
      status: 'failed',
      job: { status: 'Failed' },
      error: { code: '520001', message: 'The snapshot could not be taken.' },
    });
    expect(ending.recoveryPoint).toBeUndefined();
  });

  test('a job with warnings ends the run so, with the warnings and the recovery point', async () => {
    const { ending } = await playRun({
      world: world(),
      request: backUpDisk(),
      faults: jobEnds({
        status: 'CompletedWithWarnings',
        errorCode: 400446,
        errorString: 'Crash-consistent.',
      }),
    });
    expect(ending).toMatchObject({ status: 'completedWithWarnings', recoveryPoint: { type: 'Incremental' } });
    expect(ending.warnings).toEqual(['400446: Crash-consistent.']);
    expect(ending.error).toBeUndefined();
  });

  test('the daily limit of the service is used up: the run ends with when to ask again', async () => {
    const { ending } = await playRun({
      world: world({}, { dailyLimits: { disk: 1 } }),
      request: backUpDisk(),
      faults: [
        {
          on: 'dataProtection.backup',
          fault: {
            kind: 'reply',
            status: 400,
            shape: 'dataProtection',
            code: 'CloudDosAbsoluteLimitReached',
            message: 'The limit has been reached.',
          },
        },
      ],
    });
    expect(ending.error).toMatchObject({
      code: 'CloudDosAbsoluteLimitReached',
      class: 'hours',
      advice: expect.stringContaining('the next day (UTC)'),
    });
  });

  test('a cancelled run says that a Backup vault cancels no job, and follows it', async () => {
    const { ending, simulator } = await playRun({
      world: world(),
      request: backUpDisk(),
      interfereWatch: ({ event }) => (event === 1 ? { kind: 'cancelRequested' } : undefined),
    });
    expect(ending).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
    expect(ending.warnings[0]).toContain('cannot be cancelled');
    expect(simulator.effects.count('backup')).toBe(1);
  });

  test('without an echoed activity id the operation names the job', async () => {
    const { ending, requests } = await playRun({
      world: { ...world(), settings: { echoActivityId: false } },
      request: backUpDisk(),
    });
    expect(ending).toMatchObject({ status: 'completed', recoveryPoint: { type: 'Incremental' } });
    expect(requests).toContain('GET dataProtection.operationStatus');
  });

  test('an operation that names no job: it is taken by instance and start', async () => {
    const { ending } = await playRun({
      world: { ...world({ scheduledBesideOnDemand: true }), settings: { echoActivityId: false } },
      request: backUpDisk(),
      faults: [
        {
          on: 'dataProtection.backup',
          fault: { kind: 'operation', status: 'Succeeded', withoutProperties: true },
        },
      ],
    });
    expect(ending).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
  });
});

describe('protecting first', () => {
  test('an unprotected disk is protected and backed up', async () => {
    const { ending, simulator } = await playRun({
      world: instanceWorld({}, everyRole),
      request: {
        kind: 'protect',
        target: diskTarget,
        vaultId: backupVaultId,
        policyId: instancePolicyId('disks'),
        snapshotResourceGroupId: `${backupVaultId.split('/resourceGroups/')[0] ?? ''}/resourceGroups/snapshots`,
        backUpAfterwards: true,
      },
    });
    expect(ending).toMatchObject({ status: 'completed', recoveryPoint: { type: 'Incremental' } });
    expect(simulator.effects.count('protect')).toBe(1);
    expect(simulator.effects.count('backup')).toBe(1);
  });

  test('a disk that is protected already is backed up all the same', async () => {
    const { ending, simulator } = await playRun({
      world: world(),
      request: {
        kind: 'protect',
        target: diskTarget,
        vaultId: backupVaultId,
        policyId: instancePolicyId('disks'),
        snapshotResourceGroupId: `${backupVaultId.split('/resourceGroups/')[0] ?? ''}/resourceGroups/snapshots`,
        backUpAfterwards: true,
      },
    });
    expect(ending.status).toBe('completed');
    expect(simulator.effects.count('protect')).toBe(0);
    expect(simulator.effects.count('backup')).toBe(1);
  });

  test('blobs are protected by protectFirst with every container there is, and backed up', async () => {
    const { ending, simulator } = await playRun({
      world: instanceWorld({}, everyRole),
      request: {
        kind: 'backUp',
        target: blobsTarget,
        protectFirst: { policyId: instancePolicyId('vaulted') },
      },
    });
    expect(ending).toMatchObject({ status: 'completed', recoveryPoint: { tiers: [{ type: 'VaultStore' }] } });
    expect(simulator.effects.count('protect')).toBe(1);
  });

  test('a disk cannot be protected first: its snapshot group must be named, and the run says so', async () => {
    const { ending, simulator } = await playRun({
      world: instanceWorld({}, everyRole),
      request: backUpDisk({ protectFirst: { policyId: instancePolicyId('disks') } }),
    });
    expect(ending.error?.code).toBe('SnapshotResourceGroupMissing');
    expect(simulator.effects.all()).toEqual([]);
  });
});
