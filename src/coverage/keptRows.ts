import { createHash } from 'node:crypto';
import type { RowChange, StoredRow, Table } from '../storage/table.ts';
import { type Expectation } from './expectation.ts';
import { durationMilliseconds } from './policies.ts';
import { keptRow, listKeyOf, nowPartition, resourceHash, changePartition, type KeptRow } from './rows.ts';
import type { CoverageState } from './schema.ts';
import type { Level } from './verdict.ts';

/** What a refresh remembers of a row that is there: enough to compare, to age and to move it; not the whole text. */
export interface Prior {
  readonly listKey: string;
  readonly id: string;
  readonly kind: KeptRow['kind'];
  readonly state: CoverageState;
  readonly since: string;
  readonly level: Level;
  readonly digest: string;
  /** When its points were last listed, ISO 8601 UTC. */
  readonly checkedAt?: string;
  readonly point?: KeptRow['lastGoodPoint'];
  readonly lastRun?: KeptRow['lastRun'];
  readonly expect?: Expectation;
}

/** What is written of a resource. */
export interface NextRow {
  readonly row: KeptRow;
  readonly level: Level;
  readonly checkedAt?: string;
}

/** A change that somebody may want to hear of, as it waits to be told. */
export interface Unsent {
  readonly event: 'late' | 'down' | 'failing' | 'unprotected' | 'ok';
  readonly row: Pick<
    KeptRow,
    | 'id'
    | 'kind'
    | 'name'
    | 'state'
    | 'since'
    | 'reason'
    | 'serviceWords'
    | 'advice'
    | 'rule'
    | 'vaultId'
    | 'lastGoodPoint'
  >;
}

const digestOf = (text: string): string =>
  createHash('sha1').update(text, 'utf8').digest('base64url').slice(0, 16);

/** The hash of a resource in its list key. */
export const hashIn = (listKey: string): string => listKey.slice(-40);

function priorOf(stored: StoredRow): Prior {
  const row = keptRow(stored);
  const checkedAt = stored['checkedAt'];
  return {
    listKey: stored.rowKey,
    id: row.id,
    kind: row.kind,
    state: row.state,
    since: row.since,
    level: String(stored['level']) as Level,
    digest: digestOf(String(stored['data'])),
    ...(typeof checkedAt === 'string' && { checkedAt }),
    ...(row.lastGoodPoint && { point: row.lastGoodPoint }),
    ...(row.lastRun && { lastRun: row.lastRun }),
    ...(row.expect && { expect: keptExpectation(row.expect) }),
  };
}

const keptExpectation = ({ every, grace, from }: NonNullable<KeptRow['expect']>): Expectation => ({
  everyMs: durationMilliseconds(every) ?? 0,
  graceMs: durationMilliseconds(grace) ?? 0,
  from,
});

/** Every row there is, by the hash of its resource. */
export async function readPriors(table: Table): Promise<Map<string, Prior>> {
  const priors = new Map<string, Prior>();
  let from = '';
  for (;;) {
    const page = await table.page(nowPartition, { from, before: ':', top: 1000 });
    for (const row of page.rows) priors.set(hashIn(row.rowKey), priorOf(row));
    const last = page.rows.at(-1);
    if (page.continuation === undefined || !last) return priors;
    from = `${last.rowKey}!`;
  }
}

/** Changes that go together: a resource takes at most four. */
const mostTogether = 96;

/** Writes rows as they are judged, a hundred changes at a time, and keeps the priors in step. */
export interface RowWriter {
  put(next: NextRow, untold: Unsent | undefined): Promise<void>;
  remove(hash: string): Promise<void>;
  flush(): Promise<void>;
}

/** @param readAt the instant of the refresh, ISO 8601 UTC: a repeated refresh writes the same keys. */
export function createRowWriter(table: Table, priors: Map<string, Prior>, readAt: string): RowWriter {
  let changes: RowChange[] = [];
  let history: RowChange[] = [];
  // Together no row may be written twice.
  const pending = new Set<string>();
  const month = changePartition(new Date(readAt));

  // Batches are written one after the other; what comes meanwhile goes into the next.
  let writing = Promise.resolve();
  function flush(): Promise<void> {
    const [nowChanges, nowHistory] = [changes, history];
    [changes, history] = [[], []];
    pending.clear();
    writing = writing.then(async () => {
      // History first: a crash in between repeats the same keys.
      if (nowHistory.length > 0) await table.writeTogether(month, nowHistory);
      if (nowChanges.length > 0) await writeAll(table, nowChanges);
    });
    return writing;
  }

  return {
    flush,
    async put(next, untold) {
      const hash = resourceHash(next.row.kind, next.row.id);
      const prior = priors.get(hash);
      const written = rowOf(next);
      if (
        prior?.listKey === written.rowKey &&
        prior.digest === digestOf(String(written['data'])) &&
        prior.level === next.level &&
        prior.checkedAt === next.checkedAt
      )
        return;
      const full = pending.has(hash) ? flush() : undefined;
      pending.add(hash);
      changes.push({ kind: 'put', row: written });
      if (prior?.listKey !== written.rowKey) {
        if (prior) changes.push({ kind: 'remove', rowKey: prior.listKey });
        changes.push({ kind: 'put', row: placeOf(hash, written.rowKey) });
      }
      if (prior?.state !== next.row.state)
        history.push({ kind: 'put', row: changeOf(hash, next.row, month, readAt) });
      if (untold) changes.push({ kind: 'put', row: unsentRow(hash, untold, readAt) });
      priors.set(hash, priorOf({ ...written, etag: '' }));
      await (changes.length >= mostTogether ? flush() : full);
    },
    async remove(hash) {
      const prior = priors.get(hash);
      if (!prior) return;
      const full = pending.has(hash) ? flush() : undefined;
      pending.add(hash);
      changes.push({ kind: 'remove', rowKey: prior.listKey }, { kind: 'remove', rowKey: `id|${hash}` });
      priors.delete(hash);
      await (changes.length >= mostTogether ? flush() : full);
    },
  };
}

/** A removal of what an earlier attempt has removed refuses the whole: then each is made by itself. */
async function writeAll(table: Table, changes: readonly RowChange[]): Promise<void> {
  const answer = await table.writeTogether(nowPartition, changes);
  if (answer.kind === 'written') return;
  for (const change of changes) {
    if (change.kind === 'remove') await table.remove(nowPartition, change.rowKey);
    else await table.put(change.row);
  }
}

const rowOf = ({ row, level, checkedAt }: NextRow): StoredRow => ({
  partitionKey: nowPartition,
  rowKey: listKeyOf(row),
  data: JSON.stringify(row),
  level,
  ...(checkedAt === undefined ? {} : { checkedAt }),
  etag: '',
});

const placeOf = (hash: string, listKey: string) => ({
  partitionKey: nowPartition,
  rowKey: `id|${hash}`,
  listKey,
});

/** The latest instant a row key can hold: newer changes sort first. */
const endOfTime = 9_999_999_999_999;

const changeOf = (hash: string, { state, reason }: KeptRow, month: string, readAt: string) => ({
  partitionKey: month,
  rowKey: `${hash}|${String(endOfTime - Date.parse(readAt)).padStart(13, '0')}`,
  data: JSON.stringify({ at: readAt, state, reason }),
});

const unsentRow = (hash: string, untold: Unsent, readAt: string) => ({
  partitionKey: nowPartition,
  rowKey: `untold|${String(Date.parse(readAt)).padStart(13, '0')}|${hash}`,
  data: JSON.stringify(untold),
});
