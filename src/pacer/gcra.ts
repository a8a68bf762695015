/** A refilling bucket, as Azure Resource Manager keeps one per subscription, principal and kind of request. */
export interface Bucket {
  readonly capacity: number;
  readonly perSecond: number;
}

/**
 * What is known of a bucket. Plain numbers, so that it can lie in a table row.
 *
 * Slots are kept in the bucket's own time, in milliseconds: that of the clock as long as the bucket refills as published,
 * behind it where it was seen to refill slower or was paused. So a lesson moves all slots that have been granted, and
 * they stay apart and in their order.
 */
export type BucketState = {
  /** When the bucket would be full again if nothing more were sent, in its own time. */
  readonly fullAtMs: number;
  /** From this instant of the clock on its own time passes at `pace`; it stood still before. */
  readonly setAtMs: number;
  /** The bucket's own time at that instant. */
  readonly showsMs: number;
  /** Part of the published refill that is believed, within (0, 1]. */
  readonly pace: number;
  /** When `pace` was last changed, by the clock. */
  readonly pacedAtMs: number;
};

/** A bucket of which nothing is known: full, refilling as published. */
export const fullBucket: BucketState = { fullAtMs: 0, setAtMs: 0, showsMs: 0, pace: 1, pacedAtMs: 0 };

/** A reserved slot and what is known afterwards. */
export type Reserved<State> = { readonly state: State; readonly slotMs: number };

const intervalMs = (bucket: Bucket): number => 1000 / bucket.perSecond;

/** The bucket's own time at an instant of the clock. */
export const ownTime = ({ setAtMs, showsMs, pace }: BucketState, nowMs: number): number =>
  showsMs + Math.max(0, nowMs - setAtMs) * pace;

/** A bucket seen to refill slower than this part is soon believed to refill faster again: nobody sleeps through that. */
const slowestSleep = 0.5;
const shortestLookMs = 5000;

/**
 * When a slot is to be looked at again, by the clock: when it has come, or sooner where the bucket is slow at the moment.
 * Never before a pause is over.
 */
export function lookAgainAt(state: BucketState, ownMs: number, nowMs: number): number {
  const fromMs = Math.max(nowMs, state.setAtMs);
  const leftMs = Math.max(0, ownMs - ownTime(state, fromMs));
  return fromMs + Math.min(leftMs / state.pace, Math.max(leftMs / slowestSleep, shortestLookMs));
}

/**
 * Reserves the next slot of a bucket: the generic cell rate algorithm, which needs one number.
 *
 * @returns `slotMs` in the bucket's own time: now while the bucket holds something, else when its next drop falls.
 */
export function reserveInBucket(state: BucketState, bucket: Bucket, nowMs: number): Reserved<BucketState> {
  const interval = intervalMs(bucket);
  const fromMs = ownTime(state, nowMs);
  const fullAtMs = Math.max(state.fullAtMs, fromMs);
  const slotMs = Math.max(fromMs, fullAtMs - (bucket.capacity - 1) * interval);
  return { state: { ...state, fullAtMs: fullAtMs + interval }, slotMs };
}

/** Lowers what we believe to be left to what the service says is left; never raises it. */
export function correctBucket(
  state: BucketState,
  bucket: Bucket,
  remaining: number,
  nowMs: number,
): BucketState {
  const missing = Math.min(bucket.capacity, bucket.capacity - remaining);
  return {
    ...state,
    fullAtMs: Math.max(state.fullAtMs, ownTime(state, nowMs) + missing * intervalMs(bucket)),
  };
}

/** Stops a bucket until an instant of the clock; a later pause stays. */
export const pauseBucket = (state: BucketState, nowMs: number, untilMs: number): BucketState =>
  untilMs <= state.setAtMs ? state : { ...state, showsMs: ownTime(state, nowMs), setAtMs: untilMs };

/** Changes the part of the published refill that is believed, from now on. */
function setPace(state: BucketState, pace: number, nowMs: number): BucketState {
  const setAtMs = Math.max(state.setAtMs, nowMs);
  return { ...state, showsMs: ownTime(state, setAtMs), setAtMs, pace, pacedAtMs: nowMs };
}

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
