import { beforeEach, describe, expect, test } from 'vitest';
import {
  addCleanUp,
  changeCleanUp,
  findCleanUp,
  listCleanUps,
  whyNotDrill,
  type CleanUpRow,
} from '../../../src/drills/cleanUpRow.ts';
import { askWebhook, recordDrill, type DrillRecordServices } from '../../../src/drills/recordDrill.ts';
import { watchCleanUps } from '../../../src/drills/watchCleanUps.ts';
import { findRun, rowOfRun, type RunState } from '../../../src/runs/runRow.ts';
import { memoryTable, type MemoryTable } from '../../support/memoryStorage.ts';
import { runDesk, runRows, type RunDesk } from '../../support/runDesk.ts';

const run = 'd'.repeat(40);
const share =
  '/subscriptions/1/resourceGroups/drills/providers/Microsoft.Storage/storageAccounts/a/fileServices/default/shares/back';
const thing = { id: share, mayBeUntagged: false };

const drillRun = (differs: object = {}): RunState =>
  ({
    ...{ id: run, kind: 'drill', status: 'running', digest: 'd'.repeat(64), generation: 2 },
    request: { kind: 'drill', target: { id: '/items/docs' }, into: {} },
    requestedBy: { source: 'http', caller: 'local', key: 'k' },
    ...{ createdAt: '2026-08-22T02:00:00.000Z', generationAt: '2026-08-22T02:00:00.000Z' },
    facts: { acceptedAt: '2026-08-22T02:00:00.000Z', mayDeleteBackups: false },
    warnings: [],
    ...differs,
  }) as RunState;

const cleanUpRow = (differs: Partial<CleanUpRow> = {}): CleanUpRow => ({
  ...{ run, things: [thing], isSettled: false, attempts: 0, left: [] },
  ...{ mayComeUntil: '2026-08-25T02:00:00.000Z', nextAt: '2026-08-22T02:00:00.000Z' },
  ...differs,
});

let desk: RunDesk;
let drillCleanUps: MemoryTable;

beforeEach(() => {
  desk = runDesk();
  drillCleanUps = memoryTable('drillCleanUps');
});

describe('a restore, and what is made, tagged or deleted for one, is kept from being sent', () => {
  const ask = (differs: { mayDrill?: boolean; generation?: number; thing?: string; runId?: string } = {}) => {
    const { mayDrill = true, generation = 2, runId = run } = differs;
    return whyNotDrill({ runs: desk.runs, drillCleanUps, mayDrill }, { runId, generation }, differs.thing);
  };
  const isKept = async (differs: Parameters<typeof ask>[0], message: string) =>
    expect(await ask(differs)).toMatchObject({
      kind: 'refused',
      failure: { code: 'DrillNotAllowed', message },
    });
  const begin = async (differs: object = {}, row: Partial<CleanUpRow> = {}) => {
    await desk.runs.insert(rowOfRun(drillRun(differs)));
    await addCleanUp(drillCleanUps, cleanUpRow(row));
  };

  test('not of a drill that runs, for what its row names in any case', async () => {
    await begin();
    expect(await ask()).toBeUndefined();
    expect(
      await ask({ thing: share.toUpperCase().replace('/SUBSCRIPTIONS/', '/subscriptions/') }),
    ).toBeUndefined();
  });

  test('once drills are switched off', async () => {
    await begin();
    await isKept({ mayDrill: false }, 'This deployment restores nothing.');
  });

  test('where no run asks for it: none, a dry run, or one of another kind', async () => {
    await isKept({}, 'No run asks for this.');
    await begin({ request: { ...drillRun().request, dryRun: true } });
    await isKept({}, 'No run asks for this.');
    await desk.runs.put(rowOfRun(drillRun({ request: { kind: 'backUp', target: { id: '/items/docs' } } })));
    await isKept({ thing: share }, 'No run asks for this.');
  });

  test('once its run has ended', async () => {
    await begin({ status: 'cancelled', endedAt: '2026-08-22T03:00:00.000Z' });
    await isKept({}, 'The run has ended: cancelled.');
  });

  test('of a generation that nobody made; of an older one until the flow that goes on orders it', async () => {
    await begin();
    await isKept({ generation: 3 }, 'No run asks for this.');
    expect(await ask({ generation: 1 })).toMatchObject({ kind: 'later' });
  });

  test('without a row that will clean up, and for what the row does not name', async () => {
    await desk.runs.insert(rowOfRun(drillRun()));
    await isKept({}, 'There is no clean-up row for this run.');
    await addCleanUp(drillCleanUps, cleanUpRow());
    await isKept({ thing: `${share}2` }, 'The clean-up row does not name it.');
  });

  test('of a clean-up but for the deletions of the drill that it cleans up after', async () => {
    const cleaner = 'e'.repeat(40);
    await desk.runs.insert(
      rowOfRun(drillRun({ id: cleaner, request: { kind: 'cleanUp', run, things: [thing] } })),
    );
    await isKept({ runId: cleaner, thing: share }, 'There is no clean-up row for this run.');
    await addCleanUp(drillCleanUps, cleanUpRow());
    expect(await ask({ runId: cleaner, thing: share })).toBeUndefined();
    await isKept({ runId: cleaner }, 'No run asks for this.');
  });
});

describe('the row of a clean-up', () => {
  const noting = (): DrillRecordServices & { readonly proofs: object[] } => {
    const proofs: object[] = [];
    return {
      proofs,
      clock: desk.services.clock,
      drillCleanUps,
      countRestore: async () => undefined,
      keepProof: (resourceId, proof) => Promise.resolve(void proofs.push({ resourceId, ...proof })),
    };
  };
  const row = async () => (await findCleanUp(drillCleanUps, run))?.row;

  test('is written before anything is made, and again when there is more to make', async () => {
    const services = noting();
    await recordDrill(services, { moment: 'planned', run, things: [thing] });
    expect(await row()).toEqual(cleanUpRow());
    const other = { id: `${share}2`, mayBeUntagged: true };
    await recordDrill(services, { moment: 'planned', run, things: [other] });
    await recordDrill(services, {
      moment: 'planned',
      run,
      things: [{ ...other, id: other.id.toUpperCase() }],
    });
    expect((await row())?.things).toEqual([thing, other]);
  });

  test.each([
    ['is gone once nothing is left and nothing will come', true, [], '2026-08-22T02:00:00Z', false],
    ['stays while something may still come', false, [], '2026-08-25T01:59:59Z', true],
    ['is gone once nothing can come any more', false, [], '2026-08-25T02:00:00Z', false],
    ['stays while something is left', true, [{ id: share, reason: 'locked' }], '2026-08-30T02:00:00Z', true],
  ])('%s', async (_what, isSettled, left, at, stays) => {
    await addCleanUp(drillCleanUps, cleanUpRow());
    const services = noting();
    if (isSettled) await recordDrill(services, { moment: 'settled', run });
    desk.clock.now = Date.parse(at);
    await recordDrill(services, { moment: 'cleaned', run, left });
    const kept = await row();
    expect(kept !== undefined).toBe(stays);
    if (kept)
      expect(kept).toMatchObject({ left, nextAt: new Date(Date.parse(at) + 15 * 60_000).toISOString() });
  });

  test('that is gone stays gone; a proof is shown all the same', async () => {
    const services = noting();
    await recordDrill(services, { moment: 'settled', run });
    await recordDrill(services, { moment: 'cleaned', run, left: [{ id: share, reason: 'x' }] });
    expect(await row()).toBeUndefined();
    const proof = { run, at: '2026-08-22T02:00:00.000Z', verdict: 'proven' as const };
    expect(await recordDrill(services, { moment: 'proved', resourceId: '/r', proof })).toBeNull();
    expect(services.proofs).toEqual([{ resourceId: '/r', ...proof }]);
  });

  test('is changed only as it was read', async () => {
    await addCleanUp(drillCleanUps, cleanUpRow());
    const held = await findCleanUp(drillCleanUps, run);
    if (!held) throw new Error('no row');
    expect(await changeCleanUp(drillCleanUps, held, { isSettled: true })).toBe(true);
    expect(await changeCleanUp(drillCleanUps, held, { isSettled: false })).toBe(false);
    expect((await row())?.isSettled).toBe(true);
  });
});

test.each([
  [200, 'good'],
  [204, 'good'],
  [201, 'none'],
  [202, 'none'],
  [422, 'bad'],
  [400, 'none'],
  [500, 'none'],
])('a webhook that answers %i finds what came back %s', async (status, verdict) => {
  const asked: unknown[] = [];
  const question = { url: 'https://check.example', run, resourceId: '/r', restoredTo: [share], pointAt: 'p' };
  const answer = await askWebhook((...given) => {
    asked.push(given);
    return Promise.resolve(status);
  }, question);
  expect(answer).toBe(verdict);
  const { url, ...told } = question;
  const headers = { 'content-type': 'application/json', 'idempotency-key': run };
  expect(asked).toEqual([[url, headers, JSON.stringify(told)]]);
  expect(await askWebhook(() => Promise.reject(new Error('away')), question)).toBe('none');
});

describe('what a drill has left', () => {
  const alerts: string[] = [];
  const look = () =>
    watchCleanUps({
      ...{ clock: desk.services.clock, runs: desk.services, drillCleanUps },
      alert: (message) => void alerts.push(message),
    });
  const attempts = async () => (await findCleanUp(drillCleanUps, run))?.row.attempts;
  beforeEach(() => void (alerts.length = 0));

  test('is left to the drill as long as that runs', async () => {
    await desk.runs.insert(rowOfRun(drillRun()));
    await addCleanUp(drillCleanUps, cleanUpRow());
    await look();
    expect([desk.started, await attempts()]).toEqual([[], 0]);
  });

  test('is cleaned up by a run of its own once the drill has ended, or is not there', async () => {
    await addCleanUp(drillCleanUps, cleanUpRow());
    await look();
    const [{ cleanUpRun = '' }] = (await listCleanUps(drillCleanUps)).map(({ row }) => row) as [CleanUpRow];
    expect((await findRun(desk.services, cleanUpRun))?.run.request).toEqual({
      kind: 'cleanUp',
      run,
      things: [thing],
    });
    expect(desk.started).toHaveLength(1);
  });

  test('is not begun again while its clean-up runs, nor before its time', async () => {
    await addCleanUp(drillCleanUps, cleanUpRow());
    await look();
    desk.pass(60);
    await look();
    expect(await attempts()).toBe(1);
    await drillCleanUps.remove('open', run);
    await addCleanUp(drillCleanUps, cleanUpRow({ nextAt: '2026-08-22T03:00:00.001Z' }));
    await look();
    expect(await attempts()).toBe(0);
  });

  test('is tried again after 5 minutes, then twice as long each time, six hours at most', async () => {
    const pauses: number[] = [];
    for (const tried of [0, 1, 2, 3, 6, 7, 20]) {
      await drillCleanUps.remove('open', run);
      await addCleanUp(
        drillCleanUps,
        cleanUpRow({ attempts: tried, nextAt: desk.services.clock().toISOString() }),
      );
      await look();
      const nextAt = (await findCleanUp(drillCleanUps, run))?.row.nextAt ?? '';
      pauses.push((Date.parse(nextAt) - desk.clock.now) / 60_000);
    }
    expect(pauses).toEqual([5, 10, 20, 40, 320, 360, 360]);
  });

  test.each([
    [1, [{ id: share, reason: 'a lock' }], 0],
    [2, [{ id: share, reason: 'a lock' }], 1],
    [5, [], 0],
  ])('is told to a person after %i attempts that left %j: %i times', async (tried, left, times) => {
    await addCleanUp(drillCleanUps, cleanUpRow({ attempts: tried, left }));
    await look();
    expect(alerts).toHaveLength(times);
    if (times > 0) expect(alerts[0]).toBe(`A restore drill has left something: ${share} (a lock).`);
  });

  test('of many drills is worked for each, whatever becomes of one', async () => {
    for (const at of ['1', '2', '3']) await addCleanUp(drillCleanUps, cleanUpRow({ run: at.repeat(40) }));
    const { start } = desk.services.flows;
    let starts = 0;
    Object.assign(desk.services.flows, {
      start: (...given: Parameters<typeof start>) =>
        ++starts === 2 ? Promise.reject(new Error('the hub is away')) : start(...given),
    });
    await expect(look()).rejects.toThrow('1 clean-ups could not be watched.');
    expect(runRows(desk.runs)).toHaveLength(3);
  });
});
