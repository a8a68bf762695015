import { expect, test } from 'vitest';
import type { RunRecord } from '../../src/runs/run.ts';
import { findingsOf } from './check.ts';
import { canary } from './faultKinds.ts';
import { playWorld, type Evidence } from './play.ts';

test('a seed gives the same world each time', async () => {
  const [one, other] = [await playWorld(20, 'everything'), await playWorld(20, 'everything')];
  expect(one.records.length).toBeGreaterThan(0);
  expect([other.records, other.effects, other.fired]).toEqual([one.records, one.effects, one.fired]);
});

/** A world without faults in which at least one backup has completed. */
async function calmWorld(): Promise<Evidence> {
  for (let seed = 1; seed < 50; seed++) {
    const evidence = await playWorld(seed, 'calm');
    if (evidence.records.some(({ job }) => job?.status === 'Completed')) return evidence;
  }
  throw new Error('No backup in fifty worlds.');
}

test('the checker finds what is wrong', async () => {
  const evidence = await calmWorld();
  expect(findingsOf(evidence)).toEqual([]);
  const told = evidence.records.find(({ job }) => job?.status === 'Completed');
  const begun = evidence.effects.find(({ id }) => told?.job?.id.endsWith(id ?? '-'));
  if (!told || !begun) throw new Error('The world has no backup of its own.');
  const kindsOf = (differs: Partial<Evidence>) =>
    findingsOf({ ...evidence, ...differs }).map((finding) => finding.split(':')[0]);
  const others = evidence.records.filter(({ id }) => id !== told.id);
  const withStatus = (status: 'running' | 'failed') => [...others, { ...told, status }];

  expect(kindsOf({ effects: [...evidence.effects, { ...begun, id: 'second' }] })).toEqual([
    'doubled or lost',
  ]);
  const call = { path: '/item/backup', from: begun.at, to: begun.at + 9000 };
  expect(kindsOf({ backupCalls: [call, { ...call, from: begun.at + 1 }] })).toEqual(['two at once']);
  expect(kindsOf({ records: others })).toContain('doubled or lost');
  expect(kindsOf({ records: withStatus('running') })).toContain('stuck');
  expect(kindsOf({ jobs: evidence.jobs.map((job) => ({ ...job, status: 'Failed' })) })).toContain('untrue');
  expect(kindsOf({ jobs: [] })).toContain('untrue');
  expect(kindsOf({ records: [...evidence.records, { ...told, id: 'f'.repeat(40) }] })).toContain('untrue');
  const cancel = { at: begun.at, kind: 'cancelJob', subject: `/x/backupjobs/${begun.id}`, id: 'c' };
  expect(kindsOf({ effects: [...evidence.effects, cancel] })).toEqual(['foreign job cancelled']);
  expect(kindsOf({ leftOver: ['a message'] })).toEqual(['left over']);
  expect(kindsOf({ seen: [`key ${canary}`] })).toEqual(['unredacted']);
});

test('the checker finds what a drill must not do, and what is deleted, late or over a budget', async () => {
  const evidence = await calmWorld();
  const kindsOf = (differs: Partial<Evidence>) =>
    findingsOf({ ...evidence, ...differs }).map((finding) => finding.split(':')[0]);
  const at = Date.parse('2026-08-22T10:00:00Z');
  const more = (...effects: readonly { kind: string; subject: string; bent?: string }[]) => ({
    effects: [...evidence.effects, ...effects.map((one) => ({ at, id: 'r', ...one }))],
  });
  const target = '/x/shares/abd-1';
  const restored = { kind: 'restored', subject: target };
  expect(kindsOf(more(restored, restored))).toEqual(['doubled']);
  expect(kindsOf(more({ kind: 'restored', subject: '/x/shares/docs01' }))).toEqual(['outside']);
  expect(kindsOf(more({ kind: 'restore', subject: '/x/items/docs01' }))).toEqual(['doubled']);
  const drill: RunRecord = {
    ...{ id: 'd'.repeat(40), kind: 'drill', status: 'completed', generation: 1, steps: [], warnings: [] },
    ...{ createdAt: '2026-08-22T10:00:00Z', requestedBy: { source: 'http', key: 'drill' } },
    result: { verdict: 'proven', restoredTo: [target] },
  };
  const records = [...evidence.records, drill];
  expect(kindsOf({ records, ...more(restored) })).toEqual([]);
  expect(kindsOf({ records, ...more({ ...restored, bent: 'empty' }) })).toEqual(['untrue']);
  expect(kindsOf(more({ kind: 'delete.disk', subject: '/x/disks/db' }))).toEqual(['deleted']);
  expect(kindsOf(more({ kind: 'delete.disk', subject: '/x/disks/abd-1' }))).toEqual([]);
  expect(kindsOf(more({ kind: 'deleteItem', subject: '/x/items/docs01' }))).toContain('deleted');
  const scheduled: RunRecord = { ...drill, requestedBy: { source: 'schedule', key: 'morning' }, result: {} };
  expect(kindsOf({ records: [...evidence.records, scheduled] })).toEqual([]);
  const late = { ...scheduled, createdAt: '2026-08-22T10:22:00Z' };
  expect(kindsOf({ records: [...evidence.records, late] })).toEqual(['late']);
  expect(kindsOf({ throttled: 1 })).toEqual(['over budget']);
});
