import { createHash } from 'node:crypto';
import type { Table } from '../storage/table.ts';
import type { RunFilter } from './listRuns.ts';
import { targetOf } from './planRequest.ts';
import type { Target } from './request.ts';
import type { RunState } from './runRow.ts';

/** The latest instant a row key can hold, in milliseconds: the year 2286. */
const endOfTime = 9_999_999_999_999;

/** Row key under which a run is listed: newer runs sort first. */
export const listKeyOf = ({ id, createdAt }: Pick<RunState, 'id' | 'createdAt'>): string =>
  `${String(endOfTime - Date.parse(createdAt)).padStart(13, '0')}-${id}`;

/** Id of the run that a row key lists. */
export const runIdIn = (listKey: string): string => listKey.slice(14);

const hashed = (name: string): string =>
  createHash('sha256').update(name.toLowerCase(), 'utf8').digest('hex').slice(0, 40);

const targetPlace = (name: string): string => `target-${hashed(name)}`;

/** The ARM ids under which a target is found: the resource itself, and for a share its account too. */
function namesOfTarget(target: Target): readonly string[] {
  if ('id' in target) return [target.id];
  switch (target.kind) {
    case 'fileShare':
      return [
        target.storageAccountId,
        `${target.storageAccountId}/fileServices/default/shares/${target.share}`,
      ];
    case 'virtualMachine':
      return [target.virtualMachineId];
    case 'workload':
      return [`${target.vaultId}/${target.container}/${target.database}`];
    case 'disk':
    case 'blobs':
      return [target.datasourceId];
  }
}

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

/** The narrowest partition that holds every run of a filter; what it does not narrow is compared row by row. */
export function placeOf({ status, kind, target, batch }: RunFilter): string {
  if (batch !== undefined) return `batch-${hashed(batch)}`;
  if (target !== undefined) return targetPlace(target);
  if (status !== undefined) return kind === undefined ? `status-${status}` : `status-${status}-kind-${kind}`;
  return kind === undefined ? 'all' : `kind-${kind}`;
}

/** Lists a new run everywhere it belongs. Repeating it changes nothing. */
export async function putIndex(index: Table, run: RunState): Promise<void> {
  const rowKey = listKeyOf(run);
  const places = [...lastingPlaces(run), ...statusPlaces(run)];
  await Promise.all(places.map((partitionKey) => index.put({ partitionKey, rowKey })));
}

/** Takes a run out of every list: only for a run row that was never written. */
export async function dropIndex(index: Table, run: RunState): Promise<void> {
  const places = [...lastingPlaces(run), ...statusPlaces(run)];
  await Promise.all(places.map((place) => index.remove(place, listKeyOf(run))));
}

/** Lists a run under its status. */
export async function putStatusIndex(index: Table, run: RunState): Promise<void> {
  await Promise.all(
    statusPlaces(run).map((partitionKey) => index.put({ partitionKey, rowKey: listKeyOf(run) })),
  );
}

/** Takes a run from the lists of a status it has left. */
export async function dropStatusIndex(index: Table, run: RunState): Promise<void> {
  await Promise.all(statusPlaces(run).map((place) => index.remove(place, listKeyOf(run))));
}
