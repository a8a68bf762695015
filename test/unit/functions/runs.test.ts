import { expect, test } from 'vitest';
import { recordStarted } from '../../../src/runs/acceptRun.ts';
import { finishRun } from '../../../src/runs/finishRun.ts';
import type { RunEnding } from '../../../src/runs/run.ts';
import { runServices, trackerServices } from '../../../src/composition/invocationServices.ts';
import { watchJob } from '../../../src/jobs/watchJob.ts';
import { watchOrder } from '../../support/trackerWorld.ts';
import { httpApp, type HttpApp } from '../../support/httpApp.ts';
import type { MemoryTable } from '../../support/memoryStorage.ts';

const group = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/files';
const vaultId = `${group}/providers/Microsoft.RecoveryServices/vaults/files-vault`;
const storageAccountId = `${group}/providers/Microsoft.Storage/storageAccounts/companyfiles`;
const target = (share: string) => ({ kind: 'fileShare', vaultId, storageAccountId, share });

const runsOf = (app: HttpApp) => runServices(app.services, app.context('test'));

async function start(app: HttpApp, share = 'docs'): Promise<string> {
  const { body } = await app.call('startBackup', { body: { target: target(share) } });
  await app.services.pause(1000);
  return body.id as string;
}

const end = (app: HttpApp, runId: string, status: RunEnding['status']) =>
  finishRun(runsOf(app), { runId, generation: 1, ending: { status, warnings: [] } });

test('the record of a run is read by its id, in any case', async () => {
  const app = httpApp();
  const id = await start(app);
  const { status, headers, body } = await app.call('getRun', { id: id.toUpperCase() });
  expect(status).toBe(200);
  expect(body.id).toBe(id);
  expect(headers['retry-after']).toBe('5');
});

test('a record that was waited for is 202 while the run goes on, 200 once it has ended', async () => {
  const app = httpApp();
  const id = await start(app);
  const running = await app.call('getRun', { id, query: '?wait=3' });
  expect(running.status).toBe(202);
  expect(running.headers['operation-location']).toBe(`/api/runs/${id}`);
  await end(app, id, 'completed');
  expect((await app.call('getRun', { id, query: '?wait=3' })).status).toBe(200);
});

test.each(['getRun', 'cancelRun', 'closeRun'])('%s of a run that is not there answers 404', async (name) => {
  for (const id of ['0'.repeat(40), 'x', '../secret', '']) {
    const { status, body } = await httpApp().call(name, {
      id,
      body: name === 'closeRun' ? { reason: 'r' } : {},
    });
    expect(status).toBe(404);
    expect(body.error.code).toBe('RunNotFound');
  }
});

test('runs are listed newest first, without their steps', async () => {
  const app = httpApp();
  const ids = [await start(app, 'a'), await start(app, 'b'), await start(app, 'c')];
  const { body } = await app.call('listRuns');
  expect(body.value.map(({ id }: { id: string }) => id)).toEqual(ids.reverse());
  expect(body.value[0].steps).toBeUndefined();
  expect(body.nextLink).toBeUndefined();
});

test('a list goes on at its nextLink and ends', async () => {
  const app = httpApp();
  const ids = [await start(app, 'a'), await start(app, 'b'), await start(app, 'c')];
  const first = await app.call('listRuns', { query: '?top=2' });
  expect(first.body.value).toHaveLength(2);
  const next = new URL(first.body.nextLink);
  expect(next.origin).toBe('http://localhost:7071');
  expect(next.searchParams.get('top')).toBe('2');
  const last = await app.call('listRuns', { query: next.search });
  expect(last.body.value.map(({ id }: { id: string }) => id)).toEqual([ids[0]]);
  expect(last.body.nextLink).toBeUndefined();
});

test('a list is narrowed by status, kind and target; empty values count as absent', async () => {
  const app = httpApp();
  const failed = await start(app, 'a');
  await end(app, failed, 'failed');
  await start(app, 'b');
  const list = async (query: string) => (await app.call('listRuns', { query })).body.value.length as number;
  expect(await list('?status=failed')).toBe(1);
  expect(await list('?kind=protect')).toBe(0);
  expect(await list('?status=&kind=&target=&batch=&top=&continuation=')).toBe(2);
  expect(await list(`?target=${encodeURIComponent(storageAccountId.toLowerCase())}`)).toBe(2);
});

test('a list is narrowed by the time runs were asked for: since counts, until does not', async () => {
  const app = httpApp();
  const [first, second, third] = [await start(app, 'a'), await start(app, 'b'), await start(app, 'c')];
  const list = async (query: string) =>
    (await app.call('listRuns', { query })).body.value.map(({ id }: { id: string }) => id) as string[];
  expect(await list('?since=2026-03-01T10:00:01Z')).toEqual([third, second]);
  expect(await list('?until=2026-03-01T10:00:01Z')).toEqual([first]);
  expect(await list('?since=2026-03-01T11:00:01%2B01:00&until=2026-03-01T10:00:02.000Z')).toEqual([second]);
  expect(await list('?kind=backUp&status=running&since=2026-03-01T10:00:01Z&top=1')).toEqual([third]);
  const page = await app.call('listRuns', { query: '?until=2026-03-01T10:00:02Z&top=1' });
  expect(await list(new URL(page.body.nextLink).search)).toEqual([first]);
});

test('answers of runs carry how the run stands, whatever the HTTP status', async () => {
  const app = httpApp();
  const accepted = await app.call('startBackup', { body: { target: target('docs') } });
  const id = accepted.body.id as string;
  const standing = async (name: string, more: object = {}) => {
    const { status, headers } = await app.call(name, { id, ...more });
    return [status, headers['x-run-status']];
  };
  expect([accepted.status, accepted.headers['x-run-status']]).toEqual([202, 'accepted']);
  expect(await standing('getRun')).toEqual([200, 'running']);
  expect(await standing('getRun', { query: '?wait=1' })).toEqual([202, 'running']);
  await end(app, id, 'unknown');
  expect(await standing('getRun', { query: '?wait=1' })).toEqual([200, 'unknown']);
  expect(await standing('closeRun', { body: { reason: 'looked' } })).toEqual([200, 'failed']);
});

test.each([
  ['getRun', {}],
  ['getPlan', {}],
  ['listRuns', {}],
  ['listItems', {}],
  ['getVaults', {}],
  ['openapi', {}],
  ['getCoverage', {}],
  ['getCoverageHistory', {}],
  ['getCoverageResource', {}],
  ['cancelRun', { text: '' }],
  ['closeRun', { body: { reason: 'r' } }],
  ['startBackup', { body: { target: target('docs') } }],
  ['startSweep', { text: '' }],
])('%s refuses a parameter it does not know, by its name', async (name, more) => {
  const { status, body } = await httpApp().call(name, { ...more, id: '0'.repeat(40), query: '?colour=red' });
  expect(status).toBe(400);
  expect(body.error.details.map(({ target: at }: { target: string }) => at)).toContain('colour');
});

test.each([
  ['backups', 'GET', 'POST'],
  ['runs', 'POST', 'GET'],
  ['runs/0a/cancel', 'DELETE', 'POST'],
  ['Sweeps', 'PUT', 'POST'],
])('%s answers %s with 405 and what is allowed', async (path, method, allowed) => {
  const { status, headers, body } = await httpApp().call('otherVerbs', { path, method });
  expect([status, headers['allow'], body.error.code]).toEqual([405, allowed, 'MethodNotAllowed']);
});

test('a path that the API does not have is 404', async () => {
  const { status, body } = await httpApp().call('otherVerbs', { path: 'backup', method: 'POST' });
  expect([status, body.error.code]).toEqual([404, 'NotFound']);
});

test.each([
  'status=done',
  'kind=backup',
  'top=0',
  'top=101',
  'top=x',
  'continuation=x',
  'target=x',
  'batch=%2e%2e',
  'since=yesterday',
  'until=2026-13-01T00:00:00Z',
])('the query %s is refused and named', async (query) => {
  const { status, body } = await httpApp().call('listRuns', { query: `?${query}` });
  expect(status).toBe(400);
  expect(body.error.details[0].target).toBe(query.split('=')[0]);
});

test('a cancelled run is answered with 202 until its flow has seen it', async () => {
  const app = httpApp();
  const id = await start(app);
  await recordStarted(runsOf(app), { runId: id, generation: 1 });
  const { status, headers } = await app.call('cancelRun', { id, text: '' });
  expect(status).toBe(202);
  expect(headers['operation-location']).toBe(`/api/runs/${id}`);
  await end(app, id, 'cancelled');
  const again = await app.call('cancelRun', { id, text: '' });
  expect(again.status).toBe(200);
  expect(again.body.cancelRequestedBy).toEqual({ caller: 'local', at: '2026-03-01T10:00:01.000Z' });
});

test('a run that has ended otherwise cannot be cancelled', async () => {
  const app = httpApp();
  const id = await start(app);
  await end(app, id, 'completed');
  const { status, body } = await app.call('cancelRun', { id, body: {} });
  expect(status).toBe(409);
  expect(body.error).toMatchObject({ code: 'RunEnded', message: 'The run has ended: completed.' });
});

test('cancelling takes no body', async () => {
  const app = httpApp();
  const { status } = await app.call('cancelRun', { id: await start(app), body: { force: true } });
  expect(status).toBe(400);
});

test('a person closes a run that ended unknown, and may say so twice', async () => {
  const app = httpApp();
  const id = await start(app);
  await end(app, id, 'unknown');
  const close = () => app.call('closeRun', { id, body: { reason: 'no job in the portal' } });
  const { status, body } = await close();
  expect(status).toBe(200);
  expect(body).toMatchObject({
    status: 'failed',
    error: { code: 'ClosedByPerson', message: 'no job in the portal' },
    closedBy: { caller: 'local', at: '2026-03-01T10:00:01.000Z' },
  });
  expect((await close()).status).toBe(200);
});

test('any other run is not closed, and a reason is needed', async () => {
  const app = httpApp();
  const id = await start(app);
  const running = await app.call('closeRun', { id, body: { reason: 'impatience' } });
  expect(running.status).toBe(409);
  expect(running.body.error.code).toBe('RunNotUnknown');
  expect((await app.call('closeRun', { id, body: { reason: ' ' } })).status).toBe(400);
});

test('runs whose jobs are watched are known to be so, all of them from one look', async () => {
  const app = httpApp();
  const runIds = [await start(app), await start(app)];
  const { watches } = app.services.tables;
  const watch = (runId: string) =>
    watchJob(trackerServices(app.services, app.context('test')), watchOrder({ vaultId, runId }));
  for (const runId of runIds) await watch(runId);
  const pages = () => (watches as MemoryTable).operations['page'] ?? 0;
  const before = pages();
  const runs = runsOf(app);
  expect(await Promise.all([...runIds, 'f'.repeat(40)].map((runId) => runs.isWatched?.(runId)))).toEqual([
    true,
    true,
    false,
  ]);
  expect(pages() - before).toBe(2);
});
