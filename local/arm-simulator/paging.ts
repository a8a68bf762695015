import type { ArmReply } from './exchange.ts';
import { json } from './replies.ts';
import type { Call } from './core.ts';

/** How a service writes its lists. */
interface PagingStyle {
  /** Data Protection writes `nextLink: null` on the last page; Recovery Services leaves it out. */
  readonly nullNextLink?: boolean;
  /** Rows per page where the settings name none; absent: one page. */
  readonly defaultPageSize?: number;
}

/**
 * A list answer, cut into pages of the settings' size; `nextLink` repeats the question with a `$skipToken`.
 *
 * Pages are offsets into the rows as they are when asked, so rows that vanish in between shift later pages, as the
 * real lists do.
 */
export function listReply(call: Call, rows: readonly unknown[], style: PagingStyle = {}): ArmReply {
  return writtenList(call, rows, (row) => row, style);
}

/** {@link listReply} of rows that are written out only where their page is asked for. */
export function writtenList<T>(
  call: Call,
  rows: readonly T[],
  write: (row: T) => unknown,
  style: PagingStyle = {},
): ArmReply {
  const shown = cutRows(call, rows);
  const size = call.core.settings.pageSize ?? style.defaultPageSize ?? Math.max(1, shown.length);
  const from = Number(call.url.searchParams.get('$skipToken') ?? 0);
  const shift =
    call.faults.some((fault) => fault.kind === 'list' && fault.variant === 'shift') && from > 0 ? 1 : 0;
  const next = from + shift + size;
  const value = shown.slice(from + shift, next).map(write);
  if (next < shown.length) return json(200, { value, nextLink: nextLink(call, next) });
  return json(200, style.nullNextLink === true ? { value, nextLink: null } : { value });
}

function cutRows<T>(call: Call, rows: readonly T[]): readonly T[] {
  for (const fault of call.faults) {
    if (fault.kind !== 'list') continue;
    if (fault.variant === 'cut') return rows.slice(0, fault.rows);
    if (fault.variant === 'empty') return [];
  }
  return rows;
}

function nextLink(call: Call, next: number): string {
  const url = new URL(call.url);
  url.searchParams.set('$skipToken', String(next));
  return url.toString();
}

/** Milliseconds that a `stale` list fault puts the clock of a list back; 0 without one. */
export function staleness(call: Call): number {
  for (const fault of call.faults)
    if (fault.kind === 'list' && fault.variant === 'stale') return fault.seconds * 1000;
  return 0;
}
