import { describe, expect, test } from 'vitest';
import { finishRun } from '../../../src/runs/finishRun.ts';
import type { RunStatus } from '../../../src/runs/run.ts';
import { runServices } from '../../../src/composition/invocationServices.ts';
import { readSettings } from '../../../src/settings.ts';
import { httpApp } from '../../support/httpApp.ts';

const vault =
  '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/files/providers/Microsoft.RecoveryServices/vaults/west';
const itemOf = (name: string) => ({
  id: `${vault}/backupFabrics/Azure/protectionContainers/c;${name}/protectedItems/${name}`,
});

function app(settings: Readonly<Record<string, string>>) {
  const made = httpApp({
    settings: readSettings({
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
      ACCESS_MODE: 'development',
      AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
      ITEM_COOLDOWN_MINUTES: '0',
      CALLER_RUNS_PER_MINUTE: '0',
      ...settings,
    }),
  });
  const ask = (key: string, body: unknown) =>
    made.call('startBackup', { body, headers: { 'idempotency-key': key } });
  const end = (runId: string, status: Exclude<RunStatus, 'accepted' | 'running'>) =>
    finishRun(runServices(made.services, made.context('test')), {
      ...{ runId, generation: 1 },
      ending: { status, warnings: [] },
    });
  return { ...made, ask, end };
}

describe('an item that has had a backup', () => {
  const cool = { ITEM_COOLDOWN_MINUTES: '15' };

  test('has no other one for a quarter of an hour, whoever asks', async () => {
    const { ask, pass } = app(cool);
    const first = await ask('one', { target: itemOf('docs') });
    expect(first.status).toBe(202);
    pass(5);
    const refused = await ask('two', { target: itemOf('DOCS') });
    expect([refused.status, refused.body.error.code, refused.headers['retry-after']]).toEqual([
      429,
      'ItemCoolDown',
      '600',
    ]);
    expect(refused.body.error.message).toContain(first.body.id);
    expect((await ask('three', { target: itemOf('other') })).status).toBe(202);
    pass(10);
    expect((await ask('two', { target: itemOf('docs') })).status).toBe(202);
  });

  test('answers the same request again and again with its run', async () => {
    const { ask } = app(cool);
    const first = await ask('one', { target: itemOf('docs') });
    const again = await ask('one', { target: itemOf('docs') });
    expect([again.status, again.body.id]).toEqual([202, first.body.id]);
  });

  test.each(['failed', 'cancelled', 'skipped'] as const)(
    'is asked for at once after a run that %s',
    async (status) => {
      const { ask, end } = app(cool);
      await end((await ask('one', { target: itemOf('docs') })).body.id, status);
      expect((await ask('two', { target: itemOf('docs') })).status).toBe(202);
    },
  );

  test('is found among the targets of a batch', async () => {
    const { ask } = app(cool);
    await ask('one', { target: itemOf('docs') });
    const targets = [itemOf('other'), itemOf('docs')];
    expect((await ask('two', { targets })).status).toBe(429);
    expect((await ask('three', { targets: [itemOf('other')] })).status).toBe(202);
  });

  test('is looked at by a dry run as often as one likes', async () => {
    const { ask } = app(cool);
    await ask('one', { target: itemOf('docs') });
    expect((await ask('two', { target: itemOf('docs'), dryRun: true })).status).toBe(202);
  });
});

describe('a caller', () => {
  const limit = { CALLER_RUNS_PER_MINUTE: '2' };

  test('asks for so many new runs a minute; repeats do not count and are never refused', async () => {
    const { ask, pass } = app(limit);
    const first = await ask('one', { target: itemOf('a') });
    for (let times = 0; times < 5; times++) await ask('one', { target: itemOf('a') });
    expect((await ask('two', { target: itemOf('b') })).status).toBe(202);
    const refused = await ask('three', { target: itemOf('c') });
    expect([refused.status, refused.body.error.code, refused.headers['retry-after']]).toEqual([
      429,
      'TooManyRuns',
      '60',
    ]);
    expect((await ask('one', { target: itemOf('a') })).body.id).toBe(first.body.id);
    pass(1);
    expect((await ask('three', { target: itemOf('c') })).status).toBe(202);
  });

  test('has a limit of its own', async () => {
    const { ask, call } = app(limit);
    await ask('one', { target: itemOf('a') });
    await ask('two', { target: itemOf('b') });
    expect((await call('listRuns')).status).toBe(200);
    expect((await ask('three', { target: itemOf('c') })).status).toBe(429);
  });
});
