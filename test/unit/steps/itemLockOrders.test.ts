import { expect, test } from 'vitest';
import { executeStep } from '../../../src/steps/executeStep.ts';
import { orderStep } from '../../../src/steps/orderStep.ts';
import type { Table } from '../../../src/storage/table.ts';
import { backUp, vault } from '../../support/ledgerSteps.ts';
import { refusal, reply, runId, stepLedger } from '../../support/stepLedger.ts';
import { everyOrder, type Turns } from '../../support/everyOrder.ts';

const itemId = `${vault}/items/docs`;
const other = 'b'.repeat(40);

/** Each call on the rows that two runs share, and each that changes a step, waits for its turn. */
const inTurns = (table: Table, turn: Turns, isShared: (partitionKey: string) => boolean): Table => ({
  ...table,
  insert: (row) => turn(() => table.insert(row)),
  read: (partition, row) =>
    isShared(partition) ? turn(() => table.read(partition, row)) : table.read(partition, row),
  replace: (row, etag) => turn(() => table.replace(row, etag)),
});

/**
 * One run is told 429 and sends again while another asks for the same item; in the order of turns that `play`
 * chooses. Answers how many attempts were on their way together at most: from a request to the row that says its end.
 */
async function rivals(play: Parameters<Parameters<typeof everyOrder>[0]>[0], lock = (table: Table) => table) {
  const onTheirWay = new Set<string>();
  let [most, requests] = [0, 0];
  const ledger = stepLedger({ catalogue: [backUp], arm: () => reply(200, {}) });
  const workerOf = (run: string, turn: Turns) => {
    const steps = inTurns(ledger.steps, turn, (partition) => partition !== run);
    const send = () => {
      most = Math.max(most, onTheirWay.add(run).size);
      requests += 1;
      return Promise.resolve(
        requests === 1 && run === runId ? refusal(429, 'Busy', { 'retry-after': '30' }) : reply(200, {}),
      );
    };
    return {
      ...ledger.services,
      items: inTurns(lock(ledger.items), turn, () => true),
      steps: {
        ...steps,
        replace: async (row: Parameters<Table['replace']>[0], etag: string) => {
          const written = await steps.replace(row, etag);
          if (written.kind === 'written' && row['state'] !== 'claimed') onTheirWay.delete(run);
          return written;
        },
      },
      arm: { ...ledger.services.arm, send: () => turn(send) },
    };
  };
  const order = { generation: 1, stepId: '01', stepName: 'backUp', input: { itemId }, ask: 1 };
  for (const run of [runId, other]) await orderStep(ledger.services, { ...order, runId: run });
  await play([
    async (turn) => {
      const services = workerOf(runId, turn);
      await executeStep(services, { runId, stepId: '01' });
      ledger.pass(40);
      await executeStep(services, { runId, stepId: '01' });
    },
    async (turn) => executeStep(workerOf(other, turn), { runId: other, stepId: '01' }),
  ]);
  return most;
}

test('in every order of their calls, of two runs on one item one at a time has an attempt on its way, also when the holder sends again', async () => {
  const seen = new Set<number>();
  const orders = await everyOrder(async (play) => void seen.add(await rivals(play)));
  expect([...seen]).toEqual([1]);
  expect(orders).toBeGreaterThan(1000);
});

test('a holder that did not write over its own lock would let both send: the test can fail', async () => {
  const lazy = (table: Table): Table => ({
    ...table,
    replace: async (row, etag) => {
      const stored = await table.read(row.partitionKey, row.rowKey);
      const isMine = stored?.['runId'] === row['runId'] && stored?.etag === etag;
      return isMine ? { kind: 'written', etag } : table.replace(row, etag);
    },
  });
  const seen = new Set<number>();
  await everyOrder(async (play) => void seen.add(await rivals(play, lazy)));
  expect([...seen].sort()).toEqual([1, 2]);
});
