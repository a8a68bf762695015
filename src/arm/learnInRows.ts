import { learnBucket, learnLane, type Lesson } from './budgetLessons.ts';
import type { Bucket, BucketState } from './gcra.ts';
import type { LaneState } from './providerLane.ts';
import type { SharedState } from './sharedState.ts';

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
