import { remainingIn } from './budgetLessons.ts';
import type { ArmReply } from './call.ts';
import type { ActionBudget } from './pacer.ts';
import type { LaneState } from './providerLane.ts';

/** What one process has seen of an action's counter. */
export interface SeenCounter {
  readonly first: number;
  readonly reads: number;
  readonly last: number;
}

/** Reads after which a counter that has not fallen is taken for one that refills. */
const readsToJudge = 10;

/** What has been seen of a counter after one more reply; a reply that says nothing leaves it as it was. */
export function seenAfter(known: SeenCounter | undefined, reply: ArmReply): SeenCounter | undefined {
  const remaining = remainingIn(reply);
  if (remaining === undefined) return known;
  // A jump upwards may be the next hour: what was seen before it says nothing of how the counter falls now.
  const risen = !known || remaining > known.last + 0.1 * known.first;
  const { first, reads } = risen ? { first: remaining, reads: 0 } : known;
  return { first: Math.max(first, remaining), reads: reads + 1, last: remaining };
}

/** A counter that does not fall with our reads refills by itself; else it is taken for an hour's allowance. */
export function budgetOf(state: LaneState, seen: SeenCounter | undefined): ActionBudget | undefined {
  if (state.largest <= 0) return undefined;
  const limit = state.largest + 1;
  const left = state.remaining;
  const fallen = seen ? seen.first - left : Infinity;
  const steady = seen !== undefined && seen.reads >= readsToJudge && fallen < seen.reads / 2;
  const refills = steady || state.refillPerSecond > 0;
  return { left, limit, perHour: refills ? 3600 : limit };
}
