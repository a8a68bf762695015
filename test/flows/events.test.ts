import { describe, expect, test } from 'vitest';
import { eventListenersOf } from '../../local/arm-simulator/resources/events/listeners.ts';
import { dressEvent, type ResourceEvent } from '../../local/arm-simulator/resources/events/event-shapes.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp, type EmbeddedApp } from '../support/embeddedApp.ts';
import { accountId, diskId, planWorld, samplePlan } from '../support/planWorld.ts';

const webhook = '/runtime/webhooks/eventgrid?functionName=onResourceWritten';
const notification = { 'aeg-event-type': 'Notification' };
const daily = { backup: 'daily' };
/** Far from the nightly sweep. */
const startAt = '2026-08-22T09:00:00Z';

/** Every event that the simulator has raised, in order. */
function eventsOf(app: EmbeddedApp): ResourceEvent[] {
  const events: ResourceEvent[] = [];
  eventListenersOf(app.simulator.core).add((event) => events.push(event));
  return events;
}

const arm = (app: EmbeddedApp, method: string, id: string, body: unknown) =>
  app.simulator.handle({
    method,
    url: `https://management.azure.com${id}?api-version=2023-05-01`,
    headers: { authorization: `Bearer ${'a'.repeat(40)}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const deliver = (
  app: EmbeddedApp,
  event: ResourceEvent,
  schema: 'EventGridSchema' | 'CloudEventSchemaV1_0' = 'EventGridSchema',
) => app.request('POST', webhook, dressEvent(event, schema), notification);

const runsIn = async (app: EmbeddedApp): Promise<readonly RunRecord[]> => {
  const answer = await app.request('GET', '/api/runs?top=100');
  return (answer?.body as { value: RunRecord[] }).value;
};

async function settled(app: EmbeddedApp): Promise<readonly RunRecord[]> {
  await app.clock.runFor(2 * 3_600_000);
  return runsIn(app);
}

const putDisk = (app: EmbeddedApp, name: string, tags: Record<string, string>) =>
  arm(app, 'PUT', diskId(name), {
    location: 'westeurope',
    tags,
    properties: { creationData: { createOption: 'Empty' }, diskSizeGB: 4 },
  });

describe('a resource that is written', () => {
  test.each(['EventGridSchema', 'CloudEventSchemaV1_0'] as const)(
    'a disk that the plan selects is protected: %s',
    async (schema) => {
      const app = await startEmbeddedApp({ world: planWorld(), plan: () => samplePlan(), startAt });
      const events = eventsOf(app);
      await putDisk(app, 'db-data', daily);
      expect((await deliver(app, events[0]!, schema))?.status).toBe(202);
      const runs = await settled(app);
      expect(runs.map(({ kind, status, requestedBy }) => [kind, status, requestedBy.source])).toEqual([
        ['protect', 'completed', 'eventGrid'],
      ]);
      expect(app.simulator.effects.count('protect')).toBe(1);
      await app.stop();
    },
    60_000,
  );

  test('one that no rule selects ends skipped with the first condition that failed, rule by rule', async () => {
    const app = await startEmbeddedApp({ world: planWorld(), plan: () => samplePlan(), startAt });
    const events = eventsOf(app);
    await putDisk(app, 'scratch', { backup: 'never' });
    await deliver(app, events[0]!);
    const [run] = await settled(app);
    expect(run?.status).toBe('skipped');
    expect(run?.error?.message).toBe(
      'disk scratch: daily shares: the rule is about fileShare, not disk; daily disks: tag backup is "never", not "daily"',
    );
    await app.stop();
  }, 60_000);

  test('a storage account protects its shares, each by a run of its own', async () => {
    const world = planWorld({ accounts: [{ name: 'papers01', shares: ['docs', 'plans', 'tmp-a'] }] });
    const app = await startEmbeddedApp({ world, plan: () => samplePlan(), startAt });
    const events = eventsOf(app);
    await arm(app, 'PATCH', accountId('papers01'), { tags: daily });
    await deliver(app, events[0]!);
    const runs = await settled(app);
    const parent = runs.find(({ batch }) => batch === undefined);
    expect(parent).toMatchObject({
      kind: 'protect',
      status: 'completed',
      counts: { total: 2, completed: 2 },
    });
    expect(app.simulator.effects.count('protect')).toBe(2);
    await app.stop();
  }, 60_000);

  test('forged subscriptions, junk and events of other things cause no call to Azure', async () => {
    const app = await startEmbeddedApp({ world: planWorld(), plan: () => samplePlan(), startAt });
    const events = eventsOf(app);
    await putDisk(app, 'db-data', daily);
    const before = app.simulator.log.length;
    const [event] = events;
    const foreign = {
      ...event!,
      subject: event!.subject.replace(
        /^\/subscriptions\/[^/]+/,
        '/subscriptions/55555555-5555-4555-8555-555555555555',
      ),
    };
    const nested = {
      ...event!,
      operationName: 'Microsoft.Storage/storageAccounts/blobServices/containers/write',
    };
    const role = { ...event!, operationName: 'Microsoft.Authorization/roleAssignments/write' };
    const climbing = { ...event!, subject: `${event!.subject}/../../x` };
    const answers = [];
    for (const one of [foreign, nested, role, climbing]) answers.push((await deliver(app, one))?.status);
    for (const junk of [
      {},
      { id: 7 },
      { id: 'x', data: null },
      [],
      [{ id: 'x', subject: 'y', eventType: 'z', data: {} }],
    ]) {
      answers.push((await app.request('POST', webhook, junk, notification))?.status);
    }
    expect(answers).toEqual([202, 202, 202, 202, 202, 202, 202, 202, 202]);
    expect(await settled(app)).toEqual([]);
    expect(app.simulator.log.length).toBe(before);
    await app.stop();
  }, 60_000);

  test('claims of an event are stored nowhere', async () => {
    const app = await startEmbeddedApp({ world: planWorld(), plan: () => samplePlan(), startAt });
    const events = eventsOf(app);
    await putDisk(app, 'db-data', daily);
    await deliver(app, events[0]!);
    await settled(app);
    const stored = JSON.stringify([Object.values(app.tables).map((table) => table.rows()), app.log]);
    expect(JSON.stringify(dressEvent(events[0]!, 'EventGridSchema'))).toContain('operator@example.com');
    expect(stored).not.toMatch(/operator@example\.com|Example Operator|claims/);
    await app.stop();
  }, 60_000);

  test('one thousand duplicate and reordered events of twenty disks start twenty protections', async () => {
    const app = await startEmbeddedApp({ world: planWorld(), plan: () => samplePlan(), startAt });
    const events = eventsOf(app);
    for (let disk = 1; disk <= 20; disk++) {
      await putDisk(app, `data-${disk}`, {});
      await arm(app, 'PATCH', diskId(`data-${disk}`), { tags: daily });
    }
    const first = [...events];
    const sent = Array.from({ length: 1000 }, (_, at) => first[(at * 7919 + 13) % first.length]!);
    const statuses = new Set<number | undefined>();
    for (const [at, event] of sent.entries()) {
      statuses.add((await deliver(app, event, at % 2 ? 'CloudEventSchemaV1_0' : 'EventGridSchema'))?.status);
      if (at % 100 === 99) await app.clock.runFor(30_000);
    }
    // What the protections themselves have written comes back as events, too.
    await settled(app);
    for (const event of events.slice(first.length)) await deliver(app, event);
    const runs = await settled(app);
    expect(statuses).toEqual(new Set([202]));
    expect(app.simulator.effects.count('protect')).toBe(20);
    expect(runs.filter(({ status }) => status === 'completed')).toHaveLength(20);
    expect(runs.filter(({ status }) => status !== 'completed' && status !== 'skipped')).toEqual([]);
    await app.stop();
  }, 120_000);

  test('a disk that is still being made is waited for', async () => {
    const app = await startEmbeddedApp({ world: planWorld(), plan: () => samplePlan(), startAt });
    const events = eventsOf(app);
    await putDisk(app, 'slow', daily);
    const made = app.simulator.core.resources.get(diskId('slow'))!;
    app.simulator.core.resources.put({
      ...made,
      properties: { ...made.properties, provisioningState: 'Creating' },
    });
    await deliver(app, events[0]!);
    await app.clock.runFor(10 * 60_000);
    expect((await runsIn(app))[0]?.status).toBe('running');
    app.simulator.core.resources.put(made);
    const [run] = await settled(app);
    expect(run?.status).toBe('completed');
    await app.stop();
  }, 60_000);

  test('a tag that comes while the run acts is seen by another look of the same run', async () => {
    const app = await startEmbeddedApp({ world: planWorld(), plan: () => samplePlan(), startAt });
    const events = eventsOf(app);
    await putDisk(app, 'late', {});
    await deliver(app, events[0]!);
    await app.clock.runUntil(
      () => app.simulator.log.some(({ route }) => /disk|getResource|resources\./i.test(route)),
      3_600_000,
    );
    await arm(app, 'PATCH', diskId('late'), { tags: daily });
    await deliver(app, events.at(-1)!);
    const runs = await settled(app);
    expect(app.simulator.effects.count('protect')).toBe(1);
    expect(runs.some(({ status }) => status === 'completed')).toBe(true);
    await app.stop();
  }, 60_000);
});
