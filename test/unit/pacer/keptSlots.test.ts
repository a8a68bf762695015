import { describe, expect, test } from 'vitest';
import type { ArmReply } from '../../../src/arm/call.ts';
import type { Lane, Pacer, Slot } from '../../../src/pacer/pacer.ts';
import { createSharedPacer } from '../../../src/pacer/sharedPacer.ts';
import { memoryTable } from '../../support/memoryStorage.ts';

const lane: Lane = {
  subscriptionId: '11111111-2222-4333-8444-555555555555',
  kind: 'write',
  action: 'Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/backup/action',
};
const start = Date.parse('2026-08-22T02:00:00Z');
const at = (seconds: number): Date => new Date(start + seconds * 1000);
const secondsOf = (date: Date): number => (date.getTime() - start) / 1000;
const pacerOn = (table = memoryTable('pacer')) => createSharedPacer({ table, random: () => 0 });

const refusal: ArmReply = {
  status: 429,
  headers: { 'retry-after': '5' },
  body: { error: { code: 'SubscriptionRequestsThrottled', message: 'Please try again after 5 seconds.' } },
};
const accepted = (left: number): ArmReply => ({
  status: 202,
  headers: { 'x-ms-ratelimit-remaining-subscription-writes': String(Math.floor(left)) },
  body: undefined,
});

/** A bucket of 200 of which we get `perSecond`; whether it tells what is left. */
interface Play {
  readonly pacers: readonly Pacer[];
  readonly requests: number;
  readonly perSecond: (second: number) => number;
  readonly silent?: true;
  /** Seconds by which each pacer's clock is off. */
  readonly off?: readonly number[];
  /** Done once, when that second is reached. */
  readonly disturb?: { readonly at: number; readonly act: () => Promise<void> };
}

/** Sends requests that all come at once, each as its slot says; a refused one comes again five seconds later. */
async function play({ pacers, requests, perSecond, silent, off = [], disturb }: Play) {
  const waiting = Array.from({ length: requests }, (_, n) => ({
    n,
    at: 0,
    kept: undefined as Date | undefined,
  }));
  let bucket = { left: 200, at: 0 };
  let disturbed = false;
  let throttled = 0;
  let asked = 0;
  const sent: number[] = [];
  while (waiting.length > 0) {
    const now = Math.min(...waiting.map((one) => one.at));
    if (disturb && !disturbed && now >= disturb.at) {
      disturbed = true;
      await disturb.act();
    }
    const due = waiting.filter((one) => one.at === now);
    for (const one of due) {
      const pacer = pacers[one.n % pacers.length]!;
      const skew = off[one.n % pacers.length] ?? 0;
      asked += 1;
      const slot: Slot = one.kept
        ? await pacer.confirm!(lane, one.kept, at(now + skew))
        : await pacer.reserve(lane, at(now + skew));
      if (slot.kind === 'wait') {
        one.at = Math.max(Math.ceil(secondsOf(slot.until) - skew), Math.floor(now) + 1);
        one.kept = slot.reserved === false ? undefined : (slot.ticket ?? slot.until);
        continue;
      }
      const left = Math.min(200, bucket.left + (now - bucket.at) * perSecond(now));
      const admitted = left >= 1;
      bucket = { left: admitted ? left - 1 : left, at: now };
      const reply = admitted ? accepted(silent ? NaN : left - 1) : refusal;
      await pacer.learn(lane, reply, at(now + skew));
      one.kept = undefined;
      if (admitted) {
        waiting.splice(waiting.indexOf(one), 1);
        sent.push(now);
      } else {
        throttled += 1;
        one.at = now + 5;
      }
    }
  }
  return { throttled, asked, lastAt: Math.max(...sent) };
}

const half = () => 5;

describe('a thousand requests that come at once', () => {
  test('alone meet no 429 and ask the pacer twice at most', async () => {
    const { throttled, asked, lastAt } = await play({
      ...{ pacers: [pacerOn()], requests: 1000, perSecond: () => 10 },
    });
    expect(throttled).toBe(0);
    expect(asked).toBeLessThanOrEqual(2000);
    expect(lastAt).toBeLessThanOrEqual(103);
  });

  test('meet no 429 where a rival takes half of what the bucket refills, and use what is left', async () => {
    const { throttled, lastAt } = await play({ pacers: [pacerOn()], requests: 1000, perSecond: half });
    expect(throttled).toBe(0);
    expect(lastAt).toBeLessThanOrEqual(176);
  });

  test('sent by two instances whose clocks are a minute apart meet hardly any more', async () => {
    const table = memoryTable('pacer');
    const { throttled, lastAt } = await play({
      ...{ pacers: [pacerOn(table), pacerOn(table)], off: [30, -30], requests: 1000, perSecond: half },
    });
    expect(throttled).toBeLessThanOrEqual(10);
    expect(lastAt).toBeLessThanOrEqual(300);
  });

  test('slow down at a 429 where no reply tells what is left, and all leave', async () => {
    const { throttled, lastAt } = await play({
      ...{ pacers: [pacerOn()], requests: 1000, perSecond: half, silent: true },
    });
    expect(throttled).toBeLessThanOrEqual(10);
    expect(lastAt).toBeLessThanOrEqual(200);
  });

  test('do not come together when the budget’s row is lost', async () => {
    const table = memoryTable('pacer');
    const act = async () => {
      for (const row of table.rows()) await table.remove(row.partitionKey, row.rowKey);
    };
    const { throttled, lastAt } = await play({
      ...{ pacers: [pacerOn(table)], requests: 1000, perSecond: half, disturb: { at: 60, act } },
    });
    expect(throttled).toBeLessThanOrEqual(10);
    expect(lastAt).toBeLessThanOrEqual(220);
  });

  test('all leave where only a tenth of the bucket is left to us', async () => {
    const { throttled, lastAt } = await play({ pacers: [pacerOn()], requests: 400, perSecond: () => 1 });
    expect(throttled).toBe(0);
    expect(lastAt).toBeLessThanOrEqual(220);
  });

  test('are faster again once the rival has gone', async () => {
    const { throttled, lastAt } = await play({
      ...{ pacers: [pacerOn()], requests: 1000, perSecond: (second: number) => (second < 60 ? 5 : 10) },
    });
    expect(throttled).toBe(0);
    expect(lastAt).toBeLessThanOrEqual(135);
  });
});

describe('a kept slot', () => {
  test('whose time has come is used', async () => {
    const pacer = pacerOn();
    expect(await pacer.confirm?.(lane, at(60), at(60))).toEqual({ kind: 'go' });
  });

  test('that was given at once is good at once, however slow the bucket has been before', async () => {
    const pacer = pacerOn();
    await pacer.reserve(lane, at(0));
    for (let times = 0; times < 5; times++) await pacer.learn(lane, refusal, at(times * 60));
    const slot = await pacer.reserve(lane, at(1000));
    expect(slot).toMatchObject({ kind: 'go', ticket: expect.any(Date) as Date });
    expect(await pacer.confirm?.(lane, slot.ticket ?? at(1000), at(1000))).toEqual({ kind: 'go' });
  });

  test('is pushed back by a 429, and keeps its place', async () => {
    const pacer = pacerOn();
    await pacer.learn(lane, refusal, at(58));
    const [first, second] = [
      await pacer.confirm?.(lane, at(60), at(60)),
      await pacer.confirm?.(lane, at(61), at(61)),
    ];
    expect(first).toMatchObject({ kind: 'wait', ticket: at(60) });
    expect(second).toMatchObject({ kind: 'wait', ticket: at(61) });
    expect(first?.kind === 'wait' && secondsOf(first.until)).toBeGreaterThanOrEqual(63);
    expect(second?.kind === 'wait' && first?.kind === 'wait' && second.until > first.until).toBe(true);
  });

  test('that nobody used for minutes is given up: the app was down, and all would leave at once', async () => {
    const pacer = pacerOn();
    const slots = await Promise.all(
      Array.from({ length: 300 }, (_, n) => pacer.confirm?.(lane, at(n / 10), at(300))),
    );
    expect(slots.filter((slot) => slot?.kind === 'go').length).toBeLessThanOrEqual(100);
  });
});
