import { expect, test } from 'vitest';
import type { Flow, FlowContext } from '../../../src/orchestrations/flow.ts';
import { drill, type Drilled, type Restored } from '../../../src/orchestrations/drills/drill.ts';
import { recordDrillActivity } from '../../../src/orchestrations/drills/cleanUp.ts';
import { StepFailed } from '../../../src/orchestrations/refusals.ts';
import type { DrillRequest } from '../../../src/runs/request.ts';

const failure = { code: 'X', message: 'It did not go well.' };
const good: Restored = { seconds: 90, verdict: 'good', counts: { files: 2 } };

/** Plays a drill whose restore comes to that, and tells what it has had written, in order, and how it ended. */
function play(restored: Restored | StepFailed, request: Partial<DrillRequest> = {}) {
  const notes: { moment: string; proof?: { verdict: string } }[] = [];
  const df = {
    currentUtcDateTime: new Date('2026-08-22T02:00:00Z'),
    callActivity: (name: string, note: (typeof notes)[number]) =>
      void (name === recordDrillActivity && notes.push(note)),
    createTimer: () => undefined,
  };
  const facts = { acceptedAt: '2026-08-22T02:00:00.000Z', mayDeleteBackups: false, mayDrill: true };
  const context = { df, runId: 'd'.repeat(40), facts } as unknown as FlowContext;
  const drilled: Drilled = {
    ...{ resourceId: '/r', itemId: '/i', restoredTo: [], things: [] },
    *choose() {
      return { chosen: { id: '/p', name: 'p', at: '2026-08-21T02:00:00.000Z' }, eligible: 1, passedOver: 0 };
    },
    *look() {
      return [];
    },
    *validate() {
      return [];
    },
    *guards() {
      return [];
    },
    *creates() {
      return [];
    },
    *restore(): Flow<Restored> {
      if (restored instanceof StepFailed) throw restored;
      return restored;
    },
  };
  const flow = drill(context, drilled, {
    kind: 'drill',
    target: { id: '/i' },
    into: {},
    ...request,
  } as DrillRequest);
  let step = flow.next();
  for (let steps = 0; !step.done && steps < 100; steps++) step = flow.next(null);
  if (!step.done) throw new Error('The drill does not end.');
  return { moments: notes.map(({ moment, proof }) => proof?.verdict ?? moment), ending: step.value };
}

test.each([
  ['refused', ['begun', 'planned', 'settled', 'cleaned', 'failed'], 'failed'],
  ['failed', ['begun', 'planned', 'settled', 'cleaned', 'failed'], 'failed'],
  ['timedOut', ['begun', 'planned', 'cleaned', 'failed'], 'failed'],
  ['unknown', ['begun', 'planned', 'cleaned', 'failed'], 'failed'],
] as const)(
  'a restore that ended %s: its row is settled only where nothing can come any more',
  (kind, moments, status) => {
    const played = play(new StepFailed('restore', { kind, failure }));
    expect(played.moments).toEqual(moments);
    expect(played.ending).toMatchObject({ status, error: { code: 'X' }, result: { verdict: 'failed' } });
  },
);

test('a restore that was cancelled proves nothing, and nothing is shown of it', () => {
  const { moments, ending } = play(new StepFailed('restore', { kind: 'cancelled' }));
  expect(moments).toEqual(['begun', 'planned', 'settled', 'cleaned']);
  expect(ending).toMatchObject({ status: 'cancelled', error: { code: 'RunCancelled' } });
});

test.each([
  [good, {}, 'proven', 'completed'],
  [good, { restoreWithin: 'PT2M' }, 'proven', 'completed'],
  [{ ...good, seconds: 120 }, { restoreWithin: 'PT2M' }, 'proven', 'completed'],
  [{ ...good, seconds: 121 }, { restoreWithin: 'PT2M' }, 'proven late', 'completedWithWarnings'],
  [{ ...good, verdict: 'empty' as const }, {}, 'empty', 'failed'],
  [{ ...good, verdict: 'mismatch' as const }, {}, 'mismatch', 'failed'],
])('what came back as %j, where %j is asked, is %s', (restored, request, verdict, status) => {
  const { moments, ending } = play(restored, request);
  expect(moments).toEqual(['begun', 'planned', 'settled', 'cleaned', verdict]);
  expect(ending).toMatchObject({ status, result: { verdict, point: { ageSeconds: 86_400 } } });
});
