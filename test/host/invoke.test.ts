import { expect, test } from 'vitest';
import { startHost } from './startHost.ts';
import { steppedClock } from './steppedClock.ts';

const REQUIRE = "const { app, output } = require('@azure/functions');\n";

test('hookData lasts for one call; appStart hooks ran before the first', async () => {
  const { get } = await startHost({
    'app.js': `${REQUIRE}
      let started = false;
      app.hook.appStart(() => { started = true; });
      app.hook.preInvocation((c) => { c.hookData.calls = (c.hookData.calls ?? 0) + 1; });
      app.hook.postInvocation((c) => { c.result = { body: JSON.stringify({ ...c.hookData, started }) }; });
      app.http('f', { handler: () => ({ body: 'mine' }) });`,
  });
  expect(await get('/api/f')).toEqual([200, '{"calls":1,"started":true}']);
  expect(await get('/api/f')).toEqual([200, '{"calls":1,"started":true}']);
});

test('a hook before the call may replace inputs and handler, one after it result and error', async () => {
  const { get } = await startHost({
    'app.js': `${REQUIRE}
      app.hook.preInvocation((c) => {
        const { functionName } = c.invocationContext;
        if (functionName === 'inputs') c.inputs = [{ q: 'replaced' }];
        if (functionName === 'handler') c.functionHandler = () => ({ body: 'other handler' });
      });
      app.hook.postInvocation((c) => {
        if (c.invocationContext.functionName === 'saved') { c.error = null; c.result = { body: 'saved' }; }
        if (c.invocationContext.functionName === 'spoilt') c.error = new Error('spoilt');
      });
      app.http('inputs', { handler: (request) => ({ body: request.q }) });
      app.http('handler', { handler: () => ({ body: 'own handler' }) });
      app.http('saved', { handler: () => { throw new Error('lost'); } });
      app.http('spoilt', { handler: () => ({ body: 'fine' }) });`,
  });
  expect(await get('/api/inputs')).toEqual([200, 'replaced']);
  expect(await get('/api/handler')).toEqual([200, 'other handler']);
  expect(await get('/api/saved')).toEqual([200, 'saved']);
  expect(await get('/api/spoilt')).toEqual([500, '']);
});

test('log hooks redact what is logged, the message of a failure included; one that throws is ignored', async () => {
  const { get, log } = await startHost({
    'app.js': `${REQUIRE}
      app.hook.log(() => { throw new Error('broken hook'); });
      app.hook.log((c) => { c.message = c.message.replaceAll('secret', '***'); });
      app.http('f', { handler: (_r, context) => { context.warn('the secret'); throw new Error('secret leak'); } });`,
  });
  await get('/api/f');
  expect(log.map(({ level, message, functionName }) => ({ level, message, functionName }))).toEqual([
    { level: 'warning', message: 'the ***', functionName: 'f' },
    { level: 'error', message: 'Functions.f failed: *** leak', functionName: 'f' },
  ]);
});

test('each call has an invocation id of its own', async () => {
  const { get } = await startHost({
    'app.js': `${REQUIRE} app.http('f', { handler: (_r, context) => ({ body: context.invocationId }) });`,
  });
  const [[, first], [, second]] = [await get('/api/f'), await get('/api/f')];
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(second).not.toBe(first);
});

test('the result of a function without output travels as return value', async () => {
  const { host } = await startHost({
    'app.js': `${REQUIRE} app.storageQueue('q', { queueName: 'work', connection: '', handler: () => ({ done: true }) });`,
  });
  const fn = host.registry().get('Q');
  if (!fn) throw new Error('not registered');
  const outcome = await host.invoke()(fn, {
    inputData: [{ name: fn.trigger.key, data: { string: '1' } }],
    triggerMetadata: {},
  });
  expect(outcome).toEqual({
    ok: true,
    returnValue: { json: '{"done":true}' },
    outputData: [],
    result: { done: true },
  });
});

test('queue outputs are sent after success only', async () => {
  const { get, queues } = await startHost({
    'app.js': `${REQUIRE}
      const work = output.storageQueue({ queueName: 'outbox', connection: '' });
      app.http('good', { extraOutputs: [work], handler: (_r, context) => { context.extraOutputs.set(work, ['a', 1]); return {}; } });
      app.http('bad', { extraOutputs: [work], handler: (_r, context) => { context.extraOutputs.set(work, 'b'); throw new Error('x'); } });`,
  });
  await get('/api/good');
  await get('/api/bad');
  const texts = queues.messages('outbox').map((message) => Buffer.from(message.text, 'base64').toString());
  expect(texts).toEqual(['a', '1']);
});

test('a message over 48 KiB is warned of', async () => {
  const { get, warnings } = await startHost({
    'app.js': `${REQUIRE}
      const work = output.storageQueue({ queueName: 'outbox', connection: '' });
      app.http('f', { extraOutputs: [work], handler: (_r, context) => { context.extraOutputs.set(work, 'x'.repeat(49153)); return {}; } });`,
  });
  await get('/api/f');
  expect(warnings.list().map(({ code, subject }) => [code, subject])).toEqual([['H07', 'outbox']]);
});

test('a call longer than functionTimeout is warned of', async () => {
  const clock = steppedClock('2026-08-22T02:00:00Z', [0.1, 0.3, 0.6, 0.8, 0.9]);
  const { host, warnings } = await startHost(
    {
      'host.json': '{ "functionTimeout": "00:05:00" }',
      'app.js': `${REQUIRE} app.http('f', { handler: () => new Promise((r) => { globalThis.endCall = r; }) });`,
    },
    { clock },
  );
  const reply = host.request({ method: 'GET', path: '/api/f' });
  await clock.advance(300_001);
  (globalThis as { endCall?: (result: object) => void }).endCall?.({});
  await reply;
  expect(warnings.list().map(({ code, subject }) => [code, subject])).toEqual([['H16', 'f']]);
});

test('a crash answers running calls with 500, and what they started reaches nobody any more', async () => {
  const { host, queues } = await startHost({
    'app.js': `${REQUIRE}
      const work = output.storageQueue({ queueName: 'outbox', connection: '' });
      app.http('f', { extraOutputs: [work], handler: (_r, context) => {
        context.extraOutputs.set(work, 'a');
        return new Promise((r) => { globalThis.endCall = r; });
      } });`,
  });
  const running = host.request({ method: 'GET', path: '/api/f' });
  await new Promise(setImmediate);
  host.crash();
  expect((await running).status).toBe(500);
  (globalThis as { endCall?: (result: object) => void }).endCall?.({});
  await new Promise(setImmediate);
  expect(queues.queues()).toEqual([]);
});

test('calls made after a crash wait for the next start, which evaluates the app afresh', async () => {
  const { host } = await startHost({
    'app.js': `${REQUIRE} let calls = 0; app.http('f', { handler: () => ({ body: String(++calls) }) });`,
  });
  await host.request({ method: 'GET', path: '/api/f' });
  host.crash();
  const waiting = host.request({ method: 'GET', path: '/api/f' });
  await host.start();
  expect(String((await waiting).body)).toBe('1');
});

test('code of a crashed life cannot reach the network', async () => {
  const { host } = await startHost({
    'app.js': `${REQUIRE}
      app.http('f', { handler: async () => {
        await new Promise((resolve) => { globalThis.goOn = resolve; });
        await fetch('http://127.0.0.1:9/').catch((error) => { globalThis.refused = error.code; });
      } });`,
  });
  const running = host.request({ method: 'GET', path: '/api/f' });
  await new Promise(setImmediate);
  host.crash();
  await running;
  const world = globalThis as { goOn?: () => void; refused?: string };
  world.goOn?.();
  await new Promise(setImmediate);
  expect(world.refused).toBe('ELIFEENDED');
});
