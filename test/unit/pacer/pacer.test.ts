import { describe, expect, test } from 'vitest';
import type { ArmReply } from '../../../src/arm/call.ts';
import type { Lane, Pacer } from '../../../src/pacer/pacer.ts';
import { createLocalPacer } from './localPacer.ts';

const jobs: Lane = {
  subscriptionId: 'S1',
  kind: 'read',
  action: 'Microsoft.RecoveryServices/vaults/backupJobs/read',
};
const backups: Lane = {
  subscriptionId: 'S1',
  kind: 'write',
  action: 'Microsoft.RecoveryServices/vaults/backup/action',
};
const start = Date.parse('2026-08-22T02:00:00Z');
const at = (seconds: number): Date => new Date(start + seconds * 1000);
const pacerOf = (random = 0): Pacer => createLocalPacer({ random: () => random });

/** Seconds after the start at which each of `count` requests asked for at once may leave. */
async function slots(pacer: Pacer, lane: Lane, count: number, seconds = 0): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const slot = await pacer.reserve(lane, at(seconds));
    found.push(slot.kind === 'go' ? seconds : (slot.until.getTime() - start) / 1000);
  }
  return found;
}

const remaining = (value: string, name = 'resource-requests'): ArmReply => ({
  status: 200,
  headers: { [`x-ms-ratelimit-remaining-subscription-${name}`]: value },
  body: undefined,
});
const throttled = (code: string, headers: Record<string, string> = {}, message = 'Slow down.'): ArmReply => ({
  status: 429,
  headers,
  body: { error: { code, message } },
});

test('a read bucket gives 250 at once, then 25 a second', async () => {
  const found = await slots(pacerOf(), jobs, 300);
  expect(found.filter((seconds) => seconds === 0)).toHaveLength(250);
  expect(found[250]).toBe(0.04);
  expect(found[299]).toBe(2);
});

test('a write bucket gives 200 at once, then 10 a second', async () => {
  const found = await slots(pacerOf(), backups, 210);
  expect(found.filter((seconds) => seconds === 0)).toHaveLength(200);
  expect(found[209]).toBe(1);
});

test('a bucket refills with time and never beyond its size', async () => {
  const pacer = pacerOf();
  await slots(pacer, backups, 200);
  expect((await slots(pacer, backups, 51, 5)).at(49)).toBe(5);
  expect((await slots(pacer, backups, 201, 3600)).filter((seconds) => seconds === 3600)).toHaveLength(200);
});

test('subscriptions and kinds have budgets of their own; ids are compared without case', async () => {
  const pacer = pacerOf();
  await slots(pacer, jobs, 250);
  expect(await slots(pacer, { ...jobs, subscriptionId: 'S2' }, 1)).toEqual([0]);
  expect(await slots(pacer, { ...jobs, kind: 'delete' }, 1)).toEqual([0]);
  expect(await slots(pacer, { ...jobs, subscriptionId: 's1', action: 'other/read' }, 1)).toEqual([0.04]);
});

test('ARM saying that less is left than we believed counts, and that the bucket refills slower', async () => {
  const pacer = pacerOf();
  await slots(pacer, jobs, 1);
  await pacer.learn(jobs, remaining('2', 'reads'), at(0));
  expect(await slots(pacer, jobs, 4)).toEqual([0, 0, 0.4, 0.8]);
  await pacer.learn(jobs, remaining('16499', 'reads'), at(0));
  expect(await slots(pacer, jobs, 1)).toEqual([1.2]);
});

describe('a 429 stops the whole lane', () => {
  test.each([
    ['as long as the header says', throttled('ResourceRequestsThrottled', { 'retry-after': '30' }), 0, 30],
    [
      'as long as the message says, when that is longer',
      throttled(
        'ResourceRequestsThrottled',
        { 'retry-after': '30' },
        "Please try again after '324' seconds.",
      ),
      0,
      324,
    ],
    ['up to a fifth longer', throttled('ResourceRequestsThrottled', { 'retry-after': '100' }), 0.5, 110],
    ['a minute when nothing is said', throttled('TooManyRequests'), 0, 60],
    ['an hour at most', throttled('TooManyRequests', { 'retry-after': '999999999' }), 0, 3600],
  ])('%s', async (_, reply, random, seconds) => {
    const pacer = pacerOf(random);
    await pacer.learn(jobs, reply, at(0));
    expect(await slots(pacer, jobs, 3)).toEqual([seconds, seconds + 1, seconds + 2]);
  });

  test('other actions of the subscription go on', async () => {
    const pacer = pacerOf();
    await pacer.learn(jobs, throttled('ResourceRequestsThrottled', { 'retry-after': '30' }), at(0));
    expect(await slots(pacer, { ...jobs, action: 'other/read' }, 1)).toEqual([0]);
  });

  test('unless it is the subscription that is throttled', async () => {
    const pacer = pacerOf();
    await pacer.learn(jobs, throttled('SubscriptionRequestsThrottled', { 'retry-after': '30' }), at(0));
    expect(await slots(pacer, { ...jobs, action: 'other/read' }, 1)).toEqual([30]);
    expect(await slots(pacer, backups, 1)).toEqual([0]);
  });

  test('afterwards it is free again', async () => {
    const pacer = pacerOf();
    await pacer.learn(jobs, throttled('ResourceRequestsThrottled', { 'retry-after': '30' }), at(0));
    expect(await slots(pacer, jobs, 3, 200)).toEqual([200, 200, 200]);
  });
});

describe('the provider’s counter slows its lane down', () => {
  const seen = async (...values: readonly string[]): Promise<Pacer> => {
    const pacer = pacerOf();
    for (const value of values) await pacer.learn(jobs, remaining(value), at(0));
    return pacer;
  };

  test('nothing is held back above a fifth of the largest value seen', async () => {
    expect(await slots(await seen('150', '30'), jobs, 3)).toEqual([0, 0, 0]);
  });

  test('below a fifth requests share the hour evenly', async () => {
    expect(await slots(await seen('150', '29'), jobs, 3)).toEqual([0, 24, 48]);
  });

  test.each(['7', '0', '-1'])('at %s of 150 nothing leaves for twenty seconds', async (value) => {
    expect(await slots(await seen('150', value), jobs, 2)).toEqual([20, 44]);
  });

  test('still near zero twenty seconds later nothing leaves for five minutes', async () => {
    const pacer = await seen('150', '7');
    await pacer.learn(jobs, remaining('6'), at(20));
    expect(await slots(pacer, jobs, 2, 20)).toEqual([320, 344]);
  });

  test('a counter that has risen within minutes refills: its rate spaces requests, not the hour', async () => {
    const pacer = await seen('250', '2');
    await pacer.learn(jobs, remaining('249'), at(20));
    expect(await slots(pacer, jobs, 3, 20)).toEqual([20, 20, 20]);
  });

  test('of counters that answer in turn the lowest counts for a minute', async () => {
    const pacer = await seen('150', '29', '149');
    expect(await slots(pacer, jobs, 2)).toEqual([0, 24]);
    await pacer.learn(jobs, remaining('148'), at(61));
    expect(await slots(pacer, jobs, 2, 61)).toEqual([61, 61]);
  });

  test.each(['', 'many', '1e9', '9999999999'])('a header of "%s" teaches nothing', async (value) => {
    expect(await slots(await seen('150', value), jobs, 2)).toEqual([0, 0]);
  });
});
