import { expect, test } from 'vitest';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import { backupVaultId, everyRole, instanceWorld, protectedDisk } from '../support/instanceWorld.ts';
import type { DeathPoint } from '../support/mortalPorts.ts';

const world = instanceWorld({ instances: [protectedDisk] }, everyRole);
const body = {
  target: { id: `${backupVaultId}/backupInstances/db-data-db-data-1` },
  mode: 'deleteData',
  confirm: 'db-data',
};

/** Asks for a deletion as a pipeline does: the same key until an answer comes. */
async function deleteIt(deathAt?: DeathPoint) {
  const app = await startEmbeddedApp({
    world,
    environment: { DELETE_BACKUPS: 'true' },
    plan: () => ({ safety: { subscriptions: [], vaults: [backupVaultId], deleteBackups: true } }),
    ...(deathAt && { deathAt }),
  });
  const once = { 'idempotency-key': 'retire-db-data' };
  let answer = await app.request('POST', '/api/protections/stop', body, once);
  for (let tries = 0; tries < 3 && (!answer || answer.status >= 500); tries++) {
    answer = await app.request('POST', '/api/protections/stop', body, once);
  }
  const run = await app.runEnded((answer?.body as { id: string }).id, 24);
  const sent = app.simulator.log.filter(({ method }) => method === 'DELETE').length;
  const deleted = app.simulator.effects.count('delete');
  const { count: calls, names } = app.portCalls;
  await app.stop();
  return { run, calls, names, sent, deleted };
}

test('whenever the process dies, an instance is deleted once and the record says until when it is kept', async () => {
  const { calls, names } = await deleteIt();
  const bad: string[] = [];
  // Dying before a call leaves what dying after the one before it leaves.
  for (let call = 1; call <= calls; call++) {
    const { run, sent, deleted } = await deleteIt({ call, when: 'after' });
    const kept = (run.result as { keptUntil?: string } | undefined)?.keptUntil;
    if (run.status !== 'completed' || sent !== 1 || deleted !== 1 || kept === undefined)
      bad.push(`after call ${call} (${names[call - 1]}): ${run.status}, sent ${sent}, ${run.error?.message}`);
  }
  expect(calls).toBeGreaterThan(20);
  expect(bad).toEqual([]);
}, 120_000);
