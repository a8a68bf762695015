import { expect, test } from 'vitest';
import type { ArmAnswer } from '../../../src/arm/call.ts';
import { listItems, vault } from '../../support/ledgerSteps.ts';
import { refusal, reply, stepLedger } from '../../support/stepLedger.ts';

const next = (page: number) => `https://management.azure.com${vault}/backupProtectedItems?page=${page}`;

async function listing(pageAt: (page: number) => ArmAnswer) {
  const ledger = stepLedger({
    catalogue: [listItems],
    arm: ({ url }) => pageAt(Number(/page=(\d+)/.exec(url)?.[1] ?? 1)),
  });
  await ledger.order('listItems', { vaultId: vault });
  await ledger.drain(10);
  return ledger;
}

test('a list is read to its last page, empty pages included, and every request is counted', async () => {
  const sizes = [2, 0, 3];
  const ledger = await listing((page) =>
    reply(200, {
      value: Array.from({ length: sizes[page - 1] ?? 0 }, () => ({})),
      ...(page < 3 ? { nextLink: next(page + 1) } : {}),
    }),
  );
  expect(ledger.row()).toMatchObject({ outcome: { kind: 'done', result: 5 }, requests: 3 });
});

test('a list whose next link leads back is never taken for read', async () => {
  const ledger = await listing(() => reply(200, { value: [{}], nextLink: next(2) }));
  expect(ledger.row().outcome).toBeUndefined();
  expect(ledger.row().lastFailure?.message).toBe('The list does not end.');
});

test('a list of endless new pages is given up after a thousand', async () => {
  let asked = 0;
  const ledger = stepLedger({
    catalogue: [listItems],
    arm: () => reply(200, { value: [], nextLink: next(++asked) }),
  });
  await ledger.order('listItems', { vaultId: vault });
  await ledger.deliver();
  expect(asked).toBe(1000);
});

test('a page that fails makes the whole list be read again', async () => {
  let failures = 0;
  const ledger = await listing((page) => {
    if (page === 2 && ++failures === 1) return refusal(503, 'ServerTimeout');
    return reply(200, { value: [{}], ...(page < 2 ? { nextLink: next(2) } : {}) });
  });
  expect(ledger.row()).toMatchObject({ outcome: { kind: 'done', result: 2 }, requests: 4 });
});

test('a list that takes longer than its lease is not taken for read', async () => {
  let page = 0;
  const ledger: ReturnType<typeof stepLedger> = stepLedger({
    catalogue: [listItems],
    arm: () => {
      ledger.pass(40);
      return reply(200, { value: [], nextLink: next(++page) });
    },
  });
  await ledger.order('listItems', { vaultId: vault });
  await ledger.deliver();
  expect(page).toBe(3);
  expect(ledger.row().lastFailure?.message).toBe('The list took too long.');
});
