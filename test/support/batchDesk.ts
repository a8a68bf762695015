import { addItems, itemsOf, type BatchItem, type BatchServices } from '../../src/batches/batchItem.ts';
import { rowOfRun, type RunState } from '../../src/runs/runRow.ts';
import { memoryTable } from './memoryStorage.ts';
import { runDesk, type RunDesk } from './runDesk.ts';

/** A batch of one target, accepted on 2026-08-22 at 02:00 UTC, which runs in its first generation. */
export const batchRun = (differs: Partial<RunState> = {}): RunState => ({
  ...{ id: 'b'.repeat(40), kind: 'backUp', status: 'running', digest: 'd'.repeat(64) },
  request: { kind: 'batch', of: { kind: 'targets', count: 1, digest: 'd' }, options: {}, concurrency: 5 },
  requestedBy: { source: 'http', caller: 'local', key: 'night' },
  ...{ createdAt: '2026-08-22T02:00:00.000Z', generation: 1, generationAt: '2026-08-22T02:00:00.000Z' },
  facts: { acceptedAt: '2026-08-22T02:00:00.000Z', mayDeleteBackups: false },
  warnings: [],
  ...differs,
});

/** A desk of runs where a batch has its items, and children are only asked to stop. */
export interface BatchDesk {
  readonly desk: RunDesk;
  readonly services: BatchServices;
  /** Children that were asked to stop. */
  readonly asked: string[];
  /** Puts the batch itself on the desk. */
  carry(run: RunState): Promise<void>;
}

export async function batchDesk(items: readonly BatchItem[]): Promise<BatchDesk> {
  const desk = runDesk();
  const asked: string[] = [];
  const services: BatchServices = {
    ...{ clock: desk.services.clock, runs: desk.services, minimumPollSeconds: 1 },
    cancelChild: (runId) => Promise.resolve(void asked.push(runId)),
    ...{ batchItems: memoryTable('batchItems'), dailyCounters: memoryTable('dailyCounters') },
    loadPlan: () => Promise.reject(new Error('no plan is asked for')),
    estate: {} as never,
  };
  await addItems(services.batchItems, itemsOf(batchRun()), items);
  return { desk, services, asked, carry: async (run) => void (await desk.runs.insert(rowOfRun(run))) };
}
