import { setPace, type Bucket, type BucketState } from './gcra.ts';

/** Parts of the published refill that are believed: a fifth less each, so that few readings cost a write. */
const paces = [1, 0.8, 0.64, 0.5, 0.4, 0.32, 0.25, 0.2, 0.16, 0.125, 0.1];
const slowest = 0.1;
/** Below this part of what we let go at once, a bucket falls faster than our own spending explains. */
const enough = 0.8;
/** A rise by one step takes this long: replies of several regions tell of several counters, the lowest counts. */
const riseMs = 5_000;
/** What a step up needs beyond it, so that a reading at its edge does not move it to and fro. */
const beyond = 1.1;

const atMost = (part: number): number => paces.find((pace) => pace <= part) ?? slowest;

/** The fastest pace that a reading and the time since the last change allow. */
function risen({ pace, pacedAtMs }: BucketState, part: number, nowMs: number): number {
  const steps = Math.floor((nowMs - pacedAtMs) / riseMs);
  const reached = paces[Math.max(0, paces.indexOf(pace) - steps)] ?? pace;
  return Math.max(pace, Math.min(reached, atMost(part / beyond)));
}

/**
 * What a reading of the bucket says about its refill: the less it holds, the less of the published refill is believed,
 * until what leaves is what comes in. Slower at once, faster step by step.
 *
 * @param bucket the part that is used: it alone would never see the reading low.
 * @param remaining undefined when a request was admitted and nothing was said.
 */
export function learnPace(
  state: BucketState,
  bucket: Bucket,
  remaining: number | undefined,
  nowMs: number,
): BucketState {
  const part = remaining === undefined ? Infinity : remaining / (enough * bucket.capacity);
  const wanted = part < state.pace ? atMost(part) : risen(state, part, nowMs);
  return wanted === state.pace ? state : setPace(state, wanted, nowMs);
}

/** After a 429 half as fast; once for all refusals of one pause. */
export const halvePace = (state: BucketState, nowMs: number): BucketState =>
  nowMs < state.setAtMs ? state : setPace(state, atMost(state.pace / 2), nowMs);
