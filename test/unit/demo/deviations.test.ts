import { expect, test } from 'vitest';
import { deviations } from '../../../local/demo/deviations.ts';
import type { StoryEnding } from '../../../local/demo/story.ts';
import type { RunRecord } from '../../../src/runs/run.ts';

const ending: StoryEnding = {
  status: 'completed',
  job: 'Completed',
  steps: ['recoveryServices.protectItem', 'recoveryServices.backUpNow'],
  effects: { backup: 1 },
};

const step = (name: string) => ({ name, status: 'done', startedAt: '2026-03-01T10:00:00Z', asks: 1 });
const record: RunRecord = {
  id: 'ab'.repeat(20),
  kind: 'backUp',
  status: 'completed',
  requestedBy: { source: 'http', caller: 'local', key: 'k' },
  createdAt: '2026-03-01T10:00:00Z',
  generation: 1,
  steps: [
    step('recoveryServices.protectItem'),
    step('recoveryServices.awaitProtected'),
    step('recoveryServices.backUpNow'),
  ],
  job: { id: 'j', status: 'Completed' },
  recoveryPoint: { id: 'p', at: '2026-03-01T10:00:05Z', tiers: [] },
  warnings: [],
};
const backup = { at: 0, kind: 'backup', subject: 's' };

test('a run as told has no deviation', () => {
  expect(deviations(ending, record, [backup])).toEqual([]);
});

test('a second backup is a deviation', () => {
  expect(deviations(ending, record, [backup, backup])).toEqual(['backup had its effect 2 times, not 1']);
});

test('a completed run without its proof is a deviation', () => {
  const { recoveryPoint: _recoveryPoint, ...unproved } = record;
  expect(deviations(ending, unproved, [backup])).toEqual(['there is no recovery point']);
});

test('steps in another order are a deviation', () => {
  const steps = [...record.steps].reverse();
  expect(deviations(ending, { ...record, steps }, [backup])).toEqual([
    'the step recoveryServices.backUpNow was not taken in its place',
  ]);
});

test('another ending is a deviation', () => {
  expect(deviations(ending, { ...record, status: 'completedWithWarnings' }, [backup])).toEqual([
    'the run is completedWithWarnings, not completed',
  ]);
});
