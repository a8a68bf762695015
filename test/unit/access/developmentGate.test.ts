import { describe, expect, test } from 'vitest';
import { isDevelopment, isFromThisMachine, signsOfPlatform } from '../../../src/access/developmentGate.ts';

test.each([
  [{ mode: 'development', environment: 'Development' }, true],
  [{ mode: 'development', environment: 'Development', signsOfPlatform: [] }, true],
  [{ mode: 'development', environment: 'Development', signsOfPlatform: ['WEBSITE_SKU'] }, false],
  [{ mode: 'development', environment: 'Production' }, false],
  [{ mode: 'development' }, false],
  [{ environment: 'Development' }, false],
  [{}, false],
] as const)('%j is development: %s', (surroundings, expected) => {
  expect(isDevelopment(surroundings)).toBe(expected);
});

describe('signs of the platform', () => {
  test.each([
    [{}, []],
    [{ WEBSITE_HOSTNAME: 'localhost:7071' }, []],
    [{ WEBSITE_HOSTNAME: '127.0.0.1:7071' }, []],
    [{ WEBSITE_HOSTNAME: '' }, []],
    [{ WEBSITE_TIME_ZONE: 'Europe/Berlin' }, []],
    [{ WEBSITE_HOSTNAME: 'app.azurewebsites.net' }, ['WEBSITE_HOSTNAME']],
    [{ WEBSITE_HOSTNAME: 'localhost.evil.example' }, ['WEBSITE_HOSTNAME']],
    [{ WEBSITE_SKU: 'FlexConsumption' }, ['WEBSITE_SKU']],
    [{ WEBSITE_SITE_NAME: 'backup' }, ['WEBSITE_SITE_NAME']],
    [{ WEBSITE_INSTANCE_ID: '0f1e' }, ['WEBSITE_INSTANCE_ID']],
    [{ WEBSITE_POD_NAME: 'pod' }, ['WEBSITE_POD_NAME']],
    [{ CONTAINER_NAME: '0' }, ['CONTAINER_NAME']],
    [{ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, ['KUBERNETES_SERVICE_HOST']],
  ])('%j: %j', (environment, signs) => {
    expect(signsOfPlatform(environment)).toEqual(signs);
  });
});

describe('a request is from this machine', () => {
  const asked = (url: string, headers: Record<string, string> = {}) =>
    isFromThisMachine(url, new Headers(headers));

  test.each([
    ['http://localhost:7071/api/runs', {}],
    ['http://LOCALHOST/api/runs', {}],
    ['http://127.0.0.1:7071/', {}],
    ['http://127.8.9.1/', {}],
    ['http://[::1]:7071/', {}],
    ['http://localhost/', { origin: 'http://localhost:7071' }],
    [
      'http://localhost/',
      { 'x-forwarded-for': '127.0.0.1:51000, ::1', 'x-forwarded-host': 'localhost:7071' },
    ],
  ])('%s %j', (url, headers) => {
    expect(asked(url, headers)).toBe(true);
  });

  test.each([
    ['http://backup.example/api/runs', {}],
    ['http://192.168.1.7:7071/', {}],
    ['http://localhost.evil.example/', {}],
    ['http://127.0.0.1.evil.example/', {}],
    ['http://0.0.0.0:7071/', {}],
    ['not a url', {}],
    ['http://localhost/', { origin: 'https://evil.example' }],
    ['http://localhost/', { origin: 'null' }],
    ['http://localhost/', { 'x-forwarded-for': '203.0.113.7' }],
    ['http://localhost/', { 'x-forwarded-for': '127.0.0.1, 203.0.113.7' }],
    ['http://localhost/', { 'x-forwarded-host': 'tunnel.example' }],
    ['http://localhost/', { forwarded: 'for=203.0.113.7' }],
  ])('not %s %j', (url, headers) => {
    expect(asked(url, headers)).toBe(false);
  });
});
