import { createHash } from 'node:crypto';
import type { Row, StoredRow, Table } from '../storage/table.ts';
import type { ArmReply } from './call.ts';
import { reserveInBucket, type Bucket, type BucketState } from './gcra.ts';
import { armBudgets, learnFromReply, type ActionBudget, type Lane, type Pacer } from './pacer.ts';
import { freeLane, reserveInLane, type LaneState } from './providerLane.ts';
import { createSharedState, type SharedState } from './sharedState.ts';

/** What a pacer that several instances share is made of. */
export interface SharedPacerOptions {
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
/** Requests that an unknown bucket is believed to hold: a lost row makes us slower, never a stampede. */
const unknownHolds = 20;
/** A lane's row is read again after this: another instance may have learnt of a pause. */
const laneStaleMs = 30_000;
/** A provider's slot further ahead than this is not kept: what is known of such counters changes with every reply. */
const horizonMs = 30_000;
/** A correction smaller than this part of a bucket stays in the process. */
const materialShare = 0.1;
/** Reads after which a counter that has not fallen is taken for one that refills. */
const readsToJudge = 10;

const hashed = (text: string): string =>
  createHash('sha256').update(text.toLowerCase(), 'utf8').digest('hex').slice(0, 24);

const usedPart = (budgets: Readonly<Record<Lane['kind'], Bucket>>, kind: Lane['kind']): Bucket => ({
  capacity: Math.floor(budgets[kind].capacity * usedBurst[kind]),
  perSecond: budgets[kind].perSecond * usedShare[kind],
});

const unknownBucket = (bucket: Bucket, nowMs: number): BucketState => ({
  fullAtMs: nowMs + Math.max(0, bucket.capacity - unknownHolds) * (1000 / bucket.perSecond),
  pausedUntilMs: 0,
});

const numbersOf = <S extends Readonly<Record<string, number>>>(row: StoredRow, names: S): S =>
  Object.fromEntries(Object.keys(names).map((name) => [name, Number(row[name] ?? 0)])) as S;

const key = (partitionKey: string, rowKey: string) => ({
  of: <S extends Readonly<Record<string, number>>>(state: S): Row => ({ ...state, partitionKey, rowKey }),
  partitionKey,
  rowKey,
});

/** What was seen last counts; pauses and reserved slots of others stay. */
const mergeLanes = (stored: LaneState, known: LaneState): LaneState => ({
  ...(known.seenAtMs >= stored.seenAtMs ? known : stored),
  largest: Math.max(stored.largest, known.largest),
  pausedUntilMs: Math.max(stored.pausedUntilMs, known.pausedUntilMs),
  nextMs: Math.max(stored.nextMs, known.nextMs),
});

/** What one process has seen of an action's counter. */
interface Seen {
  readonly first: number;
  readonly reads: number;
  readonly last: number;
}

const remainingIn = (reply: ArmReply): number | undefined => {
  const header = reply.headers['x-ms-ratelimit-remaining-subscription-resource-requests'];
  return header !== undefined && /^-?\d{1,9}$/.test(header.trim()) ? Number(header) : undefined;
};

/**
 * A pacer whose budgets are table rows, one per bucket: several instances share them by optimistic writes, and calls of
 * one process that come together share one write. A counter of a provider is written once it holds something back.
 */
export function createSharedPacer({ table, random, budgets = armBudgets }: SharedPacerOptions): Pacer {
  const buckets = new Map<string, SharedState<BucketState>>();
  const lanes = new Map<string, SharedState<LaneState>>();
  const seen = new Map<string, Seen>();

  const bucketOf = ({ subscriptionId, kind }: Lane): SharedState<BucketState> => {
    const row = key(hashed(subscriptionId), kind);
    return kept(buckets, `${row.partitionKey}/${kind}`, () =>
      createSharedState({
        ...{ table, row: row.of, partitionKey: row.partitionKey, rowKey: row.rowKey },
        state: (stored) => numbersOf(stored, { fullAtMs: 0, pausedUntilMs: 0 }),
        unknown: (nowMs) => unknownBucket(usedPart(budgets, kind), nowMs),
      }),
    );
  };
  const laneOf = ({ subscriptionId, action }: Lane): SharedState<LaneState> => {
    const row = key(hashed(subscriptionId), `action-${hashed(action)}`);
    return kept(lanes, `${row.partitionKey}/${row.rowKey}`, () =>
      createSharedState({
        ...{ table, row: row.of, partitionKey: row.partitionKey, rowKey: row.rowKey },
        state: (stored) => numbersOf(stored, freeLane),
        unknown: () => freeLane,
        merge: mergeLanes,
        staleMs: laneStaleMs,
      }),
    );
  };

  return {
    async reserve(lane, now) {
      const nowMs = now.getTime();
      const placed = await reserveLane(laneOf(lane), nowMs);
      if (placed > nowMs + horizonMs) {
        const { pausedUntilMs } = await laneOf(lane).peek(nowMs);
        const until = askAgainAt(nowMs, Math.max(placed, nowMs), pausedUntilMs, random());
        return { kind: 'wait', until, reserved: false };
      }
      const bucket = usedPart(budgets, lane.kind);
      const drawn = await bucketOf(lane).change(nowMs, (state) => {
        const { state: next, slotMs } = reserveInBucket(state, bucket, nowMs);
        return { state: next, answer: slotMs };
      });
      const slotMs = Math.max(placed, drawn);
      return slotMs <= nowMs ? { kind: 'go' } : { kind: 'wait', until: new Date(Math.ceil(slotMs)) };
    },
    async learn(lane, reply, now) {
      note(seen, lane, reply);
      await learnInRows(bucketOf(lane), laneOf(lane), {
        ...{ lane, reply, now, random: random() },
        bucket: usedPart(budgets, lane.kind),
      });
    },
    async budget(lane, now) {
      const state = await laneOf(lane).peek(now.getTime());
      return budgetOf(state, seen.get(nameOf(lane)));
    },
  };
}

function kept<T>(all: Map<string, T>, name: string, make: () => T): T {
  const known = all.get(name);
  if (known) return known;
  const made = make();
  all.set(name, made);
  return made;
}

const nameOf = ({ subscriptionId, action }: Lane): string => `${subscriptionId}|${action}`.toLowerCase();

function note(seen: Map<string, Seen>, lane: Lane, reply: ArmReply): void {
  const remaining = remainingIn(reply);
  if (remaining === undefined) return;
  const known = seen.get(nameOf(lane));
  // A jump upwards may be the next hour: what was seen before it says nothing of how the counter falls now.
  const risen = !known || remaining > known.last + 0.1 * known.first;
  const { first, reads } = risen ? { first: remaining, reads: 0 } : known;
  seen.set(nameOf(lane), { first: Math.max(first, remaining), reads: reads + 1, last: remaining });
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

interface Lesson {
  readonly lane: Lane;
  readonly reply: ArmReply;
  readonly now: Date;
  readonly random: number;
  readonly bucket: Bucket;
}

const shareOf = ({ largest, remaining }: LaneState): number => (largest > 0 ? remaining / largest : 1);
const levels = [0.5, 0.2, 0.05];
const levelOf = (state: LaneState): number => levels.filter((level) => shareOf(state) < level).length;

async function learnInRows(
  buckets: SharedState<BucketState>,
  lanes: SharedState<LaneState>,
  { lane, reply, now, random, bucket }: Lesson,
): Promise<void> {
  const nowMs = now.getTime();
  const before = { bucket: await buckets.peek(nowMs), lane: await lanes.peek(nowMs) };
  const taught = (bucketState: BucketState, laneState: LaneState) =>
    learnFromReply({ bucket: bucketState, lane: laneState }, lane, bucket, reply, now, random);
  const after = taught(before.bucket, before.lane);
  const movedMs = after.bucket.fullAtMs - before.bucket.fullAtMs;
  const material = (materialShare * bucket.capacity * 1000) / bucket.perSecond;
  if (movedMs > material || after.bucket.pausedUntilMs > before.bucket.pausedUntilMs)
    await buckets.change(nowMs, (state) => ({ state: taught(state, before.lane).bucket, answer: undefined }));
  const paused = after.lane.pausedUntilMs > before.lane.pausedUntilMs;
  if (paused || levelOf(after.lane) !== levelOf(before.lane))
    await lanes.change(nowMs, (state) => ({ state: taught(before.bucket, state).lane, answer: undefined }));
  else lanes.remember(after.lane);
}

/** A counter that does not fall with our reads refills by itself; else it is taken for an hour's allowance. */
function budgetOf(state: LaneState, seen: Seen | undefined): ActionBudget | undefined {
  if (state.largest <= 0) return undefined;
  const limit = state.largest + 1;
  const left = state.remaining;
  const fallen = seen ? seen.first - left : Infinity;
  const steady = seen !== undefined && seen.reads >= readsToJudge && fallen < seen.reads / 2;
  const refills = steady || state.refillPerSecond > 0;
  if (refills) return { left, limit, perHour: 3600 };
  return { left, limit, perHour: limit };
}
