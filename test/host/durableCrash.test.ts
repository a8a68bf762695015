import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RetryOptions } from 'durable-functions';
import type { Fault, FaultPoint, Faults } from '../../local/functions-host/durable/faultPoints.ts';
import { createFileStore } from '../../local/functions-host/durable/fileStore.ts';
import { createMemoryStore } from '../../local/functions-host/durable/instanceStore.ts';
import { durableWorld, type DurableWorld, type Register } from './durableWorld.ts';

const ONE_MINUTE = {
  extensions: {
    durableTask: {
      storageProvider: {
        workItemQueueVisibilityTimeout: '00:01:00',
        controlQueueVisibilityTimeout: '00:01:00',
      },
    },
  },
};

/** A flow with an activity, a retried one, a timer, a child, an event and two activities at once. */
const flow: Register = (app) => {
  const failed = new Set<string>();
  app.activity('echo', { handler: (input: unknown) => input });
  app.activity('failsOnce', {
    handler: (input: string, context) => {
      const first = !failed.has(String(context.triggerMetadata?.['instanceId']));
      failed.add(String(context.triggerMetadata?.['instanceId']));
      if (first) throw new Error('once');
      return input;
    },
  });
  app.orchestration('child', function* (context) {
    return (yield context.df.callActivity('echo', 'from the child')) as unknown;
  });
  app.orchestration('flow', function* (context) {
    const one: unknown = yield context.df.callActivity('echo', 1);
    const retried: unknown = yield context.df.callActivityWithRetry(
      'failsOnce',
      new RetryOptions(5000, 3),
      'retried',
    );
    yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 30_000));
    const child: unknown = yield context.df.callSubOrchestrator(
      'child',
      undefined,
      `${context.df.instanceId}-kid`,
    );
    const both: unknown = yield context.df.Task.all([
      context.df.callActivity('echo', 'a'),
      context.df.callActivity('echo', 'b'),
    ]);
    return [one, retried, child, both];
  });
};

const WHOLE = [1, 'retried', 'from the child', ['a', 'b']];

/** Faults at the nth time each point is met; counts the points when `script` is empty. */
function scripted(script: readonly { point: FaultPoint; nth: number; fault: Fault }[]) {
  const met = new Map<FaultPoint, number>();
  const world: { current?: DurableWorld } = {};
  const faults: Faults = {
    at(point) {
      const nth = (met.get(point) ?? 0) + 1;
      met.set(point, nth);
      return script.find((each) => each.point === point && each.nth === nth)?.fault ?? 'go';
    },
    crashed: () => void world.current?.clock.after(2000, () => void world.current?.start()),
  };
  return { met, faults, world };
}

async function runUnder(
  script: Parameters<typeof scripted>[0],
): Promise<{ met: Map<FaultPoint, number>; output: unknown }> {
  const { met, faults, world } = scripted(script);
  world.current = await durableWorld(flow, { faults, hostJson: ONE_MINUTE });
  world.current.client.start('flow', 'f1');
  const status = await world.current.finish('f1');
  return { met, output: status?.output };
}

test('a crash at every point, each time it is met, delays the flow and changes nothing else', async () => {
  const { met, output } = await runUnder([]);
  expect(output).toEqual(WHOLE);
  expect(met.get('turn before run')).toBe(11);
  let runs = 0;
  for (const [point, times] of met) {
    for (let nth = 1; nth <= times; nth++) {
      expect((await runUnder([{ point, nth, fault: 'crash' }])).output, `${point} ${nth}`).toEqual(WHOLE);
      runs += 1;
    }
  }
  expect(runs).toBeGreaterThan(50);
});

test('a crash at every pair of points of the first turns changes nothing', async () => {
  const points: FaultPoint[] = [
    'turn before run',
    'turn after run, effects sent, not committed',
    'turn committed, effects not started',
    'activity after run, result not stored',
  ];
  for (const first of points) {
    for (const second of points) {
      const script = [
        { point: first, nth: 1, fault: 'crash' as const },
        { point: second, nth: 3, fault: 'crash' as const },
      ];
      expect((await runUnder(script)).output, `${first}, ${second}`).toEqual(WHOLE);
    }
  }
});

test('results, events and timers that come twice count once', async () => {
  for (const point of ['activity after run, result not stored', 'timer fired'] as const) {
    for (const nth of [1, 2, 3])
      expect((await runUnder([{ point, nth, fault: 'duplicate' }])).output).toEqual(WHOLE);
  }
});

const slow: Register = (app) => {
  app.activity('note', { handler: (input: unknown) => input });
  app.orchestration('one', function* (context) {
    return (yield context.df.callActivity('note', 'x')) as unknown;
  });
};

async function minutesAfterLostResult(hostJson: object): Promise<number> {
  const { faults, world } = scripted([
    { point: 'activity after run, result not stored', nth: 1, fault: 'crash' },
  ]);
  world.current = await durableWorld(slow, { faults, hostJson });
  world.current.client.start('one', 'o1');
  await world.current.finish('o1');
  return (world.current.clock.now() - Date.parse('2026-08-22T02:00:00Z')) / 60_000;
}

test('work in flight at a crash comes back after the visibility timeout: five minutes unless set', async () => {
  expect(await minutesAfterLostResult({})).toBeCloseTo(5, 1);
  expect(await minutesAfterLostResult(ONE_MINUTE)).toBeCloseTo(1, 1);
});

test('effects sent before a turn was written run twice', async () => {
  let runs = 0;
  const { faults, world } = scripted([
    { point: 'turn after run, effects sent, not committed', nth: 1, fault: 'crash' },
  ]);
  world.current = await durableWorld(
    (app) => {
      app.activity('count', { handler: () => ++runs });
      app.orchestration('one', function* (context) {
        return (yield context.df.callActivity('count')) as unknown;
      });
    },
    { faults },
  );
  world.current.client.start('one', 'o1');
  expect((await world.current.finish('o1'))?.output).toBe(1);
  await world.current.clock.runFor(600_000);
  expect(runs).toBe(2);
});

test('an event that is lost was accepted, one that comes twice is delivered twice', async () => {
  const register: Register = (app) => {
    app.orchestration('events', function* (context) {
      const got: unknown[] = [];
      for (let n = 0; n < 2; n++) got.push(yield context.df.waitForExternalEvent('e'));
      return got;
    });
  };
  const { faults, world } = scripted([
    { point: 'event raised', nth: 1, fault: 'lose' },
    { point: 'event raised', nth: 2, fault: 'duplicate' },
  ]);
  world.current = await durableWorld(register, { faults });
  world.current.client.start('events', 'e1');
  await world.current.clock.runFor(1000);
  expect(world.current.client.raise('e1', 'e', 'lost').status).toBe(202);
  expect(world.current.client.raise('e1', 'e', 'double').status).toBe(202);
  expect((await world.current.finish('e1'))?.output).toEqual(['double', 'double']);
});

test('a clean stop keeps the result of a running activity, which is heard five minutes later', async () => {
  let runs = 0;
  const register: Register = (app) => {
    app.activity('work', {
      handler: async () => {
        runs += 1;
        await new Promise<void>((resolve) => world.clock.after(1500, resolve));
      },
    });
    app.orchestration('one', function* (context) {
      yield context.df.callActivity('work');
    });
  };
  const world = await durableWorld(register);
  world.client.start('one', 'o1');
  await world.clock.runFor(700);
  const stopped = world.stop();
  await world.clock.runFor(3000);
  await stopped;
  await world.start();
  await world.finish('o1');
  expect(runs).toBe(1);
  expect((world.clock.now() - Date.parse('2026-08-22T02:00:00Z')) / 60_000).toBeCloseTo(5, 1);
});

function folder(): string {
  const place = mkdtempSync(join(tmpdir(), 'instances-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  return place;
}

test('another process goes on where a killed one stopped, a torn last line forgotten', async () => {
  const place = folder();
  const first = await durableWorld(flow, { store: createFileStore(place), hostJson: ONE_MINUTE });
  first.client.start('flow', 'f1');
  await first.clock.runFor(20_000);
  expect(first.client.status('f1')?.runtimeStatus).toBe('Running');
  first.crash();
  const [file = ''] = readdirSync(place);
  const { length } = readFileSync(join(place, file));
  truncateSync(join(place, file), length - 7);
  const second = await durableWorld(flow, { store: createFileStore(place), hostJson: ONE_MINUTE, seed: 2 });
  await second.clock.advanceTo(first.clock.now());
  expect((await second.finish('f1'))?.output).toEqual(WHOLE);
  const lines = readFileSync(join(place, file), 'utf8').trim().split('\n');
  expect(lines).toHaveLength(1);
});

test('a memory store shares nothing that changes with its reader', () => {
  const store = createMemoryStore();
  store.commit('a', { reset: true, head: { instanceId: 'a', name: 'flow', status: 'Running' } });
  const [read] = store.loadAll();
  if (read) read.head = { ...read.head, status: 'Failed' };
  expect(store.loadAll()[0]?.head.status).toBe('Running');
  store.remove('a');
  expect(store.loadAll()).toEqual([]);
});
