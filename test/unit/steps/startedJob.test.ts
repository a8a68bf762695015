import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/arm/call.ts';
import { orderStep } from '../../../src/steps/orderStep.ts';
import type { Step } from '../../../src/steps/step.ts';
import { backUp, vault } from '../../support/ledgerSteps.ts';
import { reply, runId, stepLedger } from '../../support/stepLedger.ts';

const input = { itemId: `${vault}/items/docs` };
const backUpWatched: Step<typeof input, string> = {
  ...backUp,
  watch: { seconds: () => 21_600, orderOf: (attemptId) => ({ attemptId }) },
};
const accepted = () =>
  reply(
    202,
    {},
    { 'azure-asyncoperation': 'https://management.azure.com/subscriptions/1/operations/op-1?sig=secret' },
  );

/** A ledger whose tracker remembers what it was to watch, and when that was. */
function ledgerWithTracker(
  watchJob: (told: readonly JsonObject[]) => Promise<Json> = () => Promise.resolve(null),
) {
  const watched: JsonObject[] = [];
  const told: string[] = [];
  const ledger = stepLedger({
    catalogue: [backUpWatched],
    arm: accepted,
    raise: () => Promise.resolve(void told.push(`told after ${watched.length}`)).then(() => 'raised'),
  });
  Object.assign(ledger.services, {
    watchJob: (order: JsonObject) => {
      watched.push(order);
      return watchJob(watched);
    },
  });
  const order = (ask = 1, generation = 1, jobEvent = 1, stepId = '01') => {
    const step = { runId, stepId, stepName: 'backUp', input };
    return orderStep(ledger.services, { ...step, generation, ask, jobEvent });
  };
  return { ledger, watched, told, order };
}

test('the flow of an accepted backup is told nothing yet: its job is watched, with what the step has given', async () => {
  const { ledger, watched, told, order } = ledgerWithTracker();
  await order();
  await ledger.drain();
  const attemptId = ledger.requests[0]?.clientRequestId;
  const giveUpAt = '2026-08-22T08:00:00.000Z';
  expect(watched).toEqual([{ attemptId, runId, generation: 1, event: 1, giveUpAt, started: attemptId }]);
  expect(told).toEqual([]);
});

test('a job-starting step whose worker died with its message is taken up after three minutes', async () => {
  const { ledger, watched, order } = ledgerWithTracker();
  await order();
  ledger.queue.take();
  await ledger.drain(2);
  expect(ledger.requests).toEqual([]);
  await ledger.drain(4);
  expect(ledger.requests.map(({ method, at }) => [method, at])).toEqual([
    ['POST', '2026-08-22T02:03:00.000Z'],
  ]);
  expect(watched).toHaveLength(1);
  expect(ledger.queue.messages).toEqual([]);
});

test('steps of the same half minute are looked after by one message: those that have settled are left alone', async () => {
  const { ledger, watched, told, order } = ledgerWithTracker();
  await order();
  await ledger.drain(1);
  ledger.pass(20);
  await order(1, 1, 1, '02');
  ledger.queue.take();
  expect(ledger.queue.messages.map(({ text, visibleAt }) => [text, visibleAt])).toEqual([
    ['{"guard":"2026-08-22T02:03:00.000Z"}', new Date('2026-08-22T02:03:00Z')],
  ]);
  await ledger.drain();
  expect(watched).toHaveLength(2);
  expect(ledger.requests.map(({ at }) => at)).toEqual([
    '2026-08-22T02:00:00.000Z',
    '2026-08-22T02:03:00.000Z',
  ]);
  expect(told).toEqual([]);
  expect(ledger.steps.rows().map(({ rowKey }) => rowKey)).toEqual(['01', '02']);
});

test.each([
  ['message', 0],
  ['mark', 1],
  ['row', 2],
])('who dies at the %s of a guard leaves the other steps of that half minute guarded', async (_, dies) => {
  const { ledger, order } = ledgerWithTracker();
  const { steps, queue } = ledger;
  let calls = 0;
  const dying =
    <A extends unknown[], R>(call: (...given: A) => Promise<R>) =>
    (...given: A): Promise<R> =>
      calls++ === dies ? Promise.reject(new Error('The worker died.')) : call(...given);
  const send = dying(queue.send);
  Object.assign(ledger.services, {
    steps: { ...steps, put: dying(steps.put) },
    queue: {
      ...queue,
      send: (text: string, seconds: number) => (seconds > 0 ? send : queue.send)(text, seconds),
    },
  });
  await expect(order()).rejects.toThrow('The worker died.');
  await order(1, 1, 1, '02');
  const [, second] = [queue.take(), queue.take()];
  await ledger.drain();
  expect(second?.text).toContain('"stepId":"02"');
  expect(ledger.requests.map(({ at }) => at)).toEqual(['2026-08-22T02:03:00.000Z']);
});

test('a flow is told what the tracker knows already of its job, once that is watched', async () => {
  const known = { kind: 'ended', ending: { ended: 'completed' } };
  const { ledger, told, order } = ledgerWithTracker(() => Promise.resolve(known));
  await order();
  await ledger.drain();
  const result = ledger.requests[0]?.clientRequestId;
  expect(told).toEqual(['told after 1']);
  expect(ledger.events[0]?.event.outcome).toEqual({ kind: 'done', result, watched: known });
});

test('a job is followed from its own start, however long its step was held back', async () => {
  const { ledger, watched, order } = ledgerWithTracker();
  await order();
  ledger.pass(3 * 3600);
  await ledger.drain();
  expect(watched.map(({ giveUpAt }) => giveUpAt)).toEqual(['2026-08-22T11:00:00.000Z']);
});

test('a later generation is told of its job by the event that it waits for', async () => {
  const { ledger, watched, order } = ledgerWithTracker();
  await order();
  await order(1, 2, 3);
  await ledger.drain();
  expect(watched[0]).toMatchObject({ generation: 2, event: 3 });
});

test('what the tracker knows is left out where it would make the event larger than 8 KiB', async () => {
  const known = { kind: 'ended', ending: { text: 'x'.repeat(8192) } };
  const { ledger, order } = ledgerWithTracker(() => Promise.resolve(known));
  await order();
  await ledger.drain();
  const attemptId = ledger.requests[0]?.clientRequestId;
  expect(ledger.events[0]?.event.outcome).toEqual({ kind: 'done', result: attemptId });
});

test('a message that comes again watches nothing anew: a flow that is still there asks the tracker by itself', async () => {
  const { ledger, watched, order } = ledgerWithTracker();
  await order();
  await ledger.drain();
  await ledger.deliver();
  const result = ledger.requests[0]?.clientRequestId;
  expect(watched).toHaveLength(1);
  expect(ledger.events.map(({ event }) => event.outcome)).toEqual([{ kind: 'done', result }]);
  expect(ledger.requests).toHaveLength(1);
});

test('of a job that cannot be watched the message comes again, and the flow asks the tracker by itself', async () => {
  const { ledger, told, order } = ledgerWithTracker(() => Promise.reject(new Error('the tables are away')));
  await order();
  await expect(ledger.drain()).rejects.toThrow('the tables are away');
  expect(told).toEqual([]);
  await ledger.deliver();
  expect(told).toEqual(['told after 1']);
});

test('a flow that asks again is told by the ledger that its job was started, and asks the tracker by itself', async () => {
  const { ledger, watched, order } = ledgerWithTracker();
  await order();
  await ledger.drain();
  expect(await order(2)).toEqual({ kind: 'done', result: ledger.requests[0]?.clientRequestId });
  expect(watched).toHaveLength(1);
});

test('a step that asks for no watch starts none', async () => {
  const { ledger, watched } = ledgerWithTracker();
  await ledger.order('backUp', input);
  await ledger.drain();
  expect(watched).toEqual([]);
});
