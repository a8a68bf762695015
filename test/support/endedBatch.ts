import type { RunRecord } from '../../src/runs/run.ts';

/** The record of a batch of the night that failed after ten minutes, at 01:10 UTC on 2026-08-22. */
export const endedBatch = (differs: Partial<RunRecord> = {}): RunRecord => ({
  ...{ id: 'b'.repeat(40), kind: 'backUp', status: 'failed', generation: 1, steps: [], warnings: [] },
  requestedBy: { source: 'schedule', key: 'night/2026-08-22T01:00Z' },
  ...{ createdAt: '2026-08-22T01:00:00.000Z', endedAt: '2026-08-22T01:10:00.000Z' },
  counts: { total: 12, completed: 11, failed: 1 },
  ...differs,
});
