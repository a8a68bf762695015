import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEnvironment, type Environment } from '../../local/environment.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { demoShare } from '../support/bundledApp.ts';

/** `BASE_URL` and `FUNCTIONS_KEY` point the same suite at another host, the official one, whose ARM is a simulator with its default world. */
const { BASE_URL, FUNCTIONS_KEY: key } = process.env;
// The test runner sets BASE_URL to a path of its own.
const elsewhere = BASE_URL?.startsWith('http') ? BASE_URL : undefined;
let environment: Environment | undefined;
let base = elsewhere ?? '';

beforeAll(async () => {
  if (elsewhere) return;
  environment = await startEnvironment({ timeScale: 60 });
  base = environment.app;
}, 120_000);

afterAll(async () => environment?.stop());

async function ask(method: string, path: string, body?: unknown, idempotencyKey?: string) {
  const headers = {
    ...(key && { 'x-functions-key': key }),
    ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
  };
  const text = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const answer = await fetch(`${base}/api/${path}`, { method, headers, ...text });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as RunRecord };
}

describe('the bundle on a host, with storage and ARM over the network', () => {
  test('a pipeline asks once, waits, and gets the ending with the recovery point', async () => {
    const { status, body } = await ask(
      'POST',
      'backups?wait=120',
      { target: demoShare('archive'), keepFor: 'P7D' },
      'gate-1',
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
    expect(body.recoveryPoint?.tiers[0]?.expiresAt).toBe((body.result as { expiresAt: string }).expiresAt);
    const again = await ask('POST', 'backups', { target: demoShare('archive'), keepFor: 'P7D' }, 'gate-1');
    expect(again).toMatchObject({ status: 200, body: { id: body.id } });
    const other = await ask('POST', 'backups', { target: demoShare('documents') }, 'gate-1');
    expect(other.status).toBe(409);
  }, 180_000);

  test('an unprotected share is refused in words, and protected when asked', async () => {
    const target = demoShare('documents');
    const { vaultId } = target;
    const refused = await ask('POST', 'backups?wait=60', { target });
    expect(refused.body).toMatchObject({ status: 'failed', error: { code: 'NotProtected' } });
    const policyId = `${vaultId}/backupPolicies/daily-files`;
    const made = await ask('POST', 'protections?wait=120', { target, vaultId, policyId });
    expect(made.body.error).toBeUndefined();
    expect(made.body.status).toBe('completed');
  }, 240_000);

  test('what is asked badly is answered 400 with every problem, and starts no run', async () => {
    const before = (await ask('GET', 'runs')).body as unknown as { value: unknown[] };
    const { status, body } = await ask('POST', 'backups', {
      target: { id: '/subscriptions/..' },
      keepFor: 'P0D',
      colour: 1,
    });
    expect(status).toBe(400);
    const { error } = body as unknown as { error: { details: { target: string }[] } };
    expect(error.details.map(({ target }) => target).sort()).toEqual(['colour', 'keepFor', 'target.id']);
    const after = (await ask('GET', 'runs')).body as unknown as { value: unknown[] };
    expect(after.value).toHaveLength(before.value.length);
  });
});
