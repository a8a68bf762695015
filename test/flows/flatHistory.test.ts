import { expect, test } from 'vitest';
import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import { eventType } from '../../local/functions-host/durable/historyEvents.ts';
import { storedRows } from '../../local/functions-host/durable/instanceRecord.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import { shareTarget, shareWorld } from '../support/shareWorld.ts';

/** History rows of the run, and the most that its vault's tracker ever held. */
async function rowsOfJob(seconds: number) {
  const world = shareWorld({ protectedShares: ['docs'], datasource: { jobs: [{ seconds }] } });
  const app = await startEmbeddedApp({ world });
  const answer = await app.request('POST', '/api/backups', { target: shareTarget('docs') });
  const { id } = answer?.body as { id: string };
  const rows = (name: string) =>
    [...app.durable().engine.records()].filter(({ head }) => head.name === name).map(storedRows);
  let longest = 0;
  const isEnded = () => app.tables.runs.rows().some((row) => row['status'] === 'completed');
  while (!isEnded() && app.clock.now() < Date.parse('2026-08-22T12:00:00Z')) {
    await app.clock.runFor(10_000);
    longest = Math.max(longest, ...rows('trackJobs'));
  }
  const record = await app.runEnded(id);
  const [run = 0] = rows('run');
  await app.stop();
  return { status: record.status, run, tracker: longest };
}

test('a job of five hours costs its run no more history than one of a minute, and its tracker under forty rows', async () => {
  const short = await rowsOfJob(60);
  const long = await rowsOfJob(18_000);
  expect([short.status, long.status]).toEqual(['completed', 'completed']);
  expect(long.run).toBeLessThanOrEqual(short.run * 1.1);
  expect(long.tracker).toBeLessThanOrEqual(40);
  expect(long.tracker).toBeGreaterThan(0);
});

const unreadableOnce: FaultRuleSeed = {
  on: 'recoveryServices.recoveryPoints',
  times: 1,
  fault: { kind: 'reply', status: 403, code: 'Forbidden', message: 'Not now.' },
};

test('a backup by id leaves 13 rows, each step beside its own eight more, as the official host counts them', async () => {
  const app = await startEmbeddedApp({ world: shareWorld({ protectedShares: ['docs'] }) });
  const rowsOf = async (target: object) => {
    const answer = await app.request('POST', '/api/backups', { target });
    const { id, result, steps } = await app.runEnded((answer?.body as { id: string }).id);
    const run = [...app.durable().engine.records()].find(({ head }) => head.instanceId.startsWith(id));
    const { protectedItemId: itemId } = result as { protectedItemId: string };
    return { rows: run && storedRows(run), steps: steps.length, itemId };
  };
  app.simulator.faults.add([unreadableOnce]);
  const seen = await rowsOf(shareTarget('docs'));
  const byName = await rowsOf(shareTarget('docs'));
  const byId = await rowsOf({ id: byName.itemId });
  expect([seen, byName, byId].map(({ steps }) => steps)).toEqual([3, 2, 1]);
  expect([seen, byName, byId].map(({ rows }) => rows)).toEqual([29, 21, 13]);
  await app.stop();
});

test('of a backup only its later steps and its ending are activities: its first step, the job and its point take none', async () => {
  const app = await startEmbeddedApp({ world: shareWorld({ protectedShares: ['docs'] }) });
  const answer = await app.request('POST', '/api/backups', { target: shareTarget('docs') });
  const record = await app.runEnded((answer?.body as { id: string }).id);
  const run = [...app.durable().engine.records()].find(({ head }) => head.name === 'run');
  const activities = run?.history.filter(({ EventType }) => EventType === eventType.taskScheduled);
  expect(activities?.map(({ Name }) => Name)).toEqual([
    ...record.steps.slice(1).map(() => 'orderStep'),
    'finishRun',
  ]);
  expect(record).toMatchObject({ steps: { length: 2 }, recoveryPoint: { id: expect.any(String) } });
  await app.stop();
});

test('while its job runs the record shows what was last seen of it', async () => {
  const world = shareWorld({ protectedShares: ['docs'], datasource: { jobs: [{ seconds: 3600 }] } });
  const app = await startEmbeddedApp({ world });
  const answer = await app.request('POST', '/api/backups', { target: shareTarget('docs') });
  await app.clock.runFor(300_000);
  const record = await app.request('GET', `/api/runs/${(answer?.body as { id: string }).id}`);
  expect(record?.body).toMatchObject({ status: 'running', job: { status: 'InProgress' } });
  await app.stop();
});

test('a run that is cancelled while its job runs has the job cancelled within a minute', async () => {
  const world = shareWorld({ protectedShares: ['docs'], datasource: { jobs: [{ seconds: 18_000 }] } });
  const app = await startEmbeddedApp({ world });
  const answer = await app.request('POST', '/api/backups', { target: shareTarget('docs') });
  const { id } = answer?.body as { id: string };
  await app.clock.runFor(3_600_000);
  await app.request('POST', `/api/runs/${id}/cancel`);
  await app.clock.runFor(60_000);
  expect(app.simulator.log.map(({ route }) => route)).toContain('recoveryServices.cancelJob');
  expect(await app.runEnded(id)).toMatchObject({ status: 'cancelled', job: { status: 'Cancelled' } });
  await app.stop();
});
