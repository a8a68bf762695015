import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import { numbered, planWorld, samplePlan, shareOf } from '../support/planWorld.ts';

const shares = numbered('docs', 12);
const world = planWorld({
  accounts: [{ name: 'papers01', shares, protectedShares: shares.slice(0, 11), tags: { backup: 'daily' } }],
});
const targets = shares.map((share) => shareOf('papers01', share));

describe('a batch of targets', () => {
  test('gives each target a run of its own and shows which one failed', async () => {
    const app = await startEmbeddedApp({ world });
    const accepted = await app.request('POST', '/api/backups', { targets }, { 'idempotency-key': 'night-1' });
    expect(accepted?.status).toBe(202);
    const { id } = accepted?.body as { id: string };
    const record = await app.runEnded(id);
    expect(record.kind).toBe('backUp');
    expect(record.status).toBe('failed');
    expect(record.counts).toEqual({ total: 12, completed: 11, failed: 1 });
    expect(record.failures?.map(({ target, error }) => [target.split('/').at(-1), error?.code])).toEqual([
      ['docs12', 'NotProtected'],
    ]);
    expect(app.simulator.effects.count('backup')).toBe(11);
    const listed = await app.request('GET', `/api/runs?batch=${id}&top=100`);
    expect((listed?.body as { value: RunRecord[] }).value).toHaveLength(12);
    const again = await app.request('POST', '/api/backups', { targets }, { 'idempotency-key': 'night-1' });
    expect([again?.status, (again?.body as { id: string }).id]).toEqual([200, id]);
    expect(app.simulator.effects.count('backup')).toBe(11);
    await app.stop();
  }, 60_000);

  test('by rule backs up what the rule selects among what is protected', async () => {
    const app = await startEmbeddedApp({ world, plan: () => samplePlan() });
    const accepted = await app.request('POST', '/api/backups', { rule: 'daily shares' });
    const record = await app.runEnded((accepted?.body as { id: string }).id);
    expect(record.status).toBe('completed');
    expect(record.counts).toEqual({ total: 11, completed: 11 });
    await app.stop();
  }, 60_000);

  test('asked again, it is answered with its run, whatever has become of the rule', async () => {
    let rules = samplePlan().rules;
    const app = await startEmbeddedApp({ world, plan: () => samplePlan({ rules }) });
    const ask = (key: string) =>
      app.request('POST', '/api/backups', { rule: 'daily shares' }, { 'idempotency-key': key });
    const { id } = (await ask('gate-1'))?.body as { id: string };
    await app.runEnded(id);
    rules = rules.slice(1);
    await app.clock.runFor(3_600_000);
    expect((await ask('gate-2'))?.status).toBe(400);
    const again = await ask('gate-1');
    expect([again?.status, (again?.body as { id: string }).id]).toEqual([200, id]);
    await app.stop();
  }, 60_000);

  test('a rule that the plan does not have is refused at once', async () => {
    const app = await startEmbeddedApp({ world, plan: () => samplePlan() });
    const refused = await app.request('POST', '/api/backups', { rule: 'nightly' });
    expect(refused?.status).toBe(400);
    expect(refused?.body).toMatchObject({ error: { code: 'RuleNotFound', target: 'rule' } });
    await app.stop();
  });
});
