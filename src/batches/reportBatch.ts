import type { JsonObject } from '../arm/call.ts';
import { changeRun } from '../runs/changeRun.ts';
import type { BatchEnding, GatherInput } from '../runs/activities.ts';
import type { BatchCounts, BatchFailure, BatchReport, WouldDo } from '../runs/run.ts';
import type { RunServices } from '../runs/runServices.ts';
import { findRun, hasEnded, type RunState } from '../runs/runRow.ts';
import {
  isGate,
  dryRunCode,
  itemsOf,
  listItems,
  standingOf,
  type BatchItem,
  type BatchServices,
} from './batchItem.ts';
import { readSummary, type SweepSummary } from './sweepSummary.ts';

/** Characters of the report as JSON: one column of the run row. */
const longestReport = 30_000;
const mostListed = 50;

/** Items by how they stand. */
function countItems(items: readonly BatchItem[]): BatchCounts {
  const counts: Record<string, number> = {};
  for (const item of items) {
    const standing = standingOf(item);
    counts[standing] = (counts[standing] ?? 0) + 1;
  }
  return { total: items.length, ...counts };
}

/** Of a dry run: what would have been done is no failure. */
const isOnlyReported = ({ error }: BatchItem): boolean => error?.code === dryRunCode;

const didNotGoWell = ({ state, status, ...rest }: BatchItem): boolean =>
  state === 'ended' &&
  !isOnlyReported(rest as BatchItem) &&
  ['failed', 'timedOut', 'unknown', 'cancelled', 'skipped'].includes(status ?? '');

const severity = ['failed', 'unknown', 'timedOut', 'cancelled', 'skipped'];
const bySeverity = (one: BatchItem, other: BatchItem): number =>
  severity.indexOf(one.status ?? '') - severity.indexOf(other.status ?? '');

const failureOf = ({ target, run, status = 'skipped', error }: BatchItem): BatchFailure => ({
  target,
  status,
  ...(run === undefined ? {} : { run }),
  ...(error ? { error } : {}),
});

const failuresIn = (items: readonly BatchItem[]): readonly BatchFailure[] =>
  items.filter(didNotGoWell).sort(bySeverity).slice(0, mostListed).map(failureOf);

const wouldDoOf = ({ target, rule, request }: BatchItem): WouldDo => ({
  target,
  ...(rule === undefined ? {} : { rule }),
  ...(request?.kind === 'protect' ? { policyId: request.policyId } : {}),
});

/** What the dry run of a sweep would do; nothing for other runs. */
function wouldDoIn(
  { id, request }: Pick<RunState, 'id' | 'request'>,
  items: readonly BatchItem[],
): Pick<BatchReport, 'wouldDo' | 'nextLink'> {
  if (request.kind !== 'sweep' || !request.dryRun) return {};
  const told = items.filter(isOnlyReported);
  return {
    wouldDo: told.slice(0, mostListed).map(wouldDoOf),
    nextLink: `/api/runs/${id}/items`,
  };
}

function durationsOf(items: readonly BatchItem[]): JsonObject {
  const seconds = items
    .flatMap(({ startedAt, endedAt }) =>
      startedAt && endedAt ? [Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)] : [],
    )
    .sort((one, other) => one - other);
  if (seconds.length === 0) return {};
  return { medianSeconds: seconds[Math.floor(seconds.length / 2)] ?? 0, longestSeconds: seconds.at(-1) ?? 0 };
}

/** How often each reason skipped an item. */
function skippedBy(items: readonly BatchItem[]): JsonObject {
  const reasons: Record<string, number> = {};
  for (const { status, error } of items) {
    if (status === 'skipped' && error) reasons[error.code] = (reasons[error.code] ?? 0) + 1;
  }
  return reasons;
}

function sweepReport(summary: SweepSummary): JsonObject {
  const { counts, pages, accountsListed, drift, orphans, notEligible, protectedOutsidePlan } = summary;
  const { unreadable, warnings } = summary;
  return {
    found: counts,
    pages,
    accountsListed,
    drift: { count: drift.length, first: drift.slice(0, mostListed) },
    orphans: { count: orphans.length, first: orphans.slice(0, mostListed) },
    notEligible: { count: notEligible.length, first: notEligible.slice(0, mostListed) },
    protectedOutsidePlan: {
      count: protectedOutsidePlan.length,
      first: protectedOutsidePlan.slice(0, mostListed),
    },
    unreadable: unreadable.slice(0, 10),
    warnings,
  };
}

/** Fewer entries until it fits its column: the counts stay whole. */
function fitting(report: BatchReport, listed: number): BatchReport {
  if (JSON.stringify(report).length <= longestReport || listed <= 1) return report;
  const fewer = Math.floor(listed / 2);
  const short = (value: unknown): JsonObject => {
    const { count, first } = value as { count: number; first: readonly JsonObject[] };
    return { count, first: first.slice(0, fewer) };
  };
  const { drift, orphans, notEligible, protectedOutsidePlan } = report.report;
  const cut: BatchReport = {
    ...report,
    failures: report.failures.slice(0, fewer),
    ...(report.wouldDo ? { wouldDo: report.wouldDo.slice(0, fewer) } : {}),
    report: {
      ...report.report,
      ...(drift ? { drift: short(drift) } : {}),
      ...(orphans ? { orphans: short(orphans) } : {}),
      ...(notEligible ? { notEligible: short(notEligible) } : {}),
      ...(protectedOutsidePlan ? { protectedOutsidePlan: short(protectedOutsidePlan) } : {}),
    },
  };
  return fitting(cut, fewer);
}

/** Items of a gate that the service's daily limits kept from being begun: skipped each, and no backup all the same. */
const notBegun = ({ report }: BatchReport, run: RunState): number =>
  isGate(run) ? Number((report['skipped'] as JsonObject | undefined)?.['DailyLimit'] ?? 0) : 0;

function endingOf(report: BatchReport, run: RunState): BatchEnding {
  const { counts } = report;
  const { total, completed = 0, completedWithWarnings = 0, skipped = 0, cancelled = 0 } = counts;
  const bad = total - completed - completedWithWarnings - skipped - cancelled + notBegun(report, run);
  if (bad > 0) {
    const message = `${bad} of ${total} did not end well.`;
    return { status: 'failed', error: { code: 'BatchPartlyFailed', message } };
  }
  if (cancelled > 0 || run.cancelRequestedAt !== undefined) {
    const message = `${cancelled} of ${total} were cancelled.`;
    return { status: 'cancelled', error: { code: 'RunCancelled', message } };
  }
  if (completedWithWarnings > 0) return { status: 'completedWithWarnings' };
  if (run.request.kind === 'sweep' || completed > 0) return { status: 'completed' };
  const message = total === 0 ? 'There was nothing to do.' : 'Every item was skipped.';
  // A gate that asked for a backup must not pass without one.
  return {
    status: isGate(run) ? 'failed' : 'skipped',
    error: { code: total === 0 ? 'NothingSelected' : 'AllSkipped', message },
  };
}

async function composed(services: BatchServices, run: RunState): Promise<BatchReport> {
  const items = (await listItems(services.batchItems, itemsOf(run))).map(({ item }) => item);
  const summary = await readSummary(services.batchItems, itemsOf(run));
  const now = services.clock().getTime();
  const report: JsonObject = {
    seconds: Math.round((now - Date.parse(run.createdAt)) / 1000),
    ...durationsOf(items),
    skipped: skippedBy(items),
    ...(summary ? sweepReport(summary) : {}),
  };
  const told = { counts: countItems(items), failures: failuresIn(items), ...wouldDoIn(run, items), report };
  return fitting(told, mostListed);
}

/** Writes counts, failures and report into the row of the batch, and says how it ends. Idempotent. */
export async function reportBatch(services: BatchServices, { runId }: GatherInput): Promise<BatchEnding> {
  const stored = await findRun(services.runs, runId);
  if (!stored) throw new Error(`There is no run ${runId}.`);
  const report = await composed(services, stored.run);
  await changeRun(services.runs, runId, (run) => ({ ...run, report }));
  return endingOf(report, stored.run);
}

/** The tables a batch is described from. */
type BatchTables = Pick<BatchServices, 'batchItems'> & Pick<RunServices, 'runs'>;

/** Counts and failures of a batch as they are now; undefined for a run that is none or has its report. */
export async function describeBatch(
  services: BatchTables,
  run: RunState,
): Promise<Omit<BatchReport, 'report'> | undefined> {
  if (run.request.kind !== 'batch' && run.request.kind !== 'sweep') return undefined;
  if (run.report || hasEnded(run.status)) return undefined;
  const items = (await listItems(services.batchItems, itemsOf(run))).map(({ item }) => item);
  const now = await Promise.all(items.map((item) => standingNow(services, item)));
  return { counts: countItems(now), failures: failuresIn(now), ...wouldDoIn(run, now) };
}

/** A started item as its run stands: the batch itself may not have looked yet. */
async function standingNow(services: BatchTables, item: BatchItem): Promise<BatchItem> {
  if (item.state !== 'started' || item.run === undefined) return item;
  const child = (await findRun(services, item.run))?.run;
  if (!child || !hasEnded(child.status)) return item;
  const error = child.error && { code: child.error.code, message: child.error.message };
  return { ...item, state: 'ended', status: child.status, ...(error ? { error } : {}) };
}
