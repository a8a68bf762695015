import { describe, expect, test } from 'vitest';
import { chooseIdentity, identitiesIn, identityName } from '../../../src/arm/vaultIdentities.ts';

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
