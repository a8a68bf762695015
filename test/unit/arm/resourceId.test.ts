import { describe, expect, test } from 'vitest';
import {
  accountOfShare,
  armPath,
  idKey,
  nameIn,
  parseResourceId,
  readResourceId,
  resourcePath,
  sameId,
  shareId,
} from '../../../src/arm/resourceId.ts';

const subscription = '/subscriptions/0a1b2c3d-0000-4000-8000-00000000000f';
const vault = `${subscription}/resourceGroups/rg-backup/providers/Microsoft.RecoveryServices/vaults/vault-1`;

test('an id is taken apart as it was spelled', () => {
  expect(readResourceId(`${vault}/backupPolicies/daily`)).toEqual({
    id: `${vault}/backupPolicies/daily`,
    subscriptionId: '0a1b2c3d-0000-4000-8000-00000000000f',
    resourceGroup: 'rg-backup',
    provider: 'Microsoft.RecoveryServices',
    types: ['vaults', 'backupPolicies'],
    names: ['vault-1', 'daily'],
  });
});

test('keywords come in any case', () => {
  const id = readResourceId(
    '/Subscriptions/0A1B2C3D-0000-4000-8000-00000000000F/resourcegroups/RG/PROVIDERS/Microsoft.storage/StorageAccounts/sa1',
  );
  expect([id.resourceGroup, id.provider, id.names]).toEqual(['RG', 'Microsoft.storage', ['sa1']]);
});

test('an extension resource has its own provider', () => {
  const id = readResourceId(`${vault}/providers/Microsoft.Authorization/roleAssignments/x`);
  expect([id.provider, id.types, id.names]).toEqual(['Microsoft.Authorization', ['roleAssignments'], ['x']]);
});

test('a subscription and a resource group are ids of their own', () => {
  expect(readResourceId(subscription)).toMatchObject({ resourceGroup: undefined, provider: undefined });
  expect(readResourceId(`${subscription}/resourceGroups/Grüße_(1)`).resourceGroup).toBe('Grüße_(1)');
});

describe('a text that is no ARM id is refused with what is wrong', () => {
  test.each([
    ['', 'does not begin with /'],
    ['vault-1', 'does not begin with /'],
    ['/', 'does not begin with /subscriptions/'],
    ['/tenants/x', 'does not begin with /subscriptions/'],
    ['/subscriptions/not-a-guid', 'is not a GUID'],
    [`${subscription}/resourceGroups`, 'cannot be the name of a resource group'],
    [`${subscription}/resourceGroups/ends-with.`, 'cannot be the name of a resource group'],
    [`${subscription}/resourceGroups/a b`, 'cannot be the name of a resource group'],
    [`${subscription}/resourceGroups/rg/x`, 'is not expected there'],
    [`${subscription}/resourceGroups/rg/providers/Microsoft.Storage`, 'needs a type'],
    [`${vault}/../vaults/other`, 'segment ".."'],
    [`${vault}/./x`, 'segment "."'],
    [`${vault}//x`, 'an empty segment'],
    [`${vault}/a%2fb`, 'contains "%"'],
    [`${vault}/%2e%2e`, 'contains "%"'],
    [`${vault}/%252f`, 'contains "%"'],
    [`${vault}/%c3%28`, 'contains "%"'],
    [`${vault}/a\\b`, 'contains "\\"'],
    [`${vault}?api-version=1`, 'contains "?"'],
    [`${vault}#x`, 'contains "#"'],
    [`${vault}\n`, 'contains a control character'],
    [`${vault}/%C2%85`, 'contains a control character'],
    [`${vault}\u202e`, 'contains a mark that is not seen'],
    [`${vault}\u2066x\u2069`, 'contains a mark that is not seen'],
    [`${vault}\ufeff`, 'contains a mark that is not seen'],
    [`${vault}/%E2%80%AE`, 'contains a mark that is not seen'],
    [`${vault}/\ud800`, 'half of a surrogate pair'],
    [`${vault}/${'a'.repeat(261)}`, 'longer than 260'],
  ])('%j', (text, reason) => {
    const reading = parseResourceId(text);
    expect(reading.kind === 'refused' ? reading.reason : 'taken').toContain(reason);
  });
});

describe('the name of a protected item is any text', () => {
  const items = `${vault}/backupFabrics/Azure/protectionContainers/VMAppContainer;compute;servers;app01/protectedItems`;

  test.each([
    ['SQLDataBase;mssqlserver;sales#1', 'SQLDataBase;mssqlserver;sales%231'],
    ['SQLDataBase;mssqlserver;sales%231', 'SQLDataBase;mssqlserver;sales%231'],
    ['SQLDataBase;mssqlserver;50% off', 'SQLDataBase;mssqlserver;50%25%20off'],
    ['SQLDataBase;mssqlserver;50%25%20off', 'SQLDataBase;mssqlserver;50%25%20off'],
    [
      'SQLDataBase;mssqlserver;caf%C3%A9%20%5Bx%5D%20&%20co',
      'SQLDataBase;mssqlserver;caf%C3%A9%20%5Bx%5D%20%26%20co',
    ],
    ['SQLDataBase;mssqlserver;why?', 'SQLDataBase;mssqlserver;why%3F'],
  ])('%s is encoded once', (name, sent) => {
    expect(resourcePath(`${items}/${name}`, 'backup')).toBe(`${items}/${sent}/backup`);
    expect(parseResourceId(`${items}/${name}`).kind).toBe('ok');
  });

  test.each(['a%2fb', 'a%5cb', '%2e%2e', '..', '%252f', 'a%00', 'a%0d', 'a\\b', '%2e%2e%2fjobs'])(
    'and still hides no further segment: %s',
    (name) => {
      expect(parseResourceId(`${items}/${name}`).kind).toBe('refused');
      expect(() => resourcePath(`${items}/${name}`, 'backup')).toThrow();
    },
  );

  test('in both spellings it is one item', () => {
    expect(sameId(`${items}/SQLDataBase;a;x[1]`, `${items}/sqldatabase;a;X%5B1%5D`)).toBe(true);
  });
});

test('a reason never repeats control characters or endless texts', () => {
  const reading = parseResourceId(`\u001b[31m${'x'.repeat(5000)}`);
  expect(
    reading.kind === 'refused' && reading.reason.length < 200 && !reading.reason.includes('\u001b'),
  ).toBe(true);
});

test('ids are the same whatever their case, escapes or last slash', () => {
  expect(sameId(vault, `${vault.toUpperCase()}/`)).toBe(true);
  expect(sameId(`${vault}/a%3Bb`, `${vault}/A;B`)).toBe(true);
  expect(
    sameId(`${subscription}/resourceGroups/Gr%C3%BC%C3%9Fe`, `${subscription}/resourcegroups/grüße`),
  ).toBe(true);
  expect(sameId(vault, `${vault}2`)).toBe(false);
  expect([sameId('share1', 'share2'), sameId('share1', 'SHARE1'), sameId('share1/a', 'share2/a')]).toEqual([
    false,
    true,
    false,
  ]);
  expect([sameId('share1', 'share2'), sameId('share1', 'SHARE1'), sameId('share1/a', 'share2/a')]).toEqual([
    false,
    true,
    false,
  ]);
  expect([sameId('', ''), sameId(undefined, undefined), sameId(vault, undefined)]).toEqual([
    false,
    false,
    false,
  ]);
});

test('the key of an id is the whole id in lower case', () => {
  expect(idKey(`${vault}/`)).toBe(
    '/subscriptions/0a1b2c3d-0000-4000-8000-00000000000f/resourcegroups/rg-backup/providers/microsoft.recoveryservices/vaults/vault-1',
  );
  expect(idKey(`${vault}/%2F`)).not.toBe(idKey(`${vault}//`));
});

test('a path keeps the names the service gave, semicolons included', () => {
  expect(
    resourcePath(
      `${vault}/backupFabrics/Azure/protectionContainers/StorageContainer%3BStorage;rg;sa`,
      'inquire',
    ),
  ).toBe(`${vault}/backupFabrics/Azure/protectionContainers/StorageContainer;Storage;rg;sa/inquire`);
  expect(resourcePath(`${subscription}/resourceGroups/Gr%C3%BC%C3%9Fe`)).toBe(
    `${subscription}/resourceGroups/Gr%C3%BC%C3%9Fe`,
  );
  expect(armPath('subscriptions', 'x y', 'a=')).toBe('/subscriptions/x%20y/a%3D');
});

describe('a name that would change the path is never sent', () => {
  test.each([['..'], ['.'], [''], ['a/b'], ['a\\b'], ['a%2fb'], ['a?b'], ['a#b'], ['a\u0000b']])(
    '%j',
    (name) => {
      expect(() => armPath('subscriptions', name, 'x')).toThrow('the path');
      expect(() => resourcePath(vault, name)).toThrow('the path');
    },
  );
});

test.each([
  ['subscriptions', '0a1b2c3d-0000-4000-8000-00000000000f'],
  ['resourceGroups', 'rg-backup'],
  ['vaults', 'vault-1'],
  ['BACKUPPOLICIES', 'Daily'],
  ['protectedItems', undefined],
])('the name behind %s is %s, as it is spelled', (type, name) => {
  expect(nameIn(`${vault}/backupPolicies/Daily`, type)).toBe(name);
});

test('there is no name in what is no id, or where an id ends in a type', () => {
  expect(nameIn('vaults/vault-1', 'vaults')).toBeUndefined();
  expect(nameIn(`${vault}/backupPolicies`, 'backupPolicies')).toBeUndefined();
  expect(nameIn(subscription, 'resourceGroups')).toBeUndefined();
});

test('a share lies in the account that its id begins with', () => {
  const account = `${subscription}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/sa1`;
  expect(shareId(account, 'docs')).toBe(`${account}/fileServices/default/shares/docs`);
  expect(accountOfShare(`${account}/FileServices/default/shares/docs`)).toBe(account);
  expect(accountOfShare(account)).toBe(account);
});

test('names may be as long as the service allows, and no longer', () => {
  expect(parseResourceId(`${vault}/x/${'a'.repeat(260)}`).kind).toBe('ok');
  expect(parseResourceId(`${subscription}/resourceGroups/${'a'.repeat(90)}`).kind).toBe('ok');
  expect(parseResourceId(`${subscription}/resourceGroups/${'a'.repeat(91)}`).kind).toBe('refused');
});

test('an id says which text is none, in 120 characters at most', () => {
  expect(parseResourceId('vault-1')).toEqual({
    kind: 'refused',
    reason: '"vault-1" is not an ARM id: it does not begin with /',
  });
  expect(parseResourceId(`/tenants/${'x'.repeat(200)}`)).toEqual({
    kind: 'refused',
    reason: `"/tenants/${'x'.repeat(111)}" is not an ARM id: it does not begin with /subscriptions/`,
  });
  expect(parseResourceId(`${subscription}/providers/Microsoft.X`)).toMatchObject({ kind: 'refused' });
  expect(parseResourceId(`${subscription}/providers/Microsoft.X/types`)).toMatchObject({
    kind: 'ok',
    id: { resourceGroup: undefined, provider: 'Microsoft.X', types: ['types'], names: [] },
  });
  expect(() => readResourceId('vault-1')).toThrow('"vault-1" is not an ARM id');
  expect(() => resourcePath('vault-1')).toThrow('"vault-1" does not begin with /');
});

test('a resource that is called "providers" begins no provider', () => {
  const id = readResourceId(`${subscription}/resourceGroups/rg/providers/Microsoft.X/y/providers`);
  expect([id.provider, id.types, id.names]).toEqual(['Microsoft.X', ['y'], ['providers']]);
});
