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
