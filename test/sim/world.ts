import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import {
  accountId,
  diskId,
  disksVaultId,
  filesVaultId,
  numbered,
  planWorld,
  samplePlan,
  snapshotsId,
} from '../support/planWorld.ts';
import { chanceOf, type Chance } from './chance.ts';
import { faultKinds, indiscreet, type FaultKind } from './faultKinds.ts';

/** What a scenario narrows; absent: everything. */
export const scenarios = ['everything', 'calm', 'backups', 'batches', 'protections', 'deaths'] as const;

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
  /** Virtual hours after which every run has to have ended. */
  readonly deadlineHours: number;
}

const account = 'papers01';

/** Kinds that a world enables: few at a time, so that each shows by itself as well as with others. */
function chooseKinds(chance: Chance, scenario: Scenario): Set<FaultKind> {
  if (scenario === 'calm') return new Set();
  if (scenario === 'deaths') return new Set(['death', 'freeze']);
  const share = chance.oneOf([5, 10, 20, 35]);
  const kinds = new Set<FaultKind>(chance.some(faultKinds, share));
  // A limit of the day costs a virtual day each time.
  if (kinds.has('dailyLimit') && !chance.percent(30)) kinds.delete('dailyLimit');
  return kinds;
}

const secondsOfJob = (chance: Chance): number => chance.oneOf([3, 20, 90, 400, 1500]);

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
  const base = planWorld({
    accounts: [{ name: account, shares, protectedShares, tags }],
    disks: disks.map((name) => ({ name, tags })),
    filesVault: { whileBusy: chance.oneOf(['conflict', 'accept']) },
  });
  const [disksVault] = base.dataProtection?.vaults ?? [];
  const [filesVault] = base.recoveryServices?.vaults ?? [];
  if (!disksVault || !filesVault) throw new Error('The estate of plans has lost a vault.');
  const instances = protectedDisks.map((name) => ({
    ...{ name: `${name}-${name}-1`, kind: 'disk' as const, sourceId: diskId(name), policy: 'disks' },
    ...{ friendlyName: name, snapshotResourceGroupId: snapshotsId },
    ...(enabled.has('foreignJob') ? { scheduledAfterSeconds: [chance.whole(0, 1500)] } : {}),
  }));
  return {
    seed,
    scenario,
    startAt: limited ? '2026-08-22T22:00:00Z' : '2026-08-22T09:00:00Z',
    world: {
      ...base,
      settings: { echoActivityId: !enabled.has('noEcho') },
      recoveryServices: {
        ...base.recoveryServices,
        vaults: [filesVault, { ...filesVault, id: foreignVaultId, items: [] }],
        datasources: sharesSeed(chance, shares, enabled),
        ...(limited ? { limits: { backupsPerFileShare: 1 } } : {}),
      },
      dataProtection: {
        ...base.dataProtection,
        vaults: [{ ...disksVault, instances }],
        seconds: { jobs: { disk: secondsOfJob(chance) } },
        refuseParallelBackups: chance.percent(50),
      },
    },
    plan: withPlan ? planOf(chance) : { safety: samplePlan().safety },
    faults: armFaults(chance, enabled),
    ...{ enabled, shares, protectedShares, disks, protectedDisks },
    deadlineHours: limited ? 50 : 30,
  };
}

const planOf = (chance: Chance) =>
  samplePlan({
    schedules: chance.percent(50)
      ? [
          {
            ...{ name: 'morning', cron: '20 9 22 8 *', timeZone: 'Etc/UTC', concurrency: 2 },
            ...{ backUp: { rules: ['daily shares'] }, keepFor: 'P14D', window: 'PT1H' },
          },
        ]
      : [],
  });

export { account, disksVaultId };
