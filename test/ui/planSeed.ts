import type { Answers } from '../../ui/apiTypes.ts';
import { seedRows, type Row } from './seed.ts';

type Plan = Answers['Plan'];

const vault = (name: string): string =>
  `/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/${name}`;

const inForce: Plan['inForce'] = {
  rules: [
    {
      name: 'shares tagged daily',
      match: {
        kind: 'fileShare',
        regions: ['westeurope', 'northeurope'],
        tags: { backup: 'daily' },
        exclude: { names: ['tmp-*'] },
      },
      protect: {
        vaults: { westeurope: vault('files-west'), northeurope: vault('files-north') },
        policy: 'daily-30-days',
        backUpAfterwards: true,
      },
    },
    {
      name: 'machines of production',
      match: { kind: 'virtualMachine', tags: { env: 'prod' } },
      protect: { vaults: { '*': vault('files-west') }, policy: 'daily' },
    },
  ],
  schedules: [
    {
      name: 'before the nightly close',
      cron: '30 1 * * *',
      timeZone: 'Europe/Berlin',
      backUp: { rules: ['shares tagged daily'] },
      keepFor: 'P30D',
    },
    {
      name: 'at the weekend',
      cron: '30 2 * * 0',
      timeZone: 'Europe/Berlin',
      backUp: { rules: ['machines of production'] },
    },
  ],
  drills: [
    {
      ...{ name: 'monthly', cron: '0 4 1 * *', timeZone: 'Europe/Berlin' },
      of: { rules: ['shares tagged daily'] },
      sample: { share: 5, atLeast: 3, atMost: 20 },
      point: { choose: 'random', within: 'P30D' },
      into: {
        fileShare: {
          storageAccount: `${vault('x').split('/providers/')[0]}/providers/Microsoft.Storage/storageAccounts/drillfiles`,
        },
      },
      target: 'PT4H',
    },
  ],
  notifications: [{ endings: ['failed'] }],
  safety: {
    subscriptions: ['11111111-1111-4111-8111-111111111111'],
    vaults: [vault('files-west'), vault('files-north')],
    deleteBackups: false,
  },
};

/** The weekends around the begin of summer time in 2027, at 2:30 in Berlin; on the 28th that time is skipped. */
const weekends = [
  '2027-03-14T01:30:00.000Z',
  '2027-03-21T01:30:00.000Z',
  '2027-03-28T01:00:00.000Z',
  '2027-04-04T00:30:00.000Z',
  '2027-04-11T00:30:00.000Z',
];

/** The first days of months, at 4:00 in Berlin. */
const firsts = [
  '2026-12-01T03:00:00.000Z',
  '2027-01-01T03:00:00.000Z',
  '2027-02-01T03:00:00.000Z',
  '2027-03-01T03:00:00.000Z',
  '2027-04-01T02:00:00.000Z',
];

const selectedOf = (rows: readonly Row[], rule: string): Plan['rules'][number]['selected'] =>
  rows
    .filter((row) => row.rule === rule)
    .map((row, at) => ({
      id: row.id,
      kind: row.kind,
      vaultId: row.vaultId ?? vault('files-west'),
      policyId: `${row.vaultId ?? vault('files-west')}/backupPolicies/daily`,
      standing: row.state === 'notProtected' ? 'missing' : at % 40 === 7 ? 'drift' : 'protected',
      ...(row.state !== 'notProtected' && at % 40 === 7
        ? { drift: 'policy is weekly, the rule says daily' }
        : {}),
    }));

/** The plan resolved against a small estate. */
export function seedPlan(now: number): Plan {
  const rows = seedRows(1000, now);
  const nights = Array.from({ length: 5 }, (_, at) =>
    new Date(Date.UTC(2027, 2, 26 + at, at < 3 ? 0 : -1, 30)).toISOString(),
  );
  return {
    ...{ location: 'plan.json', standing: 'current', problems: [], inForce },
    since: new Date(now - 9 * 86_400_000).toISOString(),
    occurrences: { 'before the nightly close': nights, 'at the weekend': weekends },
    drillOccurrences: { monthly: firsts },
    rules: inForce.rules!.map(({ name }) => ({ rule: name, selected: selectedOf(rows, name) })),
    skipped: rows
      .filter(({ state }) => state === 'notSelected' || state === 'excluded')
      .map(({ id, kind, reason }) => ({ id, kind, reason })),
    orphans: rows
      .filter(({ state }) => state === 'orphan')
      .map((row) => ({ item: row.itemId!, source: row.id, state: 'Protected' })),
    notEligible: rows
      .filter(({ state }) => state === 'notEligible')
      .map(({ id, kind, reason }, at) => ({
        ...{ id, kind, rule: inForce.rules![at % 2]!.name },
        reason: at % 3 === 0 ? 'it is a replica disk of Site Recovery' : reason,
      })),
    protectedOutsidePlan: rows
      .filter(({ state }) => state === 'protectedOutsidePlan')
      .map(({ id, kind, itemId, vaultId }) => ({
        ...{ id, kind, protectedBy: itemId!, vaultId: vaultId!, state: 'Protected' },
        reason: 'machines of production: tag env is "test", not "prod"',
      })),
    warnings: [],
  };
}

/** The same app after somebody has broken the plan's text: a vault left out, a cron that never comes. */
export function brokenPlan(now: number): Plan {
  const [first, second] = inForce.rules!;
  const draft = {
    ...inForce,
    rules: [
      { ...first, protect: { ...first!.protect, vaults: { westeurope: vault('files-west') } } },
      second,
    ],
    schedules: [{ ...inForce.schedules![0], cron: '30 1 31 2 *' }, inForce.schedules![1]],
  };
  return {
    ...seedPlan(now),
    standing: 'lastGood',
    since: new Date(now - 3 * 3_600_000).toISOString(),
    lyingThere: JSON.stringify(draft),
    problems: [
      {
        severity: 'error',
        path: 'rules[0] "shares tagged daily".protect.vaults',
        message: 'no vault for northeurope',
      },
      {
        severity: 'error',
        path: 'schedules[0] "before the nightly close".cron',
        message: 'cron "30 1 31 2 *" never comes',
      },
    ],
  };
}
