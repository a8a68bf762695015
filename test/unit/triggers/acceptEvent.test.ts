import { describe, expect, test } from 'vitest';
import { emptyPlan } from '../../../src/plan/loadPlan.ts';
import { acceptEvent } from '../../../src/triggers/acceptEvent.ts';
import { claimResource, watchResource } from '../../../src/triggers/resourceWatch.ts';
import type { TriggerServices } from '../../../src/triggers/ticks.ts';
import { memoryTable } from '../../support/memoryStorage.ts';
import { runDesk, runRows } from '../../support/runDesk.ts';

const subscriptionId = '44444444-5555-4666-8777-888888888888';
const other = '55555555-5555-4666-8777-888888888888';
const diskIn = (id: string, name = 'db-data') =>
  `/subscriptions/${id}/resourceGroups/apps/providers/Microsoft.Compute/disks/${name}`;
const disk = diskIn(subscriptionId);
const written = (id: string, resourceUri = disk) => ({
  ...{ id, source: `/subscriptions/${subscriptionId}`, type: 'Microsoft.Resources.ResourceWriteSuccess' },
  data: { operationName: 'Microsoft.Compute/disks/write', resourceUri },
});

/** A desk that takes events of one subscription. */
function door(subscriptions: readonly string[] = [subscriptionId]) {
  const desk = runDesk();
  const triggers = memoryTable('triggers');
  const plan = { ...emptyPlan, safety: { ...emptyPlan.safety, subscriptions: [...subscriptions] } };
  const services: TriggerServices = {
    ...{ clock: desk.services.clock, runs: desk.services, triggers },
    loadPlan: () => Promise.resolve({ plan, standing: 'current', location: 'plan.json', problems: [] }),
    log: () => undefined,
  };
  const endRuns = async () => {
    for (const row of runRows(desk.runs)) await desk.runs.put({ ...row, status: 'completed' });
  };
  return { desk, triggers, endRuns, accept: (event: unknown) => acceptEvent(services, event) };
}

describe('an event of a written resource', () => {
  test('begins one run about it', async () => {
    const { desk, accept } = door();
    const [accepted, row] = [await accept(written('e1')), runRows(desk.runs)[0]];
    expect(accepted).toEqual({ kind: 'started', runId: row?.rowKey });
    expect(JSON.parse(String(row?.['request']))).toEqual({ kind: 'protectByPlan', resourceId: disk });
    expect(JSON.parse(String(row?.['requestedBy']))).toMatchObject({ source: 'eventGrid' });
    expect(desk.started).toHaveLength(1);
  });

  test('that comes again begins nothing, even when its run has ended', async () => {
    const { desk, endRuns, accept } = door();
    await accept(written('e1'));
    expect(await accept(written('e1'))).toEqual({ kind: 'repeated' });
    await endRuns();
    expect(await accept(written('e1'))).toEqual({ kind: 'repeated' });
    expect(desk.started).toHaveLength(1);
  });

  test('of which a crash lost the note begins no second run', async () => {
    const { desk, triggers, accept } = door();
    const first = await accept(written('e1'));
    const note = triggers.rows().find(({ rowKey }) => rowKey === 'handled');
    expect(note).toMatchObject({ at: '2026-08-22T02:00:00.000Z', became: 'started' });
    await triggers.remove(note?.partitionKey ?? '', 'handled');
    expect(await accept(written('e1'))).toEqual(first);
    expect(runRows(desk.runs)).toHaveLength(1);
    expect(desk.started).toHaveLength(1);
  });

  test('is absorbed by the run that looks after the resource, until that has ended', async () => {
    const { desk, endRuns, accept } = door();
    await accept(written('e1'));
    expect(await accept(written('e2', disk.replace('/apps/', '/Apps/')))).toEqual({ kind: 'absorbed' });
    expect((await accept(written('e3', diskIn(subscriptionId, 'logs')))).kind).toBe('started');
    await endRuns();
    expect((await accept(written('e4'))).kind).toBe('started');
    expect(desk.started).toHaveLength(3);
  });

  test('that comes after the look makes its run look again, one before it does not', async () => {
    const { desk, triggers, accept } = door();
    await accept(written('e1'));
    const runId = runRows(desk.runs)[0]?.rowKey ?? '';
    const at = (moment: 'look' | 'afterLook') =>
      watchResource({ triggers, runs: desk.services }, { runId, resourceId: disk, moment });
    await accept(written('e2'));
    expect(await at('look')).toBe(false);
    await accept(written('e3'));
    expect(await at('afterLook')).toBe(true);
    expect(await at('look')).toBe(false);
    expect(await at('afterLook')).toBe(false);
    expect((await accept(written('e4'))).kind).toBe('started');
  });

  test('of another source is another event', async () => {
    const { accept, endRuns } = door();
    await accept(written('e1'));
    await endRuns();
    expect((await accept({ ...written('e1'), source: '/elsewhere' })).kind).toBe('started');
  });

  test('is passed over outside the allow-list, and where a drill or nobody of ours wrote', async () => {
    const { desk, triggers, accept } = door([other]);
    expect(await accept(written('e1'))).toEqual({
      kind: 'passed',
      reason: `subscription ${subscriptionId} is not in the plan's allow-list`,
    });
    expect(await accept(written('e2', diskIn(other, `abd-${'a'.repeat(40)}`)))).toEqual({
      kind: 'passed',
      reason: 'a restore drill has made it',
    });
    expect(await accept({ ...written('e3'), type: 'Other' })).toEqual({
      kind: 'passed',
      reason: 'event type Other',
    });
    expect([desk.started, triggers.rows()]).toEqual([[], []]);
  });

  test('is let in whatever the case of its subscription', async () => {
    const lettered = 'abcdefab-5555-4666-8777-888888888888';
    const { accept } = door([lettered.toUpperCase()]);
    expect((await accept(written('e1', diskIn(lettered)))).kind).toBe('started');
  });
});

describe('who looks after a written resource', () => {
  const [first, second] = ['a'.repeat(40), 'b'.repeat(40)];
  const watched = () => {
    const desk = runDesk();
    const triggers = memoryTable('triggers');
    const ports = { triggers, runs: { runs: desk.runs } };
    return {
      triggers,
      claim: (runId: string) => claimResource(ports, disk, runId),
      at: (runId: string, moment: 'beforeLook' | 'look' | 'afterLook') =>
        watchResource(ports, { runId, resourceId: disk, moment }),
    };
  };

  test('a run keeps what it has claimed, and claims it once', async () => {
    const { claim } = watched();
    expect(await claim(first)).toBe('mine');
    expect(await claim(first)).toBe('mine');
  });

  test('a resource that nobody wrote meanwhile is free after the look', async () => {
    const { claim, at, triggers } = watched();
    await claim(first);
    expect(await at(first, 'look')).toBe(false);
    expect(await at(first, 'afterLook')).toBe(false);
    expect(triggers.rows()).toMatchObject([{ runId: first, moment: 'done', writtenSince: false }]);
    expect(await claim(second)).toBe('mine');
  });

  test('the first note of a run whose claim is lost is a claim', async () => {
    const { at, triggers } = watched();
    expect(await at(first, 'look')).toBe(false);
    expect(triggers.rows()).toMatchObject([{ runId: first, moment: 'look' }]);
  });

  test('a run that another has replaced takes no further look', async () => {
    const { claim, at, triggers } = watched();
    await claim(first);
    await at(first, 'afterLook');
    await claim(second);
    expect(await at(first, 'look')).toBe(false);
    expect(triggers.rows()).toMatchObject([{ runId: second, moment: 'beforeLook' }]);
  });
});
