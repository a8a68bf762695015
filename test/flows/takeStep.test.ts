import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/arm/call.ts';
import { flowContext, type Durable, type Flow } from '../../src/orchestrations/flow.ts';
import { StepFailed } from '../../src/orchestrations/refusals.ts';
import { takeStep } from '../../src/orchestrations/takeStep.ts';
import type { Step, StepOrder, StepOutcome } from '../../src/steps/step.ts';
import { ActivityFails, playFlow, type Stage } from '../support/playFlow.ts';

const look: Step<JsonObject, Json> = {
  name: 'test.look',
  describe: () => ({ action: 'a', method: 'GET', path: '/providers/a', apiVersion: '1' }),
  read: () => ({ kind: 'done', result: null }),
  repeat: 'safe',
  giveUpAfterSeconds: 600,
};

const start = Date.parse('2026-08-22T02:00:00Z');
const run = {
  runId: 'a'.repeat(40),
  generation: 2,
  facts: { acceptedAt: '2026-08-22T02:00:00Z', mayDeleteBackups: false },
};
const done: StepOutcome = { kind: 'done', result: 'found' };

/** What an order leads to: an answer in the activity, events, both or nothing. */
interface Reaction {
  readonly answer?: StepOutcome;
  readonly events?: readonly { readonly name: string; readonly payload: unknown }[];
}

function stageOf(react: (order: StepOrder) => Reaction) {
  const clock = { now: start };
  const orders: StepOrder[] = [];
  const events: { name: string; payload: unknown }[] = [];
  const stage: Stage = {
    now: () => clock.now,
    advanceTo: (milliseconds) => void (clock.now = milliseconds),
    nextEvent: () => events.shift(),
    activity: async (_name, input) => {
      const order = input as StepOrder;
      orders.push(order);
      const { answer, events: raised } = react(order);
      events.push(...(raised ?? []));
      return answer ?? null;
    },
  };
  const tookSeconds = () => (clock.now - start) / 1000;
  return { stage, orders, tookSeconds };
}

const event = ({ ask, stepId }: StepOrder, outcome: StepOutcome) => ({
  name: `step-${ask}`,
  payload: { stepId, outcome },
});

const lookOnce = (df: Durable): Flow<Json> => takeStep(flowContext(df, run), look, { of: 'it' });

test('a step is ordered once, with run, generation, step and ask, and answered by the event of that ask', async () => {
  const { stage, orders, tookSeconds } = stageOf((order) => ({ events: [event(order, done)] }));
  expect((await playFlow(lookOnce, stage)).value).toBe('found');
  expect(orders).toEqual([
    { runId: run.runId, generation: 2, stepId: '01', stepName: 'test.look', input: { of: 'it' }, ask: 1 },
  ]);
  expect(tookSeconds()).toBe(0);
});

test('the first step of a flow whose starter has ordered it is waited for at once, and ordered at its deadline', async () => {
  const ordered = { ...run, generation: 1, isOrdered: true as const };
  const { stage, orders, tookSeconds } = stageOf((order) => ({ events: [event(order, done)] }));
  const play = await playFlow((df) => takeStep(flowContext(df, ordered), look, { of: 'it' }), stage);
  expect([play.value, tookSeconds()]).toEqual(['found', 180]);
  expect(orders.map(({ stepId, ask }) => [stepId, ask])).toEqual([['01', 2]]);
});

test('a step that the ledger has settled is answered by the activity, without an event', async () => {
  const { stage, tookSeconds } = stageOf(() => ({ answer: done }));
  expect((await playFlow(lookOnce, stage)).value).toBe('found');
  expect(tookSeconds()).toBe(0);
});

test('steps are numbered in order, and no ask is used twice in a run', async () => {
  const { stage, orders } = stageOf((order) => ({ events: [event(order, done)] }));
  const twice = function* (df: Durable): Flow<void> {
    const context = flowContext(df, run);
    yield* takeStep(context, look, {});
    yield* takeStep(context, look, {});
  };
  await playFlow(twice, stage);
  expect(orders.map(({ stepId, ask }) => [stepId, ask])).toEqual([
    ['01', 1],
    ['02', 2],
  ]);
});

describe('a step that waits', () => {
  const waitingOnce = (waitSeconds: number) =>
    stageOf((order) => ({
      events: [event(order, order.ask === 1 ? { kind: 'waiting', waitSeconds } : done)],
    }));

  test('is ordered again under the same number and the next ask after the wait', async () => {
    const { stage, orders, tookSeconds } = waitingOnce(60);
    await playFlow(lookOnce, stage);
    expect(orders.map(({ stepId, ask }) => [stepId, ask])).toEqual([
      ['01', 1],
      ['01', 2],
    ]);
    expect(tookSeconds()).toBe(60);
  });

  test.each([
    [1.2, 2],
    [0, 1],
    [700_000, 518_400],
  ])(
    '%s seconds is asked for again after %s: whole seconds, at least one, at most six days',
    async (wait, slept) => {
      const { stage, tookSeconds } = stageOf((order) => ({
        answer: order.ask === 1 ? { kind: 'waiting', waitSeconds: wait } : done,
      }));
      const patient = { ...look, giveUpAfterSeconds: 1_000_000 };
      await playFlow((df) => takeStep(flowContext(df, run), patient, {}), stage);
      expect(tookSeconds()).toBe(slept);
    },
  );
});

describe('a step that starts a job', () => {
  const begin: Step<JsonObject, Json> = {
    ...look,
    name: 'test.begin',
    watch: { seconds: () => 21_600, orderOf: () => ({}) },
  };
  const ended = { kind: 'ended', ending: { ended: 'completed' } };
  const jobEnds = (payload: object) => ({ name: 'job-1', payload: { event: 1, outcome: ended, ...payload } });
  const beginOnce = function* (df: Durable): Flow<unknown> {
    const context = flowContext(df, run);
    const result = yield* takeStep(context, begin, {});
    return { result, job: context.startedJob };
  };

  test("is told by its job's end, which brings what it has given, however long that takes", async () => {
    const { stage, orders, tookSeconds } = stageOf(() => ({ events: [jobEnds({ started: 'handle' })] }));
    const { value } = await playFlow(beginOnce, stage);
    expect(value).toEqual({ result: 'handle', job: { event: 1, told: ended } });
    expect(orders.map(({ ask, jobEvent }) => [ask, jobEvent])).toEqual([[1, 1]]);
    expect(tookSeconds()).toBe(0);
  });

  test('asks the ledger where the end of its job does not bring it', async () => {
    const { stage, orders, tookSeconds } = stageOf(({ ask }) =>
      ask === 1 ? { events: [jobEnds({})] } : { answer: done },
    );
    expect((await playFlow(beginOnce, stage)).value).toEqual({ result: 'found', job: { event: 1 } });
    expect([orders.length, tookSeconds()]).toEqual([2, 0]);
  });

  test('takes no other job for its own, and asks again an hour after that could be followed', async () => {
    const { stage, tookSeconds } = stageOf(({ ask }) =>
      ask === 1 ? { events: [jobEnds({ event: 2, started: 'another' })] } : { answer: done },
    );
    expect((await playFlow(beginOnce, stage)).value).toMatchObject({ result: 'found' });
    expect(tookSeconds()).toBe(21_600 + 3600);
  });
});

describe('a step that nobody answers', () => {
  test('is ordered again after 180 seconds, then more and more rarely', async () => {
    const { stage, tookSeconds } = stageOf((order) =>
      order.ask < 3 ? {} : { events: [event(order, done)] },
    );
    await playFlow(lookOnce, stage);
    expect(tookSeconds()).toBe(180 + 360);
  });

  test('ends timedOut an hour after the executor should have given it up', async () => {
    const { stage, tookSeconds } = stageOf(() => ({}));
    await expect(playFlow(lookOnce, stage)).rejects.toMatchObject({
      outcome: { kind: 'timedOut', failure: { code: 'StepNotAnswered' } },
    });
    expect(tookSeconds()).toBeGreaterThan(4200);
    expect(tookSeconds()).toBeLessThan(7200);
  });

  test('takes no late event of an earlier ask for the answer to a later one', async () => {
    const { stage } = stageOf((order) =>
      order.ask === 1
        ? {}
        : {
            events: [
              { name: 'step-1', payload: { stepId: '01', outcome: { kind: 'cancelled' } } },
              event(order, done),
            ],
          },
    );
    expect((await playFlow(lookOnce, stage)).value).toBe('found');
  });
});

describe('an order that storage did not take', () => {
  const takenAtTry = (tries: number) => {
    let orders = 0;
    return stageOf((order) => {
      if (++orders < tries) throw new ActivityFails('the table could not be reached');
      return { events: [event(order, done)] };
    });
  };

  test('is given again under the same ask: the step may have been written, and its call is under way', async () => {
    const { stage, orders, tookSeconds } = takenAtTry(3);
    expect((await playFlow(lookOnce, stage)).value).toBe('found');
    expect(orders.map(({ stepId, ask }) => [stepId, ask])).toEqual([
      ['01', 1],
      ['01', 1],
      ['01', 1],
    ]);
    expect(tookSeconds()).toBe(5 + 15);
  });

  test('is a failure of the flow after half an hour', async () => {
    const { stage, tookSeconds } = takenAtTry(11);
    await expect(playFlow(lookOnce, stage)).rejects.toThrow('the table could not be reached');
    expect(tookSeconds()).toBeGreaterThan(1800);
  });
});

test('an event that names another step is ignored, and the next one of that name is taken', async () => {
  const { stage, tookSeconds } = stageOf((order) => ({
    events: [event({ ...order, stepId: '07' }, { kind: 'cancelled' }), event(order, done)],
  }));
  expect((await playFlow(lookOnce, stage)).value).toBe('found');
  expect(tookSeconds()).toBe(0);
});

test.each([
  { kind: 'refused', failure: { code: 'No', message: 'never' } },
  { kind: 'failed', failure: { code: 'No', message: 'never' } },
  { kind: 'timedOut', failure: { code: 'No', message: 'never' } },
  { kind: 'unknown', failure: { code: 'No', message: 'never' } },
  { kind: 'cancelled' },
] as const)('the outcome $kind is thrown, with all it says', async (outcome) => {
  const { stage } = stageOf((order) => ({ events: [event(order, outcome)] }));
  const caught = await playFlow(lookOnce, stage).catch((error: unknown) => error);
  expect(caught).toBeInstanceOf(StepFailed);
  expect(caught).toMatchObject({ stepName: 'test.look', outcome });
});

test('no timer is left behind once a step has answered', async () => {
  const cancelled: string[] = [];
  const { stage } = stageOf((order) => ({ events: [event(order, done)] }));
  await playFlow((df) => {
    const createTimer: Durable['createTimer'] = (fireAt) => {
      const timer = df.createTimer(fireAt);
      const { cancel } = timer;
      return Object.assign(timer, {
        cancel: () => {
          cancelled.push(fireAt.toISOString());
          cancel();
        },
      });
    };
    const watched = { ...df, createTimer, currentUtcDateTime: new Date(start) };
    return takeStep(flowContext(watched, run), look, {});
  }, stage);
  expect(new Set(cancelled)).toEqual(new Set(['2026-08-22T02:03:00.000Z']));
});

test('the player notices a flow that plans differently in a replay', async () => {
  let replays = 0;
  const { stage } = stageOf((order) => ({ events: [event(order, done)] }));
  const fickle = (df: Durable): Flow<Json> => takeStep(flowContext(df, run), look, { replay: replays++ });
  await expect(playFlow(fickle, stage)).rejects.toThrow('Not deterministic');
});
