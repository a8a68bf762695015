import type { RuntimeStatus } from './instanceRecord.ts';
import type { InstanceFilter } from './management.ts';

const STATUSES: readonly RuntimeStatus[] = [
  'Pending',
  'Running',
  'Suspended',
  'Completed',
  'Failed',
  'Terminated',
];
const FINISHED: readonly RuntimeStatus[] = ['Completed', 'Failed', 'Terminated'];

/**
 * Reads the filter of a list. What cannot be read is dropped, and a filter without anything left matches everything.
 *
 * @returns `dropped` names what was not understood.
 */
export function readListFilter(query: URLSearchParams): {
  filter: InstanceFilter;
  dropped: readonly string[];
} {
  const words = statusWords(query);
  const statuses = readStatuses(words, STATUSES);
  const prefix = query.get('instanceIdPrefix');
  const dates = ['createdTimeFrom', 'createdTimeTo'].filter(
    (name) => query.get(name) && readTime(query, name) === undefined,
  );
  const filter = { ...times(query), ...some(statuses), ...(prefix ? { idPrefix: prefix } : {}) };
  return {
    filter,
    dropped: [...dates, ...words.filter((word) => readStatuses([word], STATUSES).length === 0)],
  };
}

/** Reads the filter of a purge; undefined when the obligatory `createdTimeFrom` is missing or unreadable. */
export function readPurgeFilter(query: URLSearchParams): { filter: InstanceFilter } | undefined {
  if (readTime(query, 'createdTimeFrom') === undefined) return undefined;
  return { filter: { ...times(query), ...some(readStatuses(statusWords(query), FINISHED)) } };
}

const statusWords = (query: URLSearchParams): string[] =>
  (query.get('runtimeStatus') ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

const readStatuses = (words: readonly string[], known: readonly RuntimeStatus[]): RuntimeStatus[] =>
  known.filter((status) => words.some((word) => word.toLowerCase() === status.toLowerCase()));

const some = (statuses: readonly RuntimeStatus[]): Pick<InstanceFilter, 'statuses'> =>
  statuses.length === 0 ? {} : { statuses };

function times(query: URLSearchParams): Pick<InstanceFilter, 'createdFrom' | 'createdTo'> {
  const from = readTime(query, 'createdTimeFrom');
  const to = readTime(query, 'createdTimeTo');
  return {
    ...(from === undefined ? {} : { createdFrom: from }),
    ...(to === undefined ? {} : { createdTo: to }),
  };
}

function readTime(query: URLSearchParams, name: string): number | undefined {
  const at = Date.parse(query.get(name) ?? '');
  return Number.isNaN(at) ? undefined : at;
}
