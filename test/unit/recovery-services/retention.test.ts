import { describe, expect, test } from 'vitest';
import { expiresAt, takesExpiry, usualKeepForOf } from '../../../src/recovery-services/recoveryPoints.ts';
import { accessDifferences, differencesOf } from '../../../src/recovery-services/itemChanges.ts';
import type { ProtectedItem } from '../../../src/recovery-services/protectedItems.ts';
import { itemId, vaultId } from './replies.ts';

describe('a recovery point expires', () => {
  test.each([
    ['P30D', '2026-09-21T02:00:00.000Z'],
    ['P2W', '2026-09-05T02:00:00.000Z'],
    ['P6M', '2027-02-22T02:00:00.000Z'],
    ['P10Y', '2036-08-22T02:00:00.000Z'],
    ['P0D', '2026-08-22T02:00:00.000Z'],
  ])('%s after its backup is sent: %s', (keepFor, at) => {
    expect(expiresAt('2026-08-22T02:00:00Z', keepFor)).toBe(at);
  });

  test('a day that the last month lacks moves to the next one', () => {
    expect(expiresAt('2026-01-31T02:00:00Z', 'P1M')).toBe('2026-03-03T02:00:00.000Z');
  });

  test('of its own, but for what leans on a full backup of a database', () => {
    expect(takesExpiry('fileShare', 'Log')).toBe(true);
    expect(takesExpiry('virtualMachine')).toBe(true);
    expect(
      ['Full', 'CopyOnlyFull', 'Differential', 'Incremental', 'log'].map((type) =>
        takesExpiry('workload', type),
      ),
    ).toEqual([true, true, false, false, false]);
    expect(takesExpiry('workload')).toBe(true);
  });

  test('after 30 days unless asked otherwise, a full one of a SQL database after 45', () => {
    const ofSql = {
      itemId: itemId('VMAppContainer;c;g;sql1', 'SQLDataBase;mssqlserver;orders'),
      kind: 'workload',
    } as const;
    const ofSap = {
      itemId: itemId('VMAppContainer;c;g;hana', 'SAPHanaDatabase;h;orders'),
      kind: 'workload',
    } as const;
    const ofShare = {
      itemId: itemId('StorageContainer;s;g;a', 'AzureFileShare;sql'),
      kind: 'fileShare',
    } as const;
    expect([
      usualKeepForOf(ofSql),
      usualKeepForOf(ofSql, 'full'),
      usualKeepForOf(ofSql, 'CopyOnlyFull'),
    ]).toEqual(['P45D', 'P45D', 'P30D']);
    expect([usualKeepForOf(ofSap), usualKeepForOf(ofShare)]).toEqual(['P30D', 'P30D']);
  });
});

describe('an item differs from what is asked', () => {
  const policyId = `${vaultId}/backupPolicies/daily`;
  const item = (differs: Partial<ProtectedItem> = {}): ProtectedItem => ({
    ...{ id: 'i', standing: 'protected', protectionState: 'Protected', protectedItemType: 't', policyId },
    ...differs,
  });

  test('in nothing, whatever the case of its policy', () => {
    expect(differencesOf(item(), policyId.toUpperCase())).toEqual([]);
    expect(differencesOf(item({ standing: 'unknown', protectionState: 'New' }), policyId)).toEqual([]);
  });

  test('in its policy', () => {
    expect(differencesOf(item(), `${policyId}2`)).toEqual([
      { what: 'policy', is: policyId, asked: `${policyId}2` },
    ]);
    const { policyId: _none, ...without } = item();
    expect(differencesOf(without, policyId)).toEqual([{ what: 'policy', is: 'none', asked: policyId }]);
  });

  test.each([
    ['stopped', 'ProtectionStopped', 'ProtectionStopped'],
    ['error', 'ProtectionError', 'ProtectionError'],
    ['softDeleted', '', 'none'],
  ] as const)('in that it is %s', (standing, protectionState, is) => {
    expect(differencesOf(item({ standing, protectionState }), policyId)).toEqual([
      { what: 'standing', is, asked: 'Protected' },
    ]);
  });

  test('in the access of its account: words as words, identities as ids', () => {
    const differ = (access: string | undefined, asked: string) =>
      accessDifferences({ name: 'c', ...(access === undefined ? {} : { access }) }, asked);
    const identity =
      '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i';
    expect(differ(undefined, 'keys')).toEqual([]);
    expect(differ(undefined, 'systemAssigned')).toEqual([
      { what: 'access', is: 'keys', asked: 'systemAssigned' },
    ]);
    expect(differ(identity, identity.toUpperCase())).toEqual([]);
    expect(differ(identity, 'keys')).toHaveLength(1);
    expect(differ('systemAssigned', identity)).toHaveLength(1);
    expect(differ(identity, `${identity}2`)).toHaveLength(1);
  });
});
