import { idKey } from '../arm/resourceId.ts';
import { EstateUnreadable } from '../estate/askArm.ts';
import type { Plan } from '../plan/schema.ts';
import type { CoverageServices } from './refreshState.ts';
import type { Gathered } from './gatherEstate.ts';
import { unsentOf, type Judge, type Sighting } from './judgeCase.ts';
import type { Prior, RowWriter } from './keptRows.ts';
import { readNewestPoint } from './readPoints.ts';
import { newer } from './readVault.ts';
import { keptRow, nowPartition, resourceHash, type KeptRow } from './rows.ts';
import type { CoverageRow } from './schema.ts';
import { isBetter, levelOf, verdictOfAge } from './verdict.ts';

/** One invocation's part of a refresh. */
export interface Refresh {
  readonly services: CoverageServices;
  readonly plan: Plan;
  readonly gathered: Gathered;
  readonly judge: Judge;
  readonly priors: Map<string, Prior>;
  readonly writer: RowWriter;
  readonly readAt: Date;
  /** When the last finished read began; absent: the first read of all, the ground that later ones are compared with. */
  readonly lastReadAt?: string;
  readonly runs: ReadonlyMap<string, CoverageRow['lastRun']>;
  /** Hashes of resources that are there or protected. */
  readonly seen: Set<string>;
  /** Protections that a case has been made of, by the key of the item. */
  readonly used: Set<string>;
  /** What could not be read; with any the read is not whole. */
  readonly problems: string[];
}

/** A list of points is read again after this, however silent the cheaper lists are. */
const checkAgainMs = 24 * 3_600_000;
const restingOnAge = ['late', 'down', 'failing', 'neverBackedUp'];
const resting = [...restingOnAge, 'stopped', 'orphan', 'protectedOutsidePlan'];

/** Whether the points themselves must be read: a bad verdict rests on them, and so does what is kept of what is gone. */
function needsPoints({ readAt }: Refresh, state: string, prior: Prior | undefined): boolean {
  if (!resting.includes(state)) return false;
  if (prior?.state !== state || prior.checkedAt === undefined) return true;
  return Date.parse(prior.checkedAt) + checkAgainMs <= readAt.getTime();
}

type Prepared = ReturnType<Judge['prepare']> & { readonly checkedAt?: string };

/** The case with the newest point as its own list has it; blind where that cannot be read. */
async function withPoints(refresh: Refresh, prepared: Prepared): Promise<Prepared> {
  const { one, policy } = prepared;
  if (!one.by) return prepared;
  try {
    const found = await readNewestPoint(refresh.services.estate, one.by, policy?.continuous ?? false);
    const { point: known, ...facts } = one.facts;
    // A job that has just ended may be ahead of the list of points; what was kept from earlier reads is not.
    const point = newer(found, known?.source === 'recoveryPoints' ? undefined : known);
    const checkedAt = refresh.readAt.toISOString();
    return { ...prepared, one: { ...one, facts: { ...facts, ...(point && { point }) } }, checkedAt };
  } catch (error) {
    if (!(error instanceof EstateUnreadable)) throw error;
    refresh.problems.push(`${one.by.itemId}: ${error.message}`);
    return { ...prepared, isBlind: true };
  }
}

const hadProtection = ({ state }: Prior): boolean =>
  state !== 'notProtected' && state !== 'notSelected' && state !== 'excluded';

/** Judges one resource and writes its row where that has changed. */
export async function judgeOne(refresh: Refresh, sighting: Sighting): Promise<void> {
  const { judge, priors, seen, used } = refresh;
  const hash = resourceHash(sighting.candidate.kind, sighting.candidate.id);
  seen.add(hash);
  for (const { itemId } of sighting.protections) used.add(idKey(itemId));
  const prior = priors.get(hash);
  let prepared: Prepared = judge.prepare(sighting, prior);
  // What protects it may lie in what could not be read.
  if (prepared.isBlind && !prepared.one.by && prior && hadProtection(prior)) return ageOne(refresh, prior);
  let verdict = judge.verdictOf(prepared);
  if (prepared.one.by && needsPoints(refresh, verdict.state, prior)) {
    prepared = await withPoints(refresh, prepared);
    verdict = judge.verdictOf(prepared);
  }
  // Lists that could not be read are silent about everything: without the points that proves nothing.
  if (prepared.isBlind && prepared.checkedAt === undefined && restingOnAge.includes(verdict.state)) {
    return prior && ageOne(refresh, prior);
  }
  const { row, level } = judge.rowOf(prepared, verdict, prior);
  const lastRun = lastRunOf(refresh, row, prior);
  const checkedAt = prepared.checkedAt ?? prior?.checkedAt;
  await write(
    refresh,
    { row: { ...row, ...(lastRun && { lastRun }) }, level, ...(checkedAt && { checkedAt }) },
    prior,
  );
}

const lastRunOf = ({ runs }: Refresh, { id, itemId }: KeptRow, prior: Prior | undefined) =>
  runs.get(idKey(id)) ?? (itemId === undefined ? undefined : runs.get(idKey(itemId))) ?? prior?.lastRun;

const write = (
  { writer, lastReadAt }: Refresh,
  next: Parameters<RowWriter['put']>[0],
  prior: Prior | undefined,
): Promise<void> => writer.put(next, lastReadAt === undefined ? undefined : unsentOf(next, prior));

/** By its age alone, and only to the worse. */
function olderThan(row: KeptRow, prior: Prior, now: Date): KeptRow {
  const { expect } = prior;
  const point = row.lastGoodPoint;
  if (!expect || !point || (row.state !== 'ok' && row.state !== 'late')) return row;
  const verdict = verdictOfAge({ facts: { point }, expect }, now);
  return isBetter(row.state, verdict.state) ? { ...row, ...verdict, since: now.toISOString() } : row;
}

/** A row that could not be read now: it keeps what is known, says when that was read, and may only grow older. */
export async function ageOne(refresh: Refresh, prior: Prior): Promise<void> {
  const { services, readAt, lastReadAt } = refresh;
  const stored = await services.table.read(nowPartition, prior.listKey);
  if (!stored) return;
  const kept = keptRow(stored);
  const whenRead = kept.readAt ?? lastReadAt;
  const row = olderThan({ ...kept, ...(whenRead !== undefined && { readAt: whenRead }) }, prior, readAt);
  const level = prior.expect ? levelOf(row.state, row.since, prior.expect, readAt) : prior.level;
  await write(
    refresh,
    { row, level, ...(prior.checkedAt !== undefined && { checkedAt: prior.checkedAt }) },
    prior,
  );
}
