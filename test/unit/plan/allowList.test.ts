import { describe, expect, test } from 'vitest';
import type { ArmCall } from '../../../src/arm/call.ts';
import { allowListOf, allowsCall, allowsVault, drillThingOf } from '../../../src/plan/allowList.ts';
import { emptyPlan } from '../../../src/plan/loadPlan.ts';

const subscription = '55555555-5555-4555-8555-555555555555';
const vault = (name: string) =>
  `/subscriptions/${subscription}/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/${name}`;
const backupVault = `/subscriptions/${subscription}/resourceGroups/backup/providers/Microsoft.DataProtection/backupVaults/ours`;
const call = (method: ArmCall['method'], path: string, action = 'x/write'): ArmCall => ({
  action,
  method,
  path,
  apiVersion: '2025-08-01',
});
const item = (name: string) =>
  `${vault(name)}/backupFabrics/Azure/protectionContainers/c%3Ba/protectedItems/i%3Bb`;
const drillGroup = `/subscriptions/77777777-5555-4555-8555-555555555555/resourceGroups/drills`;
const restore = (target: string): ArmCall => ({
  ...call('POST', `${backupVault}/backupInstances/i/restore`, 'x/backupInstances/restore/action'),
  body: { restoreTargetInfo: { datasourceInfo: { resourceID: target } } },
});
const listed = {
  subscriptions: [subscription],
  vaults: [vault('Ours').toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'), backupVault],
};
const list = (deletes = false) => ({ ...listed, deletes, drillTargets: [drillGroup] });
const run = 'a'.repeat(40);
const ofMachines = '/subscriptions/77777777-5555-4555-8555-555555555555';
const own = `${ofMachines}/resourceGroups/`;
const staging = `${drillGroup}/providers/Microsoft.Storage/storageAccounts/staging`;
const drillsOfMachines = { ...listed, deletes: false, drillTargets: [drillGroup, ofMachines] };
const machineRestore = (properties: object): ArmCall => ({
  ...call('POST', `${item('ours')}/recoveryPoints/1/restore`, 'x/recoveryPoints/restore/action'),
  body: { properties: properties as never },
});
const disksInto = (targetResourceGroupId: string | undefined, storageAccountId = staging): ArmCall =>
  machineRestore({ recoveryType: 'RestoreDisks', targetResourceGroupId, storageAccountId });
const groupCall = (method: 'PUT' | 'DELETE', path: string): ArmCall =>
  call(
    method,
    path,
    `Microsoft.Resources/subscriptions/resourceGroups/${method === 'PUT' ? 'write' : 'delete'}`,
  );
const role = `/subscriptions/${subscription}/resourceGroups/apps/providers/Microsoft.Authorization/roleAssignments/r`;
const foreignRole = role.replace(subscription, '66666666-5555-4555-8555-555555555555');
const nothing = { vaults: [], subscriptions: [], deletes: false, drillTargets: [] };

test.each([
  ['a read of any vault', list(), call('GET', item('theirs')), true],
  [
    'a query, though it is a POST',
    list(),
    call('POST', '/providers/Microsoft.ResourceGraph/resources', 'Microsoft.ResourceGraph/resources/read'),
    true,
  ],
  ['a backup in a listed vault, whatever its case', list(), call('POST', `${item('ours')}/backup`), true],
  [
    'a backup in a listed Backup vault',
    list(),
    call('POST', `${backupVault}/backupInstances/i/backup`),
    true,
  ],
  ['a backup in another vault', list(), call('POST', `${item('theirs')}/backup`), false],
  ['a backup in a vault whose name begins alike', list(), call('POST', `${item('ours2')}/backup`), false],
  ['a role in a listed subscription', list(), call('PUT', role), true],
  ['a role in another subscription', list(), call('PUT', foreignRole), false],
  [
    'a deletion in a listed vault of a list that does not delete',
    list(),
    call('DELETE', item('ours')),
    false,
  ],
  ['a deletion in a listed vault of a list that deletes', list(true), call('DELETE', item('ours')), true],
  ['a deletion in another vault', list(true), call('DELETE', item('theirs')), false],
  ['a deletion of a role', list(true), call('DELETE', role), false],
  [
    'a restore into a drill group',
    list(),
    restore(`${drillGroup}/providers/Microsoft.Compute/disks/a`),
    true,
  ],
  [
    'a restore into a group beside',
    list(),
    restore(`${drillGroup}2/providers/Microsoft.Compute/disks/a`),
    false,
  ],
  [
    'a restore in place',
    list(),
    call('POST', `${item('ours')}/recoveryPoints/1/restore`, 'x/recoveryPoints/restore/action'),
    false,
  ],
  ['a deletion in a drill group', list(), call('DELETE', `${drillGroup}/providers/x/disks/a`), true],
  ['a deletion beside', list(true), call('DELETE', `${drillGroup}2/providers/x/disks/a`), false],
  ['a write in a drill group', list(), call('PUT', `${drillGroup}/providers/x/disks/a`), true],
  [
    'a share that is restored over itself',
    list(),
    machineRestore({ recoveryType: 'OriginalLocation', targetDetails: { targetResourceId: drillGroup } }),
    false,
  ],
  ['the disks of a machine into a group of drills', drillsOfMachines, disksInto(`${own}abd-${run}`), true],
  ['its disks into any other group', drillsOfMachines, disksInto(`${own}abd-production`), false],
  ['its disks as unmanaged ones', drillsOfMachines, disksInto(undefined), false],
  [
    'its disks by way of an account that is not listed',
    drillsOfMachines,
    disksInto(`${own}abd-${run}`, `${drillGroup}2/providers/x/accounts/a`),
    false,
  ],
  [
    'a machine restored over itself',
    drillsOfMachines,
    machineRestore({ recoveryType: 'OriginalLocation', storageAccountId: staging }),
    false,
  ],
  [
    'a machine restored as another',
    drillsOfMachines,
    machineRestore({
      ...{ recoveryType: 'AlternateLocation', targetResourceGroupId: `${own}abd-${run}` },
      storageAccountId: staging,
    }),
    false,
  ],
  ['a group of drills made', drillsOfMachines, groupCall('PUT', `${own}abd-${run}`), true],
  ['a group of drills deleted', drillsOfMachines, groupCall('DELETE', `${own}abd-${run}`), true],
  ['a group of any other name made', drillsOfMachines, groupCall('PUT', `${own}apps`), false],
  ['a group of any other name deleted', drillsOfMachines, groupCall('DELETE', `${own}apps`), false],
  ['a group whose name only begins so', drillsOfMachines, groupCall('DELETE', `${own}abd-${run}0`), false],
  [
    'a disk of another group of that subscription',
    drillsOfMachines,
    call('DELETE', `${own}apps/providers/x/disks/a`),
    false,
  ],
  ['a read where nothing is listed', nothing, call('GET', item('ours')), true],
  ['a backup where nothing is listed', nothing, call('POST', `${item('ours')}/backup`), false],
  ['a role where nothing is listed', nothing, call('PUT', role), false],
])('%s: %#', (_, allowed, asked, expected) => {
  expect(allowsCall(allowed, asked)).toBe(expected);
});

test.each([
  ['a listed vault', list(), vault('ours'), true],
  ['another one', list(), vault('theirs'), false],
  ['one that is not known yet, where some are listed', list(), undefined, true],
  ['one that is not known yet, where none is listed', nothing, undefined, false],
])('%s may be named by a request: %#', (_, allowed, vaultId, expected) => {
  expect(allowsVault(allowed, vaultId)).toBe(expected);
});

describe('the list in force', () => {
  const settings = { vaults: [vault('settings')], subscriptions: [], isDevelopment: false };
  const unlisted = { vaults: [], subscriptions: [], isDevelopment: false };
  const planned = {
    ...emptyPlan,
    safety: { ...listed, deleteBackups: true, drillTargets: [drillGroup] },
  };
  const problem = { severity: 'error', path: '(plan)', message: 'not JSON' } as const;
  const none = { plan: emptyPlan, standing: 'empty', problems: [] } as const;
  const broken = { plan: emptyPlan, standing: 'empty', problems: [problem] } as const;

  test.each(['current', 'lastGood'] as const)('is that of a plan that is %s, whatever is set', (standing) => {
    const loaded = { plan: planned, standing, problems: standing === 'lastGood' ? [problem] : [] };
    expect(allowListOf(loaded, settings)).toEqual(list(true));
    expect(allowListOf(loaded, { ...settings, isDevelopment: true })).toEqual(list(true));
  });

  test('of a plan that lists nothing is nothing', () => {
    const loaded = { plan: emptyPlan, standing: 'current', problems: [] } as const;
    expect(allowListOf(loaded, { ...settings, isDevelopment: true })).toEqual(nothing);
  });

  test('is that of the settings where there is no plan; nothing is deleted then', () => {
    expect(allowListOf(none, settings)).toEqual({
      vaults: [vault('settings')],
      subscriptions: [],
      deletes: false,
      drillTargets: [],
    });
  });

  test('is nothing with neither plan nor settings, but on a developer machine', () => {
    expect(allowListOf(none, unlisted)).toEqual(nothing);
    const open = allowListOf(none, { ...unlisted, isDevelopment: true });
    expect(allowsCall(open, call('POST', `${item('any')}/backup`))).toBe(true);
    expect(allowsCall(open, call('PUT', foreignRole))).toBe(true);
    expect(allowsCall(open, call('DELETE', item('any')))).toBe(false);
  });

  test.each([settings, { ...unlisted, isDevelopment: true }])(
    'is nothing while the only plan there is cannot be read: %#',
    (withoutPlan) => {
      expect(allowListOf(broken, withoutPlan)).toEqual(nothing);
    },
  );
});

describe('a restore', () => {
  const inGroup = `${drillGroup}/providers/Microsoft.Storage/storageAccounts/a`;
  const elsewhere = `/subscriptions/${subscription}/resourceGroups/apps/providers/Microsoft.Storage/storageAccounts/a`;
  const ofShare = (properties: object): ArmCall => ({
    ...call('POST', `${item('ours')}/recoveryPoints/1/restore`, 'x/recoveryPoints/restore/action'),
    body: { properties } as never,
  });

  const aside = { recoveryType: 'AlternateLocation' };
  const disks = { recoveryType: 'RestoreDisks' };

  test.each([
    ['into a drill target', { ...aside, targetDetails: { targetResourceId: inGroup } }, true],
    ['into another account', { ...aside, targetDetails: { targetResourceId: elsewhere } }, false],
    [
      'of which every part goes into drill targets',
      { ...disks, targetResourceGroupId: drillGroup, storageAccountId: inGroup },
      true,
    ],
    [
      'of which one part goes elsewhere',
      { ...disks, targetResourceGroupId: drillGroup, storageAccountId: elsewhere },
      false,
    ],
    [
      'of which the other part goes elsewhere',
      { ...disks, targetResourceGroupId: elsewhere, storageAccountId: inGroup },
      false,
    ],
    ['that names no place: one in place', {}, false],
  ])('%s is let out: %j: %s', (_what, properties, isLetOut) => {
    expect(allowsCall(list(true), ofShare(properties))).toBe(isLetOut);
  });
});

test('either list of the settings bounds writes', () => {
  const none = { plan: emptyPlan, standing: 'empty', problems: [] } as const;
  const bySubscription = { vaults: [], subscriptions: [subscription], isDevelopment: true };
  const byVault = { vaults: [vault('ours')], subscriptions: [], isDevelopment: true };
  const byBoth = { vaults: [vault('ours')], subscriptions: [subscription], isDevelopment: true };
  for (const settings of [bySubscription, byVault, byBoth])
    expect(allowListOf(none, settings)).toEqual({
      vaults: settings.vaults,
      subscriptions: settings.subscriptions,
      deletes: false,
      drillTargets: [],
    });
});

describe('outside vaults', () => {
  const lettered = 'abcdefab-5555-4555-8555-555555555555';
  const roleIn = (id: string) =>
    call(
      'PUT',
      `/subscriptions/${id}/resourceGroups/apps/providers/Microsoft.Authorization/roleAssignments/r`,
    );

  test('a subscription is the same however it is written', () => {
    const listing = (id: string) => ({ ...nothing, subscriptions: [id] });
    expect(allowsCall(listing(lettered.toUpperCase()), roleIn(lettered))).toBe(true);
    expect(allowsCall(listing(lettered), roleIn(lettered.toUpperCase()))).toBe(true);
    expect(allowsCall(listing(subscription), roleIn(lettered))).toBe(false);
  });

  test('what lies in no subscription is let out where every subscription is listed', () => {
    const anywhere = call('PUT', '/providers/Microsoft.Management/managementGroups/all');
    expect(allowsCall({ ...nothing, subscriptions: 'all' }, anywhere)).toBe(true);
    expect(allowsCall({ ...nothing, subscriptions: [subscription] }, anywhere)).toBe(false);
  });

  test('a deletion is known by its action, too', () => {
    const asked = call('POST', role, 'Microsoft.Authorization/roleAssignments/Delete');
    expect(allowsCall(list(), asked)).toBe(false);
    expect(allowsCall(list(true), call('POST', item('ours'), 'x/protectedItems/Delete'))).toBe(true);
    expect(allowsCall(list(), call('POST', item('ours'), 'x/protectedItems/Delete'))).toBe(false);
  });
});

describe('the thing that a drill makes, tags or deletes', () => {
  const account = `${drillGroup}/providers/Microsoft.Storage/storageAccounts/a`;
  const share = `${account}/fileServices/default/shares/s`;
  const shareWrite = 'Microsoft.Storage/storageAccounts/fileServices/shares/write';

  test.each([
    [
      'a group',
      call('PUT', drillGroup, 'Microsoft.Resources/subscriptions/resourceGroups/write'),
      drillGroup,
    ],
    ['a share', call('PUT', share, shareWrite), share],
    [
      'tags of a disk',
      call(
        'PATCH',
        `${drillGroup}/providers/Microsoft.Compute/disks/d/providers/Microsoft.Resources/tags/default`,
        'Microsoft.Resources/tags/write',
      ),
      `${drillGroup}/providers/Microsoft.Compute/disks/d`,
    ],
    ['a deletion', call('DELETE', share, 'x/delete'), share],
    ['a read', call('GET', share, 'x/read'), undefined],
    ['a deletion in a vault', call('DELETE', item('ours'), 'x/delete'), undefined],
    ['tags of a vault', call('PATCH', item('ours'), 'Microsoft.Resources/tags/write'), undefined],
    ['a role', call('PUT', role, 'Microsoft.Authorization/roleAssignments/write'), undefined],
  ])('%s', (_, asked, thing) => {
    expect(drillThingOf(asked)).toBe(thing);
  });
});
