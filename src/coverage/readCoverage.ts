import type * as z from 'zod';
import { everyRow, type StoredRow, type Table } from '../storage/table.ts';
import { refreshingNow } from './refreshState.ts';
import {
  findRow,
  pageOfRows,
  resourceHash,
  changePartition,
  withProofs,
  type KeptRow,
  type CoverageFilter,
} from './rows.ts';
import {
  coverageStateSchema,
  type coverageHistorySchema,
  type coveragePageSchema,
  type coverageResourceSchema,
  type CoverageRow,
  type CoverageState,
  type CoverageSummary,
  type stateChangeSchema,
  type vaultsSchema,
} from './schema.ts';

const dayMilliseconds = 86_400_000;
/** How long changes of state and days are kept. */
export const historyDays = 400;

const jsonOf = <T>(row: StoredRow): T => JSON.parse(String(row['data'])) as T;

const nothingRead = (): CoverageSummary => ({
  counts: Object.fromEntries(coverageStateSchema.options.map((state) => [state, 0])) as Record<
    CoverageState,
    number
  >,
  total: 0,
  selected: 0,
  complete: false,
  incompleteReasons: ['The estate has not been read yet.'],
});

/** What the last finished read found. */
export async function readSummary(table: Table): Promise<CoverageSummary> {
  const row = await table.read('summary', 'current');
  return row ? jsonOf<CoverageSummary>(row) : nothingRead();
}

/** A row that says nothing of its own time was read with the last whole read. */
const shown = (row: KeptRow, { readAt = '' }: CoverageSummary): CoverageRow => ({
  ...row,
  readAt: row.readAt ?? readAt,
});

/** One page, worst and oldest first; `continuation` where there is more. */
export async function readPage(
  table: Table,
  filter: CoverageFilter,
  paging: { readonly top: number; readonly continuation?: string | undefined },
): Promise<Omit<z.infer<typeof coveragePageSchema>, 'nextLink'> & { readonly continuation?: string }> {
  const refreshing = await refreshingNow(table);
  const summary = { ...(await readSummary(table)), ...(refreshing && { refreshing }) };
  const { rows, continuation } = await pageOfRows(table, filter, paging);
  return {
    value: (await withProofs(table, rows)).map((row) => shown(row, summary)),
    summary,
    ...(continuation === undefined ? {} : { continuation }),
  };
}

type StateChange = z.infer<typeof stateChangeSchema>;

function monthsBack(now: Date): readonly Date[] {
  const first = new Date(now.getTime() - historyDays * dayMilliseconds);
  const months: Date[] = [];
  for (let at = now; at >= first || at.getUTCMonth() === first.getUTCMonth();) {
    months.push(at);
    at = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 0));
    if (months.length > 14) break;
  }
  return months;
}

async function changesOf(table: Table, hash: string, now: Date): Promise<readonly StateChange[]> {
  const pages = await Promise.all(
    monthsBack(now).map((month) =>
      table.page(changePartition(month), { from: `${hash}|`, before: `${hash}}` }),
    ),
  );
  const changes = pages.flatMap(({ rows }) => rows.map((row) => jsonOf<StateChange>(row)));
  return changes.sort((one, other) => (one.at < other.at ? 1 : -1));
}

/** A resource with the changes of its state, newest first; undefined for an id that no read has seen. */
export async function readResource(
  table: Table,
  id: string,
  kinds: readonly string[],
  now: Date,
): Promise<z.infer<typeof coverageResourceSchema> | undefined> {
  for (const kind of kinds) {
    const row = await findRow(table, kind, id);
    if (!row) continue;
    const [proven = row] = await withProofs(table, [row]);
    const history = await changesOf(table, resourceHash(kind, row.id), now);
    return { resource: shown(proven, await readSummary(table)), history: [...history] };
  }
  return undefined;
}

type Day = z.infer<typeof coverageHistorySchema>['days'][number];

/** The last days, oldest first, today among them. */
export async function readHistory(
  table: Table,
  days: number,
  now: Date,
): Promise<z.infer<typeof coverageHistorySchema>> {
  const dates = Array.from({ length: days }, (_, back) =>
    new Date(now.getTime() - (days - 1 - back) * dayMilliseconds).toISOString().slice(0, 10),
  );
  const { rows } = await table.page('day', { from: dates[0] ?? '', top: 1000 });
  const kept = new Map(rows.map((row) => [row.rowKey, jsonOf<Day>(row)]));
  return { days: dates.map((date) => kept.get(date) ?? { date, kinds: {} }) };
}

/** Every vault as it was last read. */
export async function readVaults(table: Table): Promise<z.infer<typeof vaultsSchema>> {
  const rows = await everyRow(table, 'vault');
  return { value: rows.map((row) => jsonOf<z.infer<typeof vaultsSchema>['value'][number]>(row)) };
}
