import type { Json } from '../arm/call.ts';
import { digestOf } from '../runs/digest.ts';
import type { BatchOf } from '../runs/planRequest.ts';
import type { BackupOptions, Target } from '../runs/request.ts';
import type { Table } from '../storage/table.ts';
import { addItems, itemKey, itemsOf } from './batchItem.ts';
import { targetName } from './targetName.ts';

/** What the request of a batch keeps of its targets: the targets themselves would not fit its column. */
export const batchOfTargets = (targets: readonly Target[]): BatchOf => ({
  kind: 'targets',
  count: targets.length,
  digest: digestOf(targets as Json),
});

/** Stores the targets of a batch as items, before its run is accepted; a target named twice is one item. */
export const addTargets = (
  batchItems: Table,
  run: { readonly id: string; readonly digest: string },
  targets: readonly Target[],
  options: BackupOptions,
): Promise<void> =>
  addItems(
    batchItems,
    itemsOf(run),
    targets.map((target) => ({
      key: itemKey(JSON.stringify(target)),
      state: 'planned',
      target: targetName(target),
      request: { kind: 'backUp', target, ...options },
    })),
  );
