import { describe, expect, test } from 'vitest';
import {
  backUpShare,
  filtered,
  itemNamed,
  protectedWorld,
  simulatedCloud,
  vaultId,
} from './simulated-cloud.ts';

const throttled = (settings: Record<string, unknown>) => ({
  ...protectedWorld,
  settings: { throttling: settings },
});
const jobs = `${vaultId}/backupJobs`;
const left = 'x-ms-ratelimit-remaining-subscription-resource-requests';

describe('limits', () => {
  test('the eleventh backup of a share on one day is refused with 400, the next day it is taken', async () => {
    const cloud = simulatedCloud({ world: protectedWorld });
    const { id } = await itemNamed(cloud, 'docs');
    for (let run = 1; run <= 10; run += 1)
      expect((await cloud.send('POST', `${id}/backup`, backUpShare)).status).toBe(202);
    const refused = await cloud.send('POST', `${id}/backup`, backUpShare);
    expect([refused.status, refused.body.error.code]).toEqual([400, 'CloudDosAbsoluteLimitReached']);
    cloud.wait(86_400);
    expect((await cloud.send('POST', `${id}/backup`, backUpShare)).status).toBe(202);
    expect(cloud.simulator.effects.count('backup', id)).toBe(11);
  });

  test('the fifty-first discovery of a vault on one day is refused', async () => {
    const cloud = simulatedCloud();
    const refresh = filtered(
      `${vaultId}/backupFabrics/Azure/refreshContainers`,
      "backupManagementType eq 'AzureStorage'",
    );
    for (let run = 1; run <= 50; run += 1) expect((await cloud.send('POST', refresh)).status).toBe(202);
    expect((await cloud.send('POST', refresh)).body.error.code).toBe('CloudDosTimeboudLimitReached');
  });

  test('a vault switched to conflicts refuses a second backup while one runs', async () => {
    const [vault] = protectedWorld.recoveryServices.vaults;
    const world = {
      ...protectedWorld,
      recoveryServices: {
        ...protectedWorld.recoveryServices,
        vaults: [{ ...vault, id: vaultId, whileBusy: 'conflict' as const }],
      },
    };
    const cloud = simulatedCloud({ world });
    const { id } = await itemNamed(cloud, 'docs');
    expect((await cloud.send('POST', `${id}/backup`, backUpShare)).status).toBe(202);
    const second = await cloud.send('POST', `${id}/backup`, backUpShare);
    expect([second.status, second.body.error.code]).toEqual([409, 'UserErrorBackupOperationInProgress']);
  });
});

describe('throttling', () => {
  test('an hourly bucket counts one action over all vaults, falls, and refuses with the wait in the text', async () => {
    const cloud = simulatedCloud({ world: throttled({ provider: 'hourly', providerLimit: 3 }) });
    expect([(await cloud.get(jobs)).headers[left], (await cloud.get(jobs)).headers[left]]).toEqual([
      '2',
      '1',
    ]);
    await cloud.get(jobs);
    const refused = await cloud.get(jobs);
    expect([refused.status, refused.headers['Retry-After'], refused.headers['Connection']]).toEqual([
      429,
      '3600',
      'close',
    ]);
    expect(refused.body.error).toEqual({
      code: 'ResourceRequestsThrottled',
      message:
        "Number of requests for action 'Microsoft.RecoveryServices/vaults/backupJobs/read' exceeded the limit of '3' for time interval '01:00:00'. Please try again after '3600' seconds.",
    });
    expect((await cloud.get(`${vaultId}/backupProtectedItems`)).status).toBe(200);
    cloud.wait(3600);
    expect((await cloud.get(jobs)).headers[left]).toBe('2');
  });

  test('a refilling bucket gives back with time, less what a rival takes', async () => {
    const cloud = simulatedCloud({
      world: throttled({
        provider: 'refilling',
        providerLimit: 2,
        providerRefillPerSecond: 1,
        rivalPerMinute: 30,
      }),
    });
    await cloud.get(jobs);
    await cloud.get(jobs);
    expect((await cloud.get(jobs)).status).toBe(429);
    cloud.wait(1);
    expect((await cloud.get(jobs)).status).toBe(429);
    cloud.wait(2);
    expect((await cloud.get(jobs)).status).toBe(200);
  });

  test('Retry-After can be left out', async () => {
    const cloud = simulatedCloud({
      world: throttled({ provider: 'hourly', providerLimit: 1, withoutRetryAfter: true }),
    });
    await cloud.get(jobs);
    const refused = await cloud.get(jobs);
    expect([refused.status, refused.headers['Retry-After']]).toEqual([429, undefined]);
  });

  test('ARM counts per principal and, fifteen times wider, per subscription', async () => {
    const cloud = simulatedCloud({ world: throttled({ armReads: 30, armReadsPerSecond: 0.001 }) });
    const as = (token: string) => cloud.send('GET', vaultId, undefined, { Authorization: `Bearer ${token}` });
    const first = await as('one');
    expect(first.headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('1');
    expect(first.headers['x-ms-ratelimit-remaining-subscription-global-reads']).toBe('29');
    await as('one');
    expect((await as('one')).body.error.code).toBe('SubscriptionRequestsThrottled');
    expect((await as('two')).status).toBe(200);
  });
});
