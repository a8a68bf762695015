import type { Shard } from '../runs/planWork.ts';
import type { BatchItem } from './batchItem.ts';

/** Children that one orchestration holds at most. */
const mostChildren = 100;

/** Cuts the planned items into shards of at most 100, in the order of their keys; ended items may lie between them. */
export function shardsOf(items: readonly BatchItem[]): readonly Shard[] {
  const keys = items
    .filter(({ state }) => state !== 'ended')
    .map(({ key }) => key)
    .sort();
  const firsts = keys.filter((_, at) => at % mostChildren === 0);
  return firsts.map((from, at) => {
    const before = firsts[at + 1];
    return { from, ...(before === undefined ? {} : { before }) };
  });
}
