import { learnBucket, learnLane } from '../../../src/pacer/budgetLessons.ts';
import { fullBucket, lookAgainAt, reserveInBucket, type BucketState } from '../../../src/pacer/gcra.ts';
import { armBudgets, type Lane, type Pacer } from '../../../src/pacer/pacer.ts';
import { freeLane, reserveInLane, type LaneState } from '../../../src/pacer/providerLane.ts';

/** The two budgets of a lane without storage, whole buckets used: what they are made of, one after the other. */
export function createLocalPacer({ random }: { readonly random: () => number }): Pacer {
  const buckets = new Map<string, BucketState>();
  const lanes = new Map<string, LaneState>();
  const bucketKey = ({ subscriptionId, kind }: Lane) => `${subscriptionId}|${kind}`.toLowerCase();
  const laneKey = ({ subscriptionId, action }: Lane) => `${subscriptionId}|${action}`.toLowerCase();
  const bucketOf = (lane: Lane) => buckets.get(bucketKey(lane)) ?? fullBucket;
  const counterOf = (lane: Lane) => lanes.get(laneKey(lane)) ?? freeLane;
  return {
    reserve: (lane, now) => {
      const drawn = reserveInBucket(bucketOf(lane), armBudgets[lane.kind], now.getTime());
      const atMs = lookAgainAt(bucketOf(lane), drawn.slotMs, now.getTime());
      const { state, slotMs } = reserveInLane(counterOf(lane), atMs);
      buckets.set(bucketKey(lane), drawn.state);
      lanes.set(laneKey(lane), state);
      return Promise.resolve(
        slotMs <= now.getTime() ? { kind: 'go' } : { kind: 'wait', until: new Date(Math.ceil(slotMs)) },
      );
    },
    learn: (lane, reply, now) => {
      const lesson = { kind: lane.kind, reply, now, random: random() };
      buckets.set(bucketKey(lane), learnBucket(bucketOf(lane), armBudgets[lane.kind], lesson));
      lanes.set(laneKey(lane), learnLane(counterOf(lane), lesson));
      return Promise.resolve();
    },
  };
}
