import { expect, test } from 'vitest';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import { shareTarget, shareWorld } from '../support/shareWorld.ts';

test('a job that outlives its run is watched on, and the record turns from timedOut into the real ending', async () => {
  const world = shareWorld({ protectedShares: ['docs'], timings: { jobFileShare: 8 * 3600 } });
  const app = await startEmbeddedApp({ world });
  const asked = await app.request('POST', '/api/backups', { target: shareTarget('docs') });
  const { id } = asked?.body as RunRecord;
  const early = await app.runEnded(id, 7);
  expect(early).toMatchObject({
    status: 'timedOut',
    job: { status: 'InProgress' },
    error: { code: 'JobStillRunning' },
  });
  await app.clock.runFor(3 * 3_600_000);
  const late = (await app.request('GET', `/api/runs/${id}`))?.body as RunRecord;
  expect(late).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
  expect(late.error).toBeUndefined();
  expect(late.warnings.join()).toContain('had stopped following it');
  expect(app.tables.watches.rows().filter((row) => row.rowKey.startsWith(id))).toEqual([]);
  await app.stop();
});
