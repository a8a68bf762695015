import { halvePace, learnPace } from './bucketPace.ts';
import type { ArmReply } from './call.ts';
import { correctBucket, pauseBucket, type Bucket, type BucketState } from './gcra.ts';
import { readFailure } from './outcomes.ts';
import type { Lane } from './pacer.ts';
import { learnRemaining, pauseLane, type LaneState } from './providerLane.ts';
import { throttleSeconds } from './retryAfter.ts';

/** A reply, when it came, and what it is about. */
export interface Lesson {
  readonly kind: Lane['kind'];
  readonly reply: ArmReply;
  readonly now: Date;
  /** Within [0, 1): up to a fifth is added to a pause, so that instances do not come back together. */
  readonly random: number;
}

const numberIn = (header: string | undefined): number | undefined =>
  header !== undefined && /^-?\d{1,9}$/.test(header.trim()) ? Number(header) : undefined;

/** What the provider says is left of the action's counter; undefined when it says nothing that can be read. */
export const remainingIn = ({ headers }: ArmReply): number | undefined =>
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
