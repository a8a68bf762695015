import { describe, expect, test } from 'vitest';
import { flowsOf, type FlowClient } from '../../../src/durable/durableFlows.ts';

const id = `${'a'.repeat(40)}-1`;
const unexpected = (status: number) =>
  new Error(`The operation failed with an unexpected status code: ${status}. Details: ""`);

/** A client that fails on everything it was not told to answer. */
const client = (answers: Partial<FlowClient>): FlowClient => {
  const unasked = () => Promise.reject(new Error('unasked'));
  return {
    startNew: unasked,
    raiseEvent: unasked,
    getStatus: unasked,
    purgeInstanceHistory: unasked,
    ...answers,
  };
};

describe('what reaches the Durable client', () => {
  test.each([
    'victim/terminate?reason=',
    '../orchestrators/X/id?x=',
    '?createdTimeFrom=2000-01-01',
    'a?taskHub=b&connection=c',
    'Upper',
    '',
    `${'a'.repeat(64)}a`,
  ])('never the instance id %j', async (instanceId) => {
    const flows = flowsOf(client({}));
    await expect(flows.raise(instanceId, 'step-1', {})).rejects.toThrow(RangeError);
    await expect(flows.start('run', instanceId, {})).rejects.toThrow(RangeError);
    await expect(flows.status(instanceId)).rejects.toThrow(RangeError);
    await expect(flows.purge(instanceId)).rejects.toThrow(RangeError);
  });

  test.each(['7', 'step-', 'step-1234567', 'other-1', 'step-1/x'])(
    'never the event name %j',
    async (name) => {
      await expect(flowsOf(client({})).raise(id, name, {})).rejects.toThrow(RangeError);
    },
  );

  test('a start carries id and input', async () => {
    const seen: unknown[] = [];
    const startNew = (...start: unknown[]) => Promise.resolve(String(seen.push(start)));
    expect(await flowsOf(client({ startNew })).start('run', id, { runId: 'r' })).toBe('started');
    expect(seen).toEqual([['run', { instanceId: id, input: { runId: 'r' } }]]);
  });
});

describe('what comes back', () => {
  test('409 on a start means that the flow is there', async () => {
    const flows = flowsOf(client({ startNew: () => Promise.reject(unexpected(409)) }));
    expect(await flows.start('run', id, {})).toBe('exists');
  });

  test('404 on an event means that the flow is not there', async () => {
    const raiseEvent = () => Promise.reject(new Error(`No instance with ID '${id}' found.`));
    expect(await flowsOf(client({ raiseEvent })).raise(id, 'step-1', {})).toBe('missing');
  });

  test('404 on a status means that there is none', async () => {
    const text = 'DurableClient error: Durable Functions extension replied with HTTP 404 response.';
    const getStatus = () => Promise.reject(new Error(text));
    expect(await flowsOf(client({ getStatus })).status(id)).toBeUndefined();
  });

  test('412 on a purge means that the flow still runs and is left alone', async () => {
    const flows = flowsOf(client({ purgeInstanceHistory: () => Promise.reject(unexpected(412)) }));
    await expect(flows.purge(id)).resolves.toBeUndefined();
  });

  test('anything else is thrown, also when its text holds such a number', async () => {
    const failing = () => Promise.reject(unexpected(500));
    const flows = flowsOf(client({ startNew: failing, raiseEvent: failing, getStatus: failing }));
    await expect(flows.start('run', id, {})).rejects.toThrow('500');
    await expect(flows.raise(id, 'step-409', {})).rejects.toThrow('500');
    await expect(flows.status(id)).rejects.toThrow('500');
  });

  test.each([
    ['Pending', 'pending'],
    ['Running', 'running'],
    ['ContinuedAsNew', 'running'],
    ['Completed', 'completed'],
    ['Failed', 'failed'],
    ['Terminated', 'terminated'],
    ['SomethingNew', 'running'],
  ])('status %s reads as %s', async (runtimeStatus, expected) => {
    const getStatus = () =>
      Promise.resolve({ runtimeStatus }) as unknown as ReturnType<FlowClient['getStatus']>;
    expect(await flowsOf(client({ getStatus })).status(id)).toBe(expected);
  });
});
