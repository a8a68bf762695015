import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp, type EmbeddedApp } from '../support/embeddedApp.ts';
import { fleetWorld } from '../support/shareFleet.ts';
import { policyId, shareTarget, shareWorld } from '../support/shareWorld.ts';

const steps = 'backup-steps';
const poison = `${steps}-poison`;
const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** Every message of a step comes three times, once more than asked and once late. */
function deliverAgain(app: EmbeddedApp): () => number {
  const put = app.queues.put.bind(app.queues);
  const sent = new Map<string, number>();
  app.queues.put = async (queue, text, options) => {
    await put(queue, text, options);
    const times = sent.get(text) ?? 0;
    // A step's later looks have the same text: doubled without end they would be a storm of ours.
    if (queue !== steps || times >= 3) return;
    sent.set(text, times + 1);
    await put(queue, text, options);
    await put(queue, text, { ...options, visibilitySeconds: (options?.visibilitySeconds ?? 0) + 40 });
  };
  return () => [...sent.values()].reduce((sum, times) => sum + 2 * times, 0);
}

const message = ({ runId, stepId }: { readonly runId: string; readonly stepId: string }) =>
  encoded(JSON.stringify({ runId, stepId }));

describe('messages of steps', () => {
  test('that come three times, the first still at work, protect a share once and back it up once', async () => {
    const slow = { kind: 'delay', seconds: 5, when: 'before' } as const;
    const faults = [{ on: 'recoveryServices.*', times: 0, fault: slow }];
    const app = await startEmbeddedApp({ world: shareWorld(), faults });
    const more = deliverAgain(app);
    const body = { target: shareTarget('docs'), protectFirst: { policyId: policyId('daily') } };
    const { id } = (await app.request('POST', '/api/backups', body))?.body as RunRecord;
    const record = await app.runEnded(id);
    const kinds = ['register', 'inquire', 'protect', 'backup'];
    const counts = kinds.map((kind) => app.simulator.effects.count(kind));
    await app.stop();
    expect(more()).toBeGreaterThan(8);
    expect(record.status).toBe('completed');
    expect(counts.at(-1)).toBe(1);
    expect(counts.at(-2)).toBe(1);
  });

  test('that nobody ordered, cannot be read or turned poison cause no request', async () => {
    const app = await startEmbeddedApp({ world: fleetWorld({ docs: 20 }) });
    const strangers = [
      message({ runId: 'f'.repeat(40), stepId: '01' }),
      message({ runId: '../../victim', stepId: '01' }),
      encoded('{"runId":'),
      'no base64 \u0000',
    ];
    for (const queue of [steps, poison])
      for (const text of strangers) await app.queues.put(queue, text, { ttlSeconds: -1 });
    await app.clock.runFor(3_600_000);
    await app.stop();
    expect(app.simulator.log).toEqual([]);
    expect(app.log.filter((line) => line.includes('none of ours')).length).toBeGreaterThan(0);
  });

  test('that turn poison while the service protects a share change nothing of its run', async () => {
    const app = await startEmbeddedApp({ world: shareWorld() });
    const body = { target: shareTarget('docs'), protectFirst: { policyId: policyId('daily') } };
    const { id } = (await app.request('POST', '/api/backups', body))?.body as RunRecord;
    await app.clock.runUntil(() => app.simulator.effects.count('protect') === 1, 3_600_000);
    await app.clock.runFor(10_000);
    const open = app.tables.steps.rows().filter((row) => row['state'] !== 'settled');
    for (const row of app.tables.steps.rows())
      await app.queues.put(poison, message({ runId: row.partitionKey, stepId: row.rowKey }), {
        ttlSeconds: -1,
      });
    const record = await app.runEnded(id);
    await app.stop();
    expect(open).toHaveLength(1);
    expect(record.status).toBe('completed');
    expect(app.simulator.effects.count('protect')).toBe(1);
    expect(app.simulator.effects.count('backup')).toBe(1);
  });
});

test('storage that refuses a step’s writes for ten minutes, once its backup was sent, turns its messages poison: the job is adopted', async () => {
  const app = await startEmbeddedApp({ world: fleetWorld({ docs: 1800 }) });
  const { id } = (await app.request('POST', '/api/backups', { target: shareTarget('docs') }))
    ?.body as RunRecord;
  const replace = app.tables.steps.replace.bind(app.tables.steps);
  let refused = 0;
  const until = app.clock.now() + 600_000;
  app.tables.steps.replace = async (row, etag) => {
    if (app.simulator.effects.count('backup') === 0 || app.clock.now() > until) return replace(row, etag);
    refused += 1;
    throw new Error('The table is out of reach.');
  };
  const record = await app.runEnded(id);
  await app.stop();
  expect(refused).toBeGreaterThan(5);
  expect(record).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
  expect(app.simulator.effects.count('backup')).toBe(1);
});

test('events that tell of another step or another job leave a run as it is, and every timer is set once', async () => {
  const app = await startEmbeddedApp({ world: fleetWorld({ docs: 300 }) });
  const { id } = (await app.request('POST', '/api/backups', { target: shareTarget('docs') }))
    ?.body as RunRecord;
  const instance = `${id}-1`;
  const raise = (name: string, payload: object) => app.durable().client.raise(instance, name, payload);
  for (const ask of [1, 2, 3]) raise(`step-${ask}`, { stepId: '99', outcome: { kind: 'cancelled' } });
  raise('job-1', { event: 9, outcome: { kind: 'cancelRequested' } });
  const record = await app.runEnded(id);
  await app.stop();
  expect(record.status).toBe('completed');
  expect(app.warnings.list().map(({ code }) => code)).not.toContain('H01');
});
