import { expect, test } from 'vitest';
import type { Pacer, Slot } from '../../../src/pacer/pacer.ts';
import { backUp, protect, vault } from '../../support/ledgerSteps.ts';
import { reply, stepLedger } from '../../support/stepLedger.ts';

const second = (seconds: number): Date => new Date(Date.parse('2026-08-22T02:00:00Z') + seconds * 1000);
const accepted = reply(
  202,
  {},
  { 'azure-asyncoperation': 'https://management.azure.com/subscriptions/1/operations/op-1?sig=secret' },
);

/** Every slot is kept for 30 s after it was asked for, and then pushed back by another 20 s, once. */
function pushingPacer() {
  const shown: Date[] = [];
  const confirm: NonNullable<Pacer['confirm']> = (_lane, ticket, now): Promise<Slot> => {
    shown.push(ticket);
    const isFirst = shown.length === 1;
    const until = new Date(now.getTime() + 20_000);
    return Promise.resolve(isFirst ? { kind: 'wait', until, ticket } : { kind: 'go' });
  };
  const reserve = (now: Date): Slot => {
    const until = new Date(now.getTime() + 30_000);
    return { kind: 'wait', until, ticket: new Date(now.getTime() + 7000) };
  };
  return { shown, confirm, reserve };
}

test('a slot that a reply has pushed back meanwhile is not used, and keeps its place', async () => {
  const { shown, confirm, reserve } = pushingPacer();
  const ledger = stepLedger({ catalogue: [backUp], arm: () => accepted, reserve });
  ledger.services.pacer.confirm = confirm;
  await ledger.order('backUp', { itemId: `${vault}/items/docs` });
  await ledger.drain(2);
  expect(ledger.requests.map(({ at }) => at.slice(11, 19))).toEqual(['02:00:50']);
  expect(shown).toEqual([second(7), second(7)]);
});

test('the slot of a look is looked at again, too', async () => {
  const { shown, confirm, reserve } = pushingPacer();
  const ledger = stepLedger({
    catalogue: [backUp],
    arm: ({ method }) =>
      method === 'POST' ? { kind: 'doubtful', reason: 'connection reset' } : reply(200, { value: [] }),
    reserve: (now) => (ledger.requests.length === 0 ? { kind: 'go' } : reserve(now)),
  });
  ledger.services.pacer.confirm = (...slot) =>
    ledger.requests.length === 0 ? Promise.resolve({ kind: 'go' }) : confirm(...slot);
  await ledger.order('backUp', { itemId: `${vault}/items/docs` });
  await ledger.drain(2);
  const looks = ledger.requests.filter(({ method }) => method === 'GET');
  expect(shown).toHaveLength(2);
  expect(looks.map(({ at }) => at.slice(11, 19))).toEqual(['02:01:20']);
});

test('a poll waits for its slot once more when that was pushed back', async () => {
  const { shown, confirm, reserve } = pushingPacer();
  const ledger = stepLedger({
    catalogue: [protect],
    arm: ({ method }) => (method === 'PUT' ? accepted : reply(200, { status: 'Succeeded' })),
    reserve: (now) => (ledger.requests.length === 0 ? { kind: 'go' } : reserve(now)),
  });
  ledger.services.pacer.confirm = (...slot) =>
    ledger.requests.length === 0 ? Promise.resolve({ kind: 'go' }) : confirm(...slot);
  const order = () => ledger.order('protect', { itemId: `${vault}/items/docs` });
  await order();
  await ledger.drain(1);
  ledger.pass(60);
  await order();
  await ledger.drain(5);
  expect(shown).toHaveLength(2);
  expect(ledger.requests.map(({ method }) => method)).toEqual(['PUT', 'GET']);
});
