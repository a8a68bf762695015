import { describe, expect, test } from 'vitest';
import { readPlan } from '../../../src/plan/problems.ts';

const subscription = '11111111-1111-4111-8111-111111111111';
const vault = `/subscriptions/${subscription}/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/west`;
const rule = (more: object = {}) => ({
  name: 'shares',
  match: { kind: 'fileShare', regions: ['westeurope'] },
  protect: { vaults: { westeurope: vault }, policy: 'daily' },
  ...more,
});
const schedule = (more: object = {}) => ({
  name: 'nightly',
  cron: '0 2 * * *',
  timeZone: 'Europe/Berlin',
  backUp: { rules: ['shares'] },
  ...more,
});
const plan = (more: object = {}) => ({
  rules: [rule()],
  schedules: [schedule()],
  safety: { subscriptions: [subscription], vaults: [vault] },
  ...more,
});

const problemsOf = (json: unknown) => {
  const reading = readPlan(json);
  const problems = reading.kind === 'broken' ? reading.problems : reading.warnings;
  return problems.map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
};

describe('reading a plan', () => {
  test('a sound plan has no problems', () => {
    expect(problemsOf(plan())).toEqual([]);
  });

  test.each([
    [
      'a name used twice',
      plan({ rules: [rule(), rule()] }),
      'error rules[1].name: the name "shares" is used twice',
    ],
    [
      'a vault that is not on the allow-list',
      plan({ safety: { subscriptions: [subscription], vaults: [] } }),
      `error rules[0] "shares".protect.vaults.westeurope: vault ${vault} is not in safety.vaults`,
    ],
    [
      'a region without a vault',
      plan({ rules: [rule({ match: { kind: 'fileShare', regions: ['westeurope', 'uksouth'] } })] }),
      'error rules[0] "shares".protect.vaults: no vault for uksouth',
    ],
    [
      'a vault of the wrong type',
      plan({ rules: [rule({ match: { kind: 'blobs', regions: ['westeurope'] } })] }),
      'error rules[0] "shares".protect.vaults.westeurope: blobs needs a vault of type Microsoft.DataProtection/backupVaults',
    ],
    [
      'a cron line that is none',
      plan({ schedules: [schedule({ cron: '61 2 * * *' })] }),
      'error schedules[0] "nightly".cron: ',
    ],
    [
      'an unknown time zone',
      plan({ schedules: [schedule({ timeZone: 'Europe/Atlantis' })] }),
      'error schedules[0] "nightly".cron: time zone "Europe/Atlantis" is not an IANA name such as Europe/Berlin',
    ],
    [
      'days of the month beside days of the week',
      plan({ schedules: [schedule({ cron: '0 3 1-7 * 6' })] }),
      'warning schedules[0] "nightly".cron: cron "0 3 1-7 * 6" comes on days of the month 1-7 and on every weekday 6',
    ],
    [
      'a rule that does not exist',
      plan({ schedules: [schedule({ backUp: { rules: ['disks'] } })] }),
      'error schedules[0] "nightly".backUp.rules: there is no rule "disks"',
    ],
    [
      'an exclusion that leaves nothing',
      plan({
        rules: [
          rule({
            match: { kind: 'fileShare', regions: ['westeurope'], exclude: { regions: ['westeurope'] } },
          }),
        ],
      }),
      'warning rules[0] "shares".match.exclude: the exclusion takes out everything the rule matches: it selects nothing',
    ],
    [
      'an exclusion of several conditions in one object',
      plan({
        rules: [
          rule({
            match: {
              kind: 'fileShare',
              regions: ['westeurope'],
              exclude: { resourceGroups: ['sandbox-*'], names: ['scratch*'] },
            },
          }),
        ],
      }),
      'warning rules[0] "shares".match.exclude: takes out only what meets resourceGroups and names together; a list, ' +
        '[{ "resourceGroups": … }, { "names": … }], takes out what meets any',
    ],
    [
      'a retention tag for what takes none',
      plan({ schedules: [schedule({ retentionTag: 'Weekly' })] }),
      'error schedules[0] "nightly".retentionTag: fileShare takes no retention tag: use keepFor',
    ],
    [
      'containers for what has none',
      plan({
        rules: [rule({ protect: { vaults: { westeurope: vault }, policy: 'daily', containers: 'all' } })],
      }),
      'warning rules[0] "shares".protect.containers: fileShare does not take it: it is about blobs',
    ],
    [
      'an id below a vault in place of the vault',
      plan({
        rules: [rule({ protect: { vaults: { westeurope: `${vault}/backupPolicies/x` }, policy: 'daily' } })],
      }),
      'error rules[0] "shares".protect.vaults.westeurope: fileShare needs a vault of type Microsoft.RecoveryServices/vaults',
    ],
  ])('%s is reported with its place', (_, json, expected) => {
    expect(problemsOf(json).join('\n')).toContain(expected);
  });

  test('all problems come at once, with the name of the rule they lie in', () => {
    const broken = plan({
      rules: [rule({ match: { kind: 'fileshare' } })],
      schedules: [schedule({ concurrency: 0, extra: 1 })],
    });
    const found = problemsOf(broken);
    expect(found.some((line) => line.startsWith('error rules[0].match.kind "shares"'))).toBe(true);
    expect(found.some((line) => line.startsWith('error schedules[0].concurrency "nightly"'))).toBe(true);
    expect(found).toContain('error schedules[0].extra "nightly": unknown field');
  });

  test('six faults of three layers are told together, in the order of their places', () => {
    const other = '22222222-2222-4222-8222-222222222222';
    const backupVault = `/subscriptions/${subscription}/resourceGroups/backup/providers/Microsoft.DataProtection/backupVaults/disks`;
    const disks = (snapshotResourceGroup: unknown, subscriptions: string[]) => ({
      name: 'disks',
      match: { kind: 'disk', regions: ['westeurope'], subscriptions },
      protect: { vaults: { westeurope: backupVault }, policy: 'daily', snapshotResourceGroup },
    });
    const planted = plan({
      rules: [
        rule({ colour: 'red' }),
        disks('/subscriptions/x/resourceGroups/a/providers/b', [subscription]),
        { ...disks(`/subscriptions/${other}/resourceGroups/snapshots`, [subscription]), name: 'shares' },
      ],
      schedules: [schedule({ timeZone: 'Mars', backUp: { rules: ['shares', 'nothing'] } })],
      safety: { subscriptions: [subscription], vaults: [vault, backupVault] },
    });
    expect(problemsOf(planted)).toEqual([
      'error rules[0].colour "shares": unknown field',
      'error rules[1] "disks".protect.snapshotResourceGroup: /subscriptions/x/resourceGroups/a/providers/b is no id of a resource group',
      'error rules[2].name: the name "shares" is used twice',
      `error rules[2] "shares".protect.snapshotResourceGroup: no resource group for disks of ${subscription}: snapshots are kept in the disk's own subscription`,
      'error schedules[0] "nightly".cron: time zone "Mars" is not an IANA name such as Europe/Berlin',
      'error schedules[0] "nightly".backUp.rules: there is no rule "nothing"',
    ]);
  });

  test('of several shapes the nearest tells what is wrong', () => {
    const wrong = rule({ match: { kind: 'fileShare', regions: ['westeurope'], exclude: [{ name: ['x'] }] } });
    expect(problemsOf(plan({ rules: [wrong] }))).toEqual([
      'error rules[0].match.exclude[0].name "shares": unknown field',
    ]);
  });

  test.each([[null], [42], ['plan'], [[]]])('%j is no plan, and says so without throwing', (json) => {
    expect(readPlan(json).kind).toBe('broken');
  });
});
