import type { ArmReply } from './call.ts';
import {
  correctBucket,
  fullBucket,
  pauseBucket,
  reserveInBucket,
  type Bucket,
  type BucketState,
} from './gcra.ts';
import { readFailure } from './outcomes.ts';
import { freeLane, learnRemaining, pauseLane, reserveInLane, type LaneState } from './providerLane.ts';
import { throttleSeconds } from './retryAfter.ts';

/** Which budget a request draws on. */
export interface Lane {
  readonly subscriptionId: string;
  readonly kind: 'read' | 'write' | 'delete';
  /** Azure's action, the provider's own counter. */
  readonly action: string;
}

/** A slot: now, or an instant before which the request may not leave. */
export type Slot =
  | { readonly kind: 'go' }
  /** `reserved` false: nothing is kept, ask again then. A slot far ahead rests on a guess that the next reply may mend. */
  | { readonly kind: 'wait'; readonly until: Date; readonly reserved?: false };

/** An action's counter as replies have shown it: requests left now, its size, and what it allows in an hour. */
export interface ActionBudget {
  readonly left: number;
  readonly limit: number;
  readonly perHour: number;
}

/** Spaces out requests so that the subscription's and the provider's budgets last. */
export interface Pacer {
  reserve(lane: Lane, now: Date): Promise<Slot>;
  /** Corrects the budget by what the reply's headers or a 429 said. */
  learn(lane: Lane, reply: ArmReply, now: Date): Promise<void>;
  /** What is known of the action's own counter; absent, or undefined, while nothing is. */
  budget?(lane: Lane, now: Date): Promise<ActionBudget | undefined>;
}

/** Azure Resource Manager's buckets per subscription and principal. Published 2024. */
export const armBudgets: Readonly<Record<Lane['kind'], Bucket>> = {
  read: { capacity: 250, perSecond: 25 },
  write: { capacity: 200, perSecond: 10 },
  delete: { capacity: 200, perSecond: 10 },
};

/** What is known of the two budgets a lane draws on. */
export type PacerState = { readonly bucket: BucketState; readonly lane: LaneState };

/** Reserves one slot of both budgets: the later of the two. */
export function reserveSlot(
  state: PacerState,
  bucket: Bucket,
  nowMs: number,
): { state: PacerState; slotMs: number } {
  const drawn = reserveInBucket(state.bucket, bucket, nowMs);
  const placed = reserveInLane(state.lane, drawn.slotMs);
  return { state: { bucket: drawn.state, lane: placed.state }, slotMs: placed.slotMs };
}

const numberIn = (header: string | undefined): number | undefined =>
  header !== undefined && /^-?\d{1,9}$/.test(header.trim()) ? Number(header) : undefined;

/**
 * What a reply teaches: the provider's counter and ARM's own from the remaining-headers, a pause from a 429.
 *
 * @param random within [0, 1): up to a fifth is added to a pause, so that instances do not come back together.
 */
export function learnFromReply(
  state: PacerState,
  { kind }: Pick<Lane, 'kind'>,
  bucket: Bucket,
  reply: ArmReply,
  now: Date,
  random: number,
): PacerState {
  if (reply.status === 429) return learnPause(state, reply, now, random);
  const nowMs = now.getTime();
  const ofProvider = numberIn(reply.headers['x-ms-ratelimit-remaining-subscription-resource-requests']);
  const ofArm = numberIn(reply.headers[`x-ms-ratelimit-remaining-subscription-${kind}s`]);
  return {
    bucket: ofArm === undefined ? state.bucket : correctBucket(state.bucket, bucket, ofArm, nowMs),
    lane: ofProvider === undefined ? state.lane : learnRemaining(state.lane, ofProvider, nowMs),
  };
}

function learnPause(state: PacerState, reply: ArmReply, now: Date, random: number): PacerState {
  const untilMs = Math.ceil(now.getTime() + throttleSeconds(reply, now) * 1000 * (1 + random * 0.2));
  const ofSubscription = readFailure(reply).code.toLowerCase() === 'subscriptionrequeststhrottled';
  return {
    bucket: ofSubscription ? pauseBucket(state.bucket, untilMs) : state.bucket,
    lane: pauseLane(state.lane, untilMs),
  };
}

/** What an in-process pacer is made of. */
export interface LocalPacerOptions {
  /** Within [0, 1). */
  readonly random: () => number;
  readonly budgets?: Readonly<Record<Lane['kind'], Bucket>>;
}

/** A pacer of this process alone: right for one instance, and for tests. */
export function createLocalPacer({ random, budgets = armBudgets }: LocalPacerOptions): Pacer {
  const buckets = new Map<string, BucketState>();
  const lanes = new Map<string, LaneState>();
  const bucketKey = ({ subscriptionId, kind }: Lane) => `${subscriptionId}|${kind}`.toLowerCase();
  const laneKey = ({ subscriptionId, action }: Lane) => `${subscriptionId}|${action}`.toLowerCase();
  const known = (lane: Lane): PacerState => ({
    bucket: buckets.get(bucketKey(lane)) ?? fullBucket,
    lane: lanes.get(laneKey(lane)) ?? freeLane,
  });
  const keep = (lane: Lane, state: PacerState): void => {
    buckets.set(bucketKey(lane), state.bucket);
    lanes.set(laneKey(lane), state.lane);
  };
  return {
    reserve: (lane, now) => {
      const { state, slotMs } = reserveSlot(known(lane), budgets[lane.kind], now.getTime());
      keep(lane, state);
      return Promise.resolve(
        slotMs <= now.getTime() ? { kind: 'go' } : { kind: 'wait', until: new Date(Math.ceil(slotMs)) },
      );
    },
    learn: (lane, reply, now) => {
      keep(lane, learnFromReply(known(lane), lane, budgets[lane.kind], reply, now, random()));
      return Promise.resolve();
    },
  };
}
