import type { Reserved } from './gcra.ts';

/**
 * What is known of a provider's own counter: per subscription and action, size and window unpublished.
 * Plain numbers, so that it can lie in a table row.
 */
export type LaneState = {
  /** Largest remaining value ever seen: the best guess at the counter's size. */
  readonly largest: number;
  /** Lowest remaining value seen lately, and when; several counters answer in turn, the lowest counts. */
  readonly remaining: number;
  readonly seenAtMs: number;
  readonly pausedUntilMs: number;
  /** Nothing leaves before: the slot of the last request plus its spacing. */
  readonly nextMs: number;
};

/** A lane of which nothing is known: it holds nothing back. */
export const freeLane: LaneState = { largest: 0, remaining: 0, seenAtMs: 0, pausedUntilMs: 0, nextMs: 0 };

// Recorded: 150 requests per hour and action, later 300 and 450.
const windowMs = 3_600_000;
const slowBelow = 0.2;
const stopBelow = 0.05;
const stopMs = 300_000;
const latelyMs = 60_000;
const spacingAfterPauseMs = 1000;

const share = ({ largest, remaining }: LaneState): number => (largest > 0 ? remaining / largest : 1);

/** Milliseconds between two requests of the lane: an even share of the window when little is left. */
function spacingMs(lane: LaneState, fromMs: number): number {
  if (share(lane) < slowBelow) return windowMs / lane.largest;
  return lane.pausedUntilMs > 0 && fromMs <= lane.pausedUntilMs + latelyMs ? spacingAfterPauseMs : 0;
}

/** Reserves the lane's next slot at or after `fromMs`. Below 5 % of the largest value nothing leaves for five minutes. */
export function reserveInLane(lane: LaneState, fromMs: number): Reserved<LaneState> {
  const stoppedUntilMs = share(lane) < stopBelow ? lane.seenAtMs + stopMs : 0;
  const slotMs = Math.max(fromMs, lane.nextMs, lane.pausedUntilMs, stoppedUntilMs);
  return { state: { ...lane, nextMs: slotMs + spacingMs(lane, slotMs) }, slotMs };
}

/** Takes in what a reply says is left. */
export function learnRemaining(lane: LaneState, remaining: number, nowMs: number): LaneState {
  const isOld = nowMs - lane.seenAtMs > latelyMs;
  const counts = isOld || remaining <= lane.remaining;
  return {
    ...lane,
    largest: Math.max(lane.largest, remaining),
    ...(counts && { remaining, seenAtMs: nowMs }),
  };
}

/** Stops the lane after a 429; what was known of the counter no longer counts then, its window is over. */
export const pauseLane = (lane: LaneState, untilMs: number): LaneState => ({
  ...lane,
  remaining: lane.largest,
  seenAtMs: 0,
  pausedUntilMs: Math.max(lane.pausedUntilMs, untilMs),
});
