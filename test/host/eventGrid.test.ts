import { expect, test } from 'vitest';
import { startHost } from './startHost.ts';

const APP = `
  const { app } = require('@azure/functions');
  globalThis.gridCalls = [];
  app.eventGrid('eg', { handler: (event, context) => {
    globalThis.gridCalls.push([event.id, context.triggerMetadata]);
    if (event.data && event.data.fail) throw new Error('refused');
  } });`;

async function gridHost() {
  const { host } = await startHost({ 'app.js': APP });
  const send = async (
    body: unknown,
    headers: Record<string, string>,
    change: { name?: string; method?: string } = {},
  ) => {
    const reply = await host.request({
      method: change.method ?? 'POST',
      path: `/runtime/webhooks/eventgrid?functionName=${change.name ?? 'eg'}`,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: reply.status, headers: reply.headers, body: String(reply.body ?? '') };
  };
  return { send, calls: (globalThis as { gridCalls?: unknown[] }).gridCalls ?? [] };
}

const NOTIFICATION = { 'aeg-event-type': 'Notification' };
const event = (id: string, data: unknown) => ({ id, eventType: 'X', data });

test.each([
  ['an array', [{ data: { validationCode: 'abc' } }]],
  ['one object', { data: { validationCode: 'abc' } }],
  ['data as text', [{ data: '{"validationCode":"abc"}' }]],
])('a subscription is confirmed with its code: %s', async (_kind, body) => {
  const { send } = await gridHost();
  expect(await send(body, { 'aeg-event-type': 'SubscriptionValidation' })).toMatchObject({
    status: 200,
    body: '{"validationResponse":"abc"}',
  });
});

test.each([
  ['eventgrid.azure.net', 'eventgrid.azure.net'],
  ['eventgrid.azure.us', 'eventgrid.azure.us'],
  ['evil.example', 'eventgrid.azure.net'],
])('the CloudEvents handshake answers origin %s with %s', async (origin, allowed) => {
  const { send } = await gridHost();
  expect(await send('', { 'webhook-request-origin': origin }, { method: 'OPTIONS' })).toEqual({
    status: 200,
    headers: { 'webhook-allowed-origin': allowed },
    body: '',
  });
});

test('each event of a delivery is a call of its own, with its data as metadata', async () => {
  const { send, calls } = await gridHost();
  expect((await send([event('1', { a: 1 }), event('2', 'text')], NOTIFICATION)).status).toBe(202);
  expect(calls).toEqual([
    ['1', { data: { a: 1 } }],
    ['2', { data: 'text' }],
  ]);
});

test('one failing event fails the whole delivery, which is then repeated as a whole', async () => {
  const { send, calls } = await gridHost();
  const batch = [event('1', {}), event('2', { fail: true })];
  expect(await send(batch, NOTIFICATION)).toEqual({
    status: 500,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: 'Exception while executing function: Functions.eg',
  });
  expect(calls).toHaveLength(2);
});

test('an unknown function is 404: a renamed one loses its events', async () => {
  const { send } = await gridHost();
  expect(await send([], NOTIFICATION, { name: 'gone' })).toMatchObject({
    status: 404,
    body: "cannot find function: 'gone'",
  });
});

test.each([
  ['a CloudEvent without the header', { specversion: '1.0', id: 'c' }, {}, 'POST', 400],
  [
    'a CloudEvent batch with it',
    [{ specversion: '1.0', id: 'c', data: { z: 1 } }],
    NOTIFICATION,
    'POST',
    202,
  ],
  ['one event instead of an array', event('1', {}), NOTIFICATION, 'POST', 202],
  ['an unsubscription', [], { 'aeg-event-type': 'Unsubscribe' }, 'POST', 202],
  ['a body that is no JSON', '{', NOTIFICATION, 'POST', 500],
  ['a validation that is no JSON', '[', { 'aeg-event-type': 'SubscriptionValidation' }, 'POST', 500],
  [
    'an event nested 5,000 levels deep',
    `${'[{"data":'.repeat(5000)}1${'}]'.repeat(5000)}`,
    NOTIFICATION,
    'POST',
    500,
  ],
  ['an event that is no object', [1], NOTIFICATION, 'POST', 400],
  ['a GET', '', {}, 'GET', 400],
])('%s', async (_kind, body, headers, method, status) => {
  const { send } = await gridHost();
  expect((await send(body, headers as Record<string, string>, { method })).status).toBe(status);
});
