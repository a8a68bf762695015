import { describe, expect, test } from 'vitest';
import type { ArmReply } from '../../../src/arm/call.ts';
import type { Lane, Pacer } from '../../../src/pacer/pacer.ts';
import { createSharedPacer } from '../../../src/pacer/sharedPacer.ts';
import { memoryTable } from '../../support/memoryStorage.ts';

const lane: Lane = {
  subscriptionId: '11111111-2222-4333-8444-555555555555',
  kind: 'write',
  action: 'Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/backup/action',
};
const start = Date.parse('2026-08-22T02:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1000);
const seconds = (date: Date) => (date.getTime() - start) / 1000;
const pacerOn = (table = memoryTable('pacer')) => createSharedPacer({ table, random: () => 0 });

/** Seconds after the start at which so many requests may leave. */
async function leaving(pacer: Pacer, count: number, now = 0): Promise<number[]> {
  const slots = await Promise.all(Array.from({ length: count }, () => pacer.reserve(lane, at(now))));
  return slots.map((slot) => (slot.kind === 'go' ? now : seconds(slot.until)));
}

const inAnySecond = (leavings: readonly number[]): number =>
  Math.max(...leavings.map((from) => leavings.filter((one) => one >= from && one < from + 1).length));

const reply = (status: number, headers: ArmReply['headers'] = {}, body?: ArmReply['body']): ArmReply => ({
  status,
  headers,
  body,
});

describe('one bucket', () => {
  test('of which nothing is known lets twenty leave at once, then one after the other', async () => {
    const leavings = await leaving(pacerOn(), 220);
    expect(leavings.filter((one) => one === 0)).toHaveLength(20);
    expect(leavings.at(-1)).toBeCloseTo(200 / 9.7, 1);
  });

  test('shared by two instances lets no more leave than one would', async () => {
    const table = memoryTable('pacer');
    const [one, other] = [pacerOn(table), pacerOn(table)];
    const leavings = (await Promise.all([leaving(one, 110), leaving(other, 110)])).flat();
    expect(leavings.filter((slot) => slot === 0)).toHaveLength(20);
    expect(Math.max(...leavings)).toBeCloseTo(200 / 9.7, 1);
  });

  test('costs one write for calls that come together', async () => {
    const table = memoryTable('pacer');
    await leaving(pacerOn(table), 200);
    expect((table.operations['insert'] ?? 0) + (table.operations['replace'] ?? 0)).toBeLessThan(10);
  });

  test('whose row is lost is slower, never a stampede', async () => {
    const table = memoryTable('pacer');
    await leaving(pacerOn(table), 200);
    for (const row of table.rows()) await table.remove(row.partitionKey, row.rowKey);
    const after = await leaving(pacerOn(table), 200, 1);
    expect(after.filter((slot) => slot === 1)).toHaveLength(20);
  });

  test.each([30, -30])('shared with a clock that is %i s off is slower, never starved', async (off) => {
    const table = memoryTable('pacer');
    const [right, wrong] = [pacerOn(table), pacerOn(table)];
    const leavings: number[] = [];
    for (let second = 60; second < 120; second++) {
      leavings.push(...(await leaving(right, 5, second)));
      const ofWrong = await leaving(wrong, 5, second + off);
      leavings.push(...ofWrong.map((slot) => slot - off));
    }
    expect(inAnySecond(leavings)).toBeLessThanOrEqual(110);
    expect(Math.max(...leavings)).toBeLessThan(160);
    expect(leavings).toHaveLength(600);
  });
});

test('six hundred reads at once leave a rival half of what the bucket refills', async () => {
  const pacer = pacerOn();
  const read = { ...lane, kind: 'read' } as const;
  await pacer.reserve(read, at(0));
  const slots = await Promise.all(Array.from({ length: 600 }, () => pacer.reserve(read, at(600))));
  const leavings = slots.map((slot) => (slot.kind === 'go' ? 600 : seconds(slot.until)));
  for (let after = 0; after < 60; after++) {
    const gone = leavings.filter((one) => one <= 600 + after).length;
    expect(gone).toBeLessThanOrEqual(250 + after * 12.5);
  }
});

describe('a reply', () => {
  test('that shows a rival slows us down to what is left', async () => {
    const pacer = pacerOn();
    await leaving(pacer, 1, 60);
    await pacer.learn(lane, reply(202, { 'x-ms-ratelimit-remaining-subscription-writes': '2' }), at(60));
    const leavings = await leaving(pacer, 30, 60);
    expect(leavings.filter((slot) => slot === 60).length).toBeLessThanOrEqual(3);
  });

  test('of 429 stops every instance for as long as it says', async () => {
    const table = memoryTable('pacer');
    const [one, other] = [pacerOn(table), pacerOn(table)];
    const message = "Number of requests was throttled. Please try again after '17' seconds.";
    const refusal = reply(429, {}, { error: { code: 'SubscriptionRequestsThrottled', message } });
    await one.learn(lane, refusal, at(60));
    expect(Math.min(...(await leaving(other, 3, 60)))).toBeGreaterThanOrEqual(77);
  });

  test('of 429 with a date, or one that asks for an hour, is obeyed as it stands', async () => {
    const pacer = pacerOn();
    const throttled = { error: { code: 'SubscriptionRequestsThrottled', message: 'Wait.' } };
    await pacer.learn(
      lane,
      reply(
        429,
        { 'retry-after': 'Sat, 22 Aug 2026 02:10:00 GMT', date: 'Sat, 22 Aug 2026 02:00:00 GMT' },
        throttled,
      ),
      at(0),
    );
    expect(Math.min(...(await leaving(pacer, 1)))).toBeGreaterThanOrEqual(600);
  });
});

describe('the counter of an action', () => {
  const jobs: Lane = { ...lane, kind: 'read', action: 'Microsoft.RecoveryServices/vaults/backupJobs/read' };
  const left = (value: number) =>
    reply(200, { 'x-ms-ratelimit-remaining-subscription-resource-requests': String(value) });

  test('is unknown at first', async () => {
    expect(await pacerOn().budget?.(jobs, at(0))).toBeUndefined();
  });

  test('that falls with every read allows as many an hour as it was seen to hold', async () => {
    const pacer = pacerOn();
    for (let read = 0; read < 20; read++) {
      await pacer.reserve(jobs, at(read * 60));
      await pacer.learn(jobs, left(149 - read), at(read * 60));
    }
    expect(await pacer.budget?.(jobs, at(1200))).toEqual({ left: 130, limit: 150, perHour: 150 });
  });

  test('that starts a new hour is not taken for one that refills', async () => {
    const pacer = pacerOn();
    const readings = [
      ...Array.from({ length: 60 }, (_, read) => 149 - read),
      ...Array.from({ length: 20 }, (_, read) => 149 - read),
    ];
    for (const [read, value] of readings.entries()) {
      await pacer.reserve(jobs, at(read * 30));
      await pacer.learn(jobs, left(value), at(read * 30));
      expect(await pacer.budget?.(jobs, at(read * 30))).toMatchObject({ perHour: 150 });
    }
  });

  test('of which two answer in turn is not taken for one that refills', async () => {
    const pacer = pacerOn();
    for (let read = 0; read < 80; read++) {
      const value = read % 2 === 0 ? 149 - read / 2 : 89 - read / 2;
      await pacer.reserve(jobs, at(read * 30));
      await pacer.learn(jobs, left(Math.floor(value)), at(read * 30));
      expect(await pacer.budget?.(jobs, at(read * 30))).toMatchObject({ perHour: 150 });
    }
  });

  test('that does not fall allows a list whenever one is due', async () => {
    const pacer = pacerOn();
    for (let read = 0; read < 20; read++) {
      await pacer.reserve(jobs, at(read * 60));
      await pacer.learn(jobs, left(249), at(read * 60));
    }
    expect(await pacer.budget?.(jobs, at(1200))).toMatchObject({ perHour: 3600 });
  });

  test('that is nearly used up says so, and what the next hour will allow', async () => {
    const pacer = pacerOn();
    await pacer.reserve(jobs, at(0));
    await pacer.learn(jobs, left(149), at(0));
    await pacer.learn(jobs, left(12), at(1));
    expect(await pacer.budget?.(jobs, at(1))).toMatchObject({ left: 12, perHour: 150 });
  });
});
