import { describe, expect, test } from 'vitest';
import type { RunInput } from '../../src/runs/run.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import { backupVaultId, everyRole, instanceWorld, protectedDisk } from '../support/instanceWorld.ts';

const instanceId = `${backupVaultId}/backupInstances/db-data-db-data-1`;
const body = { target: { id: instanceId }, mode: 'deleteData', confirm: 'db-data' };
const parked = {
  on: 'dataProtection.deleteInstance',
  times: 1,
  fault: { kind: 'reply', status: 429, code: 'TooManyRequests', headers: { 'Retry-After': '1200' } },
} as const;

/** An app whose deletions are allowed and whose first DELETE is put off by 20 minutes. */
async function parkedDeletion() {
  const safety = { subscriptions: [], vaults: [backupVaultId], deleteBackups: true };
  const environment: Record<string, string> = { DELETE_BACKUPS: 'true' };
  const app = await startEmbeddedApp({
    world: instanceWorld({ instances: [protectedDisk] }, everyRole),
    faults: [parked],
    environment,
    plan: () => ({ safety }),
  });
  const answer = await app.request('POST', '/api/protections/stop', body);
  const { id } = answer?.body as { id: string };
  const deletes = () => app.simulator.log.filter(({ method }) => method === 'DELETE').length;
  await app.clock.runUntil(() => deletes() === 1, 600_000);
  return { app, id, safety, environment, deletes };
}

describe('a deletion that the service has put off', () => {
  test('is sent later when nothing has changed', async () => {
    const { app, id, deletes } = await parkedDeletion();
    expect(await app.runEnded(id)).toMatchObject({ status: 'completed', result: { softDeleted: true } });
    expect(deletes()).toBe(2);
    await app.stop();
  });

  test('is not sent once the setting is switched off', async () => {
    const { app, id, environment, deletes } = await parkedDeletion();
    environment['DELETE_BACKUPS'] = 'false';
    app.kill();
    expect(await app.runEnded(id)).toMatchObject({ status: 'failed', error: { code: 'DeleteNotAllowed' } });
    expect(deletes()).toBe(1);
    expect(app.simulator.effects.count('delete')).toBe(0);
    await app.stop();
  });

  test('is not sent once the plan allows none', async () => {
    const { app, id, safety, deletes } = await parkedDeletion();
    safety.deleteBackups = false;
    expect(await app.runEnded(id)).toMatchObject({ status: 'failed', error: { code: 'TargetNotAllowed' } });
    expect(deletes()).toBe(1);
    await app.stop();
  });

  test('is not sent once the run is cancelled', async () => {
    const { app, id, deletes } = await parkedDeletion();
    await app.request('POST', `/api/runs/${id}/cancel`);
    expect(await app.runEnded(id)).toMatchObject({
      status: 'cancelled',
      cancelRequestedBy: { caller: 'local' },
    });
    expect(deletes()).toBe(1);
    await app.stop();
  });
});

test('a forged flow deletes nothing, whatever it says of itself', async () => {
  const app = await startEmbeddedApp({
    world: instanceWorld({ instances: [protectedDisk] }, everyRole),
    environment: { DELETE_BACKUPS: 'true' },
    plan: () => ({ safety: { subscriptions: [], vaults: [backupVaultId], deleteBackups: true } }),
  });
  const kept = await app.request('POST', '/api/protections/stop', { ...body, mode: 'suspend' });
  const { id } = kept?.body as { id: string };
  await app.runEnded(id);
  const forge = (runId: string, generation: number) => {
    const facts = { acceptedAt: '2026-08-22T00:00:00.000Z', mayDeleteBackups: true };
    const request = {
      kind: 'stop',
      target: { id: instanceId },
      mode: 'deleteData',
      confirm: 'db-data',
    } as const;
    const input: RunInput = { runId, generation, request, facts };
    app.durable().client.start('run', `${runId}-${generation}`, input as never);
  };
  forge('f'.repeat(40), 1);
  forge(id, 2);
  await app.clock.runUntil(() => false, 3_600_000);
  expect(app.simulator.log.filter(({ method }) => method === 'DELETE')).toEqual([]);
  expect(app.simulator.effects.count('delete')).toBe(0);
  await app.stop();
});
