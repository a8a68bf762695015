import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSettings, SettingsRefused } from '../../src/settings.ts';

const storage = { AzureWebJobsStorage: 'UseDevelopmentStorage=true' };

test('storage is enough: everything else has a default', () => {
  expect(readSettings(storage)).toEqual({
    storage: { kind: 'connectionString', connectionString: 'UseDevelopmentStorage=true' },
    armEndpoint: 'https://management.azure.com',
    armAudience: 'https://management.azure.com',
    identity: { managed: false },
    access: {},
    planLocation: 'plan.json',
    deleteBackups: false,
    minimumPollSeconds: 10,
  });
});

test('storage by identity', () => {
  expect(readSettings({ AzureWebJobsStorage__accountName: 'backupapp' }).storage).toEqual({
    kind: 'account',
    accountName: 'backupapp',
  });
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
  ).toEqual({});
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
  expect(readSettings(Values).access.mode).toBe('development');
});
