import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readSettings, SettingsRefused } from '../../src/settings.ts';

const storage = { AzureWebJobsStorage: 'UseDevelopmentStorage=true' };

test('storage is enough: everything else has a default', () => {
  expect(readSettings(storage)).toEqual({
    storage: { kind: 'connectionString', connectionString: 'UseDevelopmentStorage=true' },
    armEndpoint: 'https://management.azure.com',
    armAudience: 'https://management.azure.com',
    identity: { managed: false },
    access: { isDevelopment: false },
    allowed: { vaults: [], subscriptions: [] },
    keepRecordsDays: 35,
    itemCoolDownMinutes: 15,
    callerRunsPerMinute: 60,
    planLocation: 'plan.json',
    deleteBackups: false,
    drillRestores: false,
    minimumPollSeconds: 10,
    channelSettings: {},
  });
});

test('a plan can name settings that begin with NOTIFY_, and no other secret', () => {
  const read = readSettings({
    ...storage,
    NOTIFY_TEAMS_URL: 'https://teams.example',
    OTHER_SECRET: 'secret',
  });
  expect(read.channelSettings).toEqual({ NOTIFY_TEAMS_URL: 'https://teams.example' });
});

test('storage by identity', () => {
  expect(readSettings({ AzureWebJobsStorage__accountName: 'backupapp' }).storage).toEqual({
    kind: 'account',
    queueUrl: 'https://backupapp.queue.core.windows.net',
    tableUrl: 'https://backupapp.table.core.windows.net',
  });
});

test('storage of another cloud is named by the addresses of both its services; one alone is not enough', () => {
  const queue = { AzureWebJobsStorage__queueServiceUri: 'https://ledger.queue.core.chinacloudapi.cn/' };
  const table = { AzureWebJobsStorage__tableServiceUri: 'https://ledger.table.core.chinacloudapi.cn' };
  expect(readSettings({ ...queue, ...table }).storage).toEqual({
    kind: 'account',
    queueUrl: 'https://ledger.queue.core.chinacloudapi.cn',
    tableUrl: 'https://ledger.table.core.chinacloudapi.cn',
  });
  expect(() => readSettings(queue)).toThrow(/AzureWebJobsStorage__tableServiceUri/);
});

test('every problem is named on a line of its own, values are not', () => {
  const read = () =>
    readSettings({
      ARM_ENDPOINT: 'http://secret.example',
      ACCESS_MODE: 'open',
      DELETE_BACKUPS: 'yes',
      MINIMUM_POLL_SECONDS: '0',
      AZURE_CLIENT_ID: 'me',
      NOTIFY_URL: 'http://hook.example',
    });
  expect(read).toThrow(SettingsRefused);
  let message = '';
  try {
    read();
  } catch (error) {
    message = (error as Error).message;
  }
  expect(
    message
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(':')[0])
      .sort(),
  ).toEqual([
    'ACCESS_MODE',
    'ARM_ENDPOINT',
    'AZURE_CLIENT_ID',
    'AzureWebJobsStorage',
    'DELETE_BACKUPS',
    'MINIMUM_POLL_SECONDS',
    'NOTIFY_URL',
  ]);
  expect(message).not.toContain('secret.example');
});

test('an empty value counts as absent', () => {
  expect(
    readSettings({ ...storage, ACCESS_MODE: '', ARM_ENDPOINT: ' ', MINIMUM_POLL_SECONDS: '' }).access,
  ).toEqual({ isDevelopment: false });
});

test('a slash at the end of the endpoint is dropped; another audience is kept', () => {
  const { armEndpoint, armAudience } = readSettings({
    ...storage,
    ARM_ENDPOINT: 'https://management.chinacloudapi.cn/',
    ARM_AUDIENCE: 'https://management.core.chinacloudapi.cn/',
  });
  expect(armEndpoint).toBe('https://management.chinacloudapi.cn');
  expect(armAudience).toBe('https://management.core.chinacloudapi.cn/');
});

test('the sample of local settings can be used as it is', () => {
  const { Values } = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as {
    Values: Record<string, string>;
  };
  const host = { AZURE_FUNCTIONS_ENVIRONMENT: 'Development', WEBSITE_HOSTNAME: 'localhost:7071' };
  expect(readSettings({ ...Values, ...host }).access).toEqual({ isDevelopment: true });
});

describe('access', () => {
  const tenant = '72F988BF-0000-4000-8000-0000000A11CE';
  const client = 'a11ce000-0000-4000-8000-00000000b0b0';
  const development = { ACCESS_MODE: 'development', AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
  const pair = { ...storage, ACCESS_TENANT_ID: tenant, ACCESS_AUDIENCE: client };
  const problemsOf = (environment: Record<string, string>): string[] => {
    try {
      readSettings({ ...storage, ...environment });
      return [];
    } catch (error) {
      return (error as Error).message
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    }
  };

  test('needs a tenant and an audience; the rest follows from them', () => {
    expect(readSettings(pair).access.tokens).toEqual({
      tenantId: '72f988bf-0000-4000-8000-0000000a11ce',
      audience: client,
      issuer: 'https://login.microsoftonline.com/72f988bf-0000-4000-8000-0000000a11ce/v2.0',
      keysUrl: 'https://login.microsoftonline.com/72f988bf-0000-4000-8000-0000000a11ce/discovery/v2.0/keys',
      authorizationUri:
        'https://login.microsoftonline.com/72f988bf-0000-4000-8000-0000000a11ce/oauth2/v2.0/authorize',
    });
    expect(readSettings({ ...pair, ACCESS_AUDIENCE: `api://${client}` }).access.tokens?.audience).toBe(
      client,
    );
  });

  test.each([
    ['ACCESS_TENANT_ID', { ACCESS_AUDIENCE: client }, 'ACCESS_TENANT_ID: needed beside ACCESS_AUDIENCE'],
    ['ACCESS_AUDIENCE', { ACCESS_TENANT_ID: tenant }, 'ACCESS_AUDIENCE: needed beside ACCESS_TENANT_ID'],
  ])('without %s it is refused', (_, environment, problem) => {
    expect(problemsOf(environment)).toEqual([problem]);
  });

  test('of another cloud is named by its origin, or by issuer and keys', () => {
    const { tokens } = readSettings({ ...pair, ACCESS_ISSUER: 'https://login.microsoftonline.us' }).access;
    expect(tokens?.issuer).toBe('https://login.microsoftonline.us/72f988bf-0000-4000-8000-0000000a11ce/v2.0');
    expect(tokens?.keysUrl).toBe(
      'https://login.microsoftonline.us/72f988bf-0000-4000-8000-0000000a11ce/discovery/v2.0/keys',
    );
    const own = { ACCESS_ISSUER: 'https://sts.example/x/v2.0', ACCESS_KEYS_URL: 'https://keys.example/k' };
    expect(readSettings({ ...pair, ...own }).access.tokens).toMatchObject({
      issuer: 'https://sts.example/x/v2.0',
      keysUrl: 'https://keys.example/k',
    });
  });

  test.each([
    [{ ACCESS_ISSUER: 'http://127.0.0.1:9000/v2.0' }],
    [{ ACCESS_ISSUER: 'http://sts.example' }],
    [{ ACCESS_ISSUER: 'https://user@sts.example' }],
    [{ ACCESS_ISSUER: 'https://sts.example?a=b' }],
    [{ ACCESS_KEYS_URL: 'http://localhost:9000/keys' }],
    [{ ACCESS_KEYS_URL: 'file:///etc/keys' }],
  ])('%j is refused outside development', (environment) => {
    const [name] = Object.keys(environment);
    expect(problemsOf({ ...pair, ...environment })).toEqual([
      `${name}: an https URL (http on loopback in development alone)`,
    ]);
  });

  test('a local issuer serves in development, and not beside any sign of the platform', () => {
    const local = { ...pair, ...development, ACCESS_ISSUER: 'http://127.0.0.1:9000' };
    expect(readSettings(local).access).toMatchObject({
      isDevelopment: true,
      tokens: { keysUrl: 'http://127.0.0.1:9000/72f988bf-0000-4000-8000-0000000a11ce/discovery/v2.0/keys' },
    });
    expect(problemsOf({ ...local, WEBSITE_SKU: 'FlexConsumption' })).toHaveLength(1);
    expect(problemsOf({ ...local, ACCESS_ISSUER: 'http://sts.example' })).toHaveLength(1);
  });

  test('an issuer alone means nothing', () => {
    expect(problemsOf({ ACCESS_ISSUER: 'https://sts.example' })).toEqual([
      'ACCESS_ISSUER: means nothing without ACCESS_TENANT_ID and ACCESS_AUDIENCE',
    ]);
  });
});

test('vaults and subscriptions that may be written to are lists of ids', () => {
  const vault = (name: string) =>
    `/subscriptions/55555555-5555-4555-8555-555555555555/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/${name}`;
  const { allowed } = readSettings({
    ...storage,
    ALLOWED_VAULTS: `${vault('one')},\n ${vault('two')};`,
    ALLOWED_SUBSCRIPTIONS: '55555555-5555-4555-8555-555555555555',
  });
  expect(allowed).toEqual({
    vaults: [vault('one'), vault('two')],
    subscriptions: ['55555555-5555-4555-8555-555555555555'],
  });
  expect(() => readSettings({ ...storage, ALLOWED_VAULTS: `${vault('one')},*` })).toThrow(
    'ALLOWED_VAULTS: ids of vaults, parted by commas',
  );
  expect(() => readSettings({ ...storage, ALLOWED_SUBSCRIPTIONS: 'all' })).toThrow('ALLOWED_SUBSCRIPTIONS');
});
