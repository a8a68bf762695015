import { describe, expect, test } from 'vitest';
import type { ArmReply } from '../../../src/arm/call.ts';
import type { Lane } from '../../../src/pacer/pacer.ts';
import { createSharedPacer } from '../../../src/pacer/sharedPacer.ts';
import { memoryTable } from '../../support/memoryStorage.ts';

const lane: Lane = {
  subscriptionId: '11111111-2222-4333-8444-55555555555A',
  kind: 'read',
  action: 'Microsoft.RecoveryServices/vaults/backupJobs/read',
};
const start = Date.parse('2026-08-22T02:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1000);
const pacerOn = (table = memoryTable('pacer'), random = 0) =>
  createSharedPacer({ table, random: () => random });
const reply = (status: number, headers: ArmReply['headers'] = {}, code?: string): ArmReply => ({
  ...{ status, headers },
  body: code === undefined ? undefined : { error: { code, message: 'Slow down.' } },
});
const left = (value: number) =>
  reply(200, { 'x-ms-ratelimit-remaining-subscription-resource-requests': String(value) });
const throttled = (seconds: number) =>
  reply(429, { 'retry-after': String(seconds) }, 'ResourceRequestsThrottled');

describe('the rows of budgets', () => {
  test('are one per subscription and kind of request; a free counter costs none', async () => {
    const table = memoryTable('pacer');
    const pacer = pacerOn(table);
    await pacer.reserve(lane, at(0));
    await pacer.reserve({ ...lane, subscriptionId: lane.subscriptionId.toLowerCase() }, at(0));
    await pacer.reserve({ ...lane, action: 'other/read' }, at(0));
    await pacer.reserve({ ...lane, kind: 'write' }, at(0));
    await pacer.reserve({ ...lane, subscriptionId: 'other' }, at(0));
    const partitions = new Set(table.rows().map(({ partitionKey }) => partitionKey));
    expect([
      table
        .rows()
        .map(({ rowKey }) => rowKey)
        .sort(),
      partitions.size,
    ]).toEqual([['read', 'read', 'write'], 2]);
    expect([...partitions].every((key) => /^[0-9a-f]{24}$/.test(key))).toBe(true);
  });

  test('are the same for every instance: by a hash of the subscription, and of the action in lower case', async () => {
    const table = memoryTable('pacer');
    await pacerOn(table).learn(lane, throttled(10), at(0));
    const upper = { ...lane, action: lane.action.toUpperCase(), kind: 'write' } as const;
    await pacerOn(table).learn(upper, throttled(20), at(0));
    expect(table.rows().map(({ rowKey }) => rowKey.replace(/[0-9a-f]{24}$/, '…'))).toEqual(['action-…']);
    expect(table.rows()[0]?.['pausedUntilMs']).toBe(start + 20_000);
  });

  test('that lack a column of today have the value of a budget of which nothing is known', async () => {
    const table = memoryTable('pacer');
    await pacerOn(table).reserve(lane, at(0));
    const [row] = table.rows();
    const { partitionKey, rowKey, fullAtMs } = row as never as Record<string, string>;
    await table.put({ ...{ partitionKey, rowKey, fullAtMs } } as never);
    expect(await pacerOn(table).reserve(lane, at(60))).toEqual({ kind: 'go', ticket: at(60) });
    expect(table.rows()[0]).toMatchObject({ pace: 1, setAtMs: 0, showsMs: 0, pacedAtMs: 0 });
  });
});

describe('a slot', () => {
  test('of an unknown bucket is at once for twenty, then eighteen or nineteen a second', async () => {
    const pacer = pacerOn();
    const slots = [];
    for (let n = 0; n < 40; n++) slots.push(await pacer.reserve(lane, at(0)));
    expect(slots.filter(({ kind }) => kind === 'go')).toHaveLength(20);
    // Three quarters of 25 a second: the 20th of those that wait leaves after 20 × 1000 ÷ 18.75 ms.
    const last = slots.at(-1);
    expect(last).toEqual({ kind: 'wait', until: new Date(start + 1067), ticket: new Date(start + 1067) });
  });

  test('of a bucket at rest is at once for a quarter of the reads, for half of the writes', async () => {
    for (const [kind, most] of [
      ['read', 62],
      ['write', 100],
      ['delete', 100],
    ] as const) {
      const pacer = pacerOn();
      const slots = [];
      await pacer.reserve({ ...lane, kind }, at(0));
      for (let n = 0; n < most + 1; n++) slots.push(await pacer.reserve({ ...lane, kind }, at(600)));
      expect(slots.map((slot) => slot.kind).lastIndexOf('go')).toBe(most - 1);
    }
  });

  test('of a counter further ahead than half a minute is not kept: a quarter of the way there it is asked again', async () => {
    const table = memoryTable('pacer');
    const pacer = pacerOn(table, 0.5);
    // A pause of 200 s, and a tenth of it more by chance.
    await pacer.learn(lane, throttled(200), at(0));
    const before = table.rows();
    // Not before the pause is over, and half of a quarter of it later by chance.
    expect(await pacer.reserve(lane, at(0))).toEqual({
      ...{ kind: 'wait', reserved: false },
      until: new Date(start + 220_000 + 27_500),
    });
    expect(table.rows()).toEqual(before);
  });

  test('of a counter near zero is asked for again a quarter of the way, half a minute later at least', async () => {
    const stopped = async (random: number, secondsAgo: number) => {
      const pacer = pacerOn(memoryTable('pacer'), random);
      for (const [value, second] of [
        [150, 0],
        [7, 0],
        [6, 20],
      ] as const)
        await pacer.learn(lane, left(value), at(second));
      return pacer.reserve(lane, at(20 + secondsAgo));
    };
    // Five minutes from second 20.
    expect(await stopped(0, 0)).toEqual({ kind: 'wait', until: at(20 + 75), reserved: false });
    expect(await stopped(0, 240)).toEqual({ kind: 'wait', until: at(260 + 30), reserved: false });
    expect(await stopped(0.5, 240)).toEqual({ kind: 'wait', until: at(260 + 45), reserved: false });
    expect(await stopped(0, 270)).toMatchObject({ kind: 'wait', until: at(320), ticket: at(290) });
  });

  test('of a counter that is spaced is kept in its row, for all instances', async () => {
    const table = memoryTable('pacer');
    const [one, other] = [pacerOn(table), pacerOn(table)];
    await one.learn(lane, left(150), at(0));
    await one.learn(lane, left(29), at(0));
    expect((await one.reserve(lane, at(0))).kind).toBe('go');
    expect(await other.reserve(lane, at(0))).toMatchObject({ kind: 'wait', until: at(24) });
    expect(await one.reserve(lane, at(0))).toMatchObject({ kind: 'wait', reserved: false });
  });
});

test('slots of a spaced counter that are asked for together: those too far ahead leave no trace', async () => {
  const table = memoryTable('pacer');
  const pacer = pacerOn(table);
  await pacer.learn(lane, left(150), at(0));
  await pacer.learn(lane, left(29), at(0));
  const slots = await Promise.all(Array.from({ length: 5 }, () => pacer.reserve(lane, at(0))));
  expect(slots.map((slot) => slot.kind === 'wait' && slot.reserved === false)).toEqual([
    ...[false, false, true, true, true],
  ]);
  expect(table.rows().find(({ rowKey }) => rowKey.startsWith('action-'))?.['nextMs']).toBe(start + 48_000);
});

test('what others have written of a counter since stays beside what this process has seen', async () => {
  const table = memoryTable('pacer');
  const [one, other] = [pacerOn(table), pacerOn(table)];
  await one.learn(lane, left(150), at(0));
  await one.learn(lane, left(140), at(1));
  await other.learn(lane, throttled(100), at(2));
  // The pause of another counts although this process has read the counter later.
  await one.learn(lane, left(130), at(3));
  expect(await one.reserve(lane, at(40))).toMatchObject({ kind: 'wait', until: at(102), reserved: false });
  // What another has seen later counts.
  const third = pacerOn(table);
  await third.learn(lane, left(150), at(300));
  await third.learn(lane, left(20), at(301));
  expect((await one.budget?.(lane, at(340)))?.left).toBe(20);
});

describe('a kept slot', () => {
  const pacerWithRow = async () => {
    const pacer = pacerOn();
    await pacer.reserve(lane, at(0));
    return pacer;
  };

  test('is good a second early: delays are whole seconds', async () => {
    const pacer = await pacerWithRow();
    expect(await pacer.confirm?.(lane, at(61), at(60))).toEqual({ kind: 'go' });
    expect(await pacer.confirm?.(lane, new Date(start + 61_001), at(60))).toEqual({
      ...{ kind: 'wait', until: new Date(start + 61_001), ticket: new Date(start + 61_001) },
    });
  });

  test('is good for a minute, and then given up for another', async () => {
    const pacer = await pacerWithRow();
    expect(await pacer.confirm?.(lane, at(60), at(120))).toEqual({ kind: 'go' });
    expect(await pacer.confirm?.(lane, new Date(start + 59_999), at(120))).toEqual({
      ...{ kind: 'go', ticket: at(120) },
    });
  });

  test('is given up for another while its action is paused', async () => {
    const pacer = await pacerWithRow();
    await pacer.learn(lane, throttled(10), at(60));
    expect(await pacer.confirm?.(lane, at(60), at(60))).toMatchObject({ kind: 'wait', until: at(70) });
    expect(await pacer.confirm?.(lane, at(70), at(70))).toEqual({ kind: 'go' });
  });
});

test('what is known of a counter is kept by its action, whatever the case, and joined with what others know', async () => {
  const table = memoryTable('pacer');
  const [one, other] = [pacerOn(table), pacerOn(table)];
  await one.learn(lane, left(150), at(0));
  await one.learn({ ...lane, action: lane.action.toUpperCase() }, left(60), at(1));
  expect(await one.budget?.(lane, at(1))).toEqual({ left: 60, limit: 151, perHour: 151 });
  expect(await one.budget?.({ ...lane, action: 'other/read' }, at(1))).toBeUndefined();
  // Half of it gone is written: the other instance knows.
  expect(await other.budget?.(lane, at(1))).toEqual({ left: 60, limit: 151, perHour: 151 });
  // A fall that is not written stays with the process that saw it, also when the row is read again.
  await one.learn(lane, left(50), at(2));
  expect([(await one.budget?.(lane, at(60)))?.left, (await other.budget?.(lane, at(60)))?.left]).toEqual([
    50, 60,
  ]);
});
