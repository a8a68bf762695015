import { expect, test } from 'vitest';
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
