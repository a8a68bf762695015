import { expect, test } from 'vitest';
import type { ArmAnswer } from '../../../src/arm/call.ts';
import { backUp, vault } from '../../support/ledgerSteps.ts';
import { reply, stepLedger } from '../../support/stepLedger.ts';

const jobsOfOthers = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `other-${index}`, activityId: `other-${index}` }));

const afterLostAnswer = async (list: () => ArmAnswer) => {
  const ledger = stepLedger({
    catalogue: [backUp],
    arm: ({ method }) => (method === 'POST' ? { kind: 'doubtful', reason: 'connection reset' } : list()),
  });
  await ledger.order('backUp', { itemId: `${vault}/items/docs` });
  await ledger.drain(60);
  return ledger.requests.filter(({ method }) => method === 'POST').length;
};

test('a list of 400 jobs without a next page may be cut: absence from it sends nothing again', async () => {
  expect(await afterLostAnswer(() => reply(200, { value: jobsOfOthers(400) }))).toBe(1);
});

test('absence from a shorter list is believed after the settle time', async () => {
  expect(await afterLostAnswer(() => reply(200, { value: jobsOfOthers(399) }))).toBeGreaterThan(1);
});

test('a list that cannot be read proves nothing: nothing is sent again', async () => {
  expect(await afterLostAnswer(() => reply(503, { value: [] }))).toBe(1);
});

test('a list that can be read only after the settle time is looked at twice before anything is sent again', async () => {
  let [looks, readable, sends] = [0, 0, 0];
  const readableBefore: number[] = [];
  const ledger = stepLedger({
    catalogue: [backUp],
    arm: ({ method }) => {
      if (method === 'POST') {
        if (++sends > 1) readableBefore.push(readable);
        return { kind: 'doubtful', reason: 'connection reset' };
      }
      if (++looks <= 10) return reply(503, {});
      readable += 1;
      return reply(200, { value: [] });
    },
  });
  await ledger.order('backUp', { itemId: `${vault}/items/docs` });
  await ledger.drain(60);
  expect(readableBefore[0]).toBe(2);
});
