import { describe, expect, test } from 'vitest';
import { acceptRun } from '../../../src/runs/acceptRun.ts';
import { closeRun } from '../../../src/runs/changeRun.ts';
import { finishRun } from '../../../src/runs/finishRun.ts';
import { removeForgotten, removeRuns, type RemovalServices } from '../../../src/runs/removeRuns.ts';
import type { RunEnding } from '../../../src/runs/run.ts';
import { getRunRecord } from '../../../src/runs/runRecord.ts';
import { runDesk } from '../../support/runDesk.ts';

const request = { kind: 'backUp', target: { id: '/subscriptions/s/items/docs' } } as const;
const dayMinutes = 24 * 60;

async function desk() {
  const made = runDesk();
  const [purged, parts]: [string[], string[]] = [[], []];
  const services: RemovalServices = {
    ...made.services,
    keepRecordsDays: 35,
    removeParts: async ({ id }) => void parts.push(id),
    purge: async (instanceId) => void purged.push(instanceId),
  };
  const ask = (key: string) => acceptRun(services, request, { source: 'http', caller: 'local', key });
  const end = async (runId: string, status: RunEnding['status'] = 'completed') =>
    finishRun(services, { runId, generation: 1, ending: { status, warnings: [] } });
  const rows = () => made.runs.rows().map(({ rowKey }) => rowKey);
  return { ...made, services, ask, end, purged, parts, rows, remove: () => removeRuns(services) };
}

describe('a run', () => {
  test('is removed with its history, its parts and its places once it has ended longer ago than records are kept', async () => {
    const { ask, end, pass, remove, purged, parts, rows } = await desk();
    const { id } = (await ask('k')).run;
    await end(id);
    pass(35 * dayMinutes);
    expect(await remove()).toBe(0);
    pass(1);
    expect(await remove()).toBe(1);
    expect([purged, parts, rows()]).toEqual([[`${id}-1`], [id], [id]]);
    expect(await remove()).toBe(0);
  });

  test('that has not ended, or that a person must close, stays however old it is', async () => {
    const { services, ask, end, pass, remove } = await desk();
    await ask('running');
    const { id } = (await ask('unknown')).run;
    await end(id, 'unknown');
    pass(100 * dayMinutes);
    expect(await remove()).toBe(0);
    await closeRun(services, id, 'looked at');
    expect(await remove()).toBe(1);
  });

  test('counts from its end, not from its beginning', async () => {
    const { ask, end, pass, remove } = await desk();
    const { id } = (await ask('long')).run;
    pass(30 * dayMinutes);
    await end(id);
    pass(34 * dayMinutes);
    expect(await remove()).toBe(0);
    pass(2 * dayMinutes);
    expect(await remove()).toBe(1);
  });

  test('whose removal stopped half way is removed by the next', async () => {
    const { services, ask, end, pass, remove, rows } = await desk();
    const { id } = (await ask('k')).run;
    await end(id);
    pass(36 * dayMinutes);
    const failing = { ...services, removeParts: () => Promise.reject(new Error('storage')) };
    await expect(removeRuns(failing)).rejects.toThrow('storage');
    expect(await remove()).toBe(1);
    expect(rows()).toEqual([id]);
  });
});

describe('a key', () => {
  test('is the same run for as long as its record is kept, then a new one that says so', async () => {
    const { services, ask, end, pass, remove, started } = await desk();
    const first = await ask('k');
    await end(first.run.id);
    pass(35 * dayMinutes);
    expect(await ask('k')).toMatchObject({ kind: 'repeated', run: { id: first.run.id } });
    pass(dayMinutes);
    await remove();
    expect(await getRunRecord(services, first.run.id)).toBeUndefined();
    const again = await ask('k');
    expect(again.kind).toBe('accepted');
    expect(again.run.id).not.toBe(first.run.id);
    expect(again.run.warnings).toEqual([
      'The key was used before, by a run that ended 2026-08-22T02:00:00.000Z and whose record was removed: this is a new run.',
    ]);
    await end(again.run.id);
    expect((await getRunRecord(services, again.run.id))?.warnings).toHaveLength(1);
    expect(await ask('k')).toMatchObject({ kind: 'repeated', run: { id: again.run.id } });
    expect(started).toEqual([]);
  });

  test('asked for by two at once after that is one new run', async () => {
    const { ask, end, pass, remove } = await desk();
    await end((await ask('k')).run.id);
    pass(36 * dayMinutes);
    await remove();
    const [one, other] = await Promise.all([ask('k'), ask('k')]);
    expect(one.run.id).toBe(other.run.id);
    expect([one.kind, other.kind].sort()).toEqual(['accepted', 'repeated']);
  });

  test('is forgotten after 400 days, never before the runs that came after it', async () => {
    const { services, ask, end, pass, remove, rows } = await desk();
    await end((await ask('k')).run.id);
    pass(36 * dayMinutes);
    await remove();
    pass(370 * dayMinutes);
    const second = (await ask('k')).run.id;
    await removeForgotten(services);
    expect(await ask('k')).toMatchObject({ kind: 'repeated', run: { id: second } });
    await end(second);
    pass(36 * dayMinutes);
    await remove();
    pass(400 * dayMinutes);
    await removeForgotten(services);
    await removeForgotten(services);
    expect(rows()).toEqual([]);
  });
});
