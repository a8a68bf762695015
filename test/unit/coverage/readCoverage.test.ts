import { describe, expect, test } from 'vitest';
import { coverageCsv, csvField, csvOf } from '../../../src/coverage/csv.ts';
import {
  readHistory,
  readPage,
  readResource,
  readSummary,
  readVaults,
} from '../../../src/coverage/readCoverage.ts';
import {
  findRow,
  keepProof,
  listKeyOf,
  matches,
  pageOfRows,
  resourceHash,
  withProofs,
  type KeptRow,
} from '../../../src/coverage/rows.ts';
import type { CoverageRow } from '../../../src/coverage/schema.ts';
import { memoryTable } from '../../support/memoryStorage.ts';
import { diskId, disksVaultId, filesVaultId, subscriptionId } from '../../support/planWorld.ts';

const now = new Date('2026-11-29T12:00:00Z');
const rowOf = (name: string, differs: Partial<KeptRow> = {}): KeptRow => ({
  ...{ id: diskId(name), kind: 'disk', name, subscriptionId, resourceGroup: 'apps' },
  ...{ state: 'ok', since: '2026-11-01T00:00:00.000Z', reason: 'planted' },
  ...differs,
});

async function tableOf(...rows: readonly KeptRow[]) {
  const table = memoryTable('coverage');
  for (const row of rows) {
    const listKey = listKeyOf(row);
    await table.put({ partitionKey: 'now', rowKey: listKey, data: JSON.stringify(row) });
    await table.put({ partitionKey: 'now', rowKey: `id|${resourceHash(row.kind, row.id)}`, listKey });
  }
  return table;
}

describe('a filter', () => {
  const row = rowOf('data', { rule: 'Daily disks', vaultId: disksVaultId });

  test.each([
    [{}, true],
    [
      {
        state: 'ok',
        rule: 'daily DISKS',
        kind: 'disk',
        subscription: subscriptionId.toUpperCase(),
        vault: disksVaultId.toUpperCase(),
      },
      true,
    ],
    [{ state: 'late' }, false],
    [{ rule: 'daily' }, false],
    [{ kind: 'blobs' }, false],
    [{ subscription: '55555555-5555-4666-8777-888888888888' }, false],
    [{ vault: filesVaultId }, false],
  ])('%j', (filter, is) => {
    expect(matches(row, filter)).toBe(is);
  });

  test('by rule or vault passes over what has none', () => {
    expect([
      matches(rowOf('data'), { rule: 'daily' }),
      matches(rowOf('data'), { vault: disksVaultId }),
    ]).toEqual([false, false]);
  });
});

describe('pages', () => {
  test('go on after the last row, and end with the list', async () => {
    const table = await tableOf(...['a', 'b', 'c'].map((name) => rowOf(name)));
    const first = await pageOfRows(table, {}, { top: 2 });
    const second = await pageOfRows(table, {}, { top: 2, continuation: first.continuation });
    expect([first.rows.length, second.rows.length, second.continuation]).toEqual([2, 1, undefined]);
    expect([...first.rows, ...second.rows].map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
  });

  test('of one state do not run over into the next', async () => {
    const table = await tableOf(
      rowOf('down', { state: 'down' }),
      rowOf('failing', { state: 'failing' }),
      rowOf('ok'),
    );
    for (const state of ['down', 'failing', 'ok']) {
      const { rows, continuation } = await pageOfRows(table, { state }, { top: 5 });
      expect([rows.map(({ name }) => name), continuation]).toEqual([[state], undefined]);
    }
  });

  test('give up after fifty pages of storage that a filter passes over, and go on there', async () => {
    const empty = memoryTable('coverage');
    let asked: string[] = [];
    const table = {
      ...empty,
      page: (_partition: string, range?: { readonly from?: string; readonly top?: number }) => {
        asked = [...asked, range?.from ?? ''];
        const rowKey = `13|${String(asked.length).padStart(4, '0')}`;
        const row = { partitionKey: 'now', rowKey, data: JSON.stringify(rowOf('a')), etag: 'v' };
        return Promise.resolve({ rows: [row], continuation: 'more' });
      },
    };
    const page = await pageOfRows(table, { rule: 'none' }, { top: 1 });
    expect(page).toEqual({ rows: [], continuation: '13|0050' });
    expect([asked.length, asked[0], asked[1]]).toEqual([50, '', '13|0001!']);
  });
});

test('before the first read there is nothing, and it is not whole', async () => {
  expect(await readSummary(memoryTable())).toEqual({
    counts: {
      ...{ down: 0, failing: 0, neverBackedUp: 0, late: 0, protectionError: 0, notProtected: 0, stopped: 0 },
      ...{
        softDeleted: 0,
        orphan: 0,
        notEligible: 0,
        protectedOutsidePlan: 0,
        notSelected: 0,
        excluded: 0,
        ok: 0,
      },
    },
    total: 0,
    selected: 0,
    complete: false,
    incompleteReasons: ['The estate has not been read yet.'],
  });
});

describe('a page of coverage', () => {
  const summary = {
    counts: {},
    total: 1,
    selected: 1,
    readAt: '2026-11-29T11:00:00.000Z',
    complete: true,
    incompleteReasons: [],
  };

  test('says of each row when it was read: with the whole, unless it says otherwise', async () => {
    const table = await tableOf(
      rowOf('data'),
      rowOf('hidden', { readAt: '2026-11-28T11:00:00.000Z', state: 'down' }),
    );
    await table.put({ partitionKey: 'summary', rowKey: 'current', data: JSON.stringify(summary) });
    const page = await readPage(table, {}, { top: 1 });
    expect(page.value.map(({ readAt }) => readAt)).toEqual(['2026-11-28T11:00:00.000Z']);
    expect(page.summary).toEqual(summary);
    const next = await readPage(table, {}, { top: 5, continuation: page.continuation });
    expect([next.value.map(({ readAt }) => readAt), 'continuation' in next]).toEqual([
      ['2026-11-29T11:00:00.000Z'],
      false,
    ]);
  });

  test('tells of a read that goes on', async () => {
    const table = await tableOf();
    const progress = {
      readAt: '2026-11-29T12:00:00.000Z',
      plan: 'p',
      judged: 250,
      done: false,
      runsSince: '',
    };
    await table.put({ partitionKey: 'refresh', rowKey: 'current', data: JSON.stringify(progress) });
    expect((await readPage(table, {}, { top: 1 })).summary.refreshing).toEqual({
      startedAt: '2026-11-29T12:00:00.000Z',
      rows: 250,
    });
    await table.put({
      partitionKey: 'refresh',
      rowKey: 'current',
      data: JSON.stringify({ ...progress, done: true }),
    });
    expect((await readPage(table, {}, { top: 1 })).summary.refreshing).toBeUndefined();
  });
});

describe('one resource', () => {
  const changeAt = async (
    table: Awaited<ReturnType<typeof tableOf>>,
    at: string,
    state: string,
    name = 'data',
  ) => {
    const rowKey = `${resourceHash('disk', diskId(name))}|${String(9_999_999_999_999 - Date.parse(at)).padStart(13, '0')}`;
    await table.put({
      partitionKey: `change-${at.slice(0, 7)}`,
      rowKey,
      data: JSON.stringify({ at, state, reason: 'planted' }),
    });
  };

  test('has the changes of 400 days, newest first, and those of others not', async () => {
    const table = await tableOf(rowOf('data'));
    // 400 days before 29 November 2026 is 25 October 2025.
    await changeAt(table, '2025-09-30T23:59:59.000Z', 'down');
    await changeAt(table, '2025-10-31T12:00:00.000Z', 'late');
    await changeAt(table, '2026-11-01T00:00:00.000Z', 'ok');
    await changeAt(table, '2026-02-28T00:00:00.000Z', 'failing');
    await changeAt(table, '2026-11-02T00:00:00.000Z', 'down', 'other');
    const found = await readResource(table, diskId('DATA'), ['blobs', 'disk'], now);
    expect(found?.resource).toMatchObject({ name: 'data', state: 'ok', readAt: '' });
    expect(found?.history.map(({ at, state }) => `${at.slice(0, 10)} ${state}`)).toEqual([
      '2026-11-01 ok',
      '2026-02-28 failing',
      '2025-10-31 late',
    ]);
  });

  test('has the changes of the last month of 400 days also where that ends the day they begin', async () => {
    const table = await tableOf(rowOf('data'));
    await changeAt(table, '2025-10-31T18:00:00.000Z', 'late');
    // 400 days earlier is 31 October 2025 at noon.
    const found = await readResource(table, diskId('data'), ['disk'], new Date('2026-12-05T12:00:00Z'));
    expect(found?.history.map(({ state }) => state)).toEqual(['late']);
  });

  test('is unknown under another kind or id', async () => {
    const table = await tableOf(rowOf('data'));
    expect(await readResource(table, diskId('data'), ['blobs'], now)).toBeUndefined();
    expect(await readResource(table, diskId('other'), ['disk'], now)).toBeUndefined();
  });

  test('is found by id in any case; where the list has moved on, not at all', async () => {
    const table = await tableOf(rowOf('data'));
    expect((await findRow(table, 'disk', diskId('data').toUpperCase()))?.name).toBe('data');
    await table.remove('now', listKeyOf(rowOf('data')));
    expect(await findRow(table, 'disk', diskId('data'))).toBeUndefined();
  });
});

describe('the newest drill', () => {
  const proof = (at: string, verdict: 'proven' | 'notProven' = 'proven') =>
    ({ run: `run-${at}`, at, verdict }) as const;
  type Proof = Parameters<typeof keepProof>[2];
  const keep = (table: ReturnType<typeof memoryTable>, name: string, one: object) =>
    keepProof(table, diskId(name), one as Proof);
  const shown = async (table: ReturnType<typeof memoryTable>, ...names: readonly string[]) =>
    (
      await withProofs(
        table,
        names.map((name) => rowOf(name)),
      )
    ).map(({ name, drill }) => [name, drill?.at]);

  test('is shown with its resource, of one and of many', async () => {
    const table = memoryTable();
    await keep(table, 'data', proof('2026-11-02T00:00:00.000Z'));
    await keep(table, 'LOG', proof('2026-11-03T00:00:00.000Z'));
    expect(await shown(table)).toEqual([]);
    expect(await shown(table, 'data')).toEqual([['data', '2026-11-02T00:00:00.000Z']]);
    expect(await shown(table, 'log')).toEqual([['log', '2026-11-03T00:00:00.000Z']]);
    expect(await shown(table, 'data', 'other', 'log')).toEqual([
      ['data', '2026-11-02T00:00:00.000Z'],
      ['other', undefined],
      ['log', '2026-11-03T00:00:00.000Z'],
    ]);
  });

  test('is not put back by an older one that ends later', async () => {
    const table = memoryTable();
    await keep(table, 'data', proof('2026-11-02T00:00:00.000Z'));
    await keep(table, 'data', proof('2026-11-01T00:00:00.000Z'));
    expect(await shown(table, 'data')).toEqual([['data', '2026-11-02T00:00:00.000Z']]);
    await keep(table, 'data', proof('2026-11-03T00:00:00.000Z'));
    expect(await shown(table, 'data')).toEqual([['data', '2026-11-03T00:00:00.000Z']]);
  });

  test('is written in spite of four others that come between, and not of five', async () => {
    const rivals = async (count: number) => {
      const table = memoryTable();
      let left = count;
      const insert: typeof table.insert = (row) =>
        left-- > 0 ? Promise.resolve({ kind: 'conflict' }) : table.insert(row);
      await keepProof({ ...table, insert }, diskId('data'), proof('2026-11-02T00:00:00.000Z') as Proof);
      return shown(table, 'data');
    };
    expect(await rivals(4)).toEqual([['data', '2026-11-02T00:00:00.000Z']]);
    await expect(rivals(5)).rejects.toThrow(
      `The proof of ${diskId('data')} is written all the time by others.`,
    );
  });
});

test('a history has each of the last days, oldest first, those without a whole read empty', async () => {
  const table = memoryTable();
  for (const date of ['2026-11-26', '2026-11-28', '2026-11-29'])
    await table.put({
      partitionKey: 'day',
      rowKey: date,
      data: JSON.stringify({ date, kinds: { disk: { ok: 1 } } }),
    });
  expect(await readHistory(table, 3, now)).toEqual({
    days: [
      { date: '2026-11-27', kinds: {} },
      { date: '2026-11-28', kinds: { disk: { ok: 1 } } },
      { date: '2026-11-29', kinds: { disk: { ok: 1 } } },
    ],
  });
});

test('vaults are shown as they were last read', async () => {
  const table = memoryTable();
  for (const name of ['b', 'a'])
    await table.put({ partitionKey: 'vault', rowKey: name, data: JSON.stringify({ name }) });
  expect(await readVaults(table)).toEqual({ value: [{ name: 'a' }, { name: 'b' }] });
});

describe('rows as comma-separated values', () => {
  const whole: CoverageRow = {
    ...{ id: '/disks/data', kind: 'disk', name: 'data', subscriptionId: 'sub', resourceGroup: 'apps' },
    ...{ region: 'westeurope', state: 'late', since: '2026-11-01', reason: 'old', serviceWords: 'words' },
    ...{ advice: 'look', rule: 'daily', excludedBy: 'entry', vaultId: '/v', policyId: '/p', itemId: '/i' },
    expect: { every: 'P1D', grace: 'PT6H', from: 'rule' },
    lastGoodPoint: { at: '2026-10-31', tier: 'VaultStore', expiresAt: '2026-12-01', source: 'jobs' },
    keptUntil: '2026-12-02',
    lastRun: { id: 'run-1', kind: 'backUp', status: 'failed', createdAt: '2026-10-30' },
    nextOccurrence: { at: '2026-11-03', schedule: 'nightly' },
    drill: {
      ...{ run: 'run-2', at: '2026-11-02T01:00:00Z', verdict: 'proven', pointAt: '2026-11-02T00:59:00.400Z' },
      ...{ restoreSeconds: 900, reason: 'checked' },
    },
    readAt: '2026-11-29',
  };

  test('have a column for everything that a row says', () => {
    expect(csvOf([whole])).toBe(
      'id,kind,name,subscription,resourceGroup,region,state,since,reason,serviceWords,advice,rule,excludedBy,vault,policy,' +
        'item,expectEvery,expectGrace,lastGoodPoint,pointTier,pointExpires,pointSource,keptUntil,lastRun,lastRunStatus,' +
        'nextOccurrence,lastDrill,drillVerdict,drillPoint,drillPointAgeSeconds,drillRestoreSeconds,drillReason,drillRun,readAt\r\n' +
        '/disks/data,disk,data,sub,apps,westeurope,late,2026-11-01,old,words,look,daily,entry,/v,/p,' +
        '/i,P1D,PT6H,2026-10-31,VaultStore,2026-12-01,jobs,2026-12-02,run-1,failed,' +
        '2026-11-03,2026-11-02T01:00:00Z,proven,2026-11-02T00:59:00.400Z,60,900,checked,run-2,2026-11-29\r\n',
    );
  });

  test('leave empty what a row does not say', () => {
    const [, line] = csvOf([{ ...rowOf('data'), readAt: '2026-11-29' }]).split('\r\n');
    expect(line).toBe(
      `${diskId('data')},disk,data,${subscriptionId},apps,,ok,2026-11-01T00:00:00.000Z,planted${','.repeat(25)}2026-11-29`,
    );
  });

  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@cmd', "'@cmd"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    ['1=1', '1=1'],
    ['a\nb', '"a\nb"'],
    ['a,b', '"a,b"'],
    ['say "so"', '"say ""so"""'],
  ])('%j is written %j', (text, field) => {
    expect(csvField(text)).toBe(field);
  });

  test('say in headers what the summary says, and where the next page is', () => {
    const summary = { counts: {} as never, total: 0, selected: 0, complete: false, incompleteReasons: [] };
    const contentType = 'text/csv; charset=utf-8';
    expect(coverageCsv({ value: [], summary }, undefined)).toMatchObject({
      status: 200,
      headers: { 'content-type': contentType, 'x-coverage-complete': 'false' },
    });
    const read = { ...summary, complete: true, readAt: '2026-11-29T11:00:00.000Z' };
    expect(coverageCsv({ value: [], summary: read }, '/api/coverage?continuation=x').headers).toEqual({
      'content-type': contentType,
      'x-coverage-complete': 'true',
      'x-coverage-read-at': '2026-11-29T11:00:00.000Z',
      link: '</api/coverage?continuation=x>; rel="next"',
    });
    expect(Object.keys(coverageCsv({ value: [], summary }, undefined).headers)).toEqual([
      'content-type',
      'x-coverage-complete',
    ]);
  });
});
