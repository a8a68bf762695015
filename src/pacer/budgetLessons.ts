import type { ArmReply } from '../arm/call.ts';
import { readFailure, throttleSeconds } from '../arm/outcomes.ts';
import { correctBucket, halvePace, learnPace, pauseBucket, type Bucket, type BucketState } from './gcra.ts';
import type { ActionBudget, Lane } from './pacer.ts';
import { learnRemaining, pauseLane, type LaneState } from './providerLane.ts';
import type { SharedState } from './sharedState.ts';

/** A reply, when it came, and what it is about. */
interface Lesson {
  readonly kind: Lane['kind'];
  readonly reply: ArmReply;
  readonly now: Date;
  /** Within [0, 1): up to a fifth is added to a pause, so that instances do not come back together. */
  readonly random: number;
}

const numberIn = (header: string | undefined): number | undefined =>
  header !== undefined && /^-?\d{1,9}$/.test(header.trim()) ? Number(header) : undefined;

/** What the provider says is left of the action's counter; undefined when it says nothing that can be read. */
const remainingIn = ({ headers }: ArmReply): number | undefined =>
  numberIn(headers['x-ms-ratelimit-remaining-subscription-resource-requests']);

const isOfSubscription = (reply: ArmReply): boolean =>
  readFailure(reply).code.toLowerCase() === 'subscriptionrequeststhrottled';

const pausedUntil = ({ reply, now, random }: Lesson): number =>
  Math.ceil(now.getTime() + throttleSeconds(reply, now) * 1000 * (1 + random * 0.2));

/** What ARM's own bucket is believed to hold and to refill after a reply. */
export function learnBucket(state: BucketState, bucket: Bucket, lesson: Lesson): BucketState {
  const { kind, reply, now } = lesson;
  const nowMs = now.getTime();
  if (reply.status === 429) {
    if (!isOfSubscription(reply)) return state;
    return pauseBucket(halvePace(state, nowMs), nowMs, pausedUntil(lesson));
  }
  const left = numberIn(reply.headers[`x-ms-ratelimit-remaining-subscription-${kind}s`]);
  const paced = learnPace(state, bucket, left, nowMs);
  return left === undefined ? paced : correctBucket(paced, bucket, left, nowMs);
}

/** What is known of the provider's counter after a reply. */
export function learnLane(state: LaneState, lesson: Lesson): LaneState {
  const { reply, now } = lesson;
  if (reply.status === 429) return isOfSubscription(reply) ? state : pauseLane(state, pausedUntil(lesson));
  const left = remainingIn(reply);
  return left === undefined ? state : learnRemaining(state, left, now.getTime());
}

/** What one process has seen of an action's counter. */
export interface SeenCounter {
  readonly first: number;
  readonly reads: number;
  readonly last: number;
}

/** Reads after which a counter that has not fallen is taken for one that refills. */
const readsToJudge = 10;

/** What has been seen of a counter after one more reply; a reply that says nothing leaves it as it was. */
export function seenAfter(known: SeenCounter | undefined, reply: ArmReply): SeenCounter | undefined {
  const remaining = remainingIn(reply);
  if (remaining === undefined) return known;
  // A jump upwards may be the next hour: what was seen before it says nothing of how the counter falls now.
  const risen = !known || remaining > known.last + 0.1 * known.first;
  const { first, reads } = risen ? { first: remaining, reads: 0 } : known;
  return { first: Math.max(first, remaining), reads: reads + 1, last: remaining };
}

/** A counter that does not fall with our reads refills by itself; else it is taken for an hour's allowance. */
export function budgetOf(state: LaneState, seen: SeenCounter | undefined): ActionBudget | undefined {
  if (state.largest <= 0) return undefined;
  const limit = state.largest + 1;
  const left = state.remaining;
  const fallen = seen ? seen.first - left : Infinity;
  const steady = seen !== undefined && seen.reads >= readsToJudge && fallen < seen.reads / 2;
  const refills = steady || state.refillPerSecond > 0;
  return { left, limit, perHour: refills ? 3600 : limit };
}

/** A correction smaller than this part of a bucket waits for the next reading, which shows it again. */
const materialShare = 0.1;

/** Written when it makes a difference to others: a bucket that holds much less, a pause, another pace. */
export async function learnInBucket(
  buckets: SharedState<BucketState>,
  bucket: Bucket,
  lesson: Lesson,
): Promise<void> {
  const nowMs = lesson.now.getTime();
  const before = await buckets.peek(nowMs);
  const after = learnBucket(before, bucket, lesson);
  const material = (materialShare * bucket.capacity * 1000) / bucket.perSecond;
  if (after.fullAtMs - before.fullAtMs <= material && after.setAtMs === before.setAtMs) return;
  await buckets.change(nowMs, (state) => ({ state: learnBucket(state, bucket, lesson), answer: undefined }));
}

const shareOf = ({ largest, remaining }: LaneState): number => (largest > 0 ? remaining / largest : 1);
const levels = [0.5, 0.2, 0.05];
const levelOf = (state: LaneState): number => levels.filter((level) => shareOf(state) < level).length;

/** Written when the counter is paused or has fallen below another level; else it stays in the process. */
export async function learnInLane(lanes: SharedState<LaneState>, lesson: Lesson): Promise<void> {
  const nowMs = lesson.now.getTime();
  const before = await lanes.peek(nowMs);
  const after = learnLane(before, lesson);
  const isPaused = after.pausedUntilMs > before.pausedUntilMs;
  if (isPaused || levelOf(after) !== levelOf(before))
    await lanes.change(nowMs, (state) => ({ state: learnLane(state, lesson), answer: undefined }));
  else lanes.remember(after);
}
