import { expect, test } from 'vitest';
import { notifyChanges, notifyDigests } from '../../../src/coverage/notifyChanges.ts';
import { messageOf } from '../../../src/notifications/message.ts';
import { putMessage } from '../../../src/notifications/outbox.ts';
import { readPlan } from '../../../src/plan/problems.ts';
import type { RunRecord } from '../../../src/runs/run.ts';
import { endedBatch } from '../../support/endedBatch.ts';
import { memoryTable } from '../../support/memoryStorage.ts';
import { plantedPlan } from '../../support/plantedEstate.ts';

const now = new Date('2026-08-22T06:00:00.000Z');
const readAt = '2026-08-22T05:00:00.000Z';
/** What a row of the outbox, and every receiver of CloudEvents, takes: 28,000 bytes of 64 KiB. */
const mostBytes = 28_000;

const channel = {
  name: 'ops',
  kind: 'teams',
  url: 'NOTIFY_OPS_URL',
  digest: { cron: '0 6 * * *', timeZone: 'Etc/UTC' },
};

/** Resources that fail, each with names and words as long as they may be, of three bytes a character. */
function failing(count: number, length: number) {
  const table = memoryTable('coverage');
  const rows = Array.from({ length: count }, (_, at) => ({
    id: `/subscriptions/s/resourceGroups/g/providers/p/t/${String(at).padStart(5, '0')}${'x'.repeat(length)}`,
    kind: 'virtualMachine',
    name: `vm-${at}`,
    state: 'failing',
    since: readAt,
    readAt,
    subscriptionId: 's',
    resourceGroup: 'g',
    reason: '備'.repeat(length),
    serviceWords: '備'.repeat(length),
    advice: '備'.repeat(length),
    rule: 'machines',
  }));
  const put = async (): Promise<void> => {
    const counts = { failing: count, ok: 0 };
    const summary = { counts, total: count, selected: count, complete: true, readAt };
    await table.put({ partitionKey: 'summary', rowKey: 'current', data: JSON.stringify(summary) });
    for (const [at, row] of rows.entries()) {
      const hash = String(at).padStart(40, '0');
      const instant = String(Date.parse(readAt)).padStart(13, '0');
      await table.put({ partitionKey: 'now', rowKey: `01|${instant}|${hash}`, data: JSON.stringify(row) });
      await table.put({
        partitionKey: 'now',
        rowKey: `untold|${instant}|${hash}`,
        data: JSON.stringify({ event: 'failing', row }),
      });
    }
  };
  return { table, put };
}

async function told(count: number, length: number) {
  const { table, put } = failing(count, length);
  await put();
  const outbox = memoryTable('outbox');
  const reading = readPlan(plantedPlan({ channels: [channel] }));
  if (reading.kind === 'broken') throw new Error(JSON.stringify(reading));
  const { plan } = reading;
  const services = { clock: () => now, table, outbox, loadPlan: () => Promise.resolve({ plan }) };
  await notifyChanges(services);
  await notifyDigests(services);
  return outbox.rows().map((row) => {
    const text = String(row['message']);
    return { bytes: Buffer.byteLength(text), data: JSON.parse(text).data };
  });
}

test.each([
  [3, 10, 3],
  [20, 30, 20],
  [20, 2000, 4],
  [10_000, 2000, 4],
])(
  '%i failing resources of %i characters a word are told in messages that fit',
  async (count, length, named) => {
    const messages = await told(count, length);
    expect(messages).toHaveLength(2);
    for (const { bytes, data } of messages) {
      expect(bytes).toBeLessThanOrEqual(mostBytes);
      expect(data.resources.length).toBeGreaterThanOrEqual(named);
      expect(data.resources.length + data.more).toBe(count);
      expect(data.counts).toEqual({ failing: count });
    }
  },
);

const batch = (words: string): RunRecord =>
  endedBatch({
    warnings: Array.from({ length: 5 }, () => words.slice(0, 400)),
    counts: { total: 1000, failed: 1000 },
    error: { code: 'Gone', message: words, advice: words },
    failures: Array.from({ length: 50 }, (_, at) => ({
      target: `/subscriptions/s/${at}${words.slice(0, 500)}`,
      status: 'failed',
      error: { code: 'Gone', message: words.slice(0, 500) },
    })),
  });

test.each(['x', '備', '"', '💾'])(
  'the ending of a batch with long words of %s lies in the outbox',
  async (sign) => {
    const outbox = memoryTable('outbox');
    await putMessage(outbox, batch(sign.repeat(2000)), now);
    const [row] = outbox.rows();
    expect(Buffer.byteLength(String(row?.['message']))).toBeLessThanOrEqual(mostBytes);
    const { data } = JSON.parse(String(row?.['message']));
    expect(data).toMatchObject({ id: 'b'.repeat(40), status: 'failed', counts: { failed: 1000 } });
    expect(data.error.code).toBe('Gone');
  },
);

test('a short ending is told whole', () => {
  const { data } = messageOf(batch('short'));
  expect(data['failures']).toHaveLength(50);
});
