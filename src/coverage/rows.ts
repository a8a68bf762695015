import { createHash } from 'node:crypto';
import { idKey, sameId } from '../arm/resourceId.ts';
import { everyRow, type StoredRow, type Table } from '../storage/table.ts';
import { coverageStateSchema, type CoverageRow, type CoverageState } from './schema.ts';

/** What rows are narrowed to; all given members must match, ids and names without case. */
export interface CoverageFilter {
  readonly state?: string | undefined;
  readonly rule?: string | undefined;
  readonly kind?: string | undefined;
  readonly subscription?: string | undefined;
  readonly vault?: string | undefined;
}

/** Partition of what is true now: rows of resources, worst and oldest first, and a place for each by its id. */
export const nowPartition = 'now';

/** What names a resource: kind and id, without case. */
export const resourceHash = (kind: string, id: string): string =>
  createHash('sha256')
    .update(`${kind}|${idKey(id)}`, 'utf8')
    .digest('hex')
    .slice(0, 40);

const rankOf = (state: CoverageState): string =>
  String(coverageStateSchema.options.indexOf(state)).padStart(2, '0');

/** Key of a resource in the list of all: by state, then by how long it has been so. */
export const listKeyOf = ({
  kind,
  id,
  state,
  since,
}: Pick<CoverageRow, 'kind' | 'id' | 'state' | 'since'>): string =>
  `${rankOf(state)}|${String(Date.parse(since)).padStart(13, '0')}|${resourceHash(kind, id)}`;

/** A row as it is kept: without the time of reading where that is the last whole read's. */
export type KeptRow = Omit<CoverageRow, 'readAt'> & { readonly readAt?: string };

/** Reads a row of the list. */
export const keptRow = (row: StoredRow): KeptRow => JSON.parse(String(row['data'])) as KeptRow;

const sameText = (one: string | undefined, other: string): boolean =>
  one?.toLowerCase() === other.toLowerCase();

/** Whether a row is within a filter. */
export function matches(row: KeptRow, { state, rule, kind, subscription, vault }: CoverageFilter): boolean {
  return (
    (state === undefined || row.state === state) &&
    (rule === undefined || sameText(row.rule, rule)) &&
    (kind === undefined || row.kind === kind) &&
    (subscription === undefined || sameText(row.subscriptionId, subscription)) &&
    (vault === undefined || sameId(row.vaultId, vault))
  );
}

/** One page of rows, worst and oldest first. */
export interface KeptPage {
  readonly rows: readonly KeptRow[];
  /** List key of the last row seen; absent after the last page. */
  readonly continuation?: string;
}

/** Pages of storage that are read for one answer when a filter passes rows over: 50,000 rows. */
const mostPages = 50;
const endOfList = ':';

/** Reads a page. A filter by state reads that part of the list alone. */
export async function pageOfRows(
  table: Table,
  filter: CoverageFilter,
  { top, continuation }: { readonly top: number; readonly continuation?: string | undefined },
): Promise<KeptPage> {
  const rank = filter.state === undefined ? undefined : rankOf(filter.state as CoverageState);
  const before = rank === undefined ? endOfList : `${rank}}`;
  const rows: KeptRow[] = [];
  // '!' sorts before every character of a key: the first key after the last one seen.
  let from = continuation === undefined ? (rank ?? '') : `${continuation}!`;
  for (let pages = 0; pages < mostPages; pages++) {
    const page = await table.page(nowPartition, { from, before, top: 1000 });
    for (const stored of page.rows) {
      const row = keptRow(stored);
      if (matches(row, filter)) rows.push(row);
      from = `${stored.rowKey}!`;
      if (rows.length === top) return { rows, continuation: stored.rowKey };
    }
    if (page.continuation === undefined) return { rows };
  }
  return { rows, continuation: from.slice(0, -1) };
}

/** The row of one resource, whichever kind an id has. */
export async function findRow(table: Table, kind: string, id: string): Promise<KeptRow | undefined> {
  const place = await table.read(nowPartition, `id|${resourceHash(kind, id)}`);
  const row = place && (await table.read(nowPartition, String(place['listKey'])));
  return row && keptRow(row);
}

/** Partition of the month in which a change was seen: what is too old goes month by month. */
export const changePartition = (at: Date): string => `change-${at.toISOString().slice(0, 7)}`;

/** The newest drill of a resource, as its row shows it. */
type Proof = NonNullable<CoverageRow['drill']>;

/** Proofs have a partition of their own: a refresh that goes on writes rows as it has read them. */
const partition = 'drill';
const mostTries = 5;

const keyOf = (resourceId: string): string =>
  createHash('sha256').update(idKey(resourceId), 'utf8').digest('hex').slice(0, 40);

/** Keeps a proof, unless a newer one is kept already. */
export async function keepProof(table: Table, resourceId: string, proof: Proof): Promise<void> {
  const rowKey = keyOf(resourceId);
  for (let tries = 0; tries < mostTries; tries++) {
    const row = await table.read(partition, rowKey);
    if (row && String(row['at']) > proof.at) return;
    const next = { partitionKey: partition, rowKey, at: proof.at, data: JSON.stringify(proof) };
    const written = row ? await table.replace(next, row.etag) : await table.insert(next);
    if (written.kind === 'written') return;
  }
  throw new Error(`The proof of ${resourceId} is written all the time by others.`);
}

/** Gives rows the newest drill of their resource; one row costs one read, many a list of all proofs. */
export async function withProofs<Row extends { readonly id: string }>(
  table: Table,
  rows: readonly Row[],
): Promise<(Row & { drill?: Proof })[]> {
  const [first, second] = rows;
  if (!first) return [];
  const one = second ? {} : { from: keyOf(first.id), before: `${keyOf(first.id)}!` };
  const stored = await everyRow(table, partition, one);
  const proofs = new Map(stored.map((row) => [row.rowKey, JSON.parse(String(row['data'])) as Proof]));
  return rows.map((row) => {
    const drill = proofs.get(keyOf(row.id));
    return drill ? { ...row, drill } : row;
  });
}
