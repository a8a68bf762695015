import { describe, expect, test } from 'vitest';
import { eventListenersOf } from '../../local/arm-simulator/resources/events/listeners.ts';
import { dressEvent, type ResourceEvent } from '../../local/arm-simulator/resources/events/event-shapes.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import type { DeathPoint } from '../support/mortalPorts.ts';
import { diskId, planWorld, samplePlan, shareOf } from '../support/planWorld.ts';
import { runRows } from '../support/runDesk.ts';

/** Far from the nightly sweep, which would mend what an event has lost. */
const startAt = '2026-08-22T09:00:00Z';

interface Told {
  readonly fine: boolean;
  readonly calls: number;
  readonly names: readonly string[];
  readonly said: string;
}

/** A batch of two shares, asked for with the same key until an answer comes. */
async function batch(deathAt?: DeathPoint): Promise<Told> {
  const shares = ['docs', 'plans'];
  const world = planWorld({ accounts: [{ name: 'papers01', shares, protectedShares: shares }] });
  const app = await startEmbeddedApp({ world, startAt, ...(deathAt && { deathAt }) });
  const body = { targets: shares.map((share) => shareOf('papers01', share)) };
  const ask = () => app.request('POST', '/api/backups', body, { 'idempotency-key': 'night' });
  let answer = await ask();
  for (let tries = 0; tries < 3 && (!answer || answer.status >= 500); tries++) answer = await ask();
  const run = await app.runEnded((answer?.body as { id: string }).id, 24);
  const backups = app.simulator.effects.count('backup');
  const calls = app.portCalls.count;
  await app.stop();
  const fine = run?.status === 'completed' && run.counts?.completed === 2 && backups === 2;
  return {
    fine,
    calls,
    names: app.portCalls.names,
    said: `${run?.status} ${JSON.stringify(run?.counts)} ${backups}`,
  };
}

/** A disk's event, delivered again by Event Grid until it is accepted. */
async function event(deathAt?: DeathPoint): Promise<Told> {
  const app = await startEmbeddedApp({
    world: planWorld(),
    plan: () => samplePlan(),
    startAt,
    ...(deathAt && { deathAt }),
  });
  const events: ResourceEvent[] = [];
  eventListenersOf(app.simulator.core).add((one) => events.push(one));
  await app.simulator.handle({
    method: 'PUT',
    url: `https://management.azure.com${diskId('db-data')}?api-version=2023-04-02`,
    headers: { authorization: `Bearer ${'a'.repeat(40)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ location: 'westeurope', tags: { backup: 'daily' } }),
  });
  const path = '/runtime/webhooks/eventgrid?functionName=onResourceWritten';
  const deliver = () =>
    app.request('POST', path, dressEvent(events[0]!, 'EventGridSchema'), {
      'aeg-event-type': 'Notification',
    });
  let answer = await deliver();
  for (let tries = 0; tries < 3 && answer?.status !== 202; tries++) answer = await deliver();
  const hasEnded = () => app.tables.runs.rows().some((row) => row['endedAt'] !== undefined);
  await app.clock.runUntil(hasEnded, 12 * 3_600_000);
  const status = runRows(app.tables.runs)
    .map((row) => String(row['status']))
    .join();
  const protections = app.simulator.effects.count('protect');
  const calls = app.portCalls.count;
  await app.stop();
  return {
    fine: status === 'completed' && protections === 1,
    calls,
    names: app.portCalls.names,
    said: `${status} ${protections}`,
  };
}

/** Deaths before and after every n-th port call. */
async function deaths(
  story: (deathAt?: DeathPoint) => Promise<Told>,
  every: number,
): Promise<readonly string[]> {
  const { calls, names } = await story();
  const bad: string[] = [];
  for (let call = 1; call <= calls; call += every) {
    for (const when of ['before', 'after'] as const) {
      const { fine, said } = await story({ call, when });
      if (!fine) bad.push(`death ${when} call ${call} (${names[call - 1]}): ${said}`);
    }
  }
  return bad;
}

describe('a process that dies', () => {
  test('in the middle of a batch loses no item and backs none up twice', async () => {
    expect((await batch()).said).toBe('completed {"total":2,"completed":2} 2');
    expect(await deaths(batch, 5)).toEqual([]);
  }, 240_000);

  test('while an event is accepted or its run goes on protects the disk once', async () => {
    expect((await event()).said).toBe('completed 1');
    expect(await deaths(event, 3)).toEqual([]);
  }, 240_000);
});
