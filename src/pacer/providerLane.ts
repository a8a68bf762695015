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
  /** Refill that readings have shown; 0 while the counter has only fallen: then its window is taken for an hour. */
  readonly refillPerSecond: number;
  /** Readings near zero in a row, at least twenty seconds apart. */
  readonly lows: number;
  /** When the counter was last seen to rise; an hourly window does so once an hour. */
  readonly roseAtMs: number;
};

/** A lane of which nothing is known: it holds nothing back. */
export const freeLane: LaneState = {
  ...{ largest: 0, remaining: 0, seenAtMs: 0, pausedUntilMs: 0, nextMs: 0 },
  ...{ refillPerSecond: 0, lows: 0, roseAtMs: 0 },
};

// Recorded: 150 requests per hour and action, later 300 and 450.
const windowMs = 3_600_000;
const slowBelow = 0.2;
const stopBelow = 0.05;
const stopMs = 300_000;
/** A counter first seen near zero is asked again soon: a bucket is full by then, an hourly window is not. */
const firstStopMs = 20_000;
/** Two rises within this time are a refill; one alone may be the next window. */
const refillWithinMs = 1_200_000;
/** Part of a refill that is used. */
const usedRefill = 0.8;
const latelyMs = 60_000;
const spacingAfterPauseMs = 1000;

const share = ({ largest, remaining }: LaneState): number => (largest > 0 ? remaining / largest : 1);

/** Milliseconds between two requests of the lane: an even share of the window when little is left. */
function spacingMs(lane: LaneState, fromMs: number): number {
  if (share(lane) < slowBelow)
    return lane.refillPerSecond > 0 ? 1000 / (usedRefill * lane.refillPerSecond) : windowMs / lane.largest;
  return lane.pausedUntilMs > 0 && fromMs <= lane.pausedUntilMs + latelyMs ? spacingAfterPauseMs : 0;
}

/** Reserves the lane's next slot at or after `fromMs`. Below 5 % of a counter that does not refill nothing leaves for a while. */
export function reserveInLane(lane: LaneState, fromMs: number): Reserved<LaneState> {
  const stop = lane.lows <= 1 ? firstStopMs : stopMs;
  const stoppedUntilMs = share(lane) < stopBelow && lane.refillPerSecond === 0 ? lane.seenAtMs + stop : 0;
  const slotMs = Math.max(fromMs, lane.nextMs, lane.pausedUntilMs, stoppedUntilMs);
  return { state: { ...lane, nextMs: slotMs + spacingMs(lane, slotMs) }, slotMs };
}

/** What a reading says of the refill: a second rise is one; near zero a second time, what was believed was wrong. */
function refillOf(
  lane: LaneState,
  remaining: number,
  nowMs: number,
): Pick<LaneState, 'refillPerSecond' | 'roseAtMs'> {
  const { refillPerSecond, roseAtMs } = lane;
  const rise = remaining - lane.remaining;
  const sinceMs = nowMs - lane.seenAtMs;
  if (lane.seenAtMs === 0 || sinceMs <= 0 || rise <= 0.1 * lane.largest) return { refillPerSecond, roseAtMs };
  if (roseAtMs === 0 || nowMs - roseAtMs > refillWithinMs) return { refillPerSecond, roseAtMs: nowMs };
  const seen = (rise * 1000) / Math.max(sinceMs, 1000);
  return { refillPerSecond: Math.max(refillPerSecond, seen), roseAtMs: nowMs };
}

function lowsOf(lane: LaneState, remaining: number, nowMs: number): number {
  if (remaining >= slowBelow * lane.largest) return 0;
  if (remaining >= stopBelow * lane.largest) return lane.lows;
  return lane.lows === 0 || nowMs - lane.seenAtMs >= firstStopMs ? lane.lows + 1 : lane.lows;
}

/** Takes in what a reply says is left: the lowest lately counts, a rise counts once a bucket is known to refill. */
export function learnRemaining(lane: LaneState, remaining: number, nowMs: number): LaneState {
  const largest = Math.max(lane.largest, remaining);
  const sized = { ...lane, largest };
  const lows = lowsOf(sized, remaining, nowMs);
  const believed = lows > 1 ? { ...sized, lows, refillPerSecond: 0 } : { ...sized, lows };
  const isOld = nowMs - lane.seenAtMs > latelyMs || (lane.lows > 0 && lows === 0);
  if (!isOld && remaining > lane.remaining) return believed;
  // Judged by readings that count: one jump upwards, or another counter's answer, would look like rise after rise.
  const refill = lows > 1 ? {} : refillOf(sized, remaining, nowMs);
  return { ...believed, ...refill, remaining, seenAtMs: nowMs };
}

/** Stops the lane after a 429; what was known of the counter no longer counts then, its window is over. */
export const pauseLane = (lane: LaneState, untilMs: number): LaneState => ({
  ...lane,
  remaining: lane.largest,
  seenAtMs: 0,
  pausedUntilMs: Math.max(lane.pausedUntilMs, untilMs),
});
