import { advanceShard } from '../src/batches/advanceShard.ts';
import { addItems, itemKey, itemsOf, type BatchItem, type BatchServices } from '../src/batches/batchItem.ts';
import { gatherItems } from '../src/batches/gatherItems.ts';
import { reportBatch } from '../src/batches/reportBatch.ts';
import { rowOfRun, type RunState } from '../src/runs/runRow.ts';
import type { RunServices } from '../src/runs/runServices.ts';
import { watchRuns } from '../src/runs/watchRuns.ts';
import type { RemoteTables } from './remoteTables.ts';

const subscription = '/subscriptions/11111111-2222-4333-8444-555555555555';
const itemId = (index: number): string =>
  `${subscription}/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/archive/backupFabrics/Azure/protectionContainers/StorageContainer;Storage;data;papers/protectedItems/AzureFileShare;${String(index).padStart(64, '0')}`;

const digest = 'd'.repeat(64);
const batch: RunState = {
  ...{ id: 'b'.repeat(40), kind: 'backUp', status: 'running', digest },
  request: { kind: 'batch', of: { kind: 'targets', count: 1, digest }, options: {}, concurrency: 200 },
  requestedBy: { source: 'http', caller: 'local', key: 'batch' },
  ...{ createdAt: '2026-08-22T02:00:00.000Z', generation: 1, generationAt: '2026-08-22T02:00:00.000Z' },
  facts: { acceptedAt: '2026-08-22T02:00:00.000Z', mayDeleteBackups: false },
  warnings: [],
};

function itemOf(index: number): BatchItem {
  const target = { id: itemId(index) };
  const request = { kind: 'backUp', target } as const;
  return { key: itemKey(target.id), state: 'planned', target: target.id, request };
}

function servicesOf(tables: RemoteTables): BatchServices & { readonly runs: RunServices } {
  let now = Date.parse('2026-08-22T02:00:00Z');
  const clock = () => new Date((now += 100));
  const runs: RunServices = {
    ...{ clock, runs: tables.table('runs'), orchestration: 'run', mayDeleteBackups: false },
    flows: { start: () => Promise.resolve('exists'), status: () => Promise.resolve('running') },
    listSteps: () => Promise.resolve([]),
    sendStepAgain: () => Promise.resolve(),
    quietUntil: new Map(),
    isWatched: () => Promise.resolve(true),
  };
  return {
    ...{ clock, runs, minimumPollSeconds: 1 },
    cancelChild: () => Promise.resolve(),
    batchItems: tables.table('batchItems'),
    dailyCounters: tables.table('dailyCounters'),
    loadPlan: () => Promise.reject(new Error('A batch of targets asks for no plan.')),
    get estate(): never {
      throw new Error('A batch of targets asks for no estate.');
    },
  };
}

/**
 * Carries a batch of so many items as far as its activities do: gathers them, begins every child, looks at the children
 * once more, writes the report, and lets the watchdog pass over them. @returns runs begun.
 */
export async function batchAlone(backups: number, tables: RemoteTables): Promise<number> {
  const services = servicesOf(tables);
  await services.runs.runs.insert(rowOfRun(batch));
  const items = Array.from({ length: backups }, (_, index) => itemOf(index));
  await addItems(services.batchItems, itemsOf(batch), items);
  const gathered = await gatherItems(services, { runId: batch.id, generation: 1 });
  if (gathered.kind !== 'gathered') throw new Error(`Not gathered: ${gathered.kind}`);
  let begun = 0;
  for (const shard of gathered.shards)
    for (let look = 0; look < 2; look++) {
      const input = { runId: batch.id, generation: 1, shard, concurrency: 100 };
      begun += (await advanceShard(services, input)).open / 2;
    }
  await reportBatch(services, { runId: batch.id, generation: 1 });
  await watchRuns(services.runs);
  return begun;
}
