import { beforeEach, describe, expect, test } from 'vitest';
import type { BatchItem, BatchServices } from '../../../src/batches/batchItem.ts';
import { addItems, itemKey, itemsOf } from '../../../src/batches/batchItem.ts';
import { describeBatch, reportBatch } from '../../../src/batches/reportBatch.ts';
import { writeSummary, type SweepSummary } from '../../../src/batches/sweepSummary.ts';
import { acceptRun } from '../../../src/runs/acceptRun.ts';
import { finishRun } from '../../../src/runs/finishRun.ts';
import type { BatchRequest, RunStatus } from '../../../src/runs/run.ts';
import { findRun, type RunState } from '../../../src/runs/runRow.ts';
import { batchDesk, batchRun, type BatchDesk } from '../../support/batchDesk.ts';
import { shareOf } from '../../support/planWorld.ts';

const ended = (target: string, status: RunStatus, more: Partial<BatchItem> = {}): BatchItem => ({
  ...{ key: itemKey(target), state: 'ended', target, status },
  ...more,
});
const error = (code: string) => ({ code, message: `${code} it is.` });
const skipped = (target: string, code: string): BatchItem => ended(target, 'skipped', { error: error(code) });

const batchOf = (of: BatchRequest['of']): Partial<RunState> => ({
  request: { kind: 'batch', of, options: {}, concurrency: 5 },
});
const schedule = batchOf({ kind: 'schedule', schedule: 'nightly', dueAt: '2026-08-22T02:00:00.000Z' });
const gateOfRule = batchOf({ kind: 'rule', rule: 'disks' });
const sweep = (dryRun = false): Partial<RunState> => ({ request: { kind: 'sweep', dryRun } });

let batch: BatchDesk;
let services: BatchServices;

beforeEach(async () => {
  batch = await batchDesk([]);
  ({ services } = batch);
});

async function carried(items: readonly BatchItem[], differs: Partial<RunState>): Promise<RunState> {
  const run = batchRun(differs);
  await addItems(services.batchItems, itemsOf(run), items);
  await batch.carry(run);
  return run;
}

async function reported(items: readonly BatchItem[], differs: Partial<RunState> = {}) {
  const { id: runId } = await carried(items, differs);
  const ending = await reportBatch(services, { runId, generation: 1 });
  const report = (await findRun(services.runs, runId))?.run.report;
  if (!report) throw new Error('the run has no report');
  return { ending, report };
}

describe('a batch ends', () => {
  const failed = (message: string) => ({ status: 'failed', error: { code: 'BatchPartlyFailed', message } });

  test.each<readonly [string, readonly BatchItem[], Partial<RunState>, object]>([
    [
      'completed where all are',
      [ended('a', 'completed'), ended('b', 'completed')],
      {},
      { status: 'completed' },
    ],
    [
      'completed where some were skipped',
      [ended('a', 'completed'), skipped('b', 'ProtectionStopped')],
      {},
      { status: 'completed' },
    ],
    [
      'with warnings where one has',
      [ended('a', 'completed'), ended('b', 'completedWithWarnings')],
      {},
      { status: 'completedWithWarnings' },
    ],
    [
      'failed where one is',
      [ended('a', 'completed'), ended('b', 'failed')],
      {},
      failed('1 of 2 did not end well.'),
    ],
    [
      'failed where one has no ending',
      [ended('a', 'timedOut'), ended('b', 'unknown')],
      {},
      failed('2 of 2 did not end well.'),
    ],
    [
      'failed before cancelled',
      [ended('a', 'failed'), ended('b', 'cancelled')],
      {},
      failed('1 of 2 did not end well.'),
    ],
    [
      'cancelled where one is',
      [ended('a', 'completed'), ended('b', 'cancelled')],
      {},
      { status: 'cancelled', error: { code: 'RunCancelled', message: '1 of 2 were cancelled.' } },
    ],
    [
      'cancelled where it was asked to, though all had ended',
      [ended('a', 'completed')],
      { cancelRequestedAt: '2026-08-22T02:01:00.000Z' },
      { status: 'cancelled', error: { code: 'RunCancelled', message: '0 of 1 were cancelled.' } },
    ],
    [
      'skipped where a schedule has found every item so',
      [skipped('a', 'ProtectionStopped')],
      schedule,
      { status: 'skipped', error: { code: 'AllSkipped', message: 'Every item was skipped.' } },
    ],
    [
      'skipped where a schedule has found nothing',
      [],
      schedule,
      { status: 'skipped', error: { code: 'NothingSelected', message: 'There was nothing to do.' } },
    ],
    ['completed where a sweep has found nothing', [], sweep(), { status: 'completed' }],
    [
      'completed where a sweep has skipped all',
      [skipped('a', 'DailyLimit')],
      sweep(),
      { status: 'completed' },
    ],
  ])('%s', async (_what, items, differs, ending) => {
    expect((await reported(items, differs)).ending).toEqual(ending);
  });

  describe('as a gate', () => {
    test.each<readonly [string, readonly BatchItem[], Partial<RunState>, object]>([
      [
        'failed where nothing was selected',
        [],
        gateOfRule,
        { status: 'failed', error: { code: 'NothingSelected', message: 'There was nothing to do.' } },
      ],
      [
        'failed where every target was skipped',
        [skipped('a', 'ProtectionStopped')],
        {},
        { status: 'failed', error: { code: 'AllSkipped', message: 'Every item was skipped.' } },
      ],
      [
        'failed where a daily limit kept one from being begun',
        [ended('a', 'completed'), skipped('b', 'DailyLimit'), skipped('c', 'ProtectionStopped')],
        gateOfRule,
        failed('1 of 3 did not end well.'),
      ],
    ])('%s', async (_what, items, differs, ending) => {
      expect((await reported(items, differs)).ending).toEqual(ending);
    });

    test('a schedule that meets a daily limit comes again, and is no gate', async () => {
      const items = [ended('a', 'completed'), skipped('b', 'DailyLimit')];
      expect((await reported(items, schedule)).ending).toEqual({ status: 'completed' });
    });
  });
});

describe('the report of a batch', () => {
  test('counts, and tells the middle and the longest duration', async () => {
    const lasting = (target: string, seconds: number) =>
      ended(target, 'completed', {
        startedAt: '2026-08-22T02:00:00.000Z',
        endedAt: new Date(Date.parse('2026-08-22T02:00:00.000Z') + seconds * 1000).toISOString(),
      });
    batch.desk.pass(2);
    const { report } = await reported([
      ...[
        lasting('a', 100),
        lasting('b', 9),
        lasting('c', 30),
        skipped('d', 'DailyLimit'),
        skipped('e', 'DailyLimit'),
      ],
      ...[skipped('f', 'WindowClosed'), { key: itemKey('g'), state: 'planned', target: 'g' } as const],
    ]);
    expect(report.counts).toEqual({ total: 7, completed: 3, skipped: 3, waiting: 1 });
    expect(report.report).toEqual({
      ...{ seconds: 120, medianSeconds: 30, longestSeconds: 100 },
      skipped: { DailyLimit: 2, WindowClosed: 1 },
    });
    expect('wouldDo' in report).toBe(false);
  });

  test('tells no durations where nothing has run', async () => {
    const { report } = await reported([skipped('a', 'DailyLimit')]);
    expect(report.report).toEqual({ seconds: 0, skipped: { DailyLimit: 1 } });
  });

  test('names what did not go well, the worst first, with its run and its words', async () => {
    const { report } = await reported([
      ...[skipped('skipped', 'DailyLimit'), ended('cancelled', 'cancelled'), ended('timedOut', 'timedOut')],
      ...[
        ended('unknown', 'unknown'),
        ended('failed', 'failed', { run: 'r'.repeat(40), error: error('UserErrorX') }),
      ],
      ...[ended('warned', 'completedWithWarnings'), ended('completed', 'completed')],
    ]);
    expect(report.failures).toEqual([
      { target: 'failed', status: 'failed', run: 'r'.repeat(40), error: error('UserErrorX') },
      { target: 'unknown', status: 'unknown' },
      { target: 'timedOut', status: 'timedOut' },
      { target: 'cancelled', status: 'cancelled' },
      { target: 'skipped', status: 'skipped', error: error('DailyLimit') },
    ]);
  });

  test('names fifty failures', async () => {
    const { report } = await reported(Array.from({ length: 51 }, (_, at) => ended(`vm-${at}`, 'failed')));
    expect([report.failures.length, report.counts['failed']]).toEqual([50, 51]);
  });

  test('names fewer where fifty are too long for a column: the counts stay whole', async () => {
    const long = { code: 'X', message: 'x'.repeat(1000) };
    const { report } = await reported(
      Array.from({ length: 60 }, (_, at) => ended(`vm-${at}`, 'failed', { error: long })),
    );
    expect([report.failures.length, report.counts['failed']]).toEqual([25, 60]);
    expect(JSON.stringify(report).length).toBeLessThan(30_001);
  });
});

describe('the report of a sweep', () => {
  const summary = (count: number, words = ''): SweepSummary => {
    const list = <T>(of: (at: number) => T) => Array.from({ length: count }, (_, at) => of(at));
    return {
      ...{ counts: { protected: 7, missing: 2 }, pages: 3, accountsListed: 4, accountsDoneTo: 'z' },
      drift: list((at) => ({ target: `t${at}`, item: 'i', rule: 'r', reason: `its policy is ${words}` })),
      notEligible: list((at) => ({ target: `n${at}`, rule: 'r', reason: `NFS ${words}` })),
      protectedOutsidePlan: list((at) => ({ target: `p${at}`, item: 'i', reason: `no rule ${words}` })),
      orphans: list((at) => ({ item: `o${at}`, source: `s ${words}`, vault: 'v' })),
      unreadable: list((at) => `account ${at}`),
      warnings: ['nothing seen'],
    };
  };
  async function swept(found: SweepSummary, items: readonly BatchItem[] = [], dryRun = false) {
    await writeSummary(services.batchItems, itemsOf(batchRun()), found);
    return (await reported(items, sweep(dryRun))).report;
  }

  test('tells what was found, and the first fifty of each kind', async () => {
    const { report } = await swept(summary(51));
    expect(report).toMatchObject({
      ...{ found: { protected: 7, missing: 2 }, pages: 3, accountsListed: 4, warnings: ['nothing seen'] },
      ...{
        drift: { count: 51 },
        orphans: { count: 51 },
        notEligible: { count: 51 },
        protectedOutsidePlan: { count: 51 },
      },
    });
    const firsts = ['drift', 'orphans', 'notEligible', 'protectedOutsidePlan'].map(
      (kind) => (report[kind] as { first: readonly object[] }).first.length,
    );
    expect(firsts).toEqual([50, 50, 50, 50]);
    expect(report['unreadable']).toEqual(Array.from({ length: 10 }, (_, at) => `account ${at}`));
  });

  test('lists fewer where they are too long for a column', async () => {
    const { report } = await swept(summary(50, 'x'.repeat(400)));
    const lists = ['drift', 'orphans', 'notEligible', 'protectedOutsidePlan'].map(
      (kind) => report[kind] as { count: number; first: readonly object[] },
    );
    expect(lists.map(({ count, first }) => [count, first.length])).toEqual([
      [50, 12],
      [50, 12],
      [50, 12],
      [50, 12],
    ]);
  });

  test('of a dry run tells what would be protected, how, and where the rest stands', async () => {
    const policyId = '/vaults/v/backupPolicies/daily';
    const told = (target: string): BatchItem => ({
      ...skipped(target, 'DryRun'),
      ...{ rule: 'shares', request: { kind: 'protect', target: shareOf('papers01', target), policyId } },
    });
    const report = await swept(summary(0), [told('docs'), skipped('other', 'DailyLimit')], true);
    expect(report).toMatchObject({
      wouldDo: [{ target: 'docs', rule: 'shares', policyId }],
      nextLink: `/api/runs/${batchRun().id}/items`,
      failures: [{ target: 'other' }],
    });
    expect(report.failures).toHaveLength(1);
  });
});

describe('a batch that goes on', () => {
  test('is told as its children stand, though it has not looked yet', async () => {
    const target = shareOf('papers01', 'docs');
    const run = await carried([], {});
    const part = { batch: run.id, item: 'item-a' };
    const accept = async (item: string) =>
      (await acceptRun(services.runs, { kind: 'backUp', target }, run.requestedBy, { ...part, item })).run.id;
    const [over, going] = [await accept('item-a'), await accept('item-b')];
    const failure = { code: 'UserErrorX', message: 'It is full.' };
    const { generation = 1 } = (await findRun(services.runs, over))?.run ?? {};
    await finishRun(services.runs, {
      runId: over,
      generation,
      ending: { status: 'failed', warnings: [], error: failure },
    });
    const started = (name: string, child: string): BatchItem => ({
      key: itemKey(name),
      state: 'started',
      target: name,
      run: child,
    });
    await addItems(services.batchItems, itemsOf(run), [
      started('a', over),
      started('b', going),
      started('c', 'lost'),
      ended('d', 'completed'),
    ]);
    const told = await describeBatch({ batchItems: services.batchItems, runs: services.runs.runs }, run);
    expect(told).toEqual({
      counts: { total: 4, failed: 1, running: 2, completed: 1 },
      failures: [{ target: 'a', status: 'failed', run: over, error: failure }],
    });
  });

  test('tells nothing once it has its report or its ending, and where it is none', async () => {
    const tables = { batchItems: services.batchItems, runs: services.runs.runs };
    const report = { counts: { total: 0 }, failures: [], report: {} };
    expect(await describeBatch(tables, batchRun({ report }))).toBeUndefined();
    expect(await describeBatch(tables, batchRun({ status: 'failed' }))).toBeUndefined();
    const single = batchRun({ request: { kind: 'backUp', target: shareOf('papers01', 'docs') } });
    expect(await describeBatch(tables, single)).toBeUndefined();
    expect(await describeBatch(tables, batchRun(sweep()))).toEqual({ counts: { total: 0 }, failures: [] });
  });
});

test('a run that is not there has no report', async () => {
  await expect(reportBatch(services, { runId: 'none', generation: 1 })).rejects.toThrow(
    'There is no run none.',
  );
});
