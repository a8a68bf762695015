import { expect, test } from 'vitest';
import type { ArmAnswer } from '../../../src/arm/call.ts';
import { backUp, protect, vault } from '../../support/ledgerSteps.ts';
import { reply, stepLedger, type ArmScript } from '../../support/stepLedger.ts';

const pollUrl = 'https://management.azure.com/subscriptions/1/operations/op-1?sig=secret';
const accepted = reply(202, {}, { 'azure-asyncoperation': pollUrl, 'retry-after': '20' });
const doubtful: ArmAnswer = { kind: 'doubtful', reason: 'connection reset' };

/** A pacer that lets the first call go, then keeps no slot twice, then lets everything go. */
function pacedLedger(arm: ArmScript) {
  let asked = 0;
  const reserve = (now: Date) => {
    asked += 1;
    return asked === 2 || asked === 3
      ? ({ kind: 'wait', until: new Date(now.getTime() + 40_000), reserved: false } as const)
      : ({ kind: 'go' } as const);
  };
  return { ledger: stepLedger({ catalogue: [backUp, protect], arm, reserve }), asked: () => asked };
}

test('a look whose slot was not kept asks for one again', async () => {
  const { ledger, asked } = pacedLedger(({ method }) =>
    method === 'POST' ? doubtful : reply(200, { value: [] }),
  );
  await ledger.order('backUp', { itemId: `${vault}/items/docs` });
  await ledger.drain(2);
  expect(ledger.requests.map(({ method, at }) => `${method} ${at.slice(11, 19)}`)).toEqual([
    'POST 02:00:00',
    'GET 02:01:50',
  ]);
  expect(asked()).toBe(4);
});

test('a poll whose slot was not kept asks for one again', async () => {
  const { ledger, asked } = pacedLedger(({ method }) =>
    method === 'PUT' ? accepted : reply(200, { status: 'Succeeded' }),
  );
  const order = () => ledger.order('protect', { itemId: `${vault}/items/docs` });
  await order();
  await ledger.drain(1);
  ledger.pass(20);
  await order();
  await ledger.drain(5);
  expect(ledger.requests.map(({ method, at }) => `${method} ${at.slice(11, 19)}`)).toEqual([
    'PUT 02:00:00',
    'GET 02:01:40',
  ]);
  expect(asked()).toBe(4);
});
