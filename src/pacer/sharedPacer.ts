import { createHash } from 'node:crypto';
import type { Row, StoredRow, Table } from '../storage/table.ts';
import { budgetOf, learnInBucket, learnInLane, seenAfter, type SeenCounter } from './budgetLessons.ts';
import { fullBucket, lookAgainAt, ownTime, reserveInBucket, type Bucket, type BucketState } from './gcra.ts';
import { armBudgets, type Lane, type Pacer, type Slot } from './pacer.ts';
import { freeLane, reserveInLane, type LaneState } from './providerLane.ts';
import { createSharedState, type SharedState } from './sharedState.ts';

/** The rows in which the instances share what is known of the budgets; one object per row and process. */
interface BudgetRows {
  bucket(lane: Lane): SharedState<BucketState>;
  counter(lane: Lane): SharedState<LaneState>;
}

/** Requests that an unknown bucket is believed to hold: a lost row makes us slower, never a stampede. */
const unknownHolds = 20;
/** A row is read again after this: another instance may have learnt of a pause. */
const staleMs = 30_000;

const hashed = (text: string): string =>
  createHash('sha256').update(text.toLowerCase(), 'utf8').digest('hex').slice(0, 24);

const unknownBucket = (bucket: Bucket, nowMs: number): BucketState => ({
  ...fullBucket,
  fullAtMs: nowMs + Math.max(0, bucket.capacity - unknownHolds) * (1000 / bucket.perSecond),
});

/** A column that an older row lacks has the value of a budget of which nothing is known. */
const numbersOf = <S extends Readonly<Record<string, number>>>(row: StoredRow, unknown: S): S =>
  Object.fromEntries(Object.entries(unknown).map(([name, value]) => [name, Number(row[name] ?? value)])) as S;

/** What was seen last counts; pauses and reserved slots of others stay. */
const mergeLanes = (stored: LaneState, known: LaneState): LaneState => ({
  ...(known.seenAtMs >= stored.seenAtMs ? known : stored),
  largest: Math.max(stored.largest, known.largest),
  pausedUntilMs: Math.max(stored.pausedUntilMs, known.pausedUntilMs),
  nextMs: Math.max(stored.nextMs, known.nextMs),
});

function kept<T>(all: Map<string, T>, name: string, make: () => T): T {
  const known = all.get(name);
  if (known) return known;
  const made = make();
  all.set(name, made);
  return made;
}

const placeOf = (table: Table, partitionKey: string, rowKey: string) => ({
  ...{ table, partitionKey, rowKey, staleMs },
  row: (state: Readonly<Record<string, number>>): Row => ({ ...state, partitionKey, rowKey }),
});

/**
 * Rows of budgets: partition = hash of the subscription, row key = kind of request, or hash of the action.
 *
 * @param usedPart the part of each bucket that may be used.
 */
function budgetRows(table: Table, usedPart: (kind: Lane['kind']) => Bucket): BudgetRows {
  const buckets = new Map<string, SharedState<BucketState>>();
  const counters = new Map<string, SharedState<LaneState>>();
  return {
    bucket: ({ subscriptionId, kind }) =>
      kept(buckets, `${subscriptionId}|${kind}`.toLowerCase(), () =>
        createSharedState<BucketState>({
          ...placeOf(table, hashed(subscriptionId), kind),
          state: (stored) => numbersOf(stored, fullBucket),
          unknown: (nowMs) => unknownBucket(usedPart(kind), nowMs),
        }),
      ),
    counter: ({ subscriptionId, action }) =>
      kept(counters, `${subscriptionId}|${action}`.toLowerCase(), () =>
        createSharedState<LaneState>({
          ...placeOf(table, hashed(subscriptionId), `action-${hashed(action)}`),
          state: (stored) => numbersOf(stored, freeLane),
          unknown: () => freeLane,
          merge: mergeLanes,
        }),
      ),
  };
}

/** What a pacer that several instances share is made of. */
interface SharedPacerOptions {
  /** Rows: partition = hash of the subscription, row key = kind of request or hash of the action. */
  readonly table: Table;
  /** Within [0, 1): spreads what comes back after a 429. */
  readonly random: () => number;
  readonly budgets?: Readonly<Record<Lane['kind'], Bucket>>;
}

/** Part of ARM's published rate that is used: clocks and rivals take the rest. */
const usedShare: Readonly<Record<Lane['kind'], number>> = { read: 0.75, write: 0.97, delete: 0.97 };
/** Part of a bucket that may go at once: hundreds of runs read together when a list has settled them. */
const usedBurst: Readonly<Record<Lane['kind'], number>> = { read: 0.25, write: 0.5, delete: 0.5 };
/** A provider's slot further ahead than this is not kept: what is known of such counters changes with every reply. */
const horizonMs = 30_000;
/** Delays are whole seconds, and a timer may fire one early. */
const earlyMs = 1000;
/** A slot that nobody used for this long is given up: all that were missed in a standstill would leave at once. */
const unusedMs = 60_000;

const usedPart = (budgets: Readonly<Record<Lane['kind'], Bucket>>, kind: Lane['kind']): Bucket => ({
  capacity: Math.floor(budgets[kind].capacity * usedBurst[kind]),
  perSecond: budgets[kind].perSecond * usedShare[kind],
});

/**
 * A pacer whose budgets are table rows, one per bucket: several instances share them by optimistic writes, and calls of
 * one process that come together share one write. A counter of a provider is written once it holds something back.
 */
export function createSharedPacer({ table, random, budgets = armBudgets }: SharedPacerOptions): Pacer {
  const rows = budgetRows(table, (kind) => usedPart(budgets, kind));
  const seen = new Map<string, SeenCounter>();

  async function reserve(lane: Lane, now: Date): Promise<Slot> {
    const nowMs = now.getTime();
    const counter = rows.counter(lane);
    const placed = await reserveLane(counter, nowMs);
    if (placed > nowMs + horizonMs) {
      const { pausedUntilMs } = await counter.peek(nowMs);
      return { kind: 'wait', until: askAgainAt(nowMs, placed, pausedUntilMs, random()), reserved: false };
    }
    const drawn = await drawFrom(rows.bucket(lane), usedPart(budgets, lane.kind), nowMs);
    const [atMs, ticket] = [Math.max(placed, drawn.atMs), new Date(Math.ceil(drawn.ownMs))];
    return atMs <= nowMs
      ? { kind: 'go', ticket }
      : { kind: 'wait', until: new Date(Math.ceil(atMs)), ticket };
  }

  return {
    reserve,
    async confirm(lane, ticket, now) {
      const nowMs = now.getTime();
      const { pausedUntilMs } = await rows.counter(lane).peek(nowMs);
      const bucket = await rows.bucket(lane).peek(nowMs);
      const isUnused = ownTime(bucket, nowMs) - ticket.getTime() > unusedMs;
      if (isUnused || pausedUntilMs > nowMs) return reserve(lane, now);
      const atMs = lookAgainAt(bucket, ticket.getTime(), nowMs);
      return atMs <= nowMs + earlyMs
        ? { kind: 'go' }
        : { kind: 'wait', until: new Date(Math.ceil(atMs)), ticket };
    },
    async learn(lane, reply, now) {
      const name = `${lane.subscriptionId}|${lane.action}`.toLowerCase();
      const counter = seenAfter(seen.get(name), reply);
      if (counter) seen.set(name, counter);
      const lesson = { kind: lane.kind, reply, now, random: random() };
      await learnInBucket(rows.bucket(lane), usedPart(budgets, lane.kind), lesson);
      await learnInLane(rows.counter(lane), lesson);
    },
    async budget(lane, now) {
      const state = await rows.counter(lane).peek(now.getTime());
      return budgetOf(state, seen.get(`${lane.subscriptionId}|${lane.action}`.toLowerCase()));
    },
  };
}

/** Sooner than a guess says, but not before a pause is over; spread so that those who wait do not come back together. */
function askAgainAt(nowMs: number, slotMs: number, pausedUntilMs: number, random: number): Date {
  const waitMs = Math.max(horizonMs, (slotMs - nowMs) / 4, pausedUntilMs - nowMs);
  return new Date(Math.ceil(nowMs + waitMs + random * Math.max(horizonMs, (slotMs - nowMs) / 4)));
}

/** The lane's slot: written only where requests are spaced, so that a free lane costs no storage. */
async function reserveLane(lane: SharedState<LaneState>, nowMs: number): Promise<number> {
  const free = reserveInLane(await lane.peek(nowMs), nowMs);
  if (free.state.nextMs <= free.slotMs) return free.slotMs;
  if (free.slotMs > nowMs + horizonMs) return free.slotMs;
  return lane.change(nowMs, (state) => {
    const { state: next, slotMs } = reserveInLane(state, nowMs);
    return { state: slotMs > nowMs + horizonMs ? state : next, answer: slotMs };
  });
}

/** The bucket's next slot, in its own time and by the clock. */
const drawFrom = (buckets: SharedState<BucketState>, bucket: Bucket, nowMs: number) =>
  buckets.change(nowMs, (state) => {
    const { state: next, slotMs } = reserveInBucket(state, bucket, nowMs);
    return { state: next, answer: { ownMs: slotMs, atMs: lookAgainAt(state, slotMs, nowMs) } };
  });
