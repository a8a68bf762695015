import { expect, test } from 'vitest';
import { numbered, planWorld, shareOf } from '../support/planWorld.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';

interface Line {
  readonly message?: string;
  readonly [field: string]: unknown;
}

const jsonLines = (log: readonly string[]): readonly Line[] =>
  log.flatMap((line) => {
    const at = line.indexOf('{"message"');
    return at < 0 ? [] : [JSON.parse(line.slice(at)) as Line];
  });

test('a backup writes one line per step, with the ids of the last reply, and one for its run: 200 of them far below 3,000', async () => {
  const shares = numbered('docs', 20);
  const accounts = [{ name: 'box001', shares, protectedShares: shares }];
  const app = await startEmbeddedApp({ world: planWorld({ accounts }) });
  const targets = shares.map((share) => shareOf('box001', share));
  const asked = await app.request('POST', '/api/backups', { targets });
  const record = await app.runEnded((asked?.body as { id: string }).id);
  expect(record.counts).toMatchObject({ completed: 20 });
  const lines = jsonLines(app.log);
  const steps = lines.filter(({ message }) => message === 'step ended');
  const runs = lines.filter(({ message }) => message === 'run ended');
  expect(new Set(steps.map(({ runId, stepId }) => `${String(runId)}/${String(stepId)}`)).size).toBe(
    steps.length,
  );
  expect(new Set(runs.map(({ runId }) => runId)).size).toBe(21);
  const backup = steps.find(({ name }) => name === 'recoveryServices.backUpNow');
  expect(backup).toMatchObject({
    outcome: 'done',
    runId: expect.stringMatching(/^[0-9a-f]{40}$/),
    correlationId: expect.stringMatching(/.+/),
    armRequestId: expect.stringMatching(/.+/),
    clientRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect((lines.length / 20) * 200).toBeLessThan(2000);
  await app.stop();
}, 60_000);
