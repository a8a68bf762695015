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

const other = '22222222-2222-4222-8222-222222222222';
const backupVault = `/subscriptions/${subscription}/resourceGroups/backup/providers/Microsoft.DataProtection/backupVaults/disks`;
const groupIn = (id: string) => `/subscriptions/${id}/resourceGroups/snapshots`;
const disks = (protect: object = {}, match: object = {}) => ({
  name: 'disks',
  match: { kind: 'disk', ...match },
  protect: {
    ...{ vaults: { '*': backupVault }, policy: 'daily', snapshotResourceGroup: groupIn(subscription) },
    ...protect,
  },
});
const blobs = (protect: object = {}) => ({
  name: 'blobs',
  match: { kind: 'blobs' },
  protect: { vaults: { '*': backupVault }, policy: 'daily', ...protect },
});
const machines = (match: object = {}, protect: object = {}) => ({
  name: 'machines',
  match: { kind: 'virtualMachine', ...match },
  protect: { vaults: { '*': vault }, policy: 'daily', ...protect },
});
const ofRule = (one: object, subscriptions = [subscription]) =>
  problemsOf({ rules: [one], safety: { subscriptions, vaults: [vault, backupVault] } });

describe('where a rule protects', () => {
  test('a rule needs a vault', () => {
    expect(ofRule(rule({ protect: { vaults: {}, policy: 'daily' } }))).toEqual([
      'error rules[0] "shares".protect.vaults: no vault is named',
    ]);
  });

  test('a rule for every region is warned of regions without a vault, unless one vault serves the rest', () => {
    expect(ofRule(rule({ match: { kind: 'fileShare' } }))).toEqual([
      'warning rules[0] "shares".protect.vaults: resources outside westeurope match but have no vault',
    ]);
    const everywhere = { vaults: { '*': vault }, policy: 'daily' };
    expect(ofRule(rule({ match: { kind: 'fileShare' }, protect: everywhere }))).toEqual([]);
    expect(ofRule(rule({ match: { kind: 'fileShare', regions: ['uksouth'] }, protect: everywhere }))).toEqual(
      [],
    );
  });

  test('regions and vaults are the same however they are written', () => {
    const regions = ['West Europe'];
    expect(ofRule(rule({ match: { kind: 'fileShare', regions } }))).toEqual([]);
    const written = { vaults: { 'West Europe': vault.replace('/backup/', '/Backup/') }, policy: 'daily' };
    expect(ofRule(rule({ protect: written }))).toEqual([]);
  });
});

describe('where snapshots of disks are kept', () => {
  const place = 'rules[0] "disks".protect.snapshotResourceGroup';

  test('disks need a group', () => {
    expect(ofRule(disks({ snapshotResourceGroup: undefined }))).toEqual([
      `error ${place}: disks need the resource group that keeps their snapshots`,
    ]);
  });

  test("a group named for a subscription lies in it, whatever the id's case", () => {
    const lettered = 'abcdefab-1111-4111-8111-111111111111';
    const shouted = { [lettered]: groupIn(lettered.toUpperCase()) };
    expect(ofRule(disks({ snapshotResourceGroup: shouted }), [lettered.toUpperCase()])).toEqual([]);
    expect(ofRule(disks({ snapshotResourceGroup: { [subscription]: groupIn(other) } }))).toEqual([
      `error ${place}.${subscription}: ${groupIn(other)} lies in another subscription: snapshots are kept in the disk's own`,
    ]);
    expect(ofRule(disks({ snapshotResourceGroup: { [subscription]: vault } }))).toEqual([
      `error ${place}.${subscription}: ${vault} is no id of a resource group`,
    ]);
  });

  test('a rule for named subscriptions needs a group in each, one for all is warned', () => {
    const missing = `no resource group for disks of ${other}: snapshots are kept in the disk's own subscription`;
    expect(ofRule(disks(), [subscription.toUpperCase(), other])).toEqual([`warning ${place}: ${missing}`]);
    expect(ofRule(disks({}, { subscriptions: [subscription, other] }))).toEqual([
      `error ${place}: ${missing}`,
    ]);
    expect(ofRule(disks({}, { subscriptions: [subscription] }), [subscription, other])).toEqual([]);
  });
});

describe('what a kind does not take', () => {
  test.each([
    [blobs({ containers: 'all' }), []],
    [blobs({ autoProtect: true, identity: 'systemAssigned' }), []],
    [disks({ identity: 'systemAssigned' }), []],
    [blobs({ containers: 'all', autoProtect: false }), []],
    [
      blobs({ containers: 'all', autoProtect: true }),
      ['error rules[0] "blobs".protect: containers and autoProtect exclude each other'],
    ],
    [
      disks({ autoProtect: true }),
      ['warning rules[0] "disks".protect.autoProtect: disk does not take it: it is about blobs'],
    ],
    [
      blobs({ snapshotResourceGroup: groupIn(subscription) }),
      ['warning rules[0] "blobs".protect.snapshotResourceGroup: blobs does not take it: it is about disk'],
    ],
    [
      blobs({ lockStorageAccount: true }),
      ['warning rules[0] "blobs".protect.lockStorageAccount: blobs does not take it: it is about fileShare'],
    ],
    [
      machines({}, { identity: 'systemAssigned' }),
      [
        'warning rules[0] "machines".protect.identity: virtualMachine does not take it: it is about fileShare, disk, blobs',
      ],
    ],
    [
      machines({ leaveOut: ['scaleSet'] }),
      ['error rules[0] "machines".match.leaveOut: virtualMachine does not take it: it is about disks'],
    ],
    [disks({}, { leaveOut: ['scaleSet'] }), []],
    [
      machines({ accountKinds: ['StorageV2'] }),
      [
        'error rules[0] "machines".match.accountKinds: virtualMachine has no storage account: nothing would match',
      ],
    ],
    [
      disks({}, { hierarchicalNamespace: false }),
      [
        'error rules[0] "disks".match.hierarchicalNamespace: disk has no storage account: nothing would match',
      ],
    ],
    [
      {
        ...machines({ accountKinds: ['StorageV2'] }),
        match: { kind: 'workload', accountKinds: ['StorageV2'] },
      },
      ['error rules[0] "machines".match.accountKinds: workload has no storage account: nothing would match'],
    ],
    [rule({ match: { kind: 'fileShare', regions: ['westeurope'], accountKinds: ['StorageV2'] } }), []],
  ])('%j', (one, expected) => {
    expect(ofRule(one)).toEqual(expected);
  });
});

describe('an exclusion', () => {
  const takesAll = 'the exclusion takes out everything the rule matches: it selects nothing';
  const warned = (match: object) =>
    ofRule(rule({ match: { kind: 'fileShare', regions: ['westeurope'], ...match } })).map(
      (line) => line.split('.match.exclude: ')[1],
    );

  test.each([
    ['of every name', { exclude: { names: ['*'] } }, [takesAll]],
    ['of all names that match', { names: ['a', 'b'], exclude: { names: ['b', 'a', 'c'] } }, [takesAll]],
    ['of some names that match', { names: ['a', 'b'], exclude: { names: ['a'] } }, []],
    ['of names where none are asked for', { exclude: { names: ['a'] } }, []],
    ['of the same tags', { tags: { env: 'prod' }, exclude: { tags: { env: 'prod' } } }, [takesAll]],
    ['of other tags', { tags: { env: 'prod' }, exclude: { tags: { env: 'test' } } }, []],
    ['of a list with one condition each', { exclude: [{ names: ['a'] }, { resourceGroups: ['b'] }] }, []],
  ])('%s', (_, match, expected) => {
    expect(warned(match)).toEqual(expected);
  });

  test('of which one condition alone covers all takes out only what meets the others, too', () => {
    const exclude = [{ regions: ['westeurope'], names: ['a'] }];
    expect(warned({ exclude })).toEqual([]);
  });
});

describe('schedules', () => {
  const ofSchedule = (more: object, rules: readonly object[] = [rule(), disks()]) =>
    problemsOf({
      rules,
      schedules: [schedule(more)],
      safety: { subscriptions: [subscription], vaults: [vault, backupVault] },
    });

  test('name rules without regard to case', () => {
    expect(ofSchedule({ backUp: { rules: ['SHARES'] } })).toEqual([]);
  });

  test.each(['PT1M', 'PT4H', 'PT24H', 'PT23H60M'])('begin within %s', (window) => {
    expect(ofSchedule({ window })).toEqual([]);
  });

  test.each(['PT0M', 'PT24H1M', 'PT'])('cannot begin within %s', (window) => {
    expect(ofSchedule({ window })).toEqual([
      'error schedules[0] "nightly".window: a window lasts from one minute to one day',
    ]);
  });

  test('of one match are warned of an exclusion that leaves nothing', () => {
    expect(
      ofSchedule({ backUp: { match: { kind: 'fileShare', names: ['a'], exclude: { names: ['a'] } } } }),
    ).toEqual([
      'warning schedules[0] "nightly".backUp.match.exclude: the exclusion takes out everything the rule matches: it selects nothing',
    ]);
  });

  const expiry =
    'warning schedules[0] "nightly".keepFor: disk takes no expiry: retentionTag chooses how long';
  const tag = 'error schedules[0] "nightly".retentionTag: fileShare takes no retention tag: use keepFor';
  const share = `${vault}/backupFabrics/Azure/protectionContainers/c/protectedItems/i`;
  const instance = `${backupVault}/backupInstances/i`;

  test.each([
    [{ backUp: { rules: ['Disks'] }, keepFor: 'P30D' }, [expiry]],
    [{ backUp: { rules: ['disks'] }, retentionTag: 'Weekly' }, []],
    [{ backUp: { rules: ['disks'] } }, []],
    [{ backUp: { rules: ['shares'] }, keepFor: 'P30D' }, []],
    [{ backUp: { rules: ['shares', 'disks'] }, keepFor: 'P30D' }, []],
    [{ backUp: { rules: ['shares', 'disks'] }, retentionTag: 'Weekly' }, [tag]],
    [{ backUp: { match: { kind: 'disk' } }, keepFor: 'P30D' }, [expiry]],
    [{ backUp: { items: [instance] }, keepFor: 'P30D' }, [expiry]],
    [{ backUp: { items: [instance] }, retentionTag: 'Weekly' }, []],
    [{ backUp: { items: [share] }, retentionTag: 'Weekly' }, [tag]],
    [{ backUp: { items: [share] }, keepFor: 'P30D' }, []],
  ])('retention of %j', (more, expected) => {
    expect(ofSchedule(more)).toEqual(expected);
  });
});

describe('channels', () => {
  const berlin = (cron: string) => ({ cron, timeZone: 'Europe/Berlin' });
  const ofChannel = (more: object) => problemsOf(plan({ channels: [{ name: 'ops', ...more }] }));

  test.each([
    [{}, []],
    [{ rules: ['Shares'] }, []],
    [{ rules: ['disks'] }, ['error channels[0] "ops".rules: there is no rule "disks"']],
    [{ digest: berlin('0 8 * * 1') }, []],
    [
      { digest: { cron: '0 8 * * 1', timeZone: 'Mars' } },
      ['error channels[0] "ops".digest.cron: time zone "Mars" is not an IANA name such as Europe/Berlin'],
    ],
    [
      { digest: berlin('0 8 1 * 1') },
      [
        'warning channels[0] "ops".digest.cron: cron "0 8 1 * 1" comes on days of the month 1 and on every weekday 1: ' +
          'either suffices; the nth weekday of a month is written 6#1 in the last field, the last one 6L',
      ],
    ],
  ])('%j', (more, expected) => {
    expect(ofChannel(more)).toEqual(expected);
  });

  test('that break the schema are told, and the others are looked at nevertheless', () => {
    const channels = [
      { name: 'one', colour: 'red' },
      { name: 'two', rules: ['disks'] },
    ];
    expect(problemsOf(plan({ channels }))).toEqual([
      'error channels[0].colour "one": unknown field',
      'error channels[1] "two".rules: there is no rule "disks"',
    ]);
  });
});

test('names are the same whatever their case', () => {
  expect(problemsOf(plan({ rules: [rule(), rule({ name: 'SHARES' })] }))).toContain(
    'error rules[1].name: the name "SHARES" is used twice',
  );
});

test('problems come in the order of their places, the tenth rule after the second', () => {
  const rules = Array.from({ length: 11 }, (_, at) => rule({ name: `rule${at}`, colour: 'red' }));
  expect(problemsOf({ rules, safety: { subscriptions: [], vaults: [] } }).at(-1)).toContain('rules[10]');
});

describe('of the shapes that a value may have, the nearest tells what is wrong', () => {
  const wrong = (backUp: object) => problemsOf(plan({ schedules: [schedule({ backUp })] }));

  test('the one with the fewest problems', () => {
    expect(wrong({ rules: ['shares'], colour: 'red' })).toEqual([
      'error schedules[0].backUp.colour "nightly": unknown field',
    ]);
    expect(wrong({ items: ['somewhere'] })).toEqual([
      'error schedules[0].backUp.items[0] "nightly": Invalid string: must start with "/subscriptions/"',
    ]);
  });

  test('of as many the one whose problem lies deepest', () => {
    expect(ofRule(blobs({ containers: { list: ['ab'] } }))).toEqual([
      'error rules[0].protect.containers.list[0] "blobs": Too small: expected string to have >=3 characters',
    ]);
  });
});

test('a part without a name, and one whose name is no text, are told by their place', () => {
  const { name: _, ...nameless } = rule();
  expect(problemsOf(plan({ rules: [nameless, { ...rule(), name: 7 }], schedules: [] }))).toEqual([
    'error rules[0].name: is missing',
    'error rules[1].name: Invalid input: expected string, received number',
  ]);
});

test('what is no list is told, and the lists beside it are looked at', () => {
  expect(problemsOf(plan({ rules: [], schedules: 7, channels: [{ name: 'ops', rules: ['x'] }] }))).toEqual([
    'error channels[0] "ops".rules: there is no rule "x"',
    'error schedules: Invalid input: expected array, received number',
  ]);
});

test('without a safety list vaults are not judged, and the missing list is told', () => {
  const { safety: _, ...unsafe } = plan();
  expect(problemsOf(unsafe)).toEqual(['error safety: is missing']);
});
