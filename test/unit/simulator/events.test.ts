import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createCourier, type Send } from '../../../local/arm-simulator/resources/events/delivery.ts';
import {
  dressEvent,
  type ResourceEvent,
} from '../../../local/arm-simulator/resources/events/event-shapes.ts';
import { eventListenersOf } from '../../../local/arm-simulator/resources/events/listeners.ts';
import { eventsSeedSchema, eventSubscriptionSchema } from '../../../local/arm-simulator/resources/seed.ts';
import type { WorldSeed } from '../../../local/arm-simulator/world.ts';
import { openSimulator } from './simulated-client.ts';

const subscription = '/subscriptions/22222222-2222-4222-8222-222222222222';
const group = `${subscription}/resourceGroups/apps/providers`;
const disk = `${group}/Microsoft.Compute/disks/disk1`;
const account = `${group}/Microsoft.Storage/storageAccounts/files1`;

const event = (name: string): ResourceEvent => ({
  id: `event-${name}`,
  type: 'Microsoft.Resources.ResourceWriteSuccess',
  subject: `${subscription}/resourcegroups/apps/providers/Microsoft.Compute/disks/${name}`,
  operationName: 'Microsoft.Compute/disks/write',
  status: 'Succeeded',
  at: Date.parse('2026-05-11T04:00:00Z'),
  correlationId: '77777777-7777-4777-8777-777777777777',
  principalId: '55555555-5555-4555-8555-555555555555',
  tenantId: '11111111-1111-4111-8111-111111111111',
});

describe('what raises an event', () => {
  async function raised(method: string, url: string, body?: unknown): Promise<string[]> {
    const { ask, simulator } = openSimulator({ resources: [{ id: disk }, { id: account }] });
    const seen: string[] = [];
    eventListenersOf(simulator.core).add(({ type, operationName }) => seen.push(`${type} ${operationName}`));
    await ask(method, `${url}?api-version=2024-03-02`, body);
    return seen;
  }
  const written = 'Microsoft.Resources.ResourceWriteSuccess';

  test.each([
    ['a disk', disk, `${written} Microsoft.Compute/disks/write`],
    ['a storage account', account, `${written} Microsoft.Storage/storageAccounts/write`],
    [
      'a container',
      `${account}/blobServices/default/containers/c1`,
      `${written} Microsoft.Storage/storageAccounts/blobServices/containers/write`,
    ],
  ])('writing %s', async (_what, url, expected) => {
    expect(await raised('PUT', url, {})).toEqual([expected]);
  });

  test('granting a role', async () => {
    const name = '44444444-4444-4444-8444-444444444401';
    const body = {
      properties: {
        roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
        principalId: '33333333-3333-4333-8333-333333333333',
      },
    };
    const url = `${disk}/providers/Microsoft.Authorization/roleAssignments/${name}`;
    expect(await raised('PUT', url, body)).toEqual([
      `${written} Microsoft.Authorization/roleAssignments/write`,
    ]);
  });

  test('deleting, and a refused write; not reading, not deleting what is absent', async () => {
    expect(await raised('DELETE', disk)).toEqual([
      'Microsoft.Resources.ResourceDeleteSuccess Microsoft.Compute/disks/delete',
    ]);
    expect(await raised('PUT', `${account}x/blobServices/default/containers/c1`, {})).toEqual([
      'Microsoft.Resources.ResourceWriteFailure Microsoft.Storage/storageAccounts/blobServices/containers/write',
    ]);
    expect(await raised('GET', disk)).toEqual([]);
    expect(await raised('DELETE', `${disk}x`)).toEqual([]);
  });
});

describe('the two schemas', () => {
  test('Event Grid sends a list, without tags and location', () => {
    const [delivered] = dressEvent(event('disk1'), 'EventGridSchema') as Record<string, unknown>[];
    expect(delivered).toMatchObject({
      topic: subscription,
      subject: `${subscription}/resourcegroups/apps/providers/Microsoft.Compute/disks/disk1`,
      eventType: 'Microsoft.Resources.ResourceWriteSuccess',
      eventTime: '2026-05-11T04:00:00.0000000Z',
      dataVersion: '2',
      metadataVersion: '1',
      data: {
        operationName: 'Microsoft.Compute/disks/write',
        resourceProvider: 'Microsoft.Compute',
        httpRequest: '',
        status: 'Succeeded',
        subscriptionId: '22222222-2222-4222-8222-222222222222',
      },
    });
    expect(JSON.stringify(delivered)).not.toMatch(/"(tags|location)"/);
  });

  test('CloudEvents is one object with the same data', () => {
    const delivered = dressEvent(event('disk1'), 'CloudEventSchemaV1_0') as Record<string, unknown>;
    expect(delivered).toMatchObject({
      specversion: '1.0',
      source: subscription,
      type: 'Microsoft.Resources.ResourceWriteSuccess',
      time: '2026-05-11T04:00:00.0000000Z',
      id: 'event-disk1',
      data: { authorization: { action: 'Microsoft.Compute/disks/write' } },
    });
  });
});

describe('delivery', () => {
  type Events = NonNullable<WorldSeed['events']>;
  type Targets = NonNullable<WorldSeed['eventSubscriptions']>;

  function courierWith(
    settings: Events,
    statuses: readonly number[] = [],
    subscriptions: Targets = [{ endpoint: 'http://127.0.0.1:9' }],
  ) {
    const simulated = openSimulator({});
    const sent: string[] = [];
    const answers = [...statuses];
    const send: Send = (_target, body) => {
      sent.push((body as { subject: string }[])[0]?.subject.split('/').at(-1) ?? '');
      return Promise.resolve(answers.shift() ?? 200);
    };
    const targets = z.array(eventSubscriptionSchema).parse(subscriptions);
    const seed = { ...eventsSeedSchema.parse(settings), subscriptions: targets };
    const courier = createCourier(simulated.simulator.core, () => seed, send);
    const pass = async (seconds: number) => {
      simulated.pass(seconds);
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { courier, sent, pass };
  }

  test('a refused delivery is repeated after 10 s and 30 s, an accepted one is not', async () => {
    const { courier, sent, pass } = courierWith({}, [500, 503, 200]);
    courier.deliver(event('a'));
    await pass(0);
    await pass(9);
    expect(sent).toEqual(['a']);
    await pass(1);
    await pass(30);
    await pass(3600);
    expect(sent).toEqual(['a', 'a', 'a']);
  });

  test.each([400, 413])('a %d is final', async (status) => {
    const { courier, sent, pass } = courierWith({}, [status]);
    courier.deliver(event('a'));
    await pass(0);
    await pass(86_400);
    expect(sent).toEqual(['a']);
  });

  test('every second event twice', async () => {
    const { courier, sent, pass } = courierWith({ duplicateEvery: 2 });
    for (const name of ['a', 'b', 'c']) courier.deliver(event(name));
    await pass(0);
    expect(sent).toEqual(['a', 'b', 'b', 'c']);
  });

  test('every second event after its successor', async () => {
    const { courier, sent, pass } = courierWith({ reorderEvery: 2 });
    for (const name of ['a', 'b', 'c']) courier.deliver(event(name));
    await pass(0);
    expect(sent).toEqual(['a', 'c', 'b']);
  });

  test('late', async () => {
    const { courier, sent, pass } = courierWith({ delaySeconds: 45 });
    courier.deliver(event('a'));
    await pass(44);
    expect(sent).toEqual([]);
    await pass(1);
    expect(sent).toEqual(['a']);
  });

  test('filters by operation name without case and by subject', async () => {
    const endpoint = 'http://127.0.0.1:9';
    const targets = [
      { endpoint, operationNames: ['microsoft.compute/DISKS/write'], subjectBeginsWith: `${subscription}/` },
      { endpoint, operationNames: ['Microsoft.Storage/storageAccounts/write'] },
      { endpoint, includedEventTypes: ['Microsoft.Resources.ResourceDeleteSuccess'] },
    ];
    const { courier, sent, pass } = courierWith({}, [], targets);
    courier.deliver(event('a'));
    await pass(0);
    expect(sent).toEqual(['a']);
  });
});

test('a webhook gets the event as a POST with the notification header', async () => {
  let receive: (delivery: { header: unknown; type: unknown; body: unknown }) => void = () => undefined;
  const received = new Promise<{ header: unknown; type: unknown; body: unknown }>((resolve) => {
    receive = resolve;
  });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.end();
      const body = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
      receive({
        header: request.headers['aeg-event-type'],
        type: request.headers['content-type'],
        body,
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}/hook`;
  const { ask, pass } = openSimulator({
    resources: [{ id: `${disk}0` }],
    eventSubscriptions: [{ endpoint, schema: 'CloudEventSchemaV1_0' }],
  });
  await ask('PUT', `${disk}?api-version=2024-03-02`, { location: 'westeurope' });
  pass(0);
  const { header, type, body } = await received;
  server.close();
  expect([header, type]).toEqual(['Notification', 'application/cloudevents+json; charset=utf-8']);
  expect(body).toMatchObject({ subject: disk.replace('resourceGroups', 'resourcegroups') });
});
