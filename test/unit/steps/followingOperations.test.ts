import { describe, expect, test } from 'vitest';
import type { ArmAnswer } from '../../../src/arm/call.ts';
import { listSteps } from '../../../src/steps/stepRow.ts';
import { backUp, followBackup, protect, vault } from '../../support/ledgerSteps.ts';
import { refusal, reply, runId, stepLedger } from '../../support/stepLedger.ts';

const pollUrl = 'https://management.azure.com/subscriptions/1/operations/op-1?sig=secret';
const accepted = (): ArmAnswer => reply(202, {}, { 'azure-asyncoperation': pollUrl, 'retry-after': '60' });

const followed = (poll: (url: string) => ArmAnswer) =>
  stepLedger({
    catalogue: [backUp, followBackup, protect],
    arm: ({ method, url }) => (method === 'GET' ? poll(url) : accepted()),
  });

async function afterAcceptance(poll: (url: string) => ArmAnswer) {
  const ledger = followed(poll);
  await ledger.order('backUp', { itemId: `${vault}/items/docs` }, '01');
  await ledger.drain();
  return ledger;
}

describe('a step that follows the operation of another', () => {
  test('polls the URL that the other has kept, not before the service wants it', async () => {
    const ledger = await afterAcceptance(() => reply(200, { status: 'Succeeded' }));
    ledger.pass(45);
    await ledger.order('followBackup', { stepId: '01' }, '02');
    await ledger.drain();
    expect(ledger.requests.slice(1)).toMatchObject([{ url: pollUrl, at: '2026-08-22T02:01:00.000Z' }]);
    expect(ledger.row('02').outcome).toEqual({ kind: 'done', result: 'followed' });
  });

  test('asks by its own description when the other has kept none', async () => {
    const ledger = followed(() => reply(200, { status: 'Succeeded' }));
    await ledger.order('followBackup', { stepId: '' }, '02');
    await ledger.drain();
    expect(ledger.requests.map(({ url }) => url)).toEqual([`${vault}/backupOperations/fallback`]);
    expect(ledger.row('02').outcome?.kind).toBe('done');
  });

  test('asks by its own description when the URL has proved useless', async () => {
    const ledger = await afterAcceptance((url) =>
      url === pollUrl ? refusal(404, 'OperationNotFound') : reply(200, { status: 'Succeeded' }),
    );
    await ledger.order('followBackup', { stepId: '01' }, '02');
    for (let asks = 0; asks < 20 && ledger.row('02').state !== 'settled'; asks++) {
      await ledger.drain();
      ledger.pass(200);
      await ledger.order('followBackup', { stepId: '01' }, '02');
    }
    expect(ledger.requests.at(-1)?.url).toBe(`${vault}/backupOperations/fallback`);
    expect(ledger.row('02').outcome?.kind).toBe('done');
  });

  test('is refused in the words of the service when the operation failed, and sends nothing again', async () => {
    const error = { code: 'UserErrorBackupOperationInProgress', message: 'one is running' };
    const ledger = await afterAcceptance(() => reply(200, { status: 'Failed', error }));
    ledger.pass(60);
    await ledger.order('followBackup', { stepId: '01' }, '02');
    await ledger.drain();
    expect(ledger.row('02').outcome).toMatchObject({ kind: 'refused', failure: error });
    expect(ledger.requests).toHaveLength(2);
  });
});

test('a network that is down for half an hour does not end a followed operation', async () => {
  const ledger: ReturnType<typeof stepLedger> = followed(() =>
    ledger.clock.now < Date.parse('2026-08-22T02:30:00Z')
      ? { kind: 'notSent', reason: 'no route' }
      : reply(200, { status: 'Succeeded' }),
  );
  await ledger.order('protect', { itemId: `${vault}/items/docs` });
  await ledger.drain();
  for (let asks = 0; asks < 40 && ledger.row().state !== 'settled'; asks++) {
    ledger.pass(61);
    await ledger.order('protect', { itemId: `${vault}/items/docs` });
    await ledger.drain(2);
  }
  expect(ledger.row().outcome?.kind).toBe('done');
});

test('what the run record may show holds no poll URL', async () => {
  const ledger = followed(() => reply(200, { status: 'Inprogress' }));
  await ledger.order('protect', { itemId: `${vault}/items/docs` });
  await ledger.drain();
  ledger.pass(60);
  await ledger.order('protect', { itemId: `${vault}/items/docs` });
  await ledger.drain();
  const steps = await listSteps(ledger.steps, runId);
  expect(steps).toEqual([
    {
      ...{ stepId: '01', name: 'protect', state: 'waiting', asks: 2, requests: 2 },
      ...{ operationStatus: 'Inprogress' },
      startedAt: '2026-08-22T02:00:00.000Z',
      dueAt: '2026-08-22T02:02:00.000Z',
    },
  ]);
  expect(JSON.stringify(steps)).not.toContain('secret');
});
