import { expect, test } from 'vitest';
import { acceptRun, recordStarted, startRun } from '../../../src/runs/acceptRun.ts';
import { watchRuns } from '../../../src/runs/watchRuns.ts';
import { runDesk } from '../../support/runDesk.ts';

/** A sweep that has begun; it takes no steps of its own. */
async function begunSweep() {
  const desk = runDesk();
  const requestedBy = { source: 'sweep', key: 'sweep/2026-08-22' } as const;
  const { run } = await acceptRun(desk.services, { kind: 'sweep', dryRun: false }, requestedBy);
  await startRun(desk.services, run.id);
  desk.flowStatus.set(`${run.id}-1`, 'running');
  await recordStarted(desk.services, { runId: run.id, generation: 1 });
  return { desk, id: run.id };
}

test('a batch that waits for its items for two days is not taken for stuck, after that it is', async () => {
  const { desk } = await begunSweep();
  desk.pass(49 * 60);
  expect(await watchRuns(desk.services)).toEqual([]);
  desk.pass(2 * 60);
  expect((await watchRuns(desk.services)).map(({ kind }) => kind)).toEqual(['stuck']);
});

test('a batch whose flow has failed goes on in its next generation', async () => {
  const { desk, id } = await begunSweep();
  desk.flowStatus.set(`${id}-1`, 'failed');
  desk.pass(11);
  expect((await watchRuns(desk.services)).map(({ kind }) => kind)).toEqual(['nextGeneration']);
  expect(desk.started.map(({ instanceId }) => instanceId)).toEqual([`${id}-1`, `${id}-2`]);
});
