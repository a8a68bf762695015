import { expect, test } from 'vitest';
import { auditRuns } from '../../../src/jobs/watchTrackers.ts';
import { backUpNow } from '../../../src/recovery-services/backup.ts';
import { orderAudit } from '../../../src/steps/auditOrder.ts';
import type { AnyStep } from '../../../src/steps/step.ts';
import { attemptIdOf, type StepState } from '../../../src/steps/stepRow.ts';
import { memoryTable } from '../../support/memoryStorage.ts';
import { listOf, says, trackerWorld, watchOrder, type JobScript } from '../../support/trackerWorld.ts';

const runId = 'a'.repeat(40);
const { itemId, kind } = watchOrder();

/** A backup that was sent so many times and has ended at 02:00. */
const backup = (attempt: number, name = backUpNow.name): StepState => ({
  ...{ runId, stepId: '04', name, input: { itemId, kind }, generation: 1, ask: 1, asks: 1 },
  ...{ state: 'claimed', attempt, requests: attempt },
  ...{
    firstAt: '2026-08-22T01:50:00Z',
    firstClaimAt: '2026-08-22T01:50:00Z',
    changedAt: '2026-08-22T02:00:00Z',
  },
});
const first = attemptIdOf(backup(1), 1);
const second = attemptIdOf(backup(2), 2);

async function audited(attempts: number, list: JobScript['list'], name?: string) {
  const world = trackerWorld({ list });
  const steps = memoryTable('steps');
  const catalogue = new Map<string, AnyStep>([[backUpNow.name, backUpNow]]);
  const services = { ...world.services, steps };
  await orderAudit({ steps, catalogue, clock: world.services.clock }, backup(attempts, name));
  const audit = async (minutes: number) => {
    world.clock.now += minutes * 60_000;
    return auditRuns(services);
  };
  return { ...world, steps, audit };
}

test('a backup that was sent twice and shows two jobs under its ids is doubled, and told once', async () => {
  const jobs = listOf(
    { id: 'one', status: 'Completed', activityId: first },
    { id: 'two', status: 'Completed', activityId: second.toUpperCase() },
    { id: 'of another', status: 'Completed', activityId: attemptIdOf(backup(3), 3) },
  );
  const { audit, requests } = await audited(2, () => jobs);
  expect(await audit(9)).toEqual([]);
  expect(requests).toEqual([]);
  expect(await audit(1)).toEqual([{ runId, jobIds: ['one', 'two'] }]);
  expect(await audit(5)).toEqual([]);
});

test('one job is as it should be, under whichever id', async () => {
  const { audit, steps } = await audited(2, () =>
    listOf({ id: 'two', status: 'InProgress', activityId: second }, { id: 'else', status: 'Completed' }),
  );
  expect(await audit(10)).toEqual([]);
  expect(steps.rows()).toEqual([]);
});

test('what was sent once, or starts no job, is not looked at', async () => {
  expect((await audited(1, () => listOf())).steps.rows()).toEqual([]);
  expect((await audited(2, () => listOf(), 'recoveryServices.readItem')).steps.rows()).toEqual([]);
});

test('a list that cannot be read is asked for again, for a day', async () => {
  let answer = says(503);
  const { audit, steps } = await audited(2, () => answer);
  expect(await audit(10)).toEqual([]);
  expect(steps.rows()).toHaveLength(1);
  answer = listOf(
    { id: 'one', status: 'Completed', activityId: first },
    { id: 'two', status: 'Completed', activityId: second },
  );
  expect(await audit(5)).toHaveLength(1);
  const lost = await audited(2, () => says(503));
  expect(await lost.audit(25 * 60)).toEqual([]);
  expect(lost.steps.rows()).toEqual([]);
});
