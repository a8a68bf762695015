import { describe, expect, test } from 'vitest';
import { checkUrl, UrlRefused } from '../../../src/arm/urlGate.ts';
import type { UrlOrigin } from '../../../src/arm/call.ts';

const endpoint = 'https://management.azure.com';
const subscription = '/subscriptions/0a1b2c3d-0000-4000-8000-00000000000f';
const vault = `${subscription}/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v`;
const poll: UrlOrigin = {
  kind: 'poll',
  action: 'Microsoft.RecoveryServices/vaults/backup/action',
  path: `${vault}/backupJobs`,
};
const page: UrlOrigin = { ...poll, kind: 'nextLink' };
const status = `${vault}/backupOperations/op-1?api-version=2019-05-13-preview&t=638&c=MII-_&s=abc&h=def`;

describe('a poll URL that leads elsewhere, or would be changed, is refused', () => {
  test.each([
    ['another host', `https://management.azure.com.evil.example${status}`, 'it leads to another origin'],
    [
      'the real host as user',
      `https://management.azure.com@evil.example${status}`,
      'it leads to another origin',
    ],
    ['plain http', `http://management.azure.com${status}`, 'it leads to another origin'],
    ['another port', `https://management.azure.com:8443${status}`, 'it leads to another origin'],
    [
      'a port with a leading zero',
      `https://management.azure.com:0443${status}`,
      'the URL parser would change it',
    ],
    ['a host without scheme', `//evil.example${status}`, 'it leads to another origin'],
    [
      'an escaped dot in the host',
      `https://management.azure.com%2eevil.example${status}`,
      'it leads to another origin',
    ],
    ['a script', 'javascript:1', 'it leads to another origin'],
    ['a data URL', 'data:text/plain,x', 'it leads to another origin'],
    [
      'a backslash before another host',
      `https://management.azure.com\\@evil.example${status}`,
      'it contains a control character, white space or a backslash',
    ],
    [
      'backslashes for slashes',
      `\\\\evil.example${status}`,
      'it contains a control character, white space or a backslash',
    ],
    [
      'a full-width dot in the host',
      `https://management\u3002azure.com${status}`,
      'the URL parser would change it',
    ],
    [
      'a soft hyphen in the host',
      `https://management\u00ad.azure.com${status}`,
      'the URL parser would change it',
    ],
    ['a user', `https://me@management.azure.com${status}`, 'it carries a user'],
    ['user and password', `https://me:pw@management.azure.com${status}`, 'it carries a user'],
    ['a password alone', `https://:pw@management.azure.com${status}`, 'it carries a user'],
    ['an empty user', `https://@management.azure.com${status}`, 'the URL parser would change it'],
    ['a dot behind the host', `https://management.azure.com.${status}`, 'it leads to another origin'],
    ['a fragment', `${endpoint}${status}#x`, 'it carries a fragment'],
    ['an empty fragment', `${endpoint}${status}#`, 'it carries a fragment'],
    [
      'another subscription',
      `${endpoint}${status.replace('0a1b2c3d', 'ffffffff')}`,
      'it names another subscription',
    ],
    [
      'no subscription',
      `${endpoint}/providers/Microsoft.RecoveryServices/operations`,
      'it names another subscription',
    ],
    [
      'another provider',
      `${endpoint}${subscription}/providers/Microsoft.Storage/storageAccounts/x/listKeys`,
      'it names another provider',
    ],
    [
      'a provider further in',
      `${endpoint}${vault}/providers/Microsoft.Authorization/roleAssignments`,
      'it names another provider',
    ],
    ['no provider', `${endpoint}${subscription}/resourceGroups/rg`, 'it names another provider'],
    ['two dots', `${endpoint}${vault}/../../other`, 'the URL parser would change it'],
    ['escaped dots', `${endpoint}${vault}/%2e%2e/other`, 'the URL parser would change it'],
    ['an escaped slash', `${endpoint}${vault}/a%2Fb`, 'its path hides a dot or a slash'],
    ['an escaped backslash', `${endpoint}${vault}/a%5cb`, 'its path hides a dot or a slash'],
    ['an empty segment', `${endpoint}${vault}//x`, 'its path has an empty or dot segment'],
    ['white space', `${endpoint}${vault}/a b`, 'it contains a control character, white space or a backslash'],
    [
      'white space at the end',
      `${endpoint}${status} `,
      'it contains a control character, white space or a backslash',
    ],
    ['a line feed', `${endpoint}${status}\n`, 'it contains a control character, white space or a backslash'],
    [
      'a tab inside the scheme',
      `ht\ttps://management.azure.com${status}`,
      'it contains a control character, white space or a backslash',
    ],
    ['a raw character the parser escapes', `${endpoint}${vault}/ä`, 'the URL parser would change it'],
    ['a raw quote in the query', `${endpoint}${status}&x='y'`, 'the URL parser would change it'],
    ['9 KB', `${endpoint}${status}${'x'.repeat(9000)}`, 'it is longer than 8192 characters'],
    [
      'one character more than 8,192',
      `${endpoint}${status}`.padEnd(8193, 'x'),
      'it is longer than 8192 characters',
    ],
    ['nothing', '', 'its path has an empty or dot segment'],
    ['a bare word', 'backupOperations/op-1', 'it names another subscription'],
    ['a host that cannot be', 'https://[::1', 'it cannot be parsed'],
  ])('%s', (_, url, reason) => {
    const refusal = new UrlRefused(`URL from a reply refused: ${reason}`);
    expect(() => checkUrl(url, poll, endpoint)).toThrow(refusal);
  });
});

describe('a poll URL of the service is sent as it came', () => {
  test.each([
    ['signed', `${endpoint}${status}`],
    ['signed, 3,814 characters', `${endpoint}${status}${'x'.repeat(3814 - endpoint.length - status.length)}`],
    ['signed, 8,192 characters', `${endpoint}${status}`.padEnd(8192, 'x')],
    ['/Subscriptions/ in any case', `${endpoint}${status.replace('/subscriptions/', '/Subscriptions/')}`],
    [
      'another resource group and vault',
      `${endpoint}${subscription}/providers/microsoft.recoveryservices/locations/x/operationResults/y`,
    ],
    ['base64 with equal signs', `${endpoint}${vault}/operationStatus/MGQ0NDgwMzE==?api-version=2025-07-01`],
    [
      'a semicolon, raw and escaped',
      `${endpoint}${vault}/protectionContainers/StorageContainer;storage;rg;sa%3Bx/operationResults/y`,
    ],
    [
      'the malformed one of an unregistration, old',
      `${endpoint}${vault}/backupOperationResults/op-1?fabricName=Azure?api-version=2025-02-01`,
    ],
    [
      'the malformed one of an unregistration, new',
      `${endpoint}${vault}/backupOperationResults/op-1?fabricName=Azure%3fapi-version%3d2025-02-01&t=1`,
    ],
    [
      'a group with escaped letters',
      `${endpoint}${subscription}/resourceGroups/gr%C3%BC/providers/Microsoft.RecoveryServices/vaults/v/x/y`,
    ],
  ])('%s', (_, url) => {
    expect(checkUrl(url, poll, endpoint)).toBe(url);
  });

  test.each([
    ['an upper-case host', `https://MANAGEMENT.Azure.COM${status}`],
    ['the default port', `https://management.azure.com:443${status}`],
    ['a relative URL', status],
  ])('%s leads to the endpoint', (_, url) => {
    expect(checkUrl(url, poll, endpoint)).toBe(`${endpoint}${status}`);
  });

  test('of a request whose path was written in capitals', () => {
    const origin = { ...poll, path: poll.path.replace('/subscriptions/', '/SUBSCRIPTIONS/') };
    expect(checkUrl(`${endpoint}${status}`, origin, endpoint)).toBe(`${endpoint}${status}`);
  });

  test('an endpoint with a port of its own', () => {
    expect(checkUrl(`https://LOCALHOST:4430${status}`, poll, 'https://localhost:4430')).toBe(
      `https://localhost:4430${status}`,
    );
    expect(() => checkUrl(`https://localhost${status}`, poll, 'https://localhost:4430')).toThrow(UrlRefused);
  });
});

describe('a nextLink may hold raw spaces and quotes in its query, and nothing else more', () => {
  test('space and quotes', () => {
    const url = `${endpoint}${vault}/backupJobs?api-version=1&$filter=operation eq 'Backup'&$skipToken="x"`;
    expect(checkUrl(url, page, endpoint)).toBe(
      `${endpoint}${vault}/backupJobs?api-version=1&$filter=operation%20eq%20%27Backup%27&$skipToken=%22x%22`,
    );
  });

  test('a token with escaped markup', () => {
    const url = `${endpoint}${vault}/backupJobs?api-version=1&%24skiptoken=%3c%3fxml+version%3d%221.0%22%3f%3e%0d%0a`;
    expect(checkUrl(url, page, endpoint)).toBe(url);
  });

  test('a list at tenant level stays with its provider', () => {
    const graph: UrlOrigin = {
      kind: 'nextLink',
      action: 'x',
      path: '/providers/Microsoft.ResourceGraph/resources',
    };
    const url = `${endpoint}/providers/Microsoft.ResourceGraph/resources?x=1`;
    expect(checkUrl(url, graph, endpoint)).toBe(url);
    expect(() => checkUrl(`${endpoint}/providers/Microsoft.Storage/x?x=1`, graph, endpoint)).toThrow(
      UrlRefused,
    );
    const below = `${endpoint}${subscription}/providers/Microsoft.ResourceGraph/resources?x=1`;
    expect(() => checkUrl(below, graph, endpoint)).toThrow('it names another subscription');
  });

  test.each([
    [`http://disksvchost:99${vault}/x?$skiptoken={token}`],
    [`https://management.azure.com.evil.example${vault}/backupJobs?x=1`],
    [`${endpoint}${vault}/backupJobs?x=<y>`],
    [`${endpoint}${vault}/backupJobs?x=\u0000`],
    [`${endpoint}${vault}/backupJobs?x=1 `],
  ])('%s is refused', (url) => {
    expect(() => checkUrl(url, page, endpoint)).toThrow(UrlRefused);
  });
});

test('a refusal never repeats the URL', () => {
  expect(() => checkUrl(`http://management.azure.com${status}`, poll, endpoint)).toThrow(
    /^URL from a reply refused: it leads to another origin$/,
  );
});
