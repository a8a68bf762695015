import { expect, test } from 'vitest';
import { addCleanUp, changeCleanUp, findCleanUp } from '../../../src/drills/cleanUpRow.ts';
import { recordDrill } from '../../../src/drills/recordDrill.ts';
import { memoryTable } from '../../support/memoryStorage.ts';

const run = 'a'.repeat(40);
const now = Date.parse('2026-08-22T09:00:00Z');

/** Minutes until the next look, once so many clean-up runs have found nothing left of a restore that may still come. */
async function nextLookAfter(attempts: number): Promise<number> {
  const drillCleanUps = memoryTable('drillCleanUps');
  const services = {
    ...{ clock: () => new Date(now), drillCleanUps },
    ...{ keepProof: () => Promise.resolve(), countRestore: () => Promise.resolve(undefined) },
  };
  const at = new Date(now).toISOString();
  await addCleanUp(drillCleanUps, {
    ...{ run, things: [], isSettled: false, attempts: 0, left: [], nextAt: at },
    mayComeUntil: '2026-08-25T09:00:00.000Z',
  });
  const held = await findCleanUp(drillCleanUps, run);
  if (held) await changeCleanUp(drillCleanUps, held, { attempts });
  await recordDrill(services, { moment: 'cleaned', run, left: [] });
  const nextAt = (await findCleanUp(drillCleanUps, run))?.row.nextAt ?? '';
  return (Date.parse(nextAt) - now) / 60_000;
}

test('what may still come of a restore is looked for more and more rarely, at least every six hours', async () => {
  const minutes = await Promise.all([0, 1, 2, 3, 4, 5, 6, 20].map(nextLookAfter));
  expect(minutes).toEqual([15, 30, 60, 120, 240, 360, 360, 360]);
});
