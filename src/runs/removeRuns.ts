import type { RowChange } from '../storage/table.ts';
import { createdBefore, listedRows, listPage, runIdIn } from './runIndex.ts';
import {
  findRun,
  forgottenRow,
  hasEnded,
  runPartition,
  instanceIdOf,
  type RunState,
  type StoredRun,
} from './runRow.ts';
import type { RunServices } from './runServices.ts';

/** What records that are over are removed with. */
export interface RemovalServices extends RunServices {
  /** `KEEP_RECORDS_DAYS`. */
  readonly keepRecordsDays: number;
  /** Removes what lies elsewhere about a run: steps, watches, items. Harmless to repeat. */
  readonly removeParts: (run: RunState) => Promise<void>;
  /** Removes the history of one ended instance; a missing one is fine, a running one is left alone. */
  readonly purge: (instanceId: string) => Promise<void>;
}

const dayMs = 86_400_000;
/** Runs removed in one go; the next tick goes on. */
const mostAtOnce = 200;
const together = 5;

/** A run that nobody has closed is kept: a person must still look. */
const isOver = (run: RunState, cutoff: string): boolean =>
  hasEnded(run.status) && run.status !== 'unknown' && run.endedAt !== undefined && run.endedAt < cutoff;

/**
 * Removes runs that ended longer ago than records are kept, at most 200 at once: first their histories and all that lies
 * elsewhere, then in one write the record and its places in the lists. What remains is a mark that holds the key's id.
 *
 * @returns how many were removed.
 */
export async function removeRuns(services: RemovalServices): Promise<number> {
  const cutoff = new Date(services.clock().getTime() - services.keepRecordsDays * dayMs).toISOString();
  const due = await dueRuns(services, cutoff);
  for (let begin = 0; begin < due.length; begin += together)
    await Promise.all(due.slice(begin, begin + together).map((stored) => remove(services, stored)));
  return due.length;
}

async function dueRuns(services: RemovalServices, cutoff: string): Promise<readonly StoredRun[]> {
  const due: StoredRun[] = [];
  let continuation: string | undefined;
  do {
    // Newest first: of a batch the children go before it.
    const paging = { top: mostAtOnce, ...(continuation === undefined ? {} : { continuation }) };
    const page = await listPage(services.runs, {}, { from: createdBefore(cutoff), ...paging });
    const runs = await Promise.all(page.listKeys.map((key) => findRun(services, runIdIn(key))));
    due.push(
      ...runs.filter((stored) => stored !== undefined && isOver(stored.run, cutoff)).map((one) => one!),
    );
    continuation = page.continuation;
  } while (continuation !== undefined && due.length < mostAtOnce);
  return due.slice(0, mostAtOnce);
}

/** Items that one shard of a batch holds at most; fewer where some had ended before they were dealt out. */
const shardItems = 100;

/** The flows of a run, those of a batch's shards first: the platform leaves children behind. */
function* instancesOf({ id, generation, report }: RunState): Generator<string> {
  const shards = report ? Math.ceil(report.counts.total / shardItems) : 0;
  for (let one = 1; one <= generation; one++) {
    for (let shard = 1; shard <= shards; shard++) yield `${instanceIdOf(id, one)}-${shard}`;
    yield instanceIdOf(id, one);
  }
}

async function remove(services: RemovalServices, { run, etag }: StoredRun): Promise<void> {
  for (const instanceId of instancesOf(run)) await services.purge(instanceId);
  await services.removeParts(run);
  await forget(services, run, etag);
}

/** Marks the run's id as used and takes the run from its lists; the list of all comes last, by which it is found again. */
async function forget({ runs }: RemovalServices, run: RunState, etag: string): Promise<void> {
  const lists = listedRows(run);
  const mark: RowChange = { kind: 'replace', row: forgottenRow(run), etag };
  const marked = await runs.writeTogether(runPartition, [
    mark,
    ...lists.map((rowKey): RowChange => ({ kind: 'remove', rowKey })),
  ]);
  if (marked.kind === 'written') return;
  // Another instance is at the same work, or a place is missing.
  const [all = '', ...others] = lists;
  for (const rowKey of others) await runs.remove(runPartition, rowKey);
  await runs.writeTogether(runPartition, [mark, { kind: 'remove', rowKey: all }]);
}

/** Days after the end of a run until its key is taken for a new one. */
const keyDays = 400;

/** Removes marks of keys that nobody has asked for again, the last of a key first. Reads the whole table. */
export async function removeForgotten({ runs, clock }: Pick<RunServices, 'runs' | 'clock'>): Promise<void> {
  const before = new Date(clock().getTime() - keyDays * dayMs).toISOString();
  let continuation: string | undefined;
  do {
    const paging = continuation === undefined ? {} : { continuation };
    const page = await runs.scan({ column: 'forgotten', before, ...paging });
    for (const { rowKey, next } of page.rows)
      if (!(await runs.read(runPartition, String(next)))) await runs.remove(runPartition, rowKey);
    continuation = page.continuation;
  } while (continuation !== undefined);
}
