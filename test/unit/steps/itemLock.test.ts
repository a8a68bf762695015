import fc from 'fast-check';
import { expect, test } from 'vitest';
import { executeStep } from '../../../src/steps/executeStep.ts';
import { orderStep } from '../../../src/steps/orderStep.ts';
import type { StepServices } from '../../../src/steps/stepServices.ts';
import type { Table } from '../../../src/storage/table.ts';
import { backUp, protect, vault } from '../../support/ledgerSteps.ts';
import { reply, runId, stepLedger } from '../../support/stepLedger.ts';

const itemId = `${vault}/items/docs`;

/** Lets other work go first before each table call, as often as the list says. */
function slowed(table: Table, turns: () => number): Table {
  const wait = async () => {
    for (let left = turns(); left > 0; left--) await Promise.resolve();
  };
  return {
    ...table,
    insert: async (row) => wait().then(() => table.insert(row)),
    read: async (partitionKey, rowKey) => wait().then(() => table.read(partitionKey, rowKey)),
    replace: async (row, etag) => wait().then(() => table.replace(row, etag)),
  };
}

/** Two runs on one item at the same moment; answers how many requests were under way together at most. */
async function together(
  turns: readonly number[],
  items?: (table: Table) => Table,
  spellings: readonly string[] = [itemId, itemId],
): Promise<number> {
  let [index, underWay, most] = [0, 0, 0];
  const next = () => turns[index++ % turns.length] ?? 0;
  const ledger = stepLedger({
    catalogue: [backUp],
    arm: async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      for (let left = 60; left > 0; left--) await Promise.resolve();
      underWay -= 1;
      return reply(200, {});
    },
  });
  const table = items ? items(ledger.items) : ledger.items;
  const services: StepServices = {
    ...ledger.services,
    steps: slowed(ledger.steps, next),
    items: slowed(table, next),
  };
  const runs = [runId, 'b'.repeat(40)];
  const order = { generation: 1, stepId: '01', stepName: 'backUp', ask: 1 };
  const inputs = spellings.map((spelled) => ({ itemId: spelled }));
  await Promise.all(
    runs.map((id, at) => orderStep(services, { ...order, input: inputs[at] ?? { itemId }, runId: id })),
  );
  await Promise.all(runs.map((id) => executeStep(services, { runId: id, stepId: '01' })));
  return most;
}

const interleavings = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 4, maxLength: 40 });

test('of two runs on one item, one at a time has a request under way (D4)', async () => {
  const property = fc.asyncProperty(interleavings, async (turns) => {
    expect(await together(turns)).toBe(1);
  });
  await fc.assert(property, { numRuns: 1000, seed: 20_260_822 });
});

test('a step whose worker died before it took the item knows that the job of the one that did may show in the list', async () => {
  const [died, sent] = [runId, 'b'.repeat(40)];
  const ledger = stepLedger({
    catalogue: [backUp],
    arm: ({ method }) => (method === 'POST' ? reply(200, {}) : reply(200, { value: [] })),
  });
  const order = { generation: 1, stepId: '01', stepName: 'backUp', ask: 1, input: { itemId } };
  await orderStep(ledger.services, { ...order, runId: died });
  await orderStep(ledger.services, { ...order, runId: sent });
  const dying = { ...ledger.services, isCancelRequested: () => Promise.reject(new Error('killed')) };
  await expect(executeStep(dying, { runId: died, stepId: '01' })).rejects.toThrow('killed');
  ledger.pass(20);
  await executeStep(ledger.services, { runId: sent, stepId: '01' });
  expect(ledger.requests.map(({ method, at }) => [method, at])).toEqual([
    ['POST', '2026-08-22T02:00:20.000Z'],
  ]);
  ledger.pass(600);
  await executeStep(ledger.services, { runId: died, stepId: '01' });
  expect(ledger.row()).toMatchObject({ state: 'checking', otherSentBy: '2026-08-22T02:01:20.000Z' });
});

test('without ETags on the lock both would send: the test can fail', async () => {
  const careless = (table: Table): Table => ({
    ...table,
    insert: async (row) => {
      await table.put(row);
      return { kind: 'written', etag: '' };
    },
    replace: async (row) => {
      await table.put(row);
      return { kind: 'written', etag: '' };
    },
  });
  const property = fc.asyncProperty(interleavings, async (turns) => (await together(turns, careless)) === 1);
  expect((await fc.check(property, { numRuns: 1000, seed: 20_260_822 })).failed).toBe(true);
});

test('a holder that never settled stops counting some time after its own deadline', async () => {
  const ledger = stepLedger({ catalogue: [backUp], arm: () => ({ kind: 'doubtful', reason: 'reset' }) });
  await ledger.order('backUp', { itemId }, '01');
  await ledger.deliver('01');
  ledger.pass(21_600 + 3601);
  await ledger.order('backUp', { itemId }, '02');
  await ledger.deliver('02');
  expect(ledger.requests).toHaveLength(2);
});

test.each([
  ['SQLDataBase;a;x[1]', 'sqldatabase%3Ba%3Bx%5B1%5D'],
  ['VM;iaasvmcontainerv2;rg;vm1', 'VM%3Biaasvmcontainerv2%3BRG%3Bvm1'],
])('an item is one however its id is spelled: %s, %s', async (one, other) => {
  const items = `${vault}/protectedItems`;
  expect(await together([0], undefined, [`${items}/${one}`, `${items}/${other}`])).toBe(1);
});

test('an item whose operation is still polled is not sent for again', async () => {
  const locking = { ...protect, itemOf: (input: { readonly itemId: string }) => input.itemId };
  const ledger = stepLedger({
    catalogue: [locking],
    arm: ({ method }) =>
      method === 'PUT'
        ? reply(202, {}, { 'azure-asyncoperation': 'https://management.azure.com/operations/1' })
        : reply(200, { status: 'InProgress' }),
  });
  await ledger.order('protect', { itemId }, '01');
  await ledger.deliver('01');
  expect(ledger.row('01')).toMatchObject({ state: 'waiting', resume: 'poll' });
  await ledger.order('protect', { itemId }, '02');
  await ledger.deliver('02');
  expect(ledger.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
});
