import { expect, test } from 'vitest';
import { finishRun } from '../../../src/runs/finishRun.ts';
import { runServices } from '../../../src/composition/invocationServices.ts';
import { httpApp, type HttpApp } from '../../support/httpApp.ts';

const group = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/files';
const vaultId = `${group}/providers/Microsoft.RecoveryServices/vaults/files-vault`;
const target = {
  kind: 'fileShare',
  vaultId,
  storageAccountId: `${group}/providers/Microsoft.Storage/storageAccounts/companyfiles`,
  share: 'docs',
};

const details = (body: { error: { details: { target: string; message: string }[] } }): string[] =>
  body.error.details.map((one) => one.target).sort();

const end = (app: HttpApp, runId: string) =>
  finishRun(runServices(app.services, app.context('finishRun')), {
    runId,
    generation: 1,
    ending: { status: 'failed', warnings: [], error: { code: 'UserErrorX', message: 'no' } },
  });

test('a backup is accepted with 202, says where to look and when, and starts its flow', async () => {
  const app = httpApp();
  const { status, headers, body } = await app.call('startBackup', {
    body: { target },
    headers: { 'Idempotency-Key': 'release-47' },
  });
  expect(status).toBe(202);
  expect(body).toMatchObject({
    kind: 'backUp',
    status: 'accepted',
    target,
    generation: 1,
    steps: [],
    warnings: [],
  });
  expect(body.requestedBy).toEqual({ source: 'http', caller: 'local', key: 'release-47' });
  expect(body.createdAt).toBe('2026-03-01T10:00:00.000Z');
  expect(headers['operation-location']).toBe(`/api/runs/${body.id}`);
  expect(headers['retry-after']).toBe('5');
  expect(app.flows.started).toEqual([`${body.id}-1`]);
});

test('the same key and body is the same run, and no second flow', async () => {
  const app = httpApp();
  const request = { body: { target }, headers: { 'Idempotency-Key': 'release-47' } };
  const first = await app.call('startBackup', request);
  const second = await app.call('startBackup', request);
  expect(second.status).toBe(202);
  expect(second.body.id).toBe(first.body.id);
  expect(app.flows.started).toHaveLength(1);
});

test('members in another order are the same body', async () => {
  const app = httpApp();
  const headers = { 'Idempotency-Key': 'k' };
  const first = await app.call('startBackup', { body: { target, keepFor: 'P7D' }, headers });
  const second = await app.call('startBackup', { body: { keepFor: 'P7D', target }, headers });
  expect(second.body.id).toBe(first.body.id);
});

test('the same key with another body is refused with 409', async () => {
  const app = httpApp();
  const headers = { 'Idempotency-Key': 'release-47' };
  const first = await app.call('startBackup', { body: { target }, headers });
  const second = await app.call('startBackup', { body: { target, keepFor: 'P7D' }, headers });
  expect(second.status).toBe(409);
  expect(second.body.error.code).toBe('IdempotencyKeyReused');
  expect(second.body.error.message).toContain(first.body.id);
  expect(app.flows.started).toHaveLength(1);
});

test('a key belongs to its run whatever is asked for with it', async () => {
  const app = httpApp();
  const headers = { 'Idempotency-Key': 'k' };
  await app.call('startBackup', { body: { target }, headers });
  const stop = await app.call('stopProtection', { body: { target, mode: 'retain' }, headers });
  expect(stop.status).toBe(409);
});

test('without a key the app makes one and returns it', async () => {
  const app = httpApp();
  const first = await app.call('startBackup', { body: { target } });
  const second = await app.call('startBackup', { body: { target } });
  expect(first.headers['idempotency-key']).toBe('made-1');
  expect(second.headers['idempotency-key']).toBe('made-2');
  expect(second.body.id).not.toBe(first.body.id);
});

test.each(['', 'has blank', 'ä', 'a/b', 'x'.repeat(129)])('the key "%s" is refused', async (key) => {
  const { status, body } = await httpApp().call('startBackup', {
    body: { target },
    headers: { 'Idempotency-Key': encodeURI(key) === key ? key : encodeURIComponent(key) },
  });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ code: 'InvalidIdempotencyKey', target: 'Idempotency-Key' });
});

test('a run that has ended is answered with 200 and its record', async () => {
  const app = httpApp();
  const request = { body: { target }, headers: { 'Idempotency-Key': 'k' } };
  const { body } = await app.call('startBackup', request);
  await end(app, body.id);
  const again = await app.call('startBackup', request);
  expect(again.status).toBe(200);
  expect(again.body).toMatchObject({ status: 'failed', error: { code: 'UserErrorX', message: 'no' } });
  expect(again.headers['retry-after']).toBeUndefined();
});

test('wait holds the answer until the run has ended, whatever the ending', async () => {
  const app = httpApp();
  const headers = { 'Idempotency-Key': 'k' };
  const { body } = await app.call('startBackup', { body: { target }, headers });
  let pauses = 0;
  app.whilePausing = async () => void (++pauses === 7 && (await end(app, body.id)));
  const held = await app.call('startBackup', { body: { target }, headers, query: '?wait=30' });
  expect(held.status).toBe(200);
  expect(app.services.clock().toISOString()).toBe('2026-03-01T10:00:07.000Z');
});

test('wait that passes without an ending answers 202', async () => {
  const app = httpApp();
  const { status, headers } = await app.call('startBackup', { body: { target }, query: '?wait=200' });
  expect(status).toBe(202);
  expect(headers['operation-location']).toMatch(/^\/api\/runs\/[0-9a-f]{40}$/);
  expect(app.services.clock().toISOString()).toBe('2026-03-01T10:03:20.000Z');
});

test.each(['201', '-1', '1.5', 'long', '', '1e2'])(
  'wait=%s is refused and nothing is started',
  async (wait) => {
    const app = httpApp();
    const { status, body } = await app.call('startBackup', { body: { target }, query: `?wait=${wait}` });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 'InvalidWait', target: 'wait' });
    expect(app.flows.started).toEqual([]);
  },
);

test('every problem of a body is listed with its path, unknown fields too', async () => {
  const { status, body } = await httpApp().call('startBackup', {
    body: {
      target: { ...target, vaultId: 'files-vault', share: 3, colour: 'red' },
      keepFor: 'P0D',
      keepfor: 'P1D',
    },
  });
  expect(status).toBe(400);
  expect(body.error.code).toBe('InvalidRequest');
  expect(details(body)).toEqual(['keepFor', 'keepfor', 'target.colour', 'target.share', 'target.vaultId']);
});

test.each([
  [{}, ['target']],
  [{ target, rule: 'daily' }, ['rule']],
  [{ target: {} }, ['target.kind']],
  [{ target: { kind: 'fileShare' } }, ['target.share', 'target.storageAccountId', 'target.vaultId']],
  [{ target: { kind: 'filesystem' } }, ['target.kind']],
  [{ target: { colour: 'red' } }, ['target.kind']],
  [{ target: { id: vaultId, colour: 'red' } }, ['target.colour']],
  [{ targets: [{ kind: 'disk', datasourceId: 3 }] }, ['targets[0].datasourceId', 'targets[0].vaultId']],
  [{ target: { id: '/subscriptions/22222222-2222-4222-8222-222222222222/../x' } }, ['target.id']],
  [
    { target: { kind: 'disk', vaultId, datasourceId: `${group}/providers/Microsoft.Compute/disks/d` } },
    ['target.vaultId'],
  ],
  [{ target, backupType: 'full' }, ['backupType']],
  [{ target, protectFirst: { policyId: vaultId } }, ['protectFirst.policyId']],
  [[], ['body']],
  ['text', ['body']],
])('the body %j is wrong at %j', async (body, paths) => {
  const answer = await httpApp().call('startBackup', { body });
  expect(answer.status).toBe(400);
  expect(details(answer.body)).toEqual(paths);
});

test('what is missing is said to be, with what may stand there', async () => {
  const message = async (target: object) =>
    (await httpApp().call('startBackup', { body: { target } })).body.error.message as string;
  expect(await message({ kind: 'virtualMachine', vaultId: target.vaultId })).toBe(
    'target.virtualMachineId: is missing',
  );
  expect(await message({ kind: 'vm' })).toBe(
    "target.kind: expected one of 'fileShare' | 'virtualMachine' | 'workload' | 'disk' | 'blobs'",
  );
});

test.each(['P1D', 'P36159D', 'P1W', 'P12M', 'P99Y'])('keepFor %s is taken', async (keepFor) => {
  expect((await httpApp().call('startBackup', { body: { target, keepFor } })).status).toBe(202);
});

test.each(['P0D', 'P36160D', 'P100Y', 'P1189M', '30D', 'P1Y6M', 'PT24H'])(
  'keepFor %s is refused',
  async (keepFor) => {
    const { status, body } = await httpApp().call('startBackup', { body: { target, keepFor } });
    expect(status).toBe(400);
    expect(details(body)).toEqual(['keepFor']);
  },
);

test.each(['{', 'kind=fileShare', '', '{"target":'])('the text %j is no JSON', async (text) => {
  const { status, body } = await httpApp().call('startBackup', { text });
  expect(status).toBe(400);
  expect(body.error.code).toBe('BodyNotJson');
});

test('a body over 64 KiB is refused with 413, counted in bytes', async () => {
  const text = JSON.stringify({ rule: 'ä'.repeat(33_000) });
  const { status, body } = await httpApp().call('startBackup', { text });
  expect(text.length).toBeLessThan(65_536);
  expect(status).toBe(413);
  expect(body.error.code).toBe('BodyTooLarge');
});

test('a body that announces a smaller length than it has is refused by what it has', async () => {
  const text = JSON.stringify({ target }).padEnd(65_537);
  const headers = { 'Content-Length': '100' };
  expect((await httpApp().call('startBackup', { text, headers })).status).toBe(413);
});

test('a body that announces more than 64 KiB is refused without a look at it', async () => {
  let looks = 0;
  const { status } = await httpApp().call('startBackup', {
    text: JSON.stringify({ target }),
    headers: { 'Content-Length': '65537' },
    onBodyRead: () => void (looks += 1),
  });
  expect([status, looks]).toEqual([413, 0]);
});

test.each([
  ['a lone byte of Latin-1', [0xe4]],
  ['half a character', [0xe2, 0x82]],
  ['an overlong slash', [0xc0, 0xaf]],
])('%s makes a body that is no UTF-8: it is refused, not mended', async (_what, odd) => {
  const text = JSON.stringify({ target, note: '#' });
  const at = text.indexOf('#');
  const bytes = Uint8Array.from([
    ...Buffer.from(text.slice(0, at)),
    ...odd,
    ...Buffer.from(text.slice(at + 1)),
  ]);
  const { status, body } = await httpApp().call('startBackup', { bytes });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ code: 'BodyNotJson', message: 'The body is not UTF-8 text.' });
});

test('a body of exactly 64 KiB is read', async () => {
  const text = JSON.stringify({ target }).padEnd(65_536);
  expect((await httpApp().call('startBackup', { text })).status).toBe(202);
});

test('any content type will do as long as the text is JSON', async () => {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  expect((await httpApp().call('startBackup', { body: { target }, headers })).status).toBe(202);
});

test('targets become a batch whose items are stored before it is accepted', async () => {
  const app = httpApp();
  const { status, body } = await app.call('startBackup', { body: { targets: [target, target] } });
  expect(status).toBe(202);
  expect(body).toMatchObject({ kind: 'backUp', status: 'running', counts: { total: 1, waiting: 1 } });
});

test('a flow that cannot be started leaves an accepted run to the watchdog', async () => {
  const app = httpApp();
  const flows = { ...app.flows, start: () => Promise.reject(new Error('the hub is away')) };
  const services = { ...app.services, flowsOf: () => flows };
  const { status, body } = await httpApp(services).call('startBackup', { body: { target } });
  expect(status).toBe(202);
  expect(body.status).toBe('accepted');
});

test('a dry run is a run of its own kind, about one target', async () => {
  const app = httpApp();
  const { status, body } = await app.call('startBackup', { body: { target, keepFor: 'P7D', dryRun: true } });
  expect([status, body.kind, body.target]).toEqual([202, 'dryRun', target]);
  const many = await app.call('startBackup', { body: { targets: [target], dryRun: true } });
  expect([many.status, many.body.error.code]).toEqual([400, 'DryRunOfOne']);
});
