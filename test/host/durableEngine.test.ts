import { expect, test } from 'vitest';
import { RetryOptions } from 'durable-functions';
import { createTrace } from '../../local/functions-host/durable/trace.ts';
import { createVirtualClock } from '../../local/functions-host/clock/virtualClock.ts';
import { durableWorld, type Register } from './durableWorld.ts';

const chain: Register = (app) => {
  app.activity('echo', { handler: (input: unknown) => input });
  app.orchestration('chain', function* (context) {
    const first: unknown = yield context.df.callActivity('echo', 'Tokyo');
    const second: unknown = yield context.df.callActivity('echo', { at: context.df.getInput() });
    return [first, second];
  });
};

test('a chain of activities completes with what they returned', async () => {
  const world = await durableWorld(chain);
  expect(world.client.start('chain', 'c1', 7)).toEqual({ status: 202, id: 'c1' });
  expect(world.client.status('c1')?.runtimeStatus).toBe('Pending');
  expect(await world.finish('c1')).toMatchObject({
    runtimeStatus: 'Completed',
    output: ['Tokyo', { at: 7 }],
  });
});

test('five hundred activities in parallel all arrive', async () => {
  const world = await durableWorld((app) => {
    app.activity('double', { handler: (input: number) => input * 2 });
    app.orchestration('fanOut', function* (context) {
      const tasks = Array.from({ length: 500 }, (_, at) => context.df.callActivity('double', at));
      const results: number[] = yield context.df.Task.all(tasks);
      return results.reduce((sum, each) => sum + each, 0);
    });
  });
  world.client.start('fanOut', 'f1');
  expect((await world.finish('f1'))?.output).toBe(249_500);
});

test('no more activities run at once than host.json allows', async () => {
  let running = 0;
  let most = 0;
  const world = await durableWorld(
    (app) => {
      app.activity('slow', {
        handler: async () => {
          most = Math.max(most, ++running);
          await new Promise<void>((resolve) => world.clock.after(100, resolve));
          running -= 1;
        },
      });
      app.orchestration('fanOut', function* (context) {
        yield context.df.Task.all(Array.from({ length: 9 }, () => context.df.callActivity('slow')));
      });
    },
    { hostJson: { extensions: { durableTask: { maxConcurrentActivityFunctions: 3 } } } },
  );
  world.client.start('fanOut', 'f1');
  await world.finish('f1');
  expect(most).toBe(3);
});

test('an orchestrator nobody registered is accepted and then Failed', async () => {
  const world = await durableWorld(chain);
  expect(world.client.start('chian', 'c1')).toEqual({ status: 202, id: 'c1' });
  const status = await world.finish('c1');
  expect(status?.runtimeStatus).toBe('Failed');
  expect(status?.output).toContain("The function 'chian' doesn't exist");
  expect(world.codes()).toContain('H23');
});

test('an activity nobody registered leaves the instance Running for ever', async () => {
  const world = await durableWorld((app) => {
    app.orchestration('lost', function* (context) {
      yield context.df.callActivity('nowhere', 1);
    });
  });
  world.client.start('lost', 'l1');
  await world.clock.runFor(86_400_000);
  expect(world.client.status('l1')?.runtimeStatus).toBe('Running');
  expect(world.engine.stuck()).toEqual(['l1']);
  expect(world.codes()).toContain('H23');
});

test('an error without a message leaves the instance Running for ever', async () => {
  const world = await durableWorld((app) => {
    app.orchestration('silent', function* () {
      throw new Error('');
    });
  });
  world.client.start('silent', 's1');
  await world.clock.runFor(60_000);
  expect(world.client.status('s1')?.runtimeStatus).toBe('Running');
  expect(world.codes()).toEqual(['H12']);
});

test('an id in use is refused, a finished one runs again', async () => {
  const world = await durableWorld((app) => {
    app.orchestration('waiting', function* (context) {
      return (yield context.df.waitForExternalEvent('go')) as unknown;
    });
  });
  world.client.start('waiting', 'w1');
  await world.clock.runFor(1000);
  expect(world.client.start('waiting', 'w1')).toEqual({ status: 409, runtimeStatus: 'Running' });
  world.client.raise('w1', 'go', 1);
  await world.finish('w1');
  expect(world.client.start('waiting', 'w1')).toEqual({ status: 202, id: 'w1' });
  await world.clock.runFor(1000);
  expect(world.client.status('w1')?.runtimeStatus).toBe('Running');
  expect(world.codes()).toContain('H09');
});

test('parallel starts of one new id run once', async () => {
  let runs = 0;
  const world = await durableWorld((app) => {
    app.activity('count', { handler: () => ++runs });
    app.orchestration('once', function* (context) {
      return (yield context.df.callActivity('count')) as unknown;
    });
  });
  for (let start = 0; start < 4; start++) expect(world.client.start('once', 'o1').status).toBe(202);
  expect((await world.finish('o1'))?.output).toBe(1);
  expect(runs).toBe(1);
});

test('of two waits for one name the later one gets the first event', async () => {
  const world = await durableWorld((app) => {
    app.orchestration('twoWaits', function* (context) {
      const early = context.df.waitForExternalEvent('e');
      const late = context.df.waitForExternalEvent('e');
      yield context.df.Task.all([early, late]);
      return [early.result, late.result];
    });
  });
  world.client.start('twoWaits', 't1');
  await world.clock.runFor(1000);
  world.client.raise('t1', 'e', 'first');
  world.client.raise('t1', 'e', 'second');
  expect((await world.finish('t1'))?.output).toEqual(['second', 'first']);
});

test('an event that comes before anybody waits is kept', async () => {
  const world = await durableWorld((app) => {
    app.activity('echo', { handler: (input: unknown) => input });
    app.orchestration('later', function* (context) {
      yield context.df.callActivity('echo', 1);
      return (yield context.df.waitForExternalEvent('e')) as unknown;
    });
  });
  world.client.start('later', 'l1');
  expect(world.client.raise('l1', 'e', { kept: true }).status).toBe(202);
  expect((await world.finish('l1'))?.output).toEqual({ kept: true });
});

test('events for an unknown or finished instance are refused', async () => {
  const world = await durableWorld(chain);
  expect(world.client.raise('nobody', 'e').status).toBe(404);
  world.client.start('chain', 'c1');
  await world.finish('c1');
  expect(world.client.raise('c1', 'e').status).toBe(410);
  expect(world.client.terminate('c1', 'late').status).toBe(410);
  expect(world.codes()).toContain('H11');
});

test('suspension holds back actions, not code; a second one is refused', async () => {
  const world = await durableWorld((app) => {
    app.activity('echo', { handler: (input: unknown) => input });
    app.orchestration('held', function* (context) {
      const event: unknown = yield context.df.waitForExternalEvent('go');
      context.df.setCustomStatus('went on');
      return (yield context.df.callActivity('echo', event)) as unknown;
    });
  });
  world.client.start('held', 'h1');
  await world.clock.runFor(1000);
  world.client.suspend('h1', 'lunch');
  await world.clock.runFor(1000);
  expect(world.client.suspend('h1', 'again')).toEqual({ status: 500, runtimeStatus: 'Suspended' });
  world.client.raise('h1', 'go', 5);
  await world.clock.runFor(60_000);
  expect(world.client.status('h1')).toMatchObject({
    runtimeStatus: 'Suspended',
    customStatus: 'went on',
    output: 'lunch',
  });
  world.client.resume('h1', 'back');
  expect((await world.finish('h1'))?.output).toBe(5);
  expect(world.codes()).toContain('H28');
});

test('a retried activity runs until it succeeds, then the flow goes on', async () => {
  let attempts = 0;
  const world = await durableWorld((app) => {
    app.activity('flaky', {
      handler: () => {
        attempts += 1;
        if (attempts < 3) throw new Error(`attempt ${attempts}`);
        return attempts;
      },
    });
    app.orchestration('patient', function* (context) {
      return (yield context.df.callActivityWithRetry('flaky', new RetryOptions(60_000, 5))) as unknown;
    });
  });
  world.client.start('patient', 'p1');
  expect((await world.finish('p1'))?.output).toBe(3);
  const spent = world.clock.now() - Date.parse('2026-08-22T02:00:00Z');
  expect(Math.round(spent / 60_000)).toBe(2);
});

test('an exhausted retry is rejected with the last message', async () => {
  const world = await durableWorld((app) => {
    app.activity('broken', {
      handler: () => {
        throw new Error('no way');
      },
    });
    app.orchestration('patient', function* (context) {
      try {
        yield context.df.callActivityWithRetry('broken', new RetryOptions(5000, 3));
      } catch (error) {
        return (error as Error).message.split(' \n ')[0];
      }
      return 'unreachable';
    });
  });
  world.client.start('patient', 'p1');
  expect((await world.finish('p1'))?.output).toBe("Activity function 'broken' failed:  no way");
});

test('a failed Task.all holds the next action back until its last member has ended', async () => {
  const order: string[] = [];
  const world = await durableWorld((app) => {
    app.activity('fail', {
      handler: () => {
        throw new Error('at once');
      },
    });
    app.activity('late', { handler: () => void order.push('late') });
    app.activity('next', { handler: () => void order.push('next') });
    app.orchestration('all', function* (context) {
      const wait = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 3_600_000));
      try {
        yield context.df.Task.all([context.df.callActivity('fail'), wait, context.df.callActivity('late')]);
      } catch {
        yield context.df.callActivity('next');
      }
      return context.df.currentUtcDateTime.toISOString();
    });
  });
  world.client.start('all', 'a1');
  const output = String((await world.finish('a1'))?.output);
  expect(order).toEqual(['late', 'next']);
  expect(Math.abs(Date.parse(output) - Date.parse('2026-08-22T03:00:00Z'))).toBeLessThan(1100);
  expect(world.codes()).toContain('H02');
});

test('one timer in two Task.any is scheduled twice and the instance hangs', async () => {
  const world = await durableWorld((app) => {
    app.activity('echo', { handler: (input: unknown) => input });
    app.orchestration('reuse', function* (context) {
      const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 600_000));
      yield context.df.Task.any([context.df.waitForExternalEvent('a'), timer]);
      yield context.df.Task.any([context.df.waitForExternalEvent('b'), timer]);
      timer.cancel();
      return (yield context.df.callActivity('echo', 1)) as unknown;
    });
  });
  world.client.start('reuse', 'r1');
  await world.clock.runFor(1000);
  for (const event of ['a', 'b']) {
    world.client.raise('r1', event);
    await world.clock.runFor(1000);
  }
  await world.clock.runFor(86_400_000);
  expect(world.client.status('r1')?.runtimeStatus).toBe('Running');
  expect(world.codes()).toContain('H01');
  expect(world.engine.stuck()).toEqual(['r1']);
});

test('an uncancelled timer keeps a finished instance Running', async () => {
  const world = await durableWorld((app) => {
    app.orchestration('leaky', function* (context) {
      const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 600_000));
      yield context.df.Task.any([context.df.waitForExternalEvent('go'), timer]);
      return 'done';
    });
  });
  world.client.start('leaky', 'l1');
  await world.clock.runFor(1000);
  world.client.raise('l1', 'go');
  await world.clock.runFor(60_000);
  expect(world.client.status('l1')?.runtimeStatus).toBe('Running');
  expect((await world.finish('l1'))?.output).toBe('done');
  expect(world.codes()).toContain('H03');
});

test('a timer of a year fires within a second of its moment', async () => {
  const world = await durableWorld((app) => {
    app.orchestration('year', function* (context) {
      yield context.df.createTimer(new Date('2027-08-01T00:00:00Z'));
      return context.df.currentUtcDateTime.toISOString();
    });
  });
  world.client.start('year', 'y1');
  const output = String((await world.finish('y1'))?.output);
  expect(Math.abs(Date.parse(output) - Date.parse('2027-08-01T00:00:00Z'))).toBeLessThan(1000);
});

test('a timer of ten days in legs of three fires at its goal', async () => {
  const world = await durableWorld(
    (app) => {
      app.activity('echo', { handler: (input: unknown) => input });
      app.orchestration('tenDays', function* (context) {
        yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 10 * 86_400_000));
        return (yield context.df.callActivity(
          'echo',
          context.df.currentUtcDateTime.toISOString(),
        )) as unknown;
      });
    },
    { legs: 'azure' },
  );
  world.client.start('tenDays', 't1');
  const output = String((await world.finish('t1'))?.output);
  expect(Math.abs(Date.parse(output) - Date.parse('2026-09-01T02:00:00Z'))).toBeLessThan(5000);
  expect(world.codes()).toContain('H14');
});

test('a child reports to its parent, failures too', async () => {
  const world = await durableWorld((app) => {
    app.orchestration('child', function* (context) {
      if (context.df.getInput() === 'bad') throw new Error('negative');
      return 'good child';
    });
    app.orchestration('parent', function* (context) {
      const good: unknown = yield context.df.callSubOrchestrator('child', 'fine', 'kid');
      try {
        yield context.df.callSubOrchestrator('child', 'bad');
      } catch (error) {
        return [good, (error as Error).message.split(' \n ')[0]];
      }
      return 'unreachable';
    });
  });
  world.client.start('parent', 'p1');
  expect((await world.finish('p1'))?.output).toEqual([
    'good child',
    "Orchestrator function 'child' failed: negative",
  ]);
  expect(world.client.status('kid')?.runtimeStatus).toBe('Completed');
});

test('a terminated child fails its parent past any try/catch', async () => {
  const world = await durableWorld((app) => {
    app.orchestration('child', function* (context) {
      yield context.df.waitForExternalEvent('never');
    });
    app.orchestration('parent', function* (context) {
      try {
        yield context.df.callSubOrchestrator('child', undefined, 'kid');
      } catch {
        return 'caught';
      }
      return 'unreachable';
    });
  });
  world.client.start('parent', 'p1');
  await world.clock.runFor(1000);
  world.client.terminate('kid', 'enough');
  const status = await world.finish('p1');
  expect(status?.runtimeStatus).toBe('Failed');
  expect(status?.output).toContain('Non-Deterministic workflow detected');
  expect(world.codes()).toContain('H24');
});

test('a new generation keeps the id, loses unread events and shows its own input', async () => {
  const world = await durableWorld((app) => {
    app.orchestration('eternal', function* (context) {
      const generation = (context.df.getInput() as { n: number }).n;
      yield context.df.waitForExternalEvent('next');
      if (generation < 3) context.df.continueAsNew({ n: generation + 1 });
      return generation;
    });
  });
  world.client.start('eternal', 'e1', { n: 1 });
  for (let round = 0; round < 3; round++) {
    await world.clock.runFor(60_000);
    world.client.raise('e1', 'next');
  }
  expect(await world.finish('e1')).toMatchObject({
    output: 3,
    input: { n: 3 },
    createdTime: '2026-08-22T02:02:00Z',
  });
});

test('an orchestrator that changes its mind fails at once', async () => {
  let runs = 0;
  const world = await durableWorld((app) => {
    app.activity('a', { handler: () => 1 });
    app.activity('b', { handler: () => 2 });
    app.orchestration('fickle', function* (context) {
      runs += 1;
      yield context.df.callActivity(runs === 1 ? 'a' : 'b');
    });
  });
  world.client.start('fickle', 'f1');
  expect((await world.finish('f1'))?.output).toContain(
    "named 'a', but the current orchestration replay instead scheduled an activity task named 'b'",
  );
  expect(world.codes()).toContain('H13');
});

test('the determinism check finds a flow that asks the clock', async () => {
  const register: Register = (app) => {
    app.activity('echo', { handler: (input: unknown) => input });
    app.orchestration('clocky', function* (context) {
      return (yield context.df.callActivity('echo', { at: Date.now() })) as unknown;
    });
    app.orchestration('honest', function* (context) {
      return (yield context.df.callActivity('echo', { at: context.df.currentUtcDateTime })) as unknown;
    });
  };
  const world = await durableWorld(register, { checkDeterminism: true });
  world.client.start('clocky', 'c1');
  world.client.start('honest', 'h1');
  expect((await world.finish('c1'))?.runtimeStatus).toBe('Failed');
  expect((await world.finish('h1'))?.runtimeStatus).toBe('Completed');
});

const eightyOneHours: Register = (app) => {
  app.activity('work', { handler: (input: unknown) => input });
  app.orchestration('steps', function* (context) {
    for (let step = 0; step < 10; step++) {
      yield context.df.callActivity('work', step);
      yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 8.1 * 3_600_000));
    }
    return context.df.currentUtcDateTime.toISOString();
  });
};

async function traceOf(seed: number): Promise<string> {
  const trace = createTrace(createVirtualClock({ startAt: 0, seed: 1 }));
  const world = await durableWorld(eightyOneHours, {
    seed,
    trace: (component, event, subject) =>
      trace.write(component, `${world?.clock.now() ?? 0} ${event}`, subject),
  });
  for (let run = 0; run < 20; run++) world.client.start('steps', `run${run}`);
  for (let run = 0; run < 20; run++)
    expect((await world.finish(`run${run}`))?.runtimeStatus).toBe('Completed');
  expect(world.clock.now() - Date.parse('2026-08-22T02:00:00Z')).toBeGreaterThan(80.9 * 3_600_000);
  return trace.hash();
}

test('eighty-one hours are not waited for, and the same seed gives the same run', async () => {
  const first = await traceOf(7);
  expect(await traceOf(7)).toBe(first);
  expect(await traceOf(8)).not.toBe(first);
});
