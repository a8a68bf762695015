import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import {
  accountId,
  backupVaultId,
  blobsTarget,
  diskTarget,
  everyRole,
  instancePolicyId,
  instanceWorld,
  protectedDisk,
  snapshotResourceGroupId,
} from '../support/instanceWorld.ts';
import {
  blobInstanceId,
  diskInstanceId,
  drillPlan,
  drillWorld,
  faultOn,
  into,
  shareTarget as drilledShare,
} from '../support/drillWorld.ts';
import { numbered, planWorld, samplePlan, shareOf } from '../support/planWorld.ts';
import { policyId, shareTarget, shareWorld, storageAccountId, vaultId } from '../support/shareWorld.ts';

/** One flow with one outcome, asked for by HTTP. */
export interface Scenario {
  /** Flow and outcome; the name of its file. */
  readonly name: string;
  readonly world: WorldSeed;
  /** Of the app's API, below `/api`. */
  readonly path: string;
  readonly body: object;
  /** How the run ends; the recording fails when it ends otherwise. */
  readonly status: string;
  /** The plan where it is more than an allow-list. */
  readonly plan?: object;
  readonly faults?: readonly FaultRuleSeed[];
  /** Seconds after which the run is asked to cancel. */
  readonly cancelAfterSeconds?: number;
}

type ShareWorld = NonNullable<Parameters<typeof shareWorld>[0]>;

const docs = shareTarget('docs');
const disk = { id: `${backupVaultId}/backupInstances/db-data-db-data-1` };
const shareIs = (state: 'ProtectionStopped' | 'SoftDeleted'): WorldSeed =>
  shareWorld({ items: [{ storageAccountId, share: 'docs', policy: 'daily', state }] });
const shareProtected = (differs: ShareWorld = {}): WorldSeed =>
  shareWorld({ protectedShares: ['docs'], ...differs });
const diskProtected = (instance: object = {}): WorldSeed =>
  instanceWorld({ instances: [{ ...protectedDisk, ...instance }] }, everyRole);
const machineId = vaultId.replace(
  /backup\/providers.*/,
  'servers/providers/Microsoft.Compute/virtualMachines/ledger01',
);
const machineWorld: WorldSeed = {
  resources: [{ id: machineId }],
  recoveryServices: {
    vaults: [
      {
        id: vaultId,
        policies: [{ name: 'machines', kind: 'AzureIaasVM' }],
        items: [{ virtualMachineId: machineId, policy: 'machines' }],
      },
    ],
  },
};
const tagged = (shares: readonly string[]): WorldSeed =>
  planWorld({ accounts: [{ name: 'papers01', shares, protectedShares: shares, tags: { backup: 'daily' } }] });
const ofPlan = numbered('docs', 3);
const restores = 'recoveryServices.restore';
/** A drill of a share, which is restored otherwise than it should be. */
const shareDrill = (
  outcome: string,
  status: string,
  fault: FaultRuleSeed['fault'],
  on = restores,
): Scenario => ({
  ...{ name: `drill-share-${outcome}`, path: 'drills', status, world: drillWorld(), plan: drillPlan() },
  ...{ body: { target: drilledShare, into }, faults: [faultOn(on, fault)] },
});
const drill = (name: string, body: object, status = 'completed', world = drillWorld()): Scenario => ({
  ...{ name: `drill-${name}`, path: 'drills', status, world, plan: drillPlan(), body: { into, ...body } },
});

/** Every flow, with the outcomes that let it take another way. */
export const scenarios: readonly Scenario[] = [
  {
    ...{ name: 'back-up-share-completed', path: 'backups', body: { target: docs }, status: 'completed' },
    world: shareProtected(),
  },
  {
    ...{ name: 'back-up-share-job-failed', path: 'backups', body: { target: docs }, status: 'failed' },
    world: shareProtected({ datasource: { jobs: [{ status: 'Failed' }] } }),
  },
  {
    ...{ name: 'back-up-share-not-protected', path: 'backups', body: { target: docs }, status: 'failed' },
    world: shareWorld(),
  },
  {
    ...{ name: 'back-up-share-protecting-first', path: 'backups', status: 'completed' },
    ...{ world: shareWorld(), body: { target: docs, protectFirst: { policyId: policyId('daily') } } },
  },
  {
    ...{ name: 'back-up-share-cancelled', path: 'backups', body: { target: docs }, status: 'cancelled' },
    world: shareProtected({ datasource: { jobs: [{ seconds: 18_000 }] } }),
    cancelAfterSeconds: 3600,
  },
  {
    ...{ name: 'back-up-machine-completed', path: 'backups', status: 'completed', world: machineWorld },
    body: { target: { kind: 'virtualMachine', vaultId, virtualMachineId: machineId } },
  },
  {
    ...{ name: 'back-up-instance-completed', path: 'backups', status: 'completed' },
    ...{ world: diskProtected(), body: { target: disk } },
  },
  {
    ...{ name: 'protect-share-completed', path: 'protections', status: 'completed', world: shareWorld() },
    body: { target: docs, policyId: policyId('daily') },
  },
  {
    ...{ name: 'protect-share-already', path: 'protections', status: 'skipped', world: shareProtected() },
    body: { target: docs, policyId: policyId('daily') },
  },
  {
    ...{ name: 'protect-disk-completed', path: 'protections', status: 'completed' },
    world: instanceWorld({}, everyRole),
    body: { target: diskTarget, policyId: instancePolicyId('disks'), snapshotResourceGroupId },
  },
  {
    ...{ name: 'protect-disk-without-roles', path: 'protections', status: 'failed', world: instanceWorld() },
    body: { target: diskTarget, policyId: instancePolicyId('disks'), snapshotResourceGroupId },
  },
  {
    ...{ name: 'protect-blobs-completed', path: 'protections', status: 'completed' },
    world: instanceWorld({}, everyRole),
    body: {
      target: blobsTarget,
      policyId: instancePolicyId('vaulted'),
      containers: { list: ['invoices-2026'] },
    },
  },
  {
    ...{ name: 'validate-disk-completed', path: 'protections/validate', status: 'completed' },
    world: instanceWorld({}, everyRole),
    body: { target: diskTarget, policyId: instancePolicyId('disks'), snapshotResourceGroupId },
  },
  {
    ...{ name: 'stop-share-retain', path: 'protections/stop', status: 'completed' },
    ...{ world: shareProtected(), body: { target: docs, mode: 'retain' } },
  },
  {
    ...{ name: 'stop-share-delete-data', path: 'protections/stop', status: 'completed' },
    ...{ world: shareProtected(), body: { target: docs, mode: 'deleteData', confirm: 'docs' } },
  },
  {
    ...{ name: 'stop-instance-suspend', path: 'protections/stop', status: 'completed' },
    ...{ world: diskProtected(), body: { target: disk, mode: 'suspend' } },
  },
  {
    ...{ name: 'stop-instance-delete-data', path: 'protections/stop', status: 'completed' },
    ...{ world: diskProtected(), body: { target: disk, mode: 'deleteData', confirm: 'db-data' } },
  },
  {
    ...{ name: 'resume-share-completed', path: 'protections/resume', status: 'completed' },
    ...{ world: shareIs('ProtectionStopped'), body: { target: docs, policyId: policyId('daily') } },
  },
  {
    ...{ name: 'resume-share-undeleting', path: 'protections/resume', status: 'completed' },
    ...{ world: shareIs('SoftDeleted'), body: { target: docs, policyId: policyId('daily'), undelete: true } },
  },
  {
    ...{ name: 'resume-instance-undeleting', path: 'protections/resume', status: 'completed' },
    ...{ world: diskProtected({ softDeleted: true }), body: { target: disk, undelete: true } },
  },
  {
    ...{ name: 'batch-of-targets-completed', path: 'backups', status: 'completed', world: tagged(ofPlan) },
    ...{ plan: samplePlan(), body: { targets: ofPlan.map((share) => shareOf('papers01', share)) } },
  },
  {
    ...{ name: 'sweep-completed', path: 'sweeps', status: 'completed', body: {} },
    world: planWorld({
      accounts: [{ name: 'papers01', shares: ofPlan, tags: { backup: 'daily' } }],
      disks: [{ name: 'ledger', tags: { backup: 'daily' } }],
    }),
    plan: samplePlan(),
  },
  drill('share-proven', { target: drilledShare }),
  drill('disk-proven', { target: { id: diskInstanceId } }),
  drill('blobs-proven', { target: { id: blobInstanceId } }),
  drill('share-dry-run', { target: drilledShare, dryRun: true }),
  drill('disk-dry-run', { target: { id: diskInstanceId }, dryRun: true }),
  drill('disk-without-roles', { target: { id: diskInstanceId } }, 'failed', drillWorld({ roles: [] })),
  drill('share-without-point', { target: drilledShare }, 'failed', drillWorld({ pointsOfShare: [] })),
  shareDrill('empty', 'failed', { kind: 'restored', variant: 'empty' }),
  shareDrill('mismatch', 'failed', { kind: 'restored', variant: 'corrupt' }),
  shareDrill('job-failed', 'failed', {
    ...{ kind: 'job', status: 'Failed', errorCode: 400_055, errorString: 'Broken.' },
  }),
  {
    ...{ name: 'drill-batch-completed', path: 'drills', status: 'completed', world: drillWorld() },
    body: { drill: 'monthly' },
    plan: drillPlan({
      drills: [
        {
          ...{ name: 'monthly', cron: '0 4 1 * *', timeZone: 'Etc/UTC', into },
          ...{ of: { rules: ['daily shares', 'daily disks'] }, sample: { share: 100 } },
        },
      ],
    }),
  },
];

const vaults = [vaultId, backupVaultId];

/** An allow-list of every vault that the scenarios know. */
export const allowing = {
  safety: {
    vaults,
    subscriptions: [...vaults, accountId].map((id) => id.split('/')[2]),
    deleteBackups: true,
  },
};
