import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { clientOperations, isNamedRight } from '../../scripts/infra/operations.ts';
import { checkedElsewhere, profileOf, type Roles } from '../../scripts/infra/roles.ts';
import type { Predicted, Snapshot } from '../../scripts/infra/deployments.ts';
import { bicep, foretold, ofType } from './foretold.ts';

const roles = JSON.parse(readFileSync('infra/roles.json', 'utf8')) as Roles;
const profiles = Object.entries(roles.profiles);

/** As Azure matches: without case, `*` is any run of characters. */
const grants = (actions: readonly string[], action: string): boolean =>
  actions.some((pattern) =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 'i').test(action),
  );

test('the code calls every request what Azure calls the right to it', () => {
  expect(clientOperations().filter((operation) => !isNamedRight(operation))).toEqual([]);
});

test('every request that the client can send is granted by the profile that needs it', () => {
  const refused = clientOperations().filter(
    (operation) => !grants(roles.profiles[profileOf(operation)].actions, operation.action),
  );
  expect(refused).toEqual([]);
});

test('no profile grants what the client never asks for, but for what Azure checks elsewhere', () => {
  const asked = clientOperations();
  for (const [key, { actions }] of profiles) {
    const elsewhere = checkedElsewhere[key as keyof Roles['profiles']] ?? [];
    const idle = actions.filter(
      (action) =>
        !elsewhere.includes(action) && !asked.some((operation) => grants([action], operation.action)),
    );
    expect([key, idle]).toEqual([key, []]);
  }
});

test('only the profile that deletes deletes, and only restore drills beside it', () => {
  const deleting = profiles.filter(([, { actions }]) => actions.some((action) => /delete$/i.test(action)));
  expect(deleting.map(([key]) => key)).toEqual(['delete', 'drillTargets', 'drillGroups']);
});

test('every right that the sources name is granted by a profile, whoever asks', () => {
  const named = globSync('src/**/*.ts')
    .map((file) => readFileSync(file, 'utf8'))
    .flatMap((text) => text.match(/(?<=')Microsoft\.[\w./]+\/(?:read|write|action|delete)(?=')/g) ?? []);
  expect(named.length).toBeGreaterThan(20);
  const granted = profiles.flatMap(([, { actions }]) => actions);
  expect([...new Set(named)].filter((action) => !grants(granted, action))).toEqual([]);
});

test('what Resource Graph is asked about may be read', () => {
  const sources = globSync('src/{estate,coverage}/*.ts').map((file) => readFileSync(file, 'utf8'));
  const types = new Set(
    sources.flatMap((text) => text.match(/(?<=')microsoft\.[a-z]+\/[a-z/]+(?=')/g) ?? []),
  );
  expect(types.size).toBeGreaterThan(4);
  const { actions } = roles.profiles.observe;
  // A datasource type that no resource of its own stands behind.
  types.delete('microsoft.storage/storageaccounts/blobservices');
  expect([...types].filter((type) => !grants(actions, `${type}/read`))).toEqual([]);
});

/** The scope of an assignment: of its id only the place is known before the deployment. */
function scopeOf({ id }: Predicted): string {
  const [, subscription] = /^\[subscriptionResourceId\('([^']+)'/.exec(id) ?? [];
  if (subscription !== undefined) return `/subscriptions/${subscription}`;
  const [, owner, group] = /^\[resourceId\('([^']+)', '([^']+)'/.exec(id) ?? [];
  if (owner !== undefined) return `/subscriptions/${owner}/resourceGroups/${group}`;
  return /^\[extensionResourceId\('([^']+)'/.exec(id)?.[1] ?? id;
}

const permissionsOf = ({ properties }: Predicted): readonly string[] =>
  (properties as { permissions: readonly { actions: readonly string[] }[] }).permissions.flatMap(
    ({ actions }) => actions,
  );

/** Custom roles by scope: what is assigned there, by the role's name without that of the deployment. */
function assigned(snapshot: Snapshot): Readonly<Record<string, readonly string[]>> {
  const names = new Map(
    ofType(snapshot, 'Microsoft.Authorization/roleDefinitions').map((role) => [
      role.name,
      String(role.properties?.['roleName']).replace(/^backups: (.*) \(.*\)$/, '$1'),
    ]),
  );
  const found: Record<string, string[]> = {};
  for (const assignment of ofType(snapshot, 'Microsoft.Authorization/roleAssignments')) {
    const name = names.get(String(assignment.properties?.['roleDefinitionId']).split('/').at(-1) ?? '');
    if (name !== undefined) (found[scopeOf(assignment)] ??= []).push(name);
  }
  return Object.fromEntries(Object.entries(found).map(([scope, list]) => [scope, list.sort()]));
}

describe.skipIf(bicep === undefined)('rights of a deployment', () => {
  test('each profile is assigned where it is needed, and nowhere else', () => {
    const atSource = ['grant', 'observe', 'protect sources'];
    const atVaults = ['back up', 'delete', 'protect', 'restore drills'];
    expect(assigned(foretold('on'))).toEqual({
      '/subscriptions/11111111-1111-1111-1111-111111111111': atSource,
      '/subscriptions/33333333-3333-3333-3333-333333333333': atSource,
      '/subscriptions/44444444-4444-4444-4444-444444444444': ['observe'],
      '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-vaults': atVaults,
      '/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/rg-vaults-eu': atVaults,
      '/subscriptions/66666666-6666-6666-6666-666666666666': ['drill groups'],
      '/subscriptions/66666666-6666-6666-6666-666666666666/resourceGroups/rg-drills': [
        'drill targets',
        'grant',
        'observe',
      ],
    });
  });

  test('with every option on, each profile allows what the table says', () => {
    const allowed = ofType(foretold('on'), 'Microsoft.Authorization/roleDefinitions').map(permissionsOf);
    expect(allowed.toSorted()).toEqual(profiles.map(([, { actions }]) => actions).toSorted());
  });

  test('an option that is switched off again leaves its role in place, and the role allows nothing', () => {
    const on = ofType(foretold('on'), 'Microsoft.Authorization/roleDefinitions');
    const closed = new Map(
      ofType(foretold('closed'), 'Microsoft.Authorization/roleDefinitions').map((role) => [role.name, role]),
    );
    expect([...closed.keys()]).toEqual(on.map(({ name }) => name));
    const left = [...closed.values()].flatMap(permissionsOf).filter((action) => !action.endsWith('/read'));
    expect([...new Set(left)].sort()).toEqual([
      'Microsoft.DataProtection/backupVaults/backupInstances/backup/action',
      'Microsoft.DataProtection/backupVaults/backupInstances/findRestorableTimeRanges/action',
      'Microsoft.RecoveryServices/locations/backupStatus/action',
      'Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/backup/action',
      'Microsoft.RecoveryServices/vaults/backupJobs/cancel/action',
    ]);
  });

  test('who may grant roles grants those of datasources, to identities that were named, and nothing else', () => {
    const conditions = (name: 'on' | 'closed'): readonly unknown[] => [
      ...new Set(
        ofType(foretold(name), 'Microsoft.Authorization/roleAssignments')
          .map(({ properties }) => properties?.['condition'] ?? null)
          .filter((condition) => condition !== null),
      ),
    ];
    const [condition, ...others] = conditions('on');
    expect(others).toEqual([]);
    const guids = String(condition).match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g);
    expect(guids?.toSorted()).toEqual([
      '3e5e47e6-65f7-47ef-90b5-e5dd4d455f24',
      '55555555-5555-5555-5555-555555555555',
      '69566ab7-960f-475b-8e7c-b3118f30c6bd',
      '7efff54f-a5b4-42b5-a1c5-5411624893ce',
      'b50d9833-a0cb-478e-945f-707fcc997c13',
      'e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1',
    ]);
    expect(String(condition)).toContain("PrincipalType] StringEqualsIgnoreCase 'ServicePrincipal'");
    expect(String(conditions('closed')[0])).not.toContain('b50d9833-a0cb-478e-945f-707fcc997c13');
  });
});
