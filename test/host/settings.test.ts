import { expect, test } from 'vitest';
import { createHostJson } from '../../local/functions-host/hostJson.ts';
import { warnOfUnknownKeys } from '../../local/functions-host/hostJsonKeys.ts';
import {
  connectionString,
  createSettings,
  isDisabled,
  resolveNames,
} from '../../local/functions-host/settings.ts';
import { timeSpanMilliseconds } from '../../local/functions-host/timeSpan.ts';
import { createWarnings } from '../../local/functions-host/warnings.ts';

const settingsOf = (values: Record<string, string>, environment: Record<string, string> = {}) =>
  createSettings({ environment, localSettings: { Values: values }, appFolder: '/app', port: 7072 });

test('local.settings.json does not override the environment', () => {
  const settings = settingsOf({ A: 'file', B: 'file' }, { A: 'environment' });
  expect([settings.get('A'), settings.get('B')]).toEqual(['environment', 'file']);
});

test('the app learns its own address, folder and environment', () => {
  const settings = settingsOf({});
  expect(settings.get('WEBSITE_HOSTNAME')).toBe('localhost:7072');
  expect(settings.get('AzureWebJobsScriptRoot')).toBe('/app');
  expect(settings.get('AZURE_FUNCTIONS_ENVIRONMENT')).toBe('Development');
});

test('loopback is never sent to a proxy', () => {
  const settings = settingsOf({}, { NO_PROXY: 'example.org', HTTP_PROXY: 'http://proxy.example' });
  expect(settings.get('NO_PROXY')).toBe('example.org,127.0.0.1,localhost');
});

test('a name in percent signs is a setting, a missing one is an error that names it', () => {
  const settings = settingsOf({ WorkQueue: 'work-items' });
  expect(resolveNames('%WorkQueue%-poison', settings)).toBe('work-items-poison');
  expect(() => resolveNames('%Other%', settings)).toThrow("setting 'Other' does not exist");
});

test('a connection is looked up with the AzureWebJobs prefix first', () => {
  const settings = settingsOf({
    AzureWebJobsStorage: 'main',
    X: 'plain',
    AzureWebJobsY: 'prefixed',
    Y: 'plain',
  });
  expect(connectionString('X', settings)).toBe('plain');
  expect(connectionString('Y', settings)).toBe('prefixed');
  expect(connectionString(undefined, settings)).toBe('main');
  expect(connectionString('AzureWebJobsStorage', settings)).toBe('main');
  expect(() => connectionString('Z', settings)).toThrow("setting 'Z' does not exist");
});

test.each([
  ['true', true],
  ['1', true],
  ['False', false],
])('AzureWebJobs.<name>.Disabled = %s switches off: %s', (value, expected) => {
  expect(isDisabled('Worker', settingsOf({ 'AzureWebJobs.worker.Disabled': value }))).toBe(expected);
});

test('host.json is read without case and overridden by the environment', () => {
  const tree = { extensions: { queues: { maxDequeueCount: 3, visibilityTimeout: '00:00:01' } } };
  const hostJson = createHostJson(tree, { AzureFunctionsJobHost__extensions__queues__maxDequeueCount: '4' });
  expect(hostJson.number('extensions.queues.MaxDequeueCount', 5)).toBe(4);
  expect(hostJson.durationMs('extensions.queues.visibilityTimeout', 0)).toBe(1000);
  expect(hostJson.text('extensions.durableTask.hubName', 'TestHubName')).toBe('TestHubName');
  expect(hostJson.flag('extensions.http.dynamicThrottlesEnabled', false)).toBe(false);
});

test.each([
  ['00:00:01', 1000],
  ['3.00:00:00', 259_200_000],
  ['01:30', 5_400_000],
  ['00:00:00.5', 500],
  ['1 minute', undefined],
])('the time span %s is %s ms', (text, milliseconds) => {
  expect(timeSpanMilliseconds(text)).toBe(milliseconds);
});

test('an unknown key under extensions is warned of with the nearest known name, once', () => {
  const warnings = createWarnings();
  const hostJson = createHostJson({ extensions: { queues: { maxDequeCount: 3 } } });
  warnOfUnknownKeys(hostJson, warnings);
  warnOfUnknownKeys(hostJson, warnings);
  expect(warnings.list()).toEqual([
    {
      code: 'H17',
      subject: 'host.json extensions.queues.maxDequeCount',
      text: "unknown; nearest is 'maxDequeueCount'",
    },
  ]);
});

test('a strict run is told of each warning', () => {
  const failed: string[] = [];
  const warnings = createWarnings({ fail: ({ code, subject }) => failed.push(`${code} ${subject}`) });
  warnings.warn('H21', 'work', 'first');
  warnings.warn('H21', 'work', 'again');
  warnings.warn('H21', 'other', 'first');
  expect(failed).toEqual(['H21 work', 'H21 other']);
});
