import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import { drillAccountId, drillGroupId, into as everyPlace } from '../support/drillWorld.ts';
import {
  accountId,
  diskId,
  disksVaultId,
  filesVaultId,
  numbered,
  planWorld,
  samplePlan,
  snapshotsId,
  subscriptionId,
  vaultPrincipal,
} from '../support/planWorld.ts';
import { chanceOf, type Chance } from './chance.ts';
import { faultKinds, indiscreet, type FaultKind } from './faultKinds.ts';

/** Where drills of these worlds restore to: machines are not drilled in them. */
const { virtualMachine: _, ...into } = everyPlace;

/** What a scenario narrows; absent: everything. */
export const scenarios = [
  'everything',
  'calm',
  'backups',
  'batches',
  'protections',
  'deaths',
  'drills',
  'deletions',
  'clockJumps',
] as const;

/** @see scenarios */
export type Scenario = (typeof scenarios)[number];

/** A vault outside the allow-list. */
export const foreignVaultId = filesVaultId.replace(/files-west$/, 'foreign');

/** One world: the estate, and what may go wrong in it. */
export interface SimWorld {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly startAt: string;
  readonly world: WorldSeed;
  readonly plan: unknown;
  readonly faults: readonly FaultRuleSeed[];
  readonly enabled: ReadonlySet<FaultKind>;
  readonly shares: readonly string[];
  readonly protectedShares: readonly string[];
  readonly disks: readonly string[];
  readonly protectedDisks: readonly string[];
  /** The machine, its database and the storage accounts of blobs, where the world has them, as requests name them. */
  readonly others: readonly OtherTarget[];
  /** Whether restore drills are allowed, and deleting what is backed up: by the setting and by the plan. */
  readonly drills: boolean;
  readonly deletes: { readonly setting: boolean; readonly plan: boolean };
  /** Virtual hours after which every run has to have ended. */
  readonly deadlineHours: number;
}

const account = 'papers01';

/** What is backed up besides shares and disks. */
export interface OtherTarget {
  readonly what: 'machine' | 'database' | 'vaultedBlobs' | 'operationalBlobs';
  readonly isProtected: boolean;
  readonly target: Readonly<Record<string, string>>;
  /** For a protection: the policy, and what else that needs. */
  readonly protection: Readonly<Record<string, unknown>>;
}

const virtualMachineId = diskId('vm01').replace('/disks/', '/virtualMachines/');
const pictures = accountId('pictures');
const videos = accountId('videos');
const pointAt = '2026-08-21T03:00:00Z';

function othersOf(chance: Chance): readonly OtherTarget[] {
  const machine = chance.percent(30);
  const here = (percent: number) => chance.percent(percent);
  const target = { vaultId: filesVaultId, virtualMachineId };
  const inDisks = { vaultId: disksVaultId };
  const all: (OtherTarget & { readonly there: boolean })[] = [
    {
      ...{ what: 'machine', there: machine, isProtected: here(75) },
      target: { kind: 'virtualMachine', ...target },
      protection: { policyId: `${filesVaultId}/backupPolicies/machines` },
    },
    {
      ...{ what: 'database', there: machine && here(70), isProtected: here(75) },
      target: { kind: 'database', ...target, database: 'orders' },
      protection: { policyId: `${filesVaultId}/backupPolicies/HourlyLogBackup` },
    },
    {
      ...{ what: 'vaultedBlobs', there: here(25), isProtected: here(75) },
      target: { kind: 'blobs', ...inDisks, datasourceId: pictures },
      protection: { policyId: `${disksVaultId}/backupPolicies/vaulted`, containers: 'all' },
    },
    {
      ...{ what: 'operationalBlobs', there: here(20), isProtected: here(75) },
      target: { kind: 'blobs', ...inDisks, datasourceId: videos },
      protection: { policyId: `${disksVaultId}/backupPolicies/blobs` },
    },
  ];
  return all.filter(({ there }) => there).map(({ there: _, ...other }) => other);
}

const has = (others: readonly OtherTarget[], what: OtherTarget['what'], isProtected = false): boolean =>
  others.some((other) => other.what === what && (other.isProtected || !isProtected));

/** What others need in the estate, and the place that drills restore to. */
const resourcesOf = (others: readonly OtherTarget[], drills: boolean) => [
  ...(has(others, 'machine') ? [{ id: virtualMachineId, location: 'westeurope' }] : []),
  ...(has(others, 'vaultedBlobs')
    ? [{ id: pictures, location: 'westeurope', kind: 'StorageV2', containers: ['a', 'b'] }]
    : []),
  ...(has(others, 'operationalBlobs')
    ? [{ id: videos, location: 'westeurope', kind: 'StorageV2', containers: ['c'] }]
    : []),
  ...(drills ? [{ id: drillAccountId, location: 'westeurope', kind: 'StorageV2' }] : []),
];

const machineItems = (others: readonly OtherTarget[]) => [
  ...(has(others, 'machine', true) ? [{ virtualMachineId, policy: 'machines' }] : []),
  ...(has(others, 'database', true)
    ? [{ virtualMachineId, database: 'orders', policy: 'HourlyLogBackup' }]
    : []),
];

const blobInstances = (others: readonly OtherTarget[]) => [
  ...(has(others, 'vaultedBlobs', true)
    ? [
        {
          ...{ name: 'pictures-pictures-1', kind: 'blobVaulted' as const, sourceId: pictures },
          ...{ policy: 'vaulted', containers: ['a', 'b'], points: [{ time: pointAt }] },
        },
      ]
    : []),
  ...(has(others, 'operationalBlobs', true)
    ? [{ name: 'videos-videos-1', kind: 'blobOperational' as const, sourceId: videos, policy: 'blobs' }]
    : []),
];

/** Kinds that a world enables: few at a time, so that each shows by itself as well as with others. */
function chooseKinds(chance: Chance, scenario: Scenario): Set<FaultKind> {
  if (scenario === 'calm') return new Set();
  if (scenario === 'deaths') return new Set(['death', 'deathAgain', 'freeze']);
  const share = chance.oneOf([5, 10, 20, 35]);
  const kinds = new Set<FaultKind>(chance.some(faultKinds, share));
  // What is promised while clocks jump by hours is less: a scenario of its own.
  kinds.delete('clockJump');
  if (scenario === 'clockJumps') kinds.add('clockJump');
  if (kinds.has('deathAgain')) kinds.add('death');
  // A limit of the day costs a virtual day each time.
  if (kinds.has('dailyLimit') && !chance.percent(30)) kinds.delete('dailyLimit');
  return kinds;
}

const secondsOfJob = (chance: Chance): number => chance.oneOf([3, 20, 90, 400, 1500]);

/** How the jobs of a machine and its database go. */
function machineSeeds(chance: Chance, others: readonly OtherTarget[], kinds: ReadonlySet<FaultKind>) {
  const outcomes = () =>
    Array.from({ length: 3 }, () => ({
      seconds: secondsOfJob(chance),
      ...(kinds.has('jobFails') && chance.percent(30)
        ? { status: 'Failed' as const, errorString: indiscreet }
        : {}),
    }));
  const scheduled = () =>
    kinds.has('foreignJob') && chance.percent(50) ? { scheduledAfterSeconds: [chance.whole(0, 1500)] } : {};
  return [
    ...(has(others, 'machine') ? [{ virtualMachineId, jobs: outcomes(), ...scheduled() }] : []),
    ...(has(others, 'database')
      ? [{ virtualMachineId, database: 'orders', jobs: outcomes(), ...scheduled() }]
      : []),
  ];
}

function sharesSeed(chance: Chance, shares: readonly string[], kinds: ReadonlySet<FaultKind>) {
  return shares.map((share) => ({
    storageAccountId: accountId(account),
    share,
    jobs: Array.from({ length: 4 }, () => ({
      seconds: secondsOfJob(chance),
      ...(kinds.has('jobFails') && chance.percent(40)
        ? {
            status: chance.oneOf(['Failed', 'CompletedWithWarnings'] as const),
            errorString: indiscreet,
          }
        : {}),
    })),
    ...(kinds.has('foreignJob') && chance.percent(60)
      ? { scheduledAfterSeconds: [chance.whole(0, 1800)] }
      : {}),
  }));
}

/** Rules of the simulator's fault table, cleared when faults stop. */
function armFaults(chance: Chance, kinds: ReadonlySet<FaultKind>): FaultRuleSeed[] {
  const providers = ['recoveryServices', 'dataProtection'] as const;
  const rules: FaultRuleSeed[] = [];
  const nth = () => chance.whole(1, 3);
  const add = (kind: FaultKind, make: (provider: string) => FaultRuleSeed) => {
    if (kinds.has(kind)) for (const provider of providers) rules.push(make(provider));
  };
  const backup = (provider: string) => `${provider}.backup`;
  add('operationRefused', (provider) => ({
    ...{ on: backup(provider), nth: nth(), times: 1 },
    fault: { kind: 'operation', status: 'Failed', code: 'CloudInternalError', message: indiscreet },
  }));
  add('operationWithoutJob', (provider) => ({
    ...{ on: backup(provider), nth: nth(), times: 1 },
    fault: { kind: 'operation', status: 'Succeeded', withoutProperties: true },
  }));
  add('pollUrlUnusable', (provider) => ({
    ...{ on: backup(provider), nth: nth(), times: 2 },
    fault: { kind: 'pollUrl', variant: chance.oneOf(['foreignHost', 'none', 'http'] as const) },
  }));
  add('restoreBent', (provider) => ({
    ...{ on: `${provider}.restore`, nth: 1, times: 1 },
    fault: { kind: 'restored', variant: chance.oneOf(['empty', 'corrupt'] as const) },
  }));
  add('restoreFails', (provider) => ({
    ...{ on: `${provider}.restore`, nth: nth(), times: 1 },
    fault: { kind: 'job', status: 'Failed', errorString: indiscreet },
  }));
  add('listLag', (provider) => ({
    ...{ on: backup(provider), nth: nth(), times: 2 },
    fault: { kind: 'job', hiddenSeconds: chance.whole(20, 200), seconds: chance.oneOf([250, 600]) },
  }));
  add('listStale', (provider) => ({
    ...{
      on: provider === 'recoveryServices' ? 'recoveryServices.jobs' : 'dataProtection.listJobs',
      nth: nth(),
      times: 6,
    },
    fault: { kind: 'list', variant: 'stale', seconds: chance.whole(30, 120) },
  }));
  return rules;
}

/** The world of a seed. */
export function makeWorld(seed: number, scenario: Scenario): SimWorld {
  const chance = chanceOf(seed, 1);
  const enabled = chooseKinds(chance, scenario);
  const shares = numbered('docs', chance.whole(1, scenario === 'batches' ? 8 : 4));
  const protectedShares = chance.some(shares, 70);
  const disks = numbered('disk', chance.whole(0, 2));
  const protectedDisks = chance.some(disks, 60);
  const tags = chance.percent(50) ? { backup: 'daily' } : {};
  const withPlan = chance.percent(60);
  const limited = enabled.has('dailyLimit');
  const others = scenario === 'batches' ? [] : othersOf(chance);
  const drills = scenario === 'drills' || (scenario !== 'deletions' && chance.percent(15));
  const mayDelete = scenario === 'deletions' || chance.percent(15);
  const deletes = { setting: mayDelete && chance.percent(80), plan: mayDelete && chance.percent(80) };
  const atNight = withPlan && chance.percent(12);
  const base = planWorld({
    accounts: [{ name: account, shares, protectedShares, tags }],
    disks: disks.map((name) => ({ name, tags })),
    filesVault: {
      whileBusy: chance.oneOf(['conflict', 'accept']),
      items: [
        ...protectedShares.map((share) => ({
          ...{ storageAccountId: accountId(account), share, policy: 'daily' },
          ...(drills ? { recoveryPoints: [{ time: pointAt }] } : {}),
        })),
        ...machineItems(others),
      ],
    },
  });
  const [disksVault] = base.dataProtection?.vaults ?? [];
  const [filesVault] = base.recoveryServices?.vaults ?? [];
  if (!disksVault || !filesVault) throw new Error('The estate of plans has lost a vault.');
  const instances = protectedDisks.map((name) => ({
    ...{ name: `${name}-${name}-1`, kind: 'disk' as const, sourceId: diskId(name), policy: 'disks' },
    ...{ friendlyName: name, snapshotResourceGroupId: snapshotsId },
    ...(drills ? { points: [{ time: pointAt }] } : {}),
    ...(enabled.has('foreignJob') ? { scheduledAfterSeconds: [chance.whole(0, 1500)] } : {}),
  }));
  const rules = { deleteBackups: deletes.plan, ...(drills ? { drillTargets: [drillGroupId] } : {}) };
  const morning = atNight ? '2026-08-22T02:05:00Z' : '2026-08-22T09:00:00Z';
  return {
    seed,
    scenario,
    startAt: limited ? '2026-08-22T22:00:00Z' : morning,
    world: {
      ...base,
      subscriptions: [
        {
          id: subscriptionId,
          resourceGroups: ['apps', 'data', 'backup', 'snapshots', 'drills'].map((name) => ({ name })),
        },
      ],
      resources: [...(base.resources ?? []), ...resourcesOf(others, drills)],
      authorization: { assignments: [...(base.authorization?.assignments ?? []), ...drillRoles(drills)] },
      settings: { echoActivityId: !enabled.has('noEcho') },
      recoveryServices: {
        ...base.recoveryServices,
        vaults: [
          {
            ...filesVault,
            policies: [...(filesVault.policies ?? []), { name: 'machines', kind: 'AzureIaasVM' }],
          },
          { ...filesVault, id: foreignVaultId, items: [] },
        ],
        timings: { jobVirtualMachine: 900 },
        datasources: [...sharesSeed(chance, shares, enabled), ...machineSeeds(chance, others, enabled)],
        ...(limited ? { limits: { backupsPerFileShare: 1 } } : {}),
      },
      dataProtection: {
        ...base.dataProtection,
        vaults: [
          {
            ...disksVault,
            policies: [...(disksVault.policies ?? []), { name: 'vaulted', kind: 'blobVaulted' }],
            instances: [...instances, ...blobInstances(others)],
          },
        ],
        seconds: { jobs: { disk: secondsOfJob(chance), blobVaulted: secondsOfJob(chance) } },
        refuseParallelBackups: chance.percent(50),
      },
    },
    plan: planOf(chance, { withPlan, rules, drills }),
    faults: armFaults(chance, enabled),
    ...{ enabled, shares, protectedShares, disks, protectedDisks, others, drills, deletes },
    deadlineHours: limited ? 50 : 30,
  };
}

/** What the vault's identity may do where drills restore to. */
const drillRoles = (drills: boolean) =>
  drills ? [{ scope: drillGroupId, role: 'Disk Restore Operator', principalId: vaultPrincipal }] : [];

interface PlanParts {
  readonly withPlan: boolean;
  readonly rules: Readonly<Record<string, unknown>>;
  readonly drills: boolean;
}

function planOf(chance: Chance, { withPlan, rules, drills }: PlanParts) {
  const safety = { ...samplePlan().safety, ...rules };
  if (!withPlan) return { safety };
  return samplePlan({
    safety,
    ...(drills ? { drills: [monthly(chance)] } : {}),
    schedules: chance.percent(50)
      ? [
          {
            ...{ name: 'morning', cron: '20 9 22 8 *', timeZone: 'Etc/UTC', concurrency: 2 },
            ...{ backUp: { rules: ['daily shares'] }, keepFor: 'P14D', window: 'PT1H' },
          },
        ]
      : [],
  });
}

const monthly = (chance: Chance) => ({
  ...{
    name: 'monthly',
    cron: '10 9 22 8 *',
    timeZone: 'Etc/UTC',
    of: { rules: ['daily shares', 'daily disks'] },
  },
  ...{
    sample: { share: 50, atLeast: 1 },
    point: { choose: chance.oneOf(['latest', 'random']), within: 'P30D' },
  },
  ...{ into, keepFor: chance.oneOf(['PT1M', 'PT10M']), target: 'PT4H', restoresADay: 20 },
});

export { account, disksVaultId, into };
