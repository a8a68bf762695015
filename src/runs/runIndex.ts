import { createHash } from 'node:crypto';
import type { RowChange, RowPage, RowRange, Table } from '../storage/table.ts';
import { targetName, targetOf, type RunRecord, type RunStatus } from './run.ts';
import type { Target } from './request.ts';
import { runPartition, type RunState } from './runRow.ts';

/** The latest instant a row key can hold, in milliseconds: the year 2286. */
const endOfTime = 9_999_999_999_999;

/** Key of a run within a list: newer runs sort first. */
export const listKeyOf = ({ id, createdAt }: Pick<RunState, 'id' | 'createdAt'>): string =>
  `${String(endOfTime - Date.parse(createdAt)).padStart(13, '0')}-${id}`;

/** Id of the run that a list key names. */
export const runIdIn = (listKey: string): string => listKey.slice(14);

/** When the run that a list key names was made, ISO 8601 UTC. */
export const createdAtOf = (listKey: string): string =>
  new Date(endOfTime - Number(listKey.slice(0, 13))).toISOString();

const hashed = (name: string): string =>
  createHash('sha256').update(name.toLowerCase(), 'utf8').digest('hex').slice(0, 40);

const targetPlace = (name: string): string => `target-${hashed(name)}`;

/** The ARM ids under which a target is found: the resource itself, and for a share its account too. */
const namesOfTarget = (target: Target): readonly string[] =>
  'kind' in target && target.kind === 'fileShare'
    ? [target.storageAccountId, targetName(target)]
    : [targetName(target)];

/** The ARM ids under which a run is found; none for a run about many things. */
export function namesOfRun({ request }: Pick<RunState, 'request'>): readonly string[] {
  const target = targetOf(request);
  return target ? namesOfTarget(target) : [];
}

const statusPlaces = ({ status, kind }: Pick<RunState, 'status' | 'kind'>): readonly string[] => [
  `status-${status}`,
  `status-${status}-kind-${kind}`,
];

const lastingPlaces = (run: RunState): readonly string[] => [
  'all',
  `kind-${run.kind}`,
  ...namesOfRun(run).map(targetPlace),
  ...(run.batch === undefined ? [] : [`batch-${hashed(run.batch)}`]),
];

/** What a list of runs is narrowed to; all given members must match. `target` is an ARM id in any case. */
export interface RunFilter {
  readonly status?: RunStatus;
  readonly kind?: RunRecord['kind'];
  readonly target?: string;
  readonly batch?: string;
  /** What a running run waits for. */
  readonly waiting?: 'service' | 'limit';
  /** Inclusive bound of `createdAt`, ISO 8601 UTC. */
  readonly since?: string;
  /** Exclusive bound of `createdAt`, ISO 8601 UTC. */
  readonly until?: string;
}

/** The narrowest list that holds every run of a filter; what it does not narrow is compared row by row. */
function placeOf({ kind, target, batch, waiting, ...rest }: RunFilter): string {
  const status = waiting === undefined ? rest.status : 'running';
  if (batch !== undefined) return `batch-${hashed(batch)}`;
  if (target !== undefined) return targetPlace(target);
  if (status !== undefined) return kind === undefined ? `status-${status}` : `status-${status}-kind-${kind}`;
  return kind === undefined ? 'all' : `kind-${kind}`;
}

/** Stands between a list's name and a run's key; no run id holds it. */
const mark = '|';
/** The character after it: the end of a list. */
const afterMark = '}';

const rowKeyIn = (place: string, run: RunState): string => `${place}${mark}${listKeyOf(run)}`;

const entry = (place: string, run: RunState): RowChange => ({
  kind: 'insert',
  row: { partitionKey: runPartition, rowKey: rowKeyIn(place, run) },
});

/** Lists a new run everywhere it belongs. */
export const listedAnew = (run: RunState): readonly RowChange[] =>
  [...lastingPlaces(run), ...statusPlaces(run)].map((place) => entry(place, run));

/** Row keys of a run's places in lists. */
export const listedRows = (run: RunState): readonly string[] =>
  [...lastingPlaces(run), ...statusPlaces(run)].map((place) => rowKeyIn(place, run));

/** The first list key of runs made before an instant (ISO 8601 UTC). */
export const createdBefore = (instant: string): string => listKeyOf({ id: '', createdAt: instant });

/** Moves a run from the lists of its status to those of the next. */
export const movedOn = (run: RunState, next: RunState): readonly RowChange[] =>
  run.status === next.status
    ? []
    : [
        ...statusPlaces(next).map((place) => entry(place, next)),
        ...statusPlaces(run).map((place): RowChange => ({ kind: 'remove', rowKey: rowKeyIn(place, run) })),
      ];

/** One page of list keys, newest first. */
export interface ListPage {
  readonly listKeys: readonly string[];
  /** Absent after the last page. */
  readonly continuation?: string;
}

/** A key between the runs of an instant and those that are older. */
const keyBefore = (instant: string): string => String(endOfTime - Date.parse(instant) + 1).padStart(13, '0');

/** One page of the list that a filter is answered from. `from` is the first list key to read. */
export async function listPage(
  runs: Table,
  filter: RunFilter,
  { from = '', ...paging }: Pick<RowRange, 'from' | 'top' | 'continuation'>,
): Promise<ListPage> {
  const place = placeOf(filter);
  const { since, until } = filter;
  const newest = until === undefined ? '' : keyBefore(until);
  const range = {
    from: `${place}${mark}${from > newest ? from : newest}`,
    before: since === undefined ? `${place}${afterMark}` : `${place}${mark}${keyBefore(since)}`,
    ...paging,
  };
  const { rows, continuation }: RowPage = await runs.page(runPartition, range);
  const listKeys = rows.map(({ rowKey }) => rowKey.slice(place.length + mark.length));
  return { listKeys, ...(continuation === undefined ? {} : { continuation }) };
}
