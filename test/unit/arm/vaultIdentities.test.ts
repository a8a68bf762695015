import { describe, expect, test } from 'vitest';
import {
  chooseIdentity,
  identitiesIn,
  identityName,
  restoreGuardStep,
} from '../../../src/arm/vaultIdentities.ts';

const named = (name: string) =>
  `/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
const [own, first, second] = [
  { principalId: 'p0' },
  { id: named('one'), principalId: 'p1' },
  { id: named('two'), principalId: 'p2' },
];

describe('the identities of a vault', () => {
  test('are its own first, then each that was given to it', () => {
    const identity = {
      type: 'SystemAssigned,UserAssigned',
      principalId: 'p0',
      userAssignedIdentities: {
        [named('one')]: { principalId: 'p1' },
        [named('two')]: { principalId: 'p2' },
      },
    };
    expect(identitiesIn(identity)).toEqual([own, first, second]);
    expect(identitiesIn({ userAssignedIdentities: { [named('one')]: {} } })).toEqual([
      { id: named('one'), principalId: '' },
    ]);
  });

  test.each([undefined, null, {}, { type: 'None' }])('are none of %j', (identity) => {
    expect(identitiesIn(identity)).toEqual([]);
  });

  test('are called as a request spells them', () => {
    expect([own, first].map(identityName)).toEqual(['systemAssigned', named('one')]);
  });
});

describe('the identity that a protection uses', () => {
  const choose = (identities: Parameters<typeof chooseIdentity>[0]['identities'], asked?: string) =>
    chooseIdentity({ id: '/vaults/v', identities }, asked);

  test('is the only one, or the one that is asked for', () => {
    expect(choose([first])).toEqual({ identity: first });
    expect(choose([own, first, second], named('TWO'))).toEqual({ identity: second });
    expect(choose([own, first], 'systemAssigned')).toEqual({ identity: own });
  });

  test('is asked about where there are several', () => {
    expect(choose([own, first])).toEqual({
      failure: {
        code: 'VaultIdentityAmbiguous',
        message: `the vault /vaults/v has several identities: systemAssigned, ${named('one')}`,
        advice: 'Say which one in identity.',
      },
    });
  });

  test('may be missing: all of them, or the one that was asked for', () => {
    expect(choose([], 'systemAssigned')).toMatchObject({
      failure: { code: 'VaultWithoutIdentity', message: 'the vault /vaults/v has no managed identity' },
    });
    expect(choose([first], 'systemAssigned')).toMatchObject({
      failure: {
        code: 'VaultIdentityNotFound',
        message: `the vault /vaults/v has no identity systemAssigned; it has ${named('one')}`,
      },
    });
  });
});

describe('the Resource Guard of a vault', () => {
  const vaultId = '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/g/providers/P/vaults/v';
  const step = restoreGuardStep('readGuard', { action: 'P/vaults/read', apiVersion: '2025-02-01' });
  const request = (name: string) => `/subscriptions/s/resourceGuards/x/${name}/default`;
  const guarding = (...operations: readonly (readonly [string, string])[]) => ({
    properties: {
      resourceGuardOperationDetails: operations.map(([vaultCriticalOperation, defaultResourceRequest]) => ({
        ...{ vaultCriticalOperation, defaultResourceRequest },
      })),
    },
  });
  const read = (body: Parameters<typeof step.read>[0]['body']) =>
    step.read({ status: 200, headers: {}, body });

  test('is read from its links, page by page', () => {
    expect(step.describe({ vaultId })).toEqual({
      ...{ action: 'P/vaults/read', apiVersion: '2025-02-01', method: 'GET' },
      path: `${vaultId}/backupResourceGuardProxies`,
    });
    expect([step.name, step.pages, step.repeat, step.giveUpAfterSeconds]).toEqual([
      ...['readGuard', true, 'safe', 1800],
    ]);
  });

  test('names the requests by which restores pass, of every link, and no others', () => {
    const value = [
      guarding(
        ['Microsoft.X/vaults/items/recoveryPoints/restore/action', request('restores')],
        ['Microsoft.X/vaults/items/delete', request('deletions')],
      ),
      guarding(['Microsoft.X/backupVaults/backupInstances/RESTORE/ACTION', request('more')]),
      {},
    ];
    expect(read({ value })).toEqual({
      kind: 'done',
      result: { requests: [request('restores'), request('more')] },
    });
  });

  test.each([undefined, {}, { value: [] }, { value: [guarding(['a/restore/action/more', 'x'])] }])(
    'guards no restore where its links say %j',
    (body) => {
      expect(read(body as Parameters<typeof read>[0])).toEqual({ kind: 'done', result: { requests: [] } });
    },
  );

  test.each([
    [403, { kind: 'done', result: { requests: [] } }],
    [404, { kind: 'done', result: { requests: [] } }],
    [400, undefined],
    [500, undefined],
  ])('that may not be read, or does not exist (%i), is left to the service to enforce', (status, reading) => {
    expect(step.readRefusal({ code: 'x', message: 'y' }, status)).toEqual(reading);
  });
});
