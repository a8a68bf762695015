import { acceptRun, startAccepted, startRun } from '../runs/acceptRun.ts';
import type { ShardInput, ShardProgress } from '../runs/activities.ts';
import { shardIdOf } from '../runs/run.ts';
import { findRun, hasEnded, placeOfRun, type RunState } from '../runs/runRow.ts';
import {
  itemsOf,
  listItems,
  rowOfItem,
  type BatchItem,
  type StoredItem,
  type BatchServices,
} from './batchItem.ts';
import { chargesOf, takeCharges } from './dailyLimits.ts';

/** Children looked at or started together. */
const atOnce = 10;
/** Children wake their shard; a look on the timer only makes up for what was lost. */
const leastWaitSeconds = 300;

async function inGroups<T, R>(all: readonly T[], act: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let begin = 0; begin < all.length; begin += atOnce) {
    results.push(...(await Promise.all(all.slice(begin, begin + atOnce).map(act))));
  }
  return results;
}

const nothing: ShardProgress = { open: 0, waitSeconds: 0 };

/**
 * One look at a shard: settles children that have ended, starts further ones up to the limit. Idempotent: a child is
 * accepted once, whoever asks.
 */
export async function advanceShard(services: BatchServices, input: ShardInput): Promise<ShardProgress> {
  const stored = await findRun(services.runs, input.runId);
  if (!stored || stored.run.generation !== input.generation || hasEnded(stored.run.status)) return nothing;
  const { run } = stored;
  const items = await listItems(services.batchItems, itemsOf(run), input.shard);
  const started = items.filter(({ item }) => item.state === 'started');
  const settled = (await inGroups(started, (one) => settle(services, run, one))).filter(Boolean).length;
  const planned = items.filter(({ item }) => item.state === 'planned');
  const running = started.length - settled;
  const ended = await beginSome(services, run, planned, input, input.concurrency - running);
  const open = running + planned.length - ended;
  return { open, waitSeconds: Math.max(leastWaitSeconds, services.minimumPollSeconds) };
}

const write = async (
  { batchItems }: BatchServices,
  run: RunState,
  { etag }: StoredItem,
  item: BatchItem,
): Promise<void> => void (await batchItems.replace(rowOfItem(itemsOf(run), item), etag));

/** Copies the ending of a child into its item. @returns whether it has one. */
async function settle(services: BatchServices, batch: RunState, stored: StoredItem): Promise<boolean> {
  const { item } = stored;
  const child = item.run === undefined ? undefined : (await findRun(services.runs, item.run))?.run;
  if (!child) return false;
  if (!hasEnded(child.status)) {
    if (batch.cancelRequestedAt !== undefined) await services.cancelChild(child.id, batch.cancelRequestedBy);
    return false;
  }
  const { status, error, endedAt } = child;
  await write(services, batch, stored, {
    ...item,
    state: 'ended',
    status,
    endedAt: endedAt ?? services.clock().toISOString(),
    ...(error ? { error: { code: error.code, message: error.message.slice(0, 500) } } : {}),
  });
  return true;
}

type Refusal = { readonly status: 'skipped' | 'cancelled'; readonly code: string; readonly message: string };

/** Why an item is not begun any more; undefined when it may be. */
async function whyNotBegun(
  services: BatchServices,
  batch: RunState,
  item: BatchItem,
): Promise<Refusal | undefined> {
  const now = services.clock();
  const { request, cancelRequestedAt } = batch;
  if (cancelRequestedAt !== undefined) {
    return { status: 'cancelled', code: 'RunCancelled', message: 'The batch was cancelled.' };
  }
  const notAfter = request.kind === 'batch' ? request.notAfter : undefined;
  if (notAfter !== undefined && now > new Date(notAfter)) {
    return { status: 'skipped', code: 'WindowClosed', message: `The window closed at ${notAfter}.` };
  }
  // A child that is there already was charged when it was begun.
  const reached = item.request && (await takeCharges(services.dailyCounters, now, chargesOf(item.request)));
  return (
    reached && {
      status: 'skipped',
      code: 'DailyLimit',
      message: `daily limit: the service takes ${reached.limit} ${reached.what} a day for ${reached.scope}`,
    }
  );
}

/**
 * A child that was accepted before its item could say so: a crash came between. It is carried like any other, whatever
 * keeps further ones from being begun.
 */
async function resume(services: BatchServices, batch: RunState, stored: StoredItem): Promise<boolean> {
  const { item } = stored;
  const { found: child } = await placeOfRun(services.runs, batch.requestedBy, item.key);
  if (!child) return false;
  await startRun(services.runs, child.run.id);
  const startedAt = child.run.createdAt;
  await write(services, batch, stored, { ...item, state: 'started', run: child.run.id, startedAt });
  return true;
}

async function begin(
  services: BatchServices,
  batch: RunState,
  stored: StoredItem,
  { generation, number }: ShardInput,
): Promise<'started' | 'ended'> {
  const { item } = stored;
  const at = services.clock().toISOString();
  const refusal = await whyNotBegun(services, batch, item);
  if (refusal && (await resume(services, batch, stored))) return 'started';
  if (refusal || !item.request) {
    const { status = 'skipped', ...error } = refusal ?? {};
    await write(services, batch, stored, {
      ...item,
      state: 'ended',
      status,
      endedAt: at,
      ...('code' in error ? { error } : {}),
    });
    return 'ended';
  }
  const shard = number === undefined ? {} : { shard: shardIdOf(batch.id, generation, number) };
  const part = { batch: batch.id, item: item.key, ...shard };
  const acceptance = await acceptRun(services.runs, item.request, batch.requestedBy, part);
  await startAccepted(services.runs, acceptance);
  const { run } = acceptance;
  await write(services, batch, stored, { ...item, state: 'started', run: run.id, startedAt: at });
  return 'started';
}

/** Begins items one after the other until the limit is reached: counters and their refusals stay in order. @returns how many ended unbegun. */
async function beginSome(
  services: BatchServices,
  batch: RunState,
  planned: readonly StoredItem[],
  input: ShardInput,
  free: number,
): Promise<number> {
  let [started, ended] = [0, 0];
  for (const stored of planned) {
    if (started >= free && batch.cancelRequestedAt === undefined) break;
    if ((await begin(services, batch, stored, input)) === 'started') started += 1;
    else ended += 1;
  }
  return ended;
}
