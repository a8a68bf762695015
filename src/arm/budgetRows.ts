import { createHash } from 'node:crypto';
import type { Row, StoredRow, Table } from '../storage/table.ts';
import { fullBucket, type Bucket, type BucketState } from './gcra.ts';
import type { Lane } from './pacer.ts';
import { freeLane, type LaneState } from './providerLane.ts';
import { createSharedState, type SharedState } from './sharedState.ts';

/** The rows in which the instances share what is known of the budgets; one object per row and process. */
export interface BudgetRows {
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
export function budgetRows(table: Table, usedPart: (kind: Lane['kind']) => Bucket): BudgetRows {
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
