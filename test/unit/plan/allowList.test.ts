import { expect, test } from 'vitest';
import type { ArmCall } from '../../../src/arm/call.ts';
import { allowsCall } from '../../../src/plan/allowList.ts';
import { emptyPlan } from '../../../src/plan/loadPlan.ts';

const subscription = '55555555-5555-4555-8555-555555555555';
const vault = (name: string) =>
  `/subscriptions/${subscription}/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/${name}`;
const call = (method: ArmCall['method'], path: string, action = 'x/write'): ArmCall => ({
  action,
  method,
  path,
  apiVersion: '2025-08-01',
});
const item = (name: string) =>
  `${vault(name)}/backupFabrics/Azure/protectionContainers/c%3Ba/protectedItems/i%3Bb`;
const planned = (deleteBackups = false) => ({
  standing: 'current' as const,
  plan: {
    ...emptyPlan,
    safety: {
      subscriptions: [subscription],
      vaults: [vault('Ours').toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions')],
      deleteBackups,
    },
  },
});
const unplanned = { standing: 'empty' as const, plan: emptyPlan };
const role = `/subscriptions/${subscription}/resourceGroups/apps/providers/Microsoft.Authorization/roleAssignments/r`;
const foreignRole = role.replace(subscription, '66666666-5555-4555-8555-555555555555');

test.each([
  ['a read of any vault', planned(), call('GET', item('theirs')), true],
  [
    'a query, though it is a POST',
    planned(),
    call('POST', '/providers/Microsoft.ResourceGraph/resources', 'Microsoft.ResourceGraph/resources/read'),
    true,
  ],
  ['a backup in a listed vault, whatever its case', planned(), call('POST', `${item('ours')}/backup`), true],
  ['a backup in another vault', planned(), call('POST', `${item('theirs')}/backup`), false],
  ['a backup where there is no plan', unplanned, call('POST', `${item('ours')}/backup`), true],
  ['a role in a listed subscription', planned(), call('PUT', role), true],
  ['a role in another subscription', planned(), call('PUT', foreignRole), false],
  [
    'a deletion in a listed vault of a plan that does not delete',
    planned(),
    call('DELETE', item('ours')),
    false,
  ],
  ['a deletion in a listed vault of a plan that deletes', planned(true), call('DELETE', item('ours')), true],
  ['a deletion in another vault', planned(true), call('DELETE', item('theirs')), false],
  ['a deletion where there is no plan', unplanned, call('DELETE', item('ours')), false],
])('%s: %#', (_, loaded, asked, expected) => {
  expect(allowsCall(loaded, asked)).toBe(expected);
});
