import { idKey } from '../arm/resourceId.ts';
import type { Failure } from '../arm/call.ts';
import type { DrillThing } from '../runs/request.ts';
import type { LeftOver } from '../runs/activities.ts';
import type { RunGeneration } from '../runs/run.ts';
import type { RunServices } from '../runs/runServices.ts';
import { findRun, hasEnded } from '../runs/runRow.ts';
import type { SendObstacle } from '../steps/step.ts';
import { columnsOf, everyRow, membersOf, type Row, type StoredRow, type Table } from '../storage/table.ts';

/** What the watchdog of clean-ups acts through. */
export interface CleanUpServices {
  readonly clock: () => Date;
  readonly runs: RunServices;
  readonly drillCleanUps: Table;
  /** For a person: something of a drill is left. */
  readonly alert: (message: string, run: string) => void;
}

/**
 * What a drill has made or may still make. Written before any of it exists, worked until it is empty, and then removed:
 * nothing is ever deleted that is not named here. Instants are ISO 8601 UTC.
 */
export interface CleanUpRow {
  /** The run whose drill it is. */
  readonly run: string;
  readonly things: readonly DrillThing[];
  /** Until then something may still appear: a restore that nobody could follow may end late. */
  readonly mayComeUntil: string;
  /** The restore has ended or was never begun: nothing will appear any more. */
  readonly isSettled: boolean;
  /** Clean-up runs begun so far, the last of them, and when the next may begin. */
  readonly attempts: number;
  readonly cleanUpRun?: string;
  readonly nextAt: string;
  readonly left: readonly LeftOver[];
}

/** A row with the ETag under which it was read. */
export interface HeldCleanUp {
  readonly row: CleanUpRow;
  readonly etag: string;
}

const partition = 'open';
const structured = ['things', 'left'];

const rowOf = ({ run, ...members }: CleanUpRow): Row => ({
  ...columnsOf(members, structured),
  ...{ partitionKey: partition, rowKey: run },
});

function heldOf({ partitionKey: _, rowKey, etag, ...columns }: StoredRow): HeldCleanUp {
  return { row: { ...membersOf(columns, structured), run: rowKey } as unknown as CleanUpRow, etag };
}

/** The clean-up of a run's drill; undefined when there is nothing left of it to clean up. */
export async function findCleanUp(table: Table, run: string): Promise<HeldCleanUp | undefined> {
  const stored = await table.read(partition, run);
  return stored && heldOf(stored);
}

/** Every clean-up that is not done. */
export async function listCleanUps(table: Table): Promise<readonly HeldCleanUp[]> {
  const rows = await everyRow(table, partition);
  return rows.map(heldOf);
}

/** Writes a row that is not there yet; one that is stays as it is. */
export const addCleanUp = async (table: Table, row: CleanUpRow): Promise<void> =>
  void (await table.insert(rowOf(row)));

/** Writes a change under the ETag that was read. @returns whether nobody else has written meanwhile. */
export async function changeCleanUp(
  table: Table,
  { row, etag }: HeldCleanUp,
  change: Partial<CleanUpRow>,
): Promise<boolean> {
  return (await table.replace(rowOf({ ...row, ...change }), etag)).kind === 'written';
}

/** Forgets a clean-up: everything in it is shown to be gone. */
export const removeCleanUp = async (table: Table, run: string): Promise<void> =>
  void (await table.remove(partition, run));

const refused = (message: string, advice?: string): SendObstacle => {
  const failure: Failure = { code: 'DrillNotAllowed', message, class: 'ours', ...(advice ? { advice } : {}) };
  return { kind: 'refused', failure };
};

/** What a drill's restores and deletions are let out by. */
export interface DrillGate {
  readonly runs: Table;
  readonly drillCleanUps: Table;
  /** `RESTORE_DRILLS`. */
  readonly mayDrill: boolean;
}

/**
 * What keeps a restore, or what is made, tagged and deleted for one, from being sent now: the setting, the run's own row and the
 * clean-up row. Nothing that came with the flow is believed. Asked before every send, however long the step was parked.
 *
 * @param thing what would be made, tagged or deleted; absent for a restore.
 */
export async function whyNotDrill(
  { runs, drillCleanUps, mayDrill }: DrillGate,
  { runId, generation }: RunGeneration,
  thing: string | undefined,
): Promise<SendObstacle | undefined> {
  if (!mayDrill) return refused('This deployment restores nothing.', 'Set RESTORE_DRILLS to true.');
  const run = (await findRun({ runs }, runId))?.run;
  const { request } = run ?? {};
  const isDrill = request?.kind === 'drill' && request.dryRun !== true;
  const isCleanUp = request?.kind === 'cleanUp' && thing !== undefined;
  if (!run || !(isDrill || isCleanUp)) return refused('No run asks for this.');
  if (hasEnded(run.status)) return refused(`The run has ended: ${run.status}.`);
  if (generation > run.generation) return refused('No run asks for this.');
  // The flow that goes on orders the step again, and is answered then.
  if (generation < run.generation) return { kind: 'later', reason: 'Another flow carries this run now.' };
  const held = await findCleanUp(drillCleanUps, request?.kind === 'cleanUp' ? request.run : run.id);
  if (!held) return refused('There is no clean-up row for this run.');
  const isNamed = thing === undefined || held.row.things.some(({ id }) => idKey(id) === idKey(thing));
  return isNamed ? undefined : refused('The clean-up row does not name it.');
}
