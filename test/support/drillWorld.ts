import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp, type EmbeddedApp, type EmbeddedAppOptions } from './embeddedApp.ts';
import {
  accountId,
  diskId,
  disksVaultId,
  filesVaultId,
  planWorld,
  samplePlan,
  snapshotsId,
  subscriptionId,
} from './planWorld.ts';

export const drillGroupId = `/subscriptions/${subscriptionId}/resourceGroups/drills`;
export const drillAccountId = `${drillGroupId}/providers/Microsoft.Storage/storageAccounts/drillshares`;
export const diskInstanceId = `${disksVaultId}/backupInstances/db-data-db-data-1`;
export const blobInstanceId = `${disksVaultId}/backupInstances/pictures-pictures-1`;

export const stagingId = `${drillGroupId}/providers/Microsoft.Storage/storageAccounts/drillstaging`;
export const machineId = `/subscriptions/${subscriptionId}/resourceGroups/apps/providers/Microsoft.Compute/virtualMachines/web`;

const principalId = '99999999-1111-4222-8333-444444444444';
const scope = `/subscriptions/${subscriptionId}`;

/** Where drills restore to, as a request names it. */
export const into = {
  fileShare: { storageAccount: drillAccountId },
  disk: { resourceGroup: drillGroupId },
  blobs: { storageAccount: drillAccountId },
  virtualMachine: {
    subscription: `/subscriptions/${subscriptionId}`,
    stagingAccount: stagingId,
    disks: 'all',
  },
} as const;

/** What differs from the usual world of drills. */
export interface DrillWorld {
  readonly files?: number;
  readonly account?: Record<string, unknown>;
  readonly roles?: readonly string[];
  readonly pointsOfShare?: readonly Record<string, unknown>[];
  readonly staging?: Record<string, unknown>;
  readonly privateDisks?: boolean;
  readonly filesVault?: Record<string, unknown>;
  readonly disksVault?: Record<string, unknown>;
  /** Properties of the disk that is backed up. */
  readonly disk?: Record<string, unknown>;
  /** What the share that is backed up holds. */
  readonly usedBytes?: number;
  readonly more?: Partial<WorldSeed>;
}

const sharePoint = { time: '2026-08-21T03:00:00Z' };

/** A protected share, a protected disk and a vaulted blob backup, each with a point of yesterday, and a group for drills. */
export function drillWorld(differs: DrillWorld = {}): WorldSeed {
  const { files = 12, account = {}, pointsOfShare = [sharePoint] } = differs;
  const roles = differs.roles ?? ['Disk Restore Operator', 'Storage Account Backup Contributor'];
  const world = planWorld({
    accounts: [{ name: 'papers', shares: ['docs'], tags: { backup: 'daily' } }],
    disks: [{ name: 'db-data', tags: { backup: 'daily' } }],
    filesVault: {
      items: [
        {
          storageAccountId: accountId('papers'),
          share: 'docs',
          policy: 'daily',
          recoveryPoints: pointsOfShare,
        },
        {
          virtualMachineId: machineId,
          policy: 'DefaultPolicy',
          recoveryPoints: [{ time: '2026-08-21T05:00:00Z' }],
        },
      ],
      ...differs.filesVault,
    },
  });
  const [vault] = world.dataProtection?.vaults ?? [];
  return {
    ...world,
    subscriptions: [
      {
        id: subscriptionId,
        resourceGroups: ['apps', 'data', 'backup', 'snapshots', 'drills'].map((name) => ({ name })),
      },
    ],
    resources: [
      ...(world.resources ?? []).map((one) =>
        one.id === diskId('db-data') ? { ...one, properties: differs.disk ?? {} } : one,
      ),
      {
        id: `${accountId('papers')}/fileServices/default/shares/docs`,
        properties: { shareUsageBytes: differs.usedBytes ?? 1000 },
      },
      { id: accountId('pictures'), location: 'westeurope', containers: ['a', 'b', 'c', 'd'] },
      { id: drillAccountId, location: 'westeurope', kind: 'StorageV2', ...account },
      { id: stagingId, location: 'westeurope', kind: 'StorageV2', ...differs.staging },
      {
        id: machineId,
        location: 'westeurope',
        properties: {
          storageProfile: {
            osDisk: { name: 'web-os', diskSizeGB: 128 },
            dataDisks: [
              { lun: 0, name: 'web-data-0', diskSizeGB: 32 },
              { lun: 3, name: 'web-data-3', diskSizeGB: 64 },
            ],
          },
        },
      },
    ],
    recoveryServices: {
      ...world.recoveryServices,
      datasources: [
        { storageAccountId: accountId('papers'), share: 'docs', files },
        { virtualMachineId: machineId, privateDisks: differs.privateDisks ?? false },
      ],
    },
    dataProtection: {
      vaults: [
        {
          ...vault,
          id: disksVaultId,
          ...differs.disksVault,
          policies: [
            { name: 'disks', kind: 'disk' },
            { name: 'vaulted', kind: 'blobVaulted' },
            { name: 'operational', kind: 'blobOperational' },
          ],
          instances: [
            {
              name: 'db-data-db-data-1',
              kind: 'disk',
              sourceId: diskId('db-data'),
              policy: 'disks',
              friendlyName: 'db-data',
              snapshotResourceGroupId: snapshotsId,
              points: [{ time: '2026-08-21T04:00:00Z' }],
            },
            {
              name: 'pictures-pictures-1',
              kind: 'blobVaulted',
              sourceId: accountId('pictures'),
              policy: 'vaulted',
              containers: ['a', 'b', 'c', 'd'],
              points: [{ time: '2026-08-21T04:00:00Z' }],
            },
          ],
        },
      ],
    },
    authorization: {
      assignments: [
        ...(world.authorization?.assignments ?? []).filter(({ role }) => !role.startsWith('Storage')),
        ...roles.map((role) => ({
          scope: role.startsWith('Storage') ? scope : drillGroupId,
          role,
          principalId,
        })),
      ],
    },
    ...differs.more,
  } as WorldSeed;
}

/** A plan whose drills may restore into the drill group. */
export const drillPlan = (more: Record<string, unknown> = {}) =>
  samplePlan({
    safety: {
      subscriptions: [subscriptionId],
      vaults: [filesVaultId, disksVaultId],
      drillTargets: [drillGroupId, `/subscriptions/${subscriptionId}`],
    },
    ...more,
  });

/** The app with drills allowed. */
export const startDrillApp = (
  options: Partial<EmbeddedAppOptions> & { readonly differs?: DrillWorld } = {},
): Promise<EmbeddedApp> =>
  startEmbeddedApp({
    world: drillWorld(options.differs),
    environment: { RESTORE_DRILLS: 'true' },
    plan: () => drillPlan(),
    ...options,
  });

/** The share as a drill names it. */
export const shareTarget = {
  kind: 'fileShare',
  vaultId: filesVaultId,
  storageAccountId: accountId('papers'),
  share: 'docs',
} as const;

/** The machine as a drill names it. */
export const machineTarget = {
  kind: 'virtualMachine',
  vaultId: filesVaultId,
  virtualMachineId: machineId,
} as const;

/** Everything in the cloud that a drill has made: by its name, its group, or a container of the accounts of drills. */
export const leftIn = ({ simulator }: EmbeddedApp): readonly string[] => [
  ...simulator.core.resources
    .groups()
    .map(({ name }) => name)
    .filter((name) => name.startsWith('abd-')),
  ...simulator.core.resources
    .list()
    .map(({ id }) => id)
    .filter(
      (id) => /\/abd-/.test(id) || id.startsWith(`${drillAccountId}/`) || id.startsWith(`${stagingId}/`),
    ),
];

/** What one drill came to. */
export interface DrillSeen {
  readonly run: RunRecord;
  readonly left: readonly string[];
  readonly rows: number;
  readonly app: EmbeddedApp;
}

/** Asks for a drill as a pipeline does, the same key until an answer comes, and waits for its end. */
export async function drillOnce(
  body: Record<string, unknown>,
  options: Partial<EmbeddedAppOptions> & { readonly differs?: DrillWorld } = {},
): Promise<DrillSeen> {
  const app = await startDrillApp(options);
  const once = { 'idempotency-key': 'drill-1' };
  let answer = await app.request('POST', '/api/drills', body, once);
  for (let tries = 0; tries < 3 && (!answer || answer.status >= 500); tries++)
    answer = await app.request('POST', '/api/drills', body, once);
  if (!answer || answer.status >= 300) throw new Error(JSON.stringify(answer));
  const run = await app.runEnded((answer.body as { id: string }).id, 96);
  return { run, left: leftIn(app), rows: app.tables.drillCleanUps.rows().length, app };
}

/** Faults by the simulator's names. */
export const faultOn = (on: string, fault: FaultRuleSeed['fault']): FaultRuleSeed => ({ on, fault });

/** The restore of a Recovery Services vault, as the simulator calls it. */
export const restore = 'recoveryServices.restore';

/** How a restore goes wrong that a vault has been asked for. */
export const restoreWithout = {
  /** Nothing comes back. */
  content: faultOn(restore, { kind: 'restored', variant: 'empty' }),
  /** What comes back is not what was backed up. */
  wholeContent: faultOn(restore, { kind: 'restored', variant: 'corrupt' }),
  /** Its recovery point has vanished: `UserErrorRecoveryPointNotFound`. */
  point: faultOn(restore, {
    ...{ kind: 'reply', status: 404, shape: 'service', code: 'UserErrorRecoveryPointNotFound' },
  }),
} as const;

/** Its job fails with a code of the service. */
export const failedRestore = (errorCode: number): FaultRuleSeed =>
  faultOn(restore, { kind: 'job', status: 'Failed', errorCode, errorString: 'Broken.' });

/** A drill that has restored and keeps it for a while, an ISO 8601 duration. */
export async function restoredDrill(
  body: Record<string, unknown>,
  keepFor: string,
  options: Parameters<typeof startDrillApp>[0] = {},
): Promise<{ readonly app: EmbeddedApp; readonly id: string }> {
  const app = await startDrillApp(options);
  const asked = await app.request('POST', '/api/drills', { ...body, keepFor });
  const { id } = asked?.body as { id: string };
  await app.clock.runUntil(() => app.simulator.effects.count('restored') === 1, 86_400_000);
  return { app, id };
}

/** Takes a lock off as its owner would, by its ARM id, or puts it there. */
export const lockBy = ({ simulator }: EmbeddedApp, method: 'PUT' | 'DELETE', lock: string) =>
  simulator.handle({
    method,
    url: `https://management.azure.com${lock}?api-version=2020-05-01`,
    headers: { authorization: `Bearer ${'a'.repeat(40)}`, 'content-type': 'application/json' },
    ...(method === 'PUT' ? { body: JSON.stringify({ properties: { level: 'CanNotDelete' } }) } : {}),
  });
