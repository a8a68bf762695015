import { describe, expect, test } from 'vitest';
import type { ArmReply } from '../../../src/arm/call.ts';
import {
  budgetOf,
  learnBucket,
  learnInBucket,
  learnInLane,
  learnLane,
  seenAfter,
  type SeenCounter,
} from '../../../src/pacer/budgetLessons.ts';
import { fullBucket, type BucketState } from '../../../src/pacer/gcra.ts';
import { freeLane, type LaneState } from '../../../src/pacer/providerLane.ts';
import type { SharedState } from '../../../src/pacer/sharedState.ts';

const reply = (status: number, headers: ArmReply['headers'] = {}, code?: string): ArmReply => ({
  ...{ status, headers },
  body: code === undefined ? undefined : { error: { code, message: 'Slow down.' } },
});
const lesson = (given: ArmReply, random = 0, kind: 'read' | 'write' | 'delete' = 'read') => ({
  ...{ kind, reply: given, now: new Date(1000), random },
});
const ofBucket = (left: string, kind = 'reads') =>
  reply(200, { [`x-ms-ratelimit-remaining-subscription-${kind}`]: left });
const ofAction = (left: string) =>
  reply(200, { 'x-ms-ratelimit-remaining-subscription-resource-requests': left });
const throttled = (code: string) => reply(429, { 'retry-after': '10' }, code);
const bucket = { capacity: 10, perSecond: 2 };

describe('what a reply teaches of ARM’s own bucket', () => {
  const after = (given: ArmReply, kind?: 'read' | 'write' | 'delete') =>
    learnBucket(fullBucket, bucket, lesson(given, 0, kind));

  test('is what is left of the kind of request', () => {
    const learnt = { fullAtMs: 4000, setAtMs: 1000, showsMs: 1000, pace: 0.5, pacedAtMs: 1000 };
    expect(after(ofBucket('4'))).toEqual(learnt);
    expect(after(ofBucket(' 4 '))).toEqual(learnt);
    expect(after(ofBucket('4', 'writes'), 'write')).toEqual(learnt);
    expect(after(ofBucket('4', 'deletes'), 'delete')).toEqual(learnt);
    expect(after(ofBucket('4', 'writes'))).toEqual(fullBucket);
    expect(after(ofAction('4'))).toEqual(fullBucket);
  });

  test.each(['', 'many', '4.5', '1e9', '1234567890'])('is nothing where "%s" is left', (left) => {
    expect(after(ofBucket(left))).toEqual(fullBucket);
  });

  test('is a pause and half the pace where the subscription is throttled, in any case', () => {
    const learnt = { ...fullBucket, setAtMs: 11_000, showsMs: 1000, pace: 0.5, pacedAtMs: 1000 };
    expect(after(throttled('SubscriptionRequestsThrottled'))).toEqual(learnt);
    expect(after(throttled('subscriptionrequeststhrottled'))).toEqual(learnt);
    expect(after(throttled('ResourceRequestsThrottled'))).toBe(fullBucket);
  });

  test('is up to a fifth more of a pause, so that instances do not come back together', () => {
    const paused = learnBucket(fullBucket, bucket, lesson(throttled('SubscriptionRequestsThrottled'), 0.5));
    expect(paused.setAtMs).toBe(12_000);
  });
});

describe('what a reply teaches of a provider’s counter', () => {
  test('is what is left, a pause of its own, and nothing else', () => {
    const known: LaneState = { ...freeLane, largest: 150, remaining: 100, seenAtMs: 500 };
    expect(learnLane(known, lesson(ofAction('90')))).toMatchObject({ remaining: 90, seenAtMs: 1000 });
    expect(learnLane(known, lesson(ofBucket('90')))).toBe(known);
    expect(learnLane(known, lesson(throttled('ResourceRequestsThrottled'), 0.5)).pausedUntilMs).toBe(12_000);
    expect(learnLane(known, lesson(throttled('SubscriptionRequestsThrottled')))).toBe(known);
  });
});

describe('what one process has seen of a counter', () => {
  const seen = (first: number, reads: number, last: number): SeenCounter => ({ first, reads, last });

  test('begins with the first reply that tells it', () => {
    expect(seenAfter(undefined, reply(200))).toBeUndefined();
    expect(seenAfter(undefined, ofAction('149'))).toEqual(seen(149, 1, 149));
    expect(seenAfter(seen(149, 1, 149), reply(200))).toEqual(seen(149, 1, 149));
  });

  test('goes on while it falls, or rises by a tenth at most; a jump begins it anew', () => {
    expect(seenAfter(seen(100, 3, 50), ofAction('49'))).toEqual(seen(100, 4, 49));
    expect(seenAfter(seen(100, 3, 50), ofAction('60'))).toEqual(seen(100, 4, 60));
    expect(seenAfter(seen(100, 3, 95), ofAction('105'))).toEqual(seen(105, 4, 105));
    expect(seenAfter(seen(100, 3, 50), ofAction('61'))).toEqual(seen(61, 1, 61));
  });

  const lane = (remaining: number, refillPerSecond = 0): LaneState => ({
    ...{ ...freeLane, largest: 149, remaining, refillPerSecond },
  });
  test.each([
    ['nothing seen: an hour’s allowance', lane(100), undefined, 150],
    ['as many gone as were read', lane(139), seen(149, 10, 139), 150],
    ['half as many gone as were read', lane(144), seen(149, 10, 144), 150],
    ['fewer gone, but nine reads only', lane(149), seen(149, 9, 149), 150],
    ['fewer gone in ten reads: it refills', lane(145), seen(149, 10, 145), 3600],
    ['a refill that was seen', lane(10, 0.1), undefined, 3600],
  ])('%s', (_, state, counter, perHour) => {
    expect(budgetOf(state, counter)).toEqual({ left: state.remaining, limit: 150, perHour });
  });

  test('of which the provider tells nothing allows what nobody knows', () => {
    expect(budgetOf(freeLane, seen(149, 10, 149))).toBeUndefined();
  });
});

/** A shared row in memory that tells what was done with it. */
function row<S>(known: S) {
  const done: string[] = [];
  const kept = { state: known };
  const shared: SharedState<S> = {
    peek: () => Promise.resolve(kept.state),
    change: (_, change) => {
      const { state, answer } = change(kept.state);
      kept.state = state;
      done.push('written');
      return Promise.resolve(answer);
    },
    remember: (state) => {
      kept.state = state;
      done.push('remembered');
    },
  };
  return { shared, done, kept };
}

describe('a bucket’s row is written', () => {
  const written = async (state: BucketState, given: ArmReply) => {
    const { shared, done, kept } = row(state);
    await learnInBucket(shared, bucket, lesson(given));
    return { done, state: kept.state };
  };

  test('when more than a tenth of the bucket is missing that was believed to be there', async () => {
    expect((await written(fullBucket, ofBucket('8'))).done).toEqual(['written']);
    expect((await written({ ...fullBucket, fullAtMs: 1000 }, ofBucket('9'))).done).toEqual([]);
    const { done, state } = await written({ ...fullBucket, fullAtMs: 1000 }, ofBucket('8'));
    expect([done, state.fullAtMs]).toEqual([['written'], 2000]);
  });

  test('when its pace has changed, or it is paused; not for a reply that says nothing', async () => {
    const low = { ...fullBucket, fullAtMs: 60_000 };
    expect((await written(low, ofBucket('4'))).done).toEqual(['written']);
    expect((await written(low, throttled('SubscriptionRequestsThrottled'))).done).toEqual(['written']);
    expect((await written(low, reply(200))).done).toEqual([]);
    expect((await written(low, throttled('ResourceRequestsThrottled'))).done).toEqual([]);
  });
});

describe('a counter’s row is written', () => {
  const holding = (remaining: number): LaneState => ({
    ...{ ...freeLane, largest: 100, remaining, seenAtMs: 500 },
  });
  test.each([
    [100, 60, 'remembered'],
    [100, 50, 'remembered'],
    [100, 49, 'written'],
    [49, 20, 'remembered'],
    [20, 19, 'written'],
    [19, 5, 'remembered'],
    [5, 4, 'written'],
    [4, 3, 'remembered'],
  ])('once for each level that it falls below: from %i to %i of 100 it is %s', async (from, to, what) => {
    const { shared, done, kept } = row(holding(from));
    await learnInLane(shared, lesson(ofAction(String(to))));
    expect([done, kept.state.remaining]).toEqual([[what], to]);
  });

  test('when it is paused for longer than was known', async () => {
    const paused = row(holding(100));
    await learnInLane(paused.shared, lesson(throttled('ResourceRequestsThrottled')));
    expect([paused.done, paused.kept.state.pausedUntilMs]).toEqual([['written'], 11_000]);
    const longer = row({ ...holding(100), pausedUntilMs: 20_000 });
    await learnInLane(longer.shared, lesson(throttled('ResourceRequestsThrottled')));
    expect([longer.done, longer.kept.state.pausedUntilMs]).toEqual([['remembered'], 20_000]);
  });
});
