import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/arm/call.ts';
import {
  changedProperties,
  differencesOf,
  identityOf,
  namesContainers,
  snapshotGroupOf,
  unchangeable,
  type WantedProtection,
} from '../../../src/data-protection/reconcile.ts';
import { policyId, snapshotResourceGroupId } from './replies.ts';

const identity =
  '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i';

const ofDisk: JsonObject = {
  friendlyName: 'ledger',
  policyInfo: {
    policyId,
    policyVersion: '1',
    policyParameters: {
      dataStoreParametersList: [
        { dataStoreType: 'OperationalStore', resourceGroupId: snapshotResourceGroupId },
      ],
    },
  },
};
const ofBlobs = (parameters: JsonObject): JsonObject => ({
  policyInfo: { policyId, policyParameters: { backupDatasourceParametersList: [parameters] } },
});
const listed = ofBlobs({ containersList: ['b', 'a'] });
const automatic = (enabled: boolean, ...patterns: string[]) =>
  ofBlobs({ autoProtectionSettings: { enabled, rules: patterns.map((pattern) => ({ pattern })) } });
const differ = (properties: JsonObject, wanted: Partial<WantedProtection> = {}) =>
  differencesOf(properties, { kind: 'disk', policyId, ...wanted });

describe('an instance differs from what is asked', () => {
  test('in nothing where nothing else is asked, whatever the case of ids', () => {
    expect(differ(ofDisk)).toEqual([]);
    expect(differ(ofDisk, { policyId: policyId.toUpperCase() })).toEqual([]);
    expect(differ(ofDisk, { snapshotResourceGroupId: snapshotResourceGroupId.toUpperCase() })).toEqual([]);
    expect(differ(listed, { containers: ['a', 'b'] })).toEqual([]);
    expect(differ(ofDisk, { identity: 'systemAssigned' })).toEqual([]);
  });

  test.each<[string, JsonObject, Partial<WantedProtection>, object]>([
    [
      'its policy',
      ofDisk,
      { policyId: `${policyId}2` },
      { what: 'policy', is: policyId, asked: `${policyId}2` },
    ],
    [
      'the group of its snapshots',
      ofDisk,
      { snapshotResourceGroupId: `${snapshotResourceGroupId}2` },
      {
        what: 'snapshotResourceGroup',
        is: snapshotResourceGroupId,
        asked: `${snapshotResourceGroupId}2`,
      },
    ],
    ['its containers', listed, { containers: ['c', 'a'] }, { what: 'containers', is: 'a, b', asked: 'a, c' }],
    ['having none', ofBlobs({}), { containers: ['c'] }, { what: 'containers', is: 'none', asked: 'c' }],
    [
      'protecting all from now on',
      listed,
      { autoProtect: { excludePrefixes: [] } },
      { what: 'containers', is: 'a, b', asked: 'all, also future ones' },
    ],
    [
      'what is left out',
      automatic(true, 'tmp', 'old'),
      { autoProtect: { excludePrefixes: ['log'] } },
      {
        what: 'containers',
        is: 'all, also future ones, except old, tmp',
        asked: 'all, also future ones, except log',
      },
    ],
    [
      'protecting automatically no more',
      automatic(false, 'tmp'),
      { containers: ['a'] },
      { what: 'containers', is: 'none', asked: 'a' },
    ],
    ['its identity', ofDisk, { identity }, { what: 'identity', is: 'systemAssigned', asked: identity }],
  ])('in %s', (_what, properties, wanted, difference) => {
    expect(differ(properties, wanted)).toEqual([difference]);
  });

  test('in many containers: 300 characters of each side are shown', () => {
    const containers = Array.from({ length: 100 }, (_, at) => `container-${at}`);
    const [difference] = differ(listed, { containers });
    expect(difference?.asked).toHaveLength(300);
    expect(difference?.asked.endsWith('…')).toBe(true);
    const exactly = differ(listed, { containers: ['x'.repeat(300)] })[0]?.asked;
    expect(exactly).toBe('x'.repeat(300));
  });
});

test('the group of the snapshots never changes; all else does', () => {
  const differences = differ(ofDisk, { policyId: 'p', snapshotResourceGroupId: '/g' });
  expect(unchangeable(differences)).toEqual({
    code: 'SnapshotResourceGroupFixed',
    message: `the snapshots of this disk are kept in ${snapshotResourceGroupId}, not in /g: the group can never change`,
    advice: 'Leave snapshotResourceGroupId out, or stop protection and protect the disk anew.',
  });
  expect(unchangeable(differ(ofDisk, { policyId: 'p', identity }))).toBeUndefined();
});

test('what an instance tells of itself', () => {
  expect([snapshotGroupOf(ofDisk), snapshotGroupOf(listed)]).toEqual([snapshotResourceGroupId, undefined]);
  expect([listed, automatic(true), automatic(false), ofDisk].map(namesContainers)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  const details = (identityDetails: JsonObject) => identityOf({ identityDetails });
  expect(identityOf({})).toBe('systemAssigned');
  expect(details({ userAssignedIdentityArmUrl: identity })).toBe(identity);
  expect(details({ useSystemAssignedIdentity: true, userAssignedIdentityArmUrl: identity })).toBe(
    'systemAssigned',
  );
});

describe('a change writes back what is there', () => {
  const change = (properties: JsonObject, wanted: Partial<WantedProtection> = {}) =>
    changedProperties(properties, { kind: 'disk', policyId: 'p2', ...wanted });

  test('with the policy that is asked for, and no version of the old one', () => {
    expect(change(ofDisk)).toEqual({
      friendlyName: 'ledger',
      policyInfo: {
        policyId: 'p2',
        policyParameters: (ofDisk['policyInfo'] as JsonObject)['policyParameters'],
      },
    });
    expect(change({ policyInfo: { policyId, policyParameters: {} } })).toEqual({
      policyInfo: { policyId: 'p2', policyParameters: {} },
    });
    expect(change({})).toEqual({ policyInfo: { policyId: 'p2' } });
  });

  test('with the containers that are asked for, and every other parameter', () => {
    const parameters = { dataStoreParametersList: [{ a: 1 }], backupDatasourceParametersList: [{ b: 2 }] };
    expect(change({ policyInfo: { policyId, policyParameters: parameters } }, { containers: ['a'] })).toEqual(
      {
        policyInfo: {
          policyId: 'p2',
          policyParameters: {
            dataStoreParametersList: [{ a: 1 }],
            backupDatasourceParametersList: [
              { objectType: 'BlobBackupDatasourceParameters', containersList: ['a'] },
            ],
          },
        },
      },
    );
  });

  test('with the identity that is asked for, where it is another', () => {
    const mine = { useSystemAssignedIdentity: false, userAssignedIdentityArmUrl: identity };
    expect(change({}, { identity })).toMatchObject({ identityDetails: mine });
    expect(change({ identityDetails: mine }, { identity: 'systemAssigned' })).toMatchObject({
      identityDetails: { useSystemAssignedIdentity: true },
    });
    const known = { ...mine, more: 'kept' };
    expect(change({ identityDetails: known }, { identity: identity.toUpperCase() })).toMatchObject({
      identityDetails: known,
    });
    expect(change({ identityDetails: known })).toMatchObject({ identityDetails: known });
    expect(change({}, { identity: 'systemAssigned' })).not.toHaveProperty('identityDetails');
  });
});
