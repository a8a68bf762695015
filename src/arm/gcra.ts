/** A refilling bucket, as Azure Resource Manager keeps one per subscription, principal and kind of request. */
export interface Bucket {
  readonly capacity: number;
  readonly perSecond: number;
}

/** What is known of a bucket. Plain numbers, so that it can lie in a table row. */
export type BucketState = {
  /** When the bucket would be full again if nothing more were sent, in milliseconds since 1970. */
  readonly fullAtMs: number;
  /** Nothing leaves before, in milliseconds since 1970; 0 when not paused. */
  readonly pausedUntilMs: number;
};

/** A bucket of which nothing is known: full. */
export const fullBucket: BucketState = { fullAtMs: 0, pausedUntilMs: 0 };

/** A reserved slot and what is known afterwards. */
export type Reserved<State> = { readonly state: State; readonly slotMs: number };

const intervalMs = (bucket: Bucket): number => 1000 / bucket.perSecond;

/**
 * Reserves the next slot of a bucket: the generic cell rate algorithm, which needs one number.
 *
 * @returns `slotMs` = `nowMs` while the bucket holds something, else the instant its next drop falls.
 */
export function reserveInBucket(state: BucketState, bucket: Bucket, nowMs: number): Reserved<BucketState> {
  const interval = intervalMs(bucket);
  const fromMs = Math.max(nowMs, state.pausedUntilMs);
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
  return { ...state, fullAtMs: Math.max(state.fullAtMs, nowMs + missing * intervalMs(bucket)) };
}

/** Stops a bucket until an instant; a later pause stays. */
export const pauseBucket = (state: BucketState, untilMs: number): BucketState => ({
  ...state,
  pausedUntilMs: Math.max(state.pausedUntilMs, untilMs),
});
