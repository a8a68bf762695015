import { idKey } from '../arm/resourceId.ts';
import type { DrillThing } from '../runs/request.ts';
import type { DrillEntry, DrillProof, WebhookQuestion, WebhookVerdict } from '../runs/activities.ts';
import type { Table } from '../storage/table.ts';
import { addCleanUp, changeCleanUp, findCleanUp, removeCleanUp, type CleanUpRow } from './cleanUpRow.ts';

type Post = (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<number>;

/** Asks a webhook once. Whoever answers late is asked again with the same body: `run` tells one question from another. */
export async function askWebhook(post: Post, { url, ...question }: WebhookQuestion): Promise<WebhookVerdict> {
  try {
    const headers = { 'content-type': 'application/json', 'idempotency-key': question.run };
    const status = await post(url, headers, JSON.stringify(question));
    if (status === 200 || status === 204) return 'good';
    return status === 422 ? 'bad' : 'none';
  } catch {
    return 'none';
  }
}

/** What the activity writes to. */
export interface DrillRecordServices {
  readonly clock: () => Date;
  readonly drillCleanUps: Table;
  /** Counts a restore against the daily limit of its item. @returns why it may not begin; undefined when it may. */
  readonly countRestore: (itemId: string, run: string) => Promise<string | undefined>;
  /** Shows the newest proof of a resource. */
  readonly keepProof: (resourceId: string, proof: DrillProof) => Promise<void>;
}

/** A restore may be parked by a daily limit, then run for a day, and nobody may be able to follow it. */
const longestComingMs = 3 * 86_400_000;
/** Until the next look at what is kept from being deleted, or may still come: more and more rarely. */
const againMs = 15 * 60_000;
const mostRarelyMs = 6 * 3_600_000;
const pauseMs = ({ attempts }: CleanUpRow): number => Math.min(againMs * 2 ** attempts, mostRarelyMs);
const mostTries = 10;

/** Changes the row as it is now; nothing happens to a row that is gone. */
async function change(
  { drillCleanUps }: DrillRecordServices,
  run: string,
  changed: (row: CleanUpRow) => Partial<CleanUpRow> | 'remove',
): Promise<void> {
  for (let tries = 0; tries < mostTries; tries++) {
    const held = await findCleanUp(drillCleanUps, run);
    if (!held) return;
    const next = changed(held.row);
    if (next === 'remove') return removeCleanUp(drillCleanUps, run);
    if (await changeCleanUp(drillCleanUps, held, next)) return;
  }
  throw new Error(`The clean-up row of run ${run} is written all the time by others.`);
}

const later = ({ clock }: DrillRecordServices, milliseconds: number): string =>
  new Date(clock().getTime() + milliseconds).toISOString();

async function plan(
  services: DrillRecordServices,
  run: string,
  things: readonly DrillThing[],
): Promise<void> {
  const known = await findCleanUp(services.drillCleanUps, run);
  if (known && things.every(({ id }) => known.row.things.some((one) => idKey(one.id) === idKey(id)))) return;
  if (known) return change(services, run, (row) => ({ things: [...row.things, ...things] }));
  await addCleanUp(services.drillCleanUps, {
    ...{ run, things, isSettled: false, attempts: 0, left: [] },
    mayComeUntil: later(services, longestComingMs),
    nextAt: later(services, 0),
  });
}

/** Writes what a drill has come to. @returns why a restore may not begin, of a note that asks; else nothing. */
export async function recordDrill(services: DrillRecordServices, note: DrillEntry): Promise<string | null> {
  const now = services.clock().toISOString();
  switch (note.moment) {
    case 'begun':
      return (await services.countRestore(note.itemId, note.run)) ?? null;
    case 'planned':
      await plan(services, note.run, note.things);
      break;
    case 'settled':
      await change(services, note.run, () => ({ isSettled: true }));
      break;
    case 'cleaned':
      await change(services, note.run, (row) =>
        note.left.length === 0 && (row.isSettled || now >= row.mayComeUntil)
          ? 'remove'
          : { left: note.left, nextAt: later(services, pauseMs(row)) },
      );
      break;
    case 'proved':
      await services.keepProof(note.resourceId, note.proof);
  }
  return null;
}
