import { describe, expect, test } from 'vitest';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import type { DeathPoint } from '../support/mortalPorts.ts';
import { policyId, shareTarget, shareWorld } from '../support/shareWorld.ts';

const protectedBackup = {
  world: shareWorld({ protectedShares: ['docs'] }),
  body: { target: shareTarget('docs') },
};
const unprotectedBackup = {
  world: shareWorld(),
  body: { target: shareTarget('docs'), protectFirst: { policyId: policyId('daily') } },
};

interface Story {
  readonly world: WorldSeed;
  readonly body: object;
}

/** Asks for a backup as a pipeline does: the same key until an answer comes. */
async function backUp({ world, body }: Story, deathAt?: DeathPoint) {
  const app = await startEmbeddedApp({ world, ...(deathAt && { deathAt }) });
  let answer = await app.request('POST', '/api/backups', body, { 'idempotency-key': 'nightly-1' });
  for (let tries = 0; tries < 3 && (!answer || answer.status >= 500); tries++) {
    answer = await app.request('POST', '/api/backups', body, { 'idempotency-key': 'nightly-1' });
  }
  const run = await app.runEnded((answer?.body as { id: string }).id, 24);
  const { count } = app.portCalls;
  const effects = app.simulator.effects;
  const backups = effects.count('backup');
  await app.stop();
  return { run, calls: count, backups, deaths: app.deaths(), names: app.portCalls.names };
}

/**
 * Every death of a story, at each call that the undisturbed story makes. Dying before a call leaves in storage what dying
 * after the call before it leaves.
 */
async function everyDeath(
  story: Story,
  moments: readonly DeathPoint['when'][],
): Promise<{ readonly points: number; readonly bad: readonly string[] }> {
  const { calls, names } = await backUp(story);
  const bad: string[] = [];
  let points = 0;
  for (let call = 1; call <= calls; call++) {
    for (const when of moments) {
      const { run, backups, deaths } = await backUp(story, { call, when });
      points += deaths;
      const fine = run.status === 'completed' && run.job?.status === 'Completed' && backups === 1;
      if (!fine)
        bad.push(
          `${when} call ${call} (${names[call - 1]}): ${run.status}, ${backups} backups, ${run.error?.message}`,
        );
    }
  }
  return { points, bad };
}

describe('a process that dies', () => {
  test('an undisturbed backup of a protected share makes one job and tells it', async () => {
    const { run, backups } = await backUp(protectedBackup);
    expect(run.status).toBe('completed');
    expect(run.job?.status).toBe('Completed');
    expect(backups).toBe(1);
  });

  test('before or after any call of a backup costs time, never the run and never a second backup', async () => {
    const { points, bad } = await everyDeath(protectedBackup, ['before', 'after']);
    expect(bad).toEqual([]);
    expect(points).toBeGreaterThan(100);
  }, 240_000);

  test('after any call from unprotected to backed up costs time, never a second backup', async () => {
    const { points, bad } = await everyDeath(unprotectedBackup, ['after']);
    expect(bad).toEqual([]);
    expect(points).toBeGreaterThan(150);
  }, 240_000);
});
