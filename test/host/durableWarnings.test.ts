import { RetryOptions, type OrchestrationContext, type OrchestrationHandler } from 'durable-functions';
import { expect, test } from 'vitest';
import { durableWorld } from './durableWorld.ts';

const soon = (context: OrchestrationContext, milliseconds: number): Date =>
  new Date(context.df.currentUtcDateTime.getTime() + milliseconds);

/** Codes one flow earns, with an activity `echo` and a child `kid` at hand. */
async function codesOf(flow: OrchestrationHandler, input?: unknown): Promise<string[]> {
  const world = await durableWorld((app) => {
    app.activity('echo', { handler: (value: unknown) => value });
    app.orchestration('kid', function* () {
      return 'x'.repeat(40_000);
    });
    app.orchestration('flow', flow);
  });
  world.client.start('flow', 'f1', input);
  await world.clock.runFor(30 * 86_400_000);
  return world.codes();
}

test('a flow that does everything right earns no warning', async () => {
  expect(
    await codesOf(function* (context) {
      context.df.setCustomStatus({ step: 1 });
      const task = context.df.callActivityWithRetry('echo', new RetryOptions(60_000, 3), { share: 'docs' });
      yield context.df.Task.all([task, context.df.createTimer(soon(context, 600_000))]);
      return task.result;
    }),
  ).toEqual([]);
});

test.each<[string, OrchestrationHandler]>([
  [
    'H04',
    function* (context) {
      return yield context.df.callActivity('echo', true);
    },
  ],
  [
    'H04',
    function* (context) {
      return yield context.df.callActivity('echo', { Timestamp: '2026-01-01' });
    },
  ],
  [
    'H05',
    function* (context) {
      return yield context.df.callActivity('echo', 'x'.repeat(40_000));
    },
  ],
  [
    'H06',
    function* (context) {
      context.df.setCustomStatus(0);
      return yield context.df.callActivity('echo', 1);
    },
  ],
  [
    'H06',
    function* (context) {
      context.df.setCustomStatus('x'.repeat(9000));
      return yield context.df.callActivity('echo', 1);
    },
  ],
  [
    'H14',
    function* (context) {
      return yield context.df.createTimer(soon(context, 7 * 86_400_000));
    },
  ],
  [
    'H15',
    function* (context) {
      const options = new RetryOptions(60_000, 2);
      options.retryTimeoutInMilliseconds = 1000;
      return yield context.df.callActivityWithRetry('echo', options, 1);
    },
  ],
  [
    'H19',
    function* (context) {
      return yield context.df.callHttp({ method: 'GET', url: 'http://localhost/' });
    },
  ],
  [
    'H26',
    function* (context) {
      return yield context.df.createTimer(soon(context, 1500));
    },
  ],
  [
    'H26',
    function* (context) {
      return yield context.df.callActivityWithRetry('echo', new RetryOptions(1000, 2), 1);
    },
  ],
  [
    'H27',
    function* (context) {
      const dueAt = soon(context, 60_000);
      yield context.df.createTimer(dueAt);
      return yield context.df.createTimer(dueAt);
    },
  ],
  [
    'H30',
    function* (context) {
      const timer = context.df.createTimer(soon(context, 60_000));
      const task = context.df.callActivity('echo', 1);
      yield context.df.Task.any([task, timer]);
      timer.cancel();
      return task.result;
    },
  ],
])('%s is told of the flow that earns it', async (code, flow) => {
  expect(await codesOf(flow)).toContain(code);
});

test('a string handed to the next generation is told of', async () => {
  const codes = await codesOf(function* (context) {
    if (context.df.getInput() === 'go') context.df.continueAsNew('next');
    return yield context.df.callActivity('echo', 1);
  }, 'go');
  expect(codes).toContain('H04');
});

test('an event name without a leading letter is told of', async () => {
  const world = await durableWorld((app) => {
    app.orchestration('flow', function* (context) {
      yield context.df.waitForExternalEvent('go');
    });
  });
  world.client.start('flow', 'f1');
  await world.clock.runFor(1000);
  world.client.raise('f1', '0');
  expect(world.codes()).toContain('H10');
});

test('an event nobody read before the end is told of', async () => {
  const world = await durableWorld((app) => {
    app.orchestration('flow', function* (context) {
      yield context.df.waitForExternalEvent('go');
    });
  });
  world.client.start('flow', 'f1');
  await world.clock.runFor(1000);
  world.client.raise('f1', 'spare');
  world.client.raise('f1', 'go');
  await world.finish('f1');
  expect(world.codes()).toEqual(['H11']);
});
