import { idKey } from '../arm/resourceId.ts';
import { EstateUnreadable } from '../estate/askArm.ts';
import { compare, indexProtections, orphansAmong, type Finding } from '../estate/compare.ts';
import type { Protection } from '../estate/protections.ts';
import { accountsToList, readEstate, sharesOf, type Estate } from '../estate/readEstate.ts';
import type { Plan } from '../plan/schema.ts';
import type { Candidate } from '../plan/select.ts';
import type { BatchOf, BatchRequest, SweepRequest } from '../runs/run.ts';
import type { GatherAnswer, GatherInput } from '../runs/activities.ts';
import { findRun, type RunState } from '../runs/runRow.ts';
import { backupItems, namedItems, wantedOf } from './backupItems.ts';
import {
  addItems,
  dryRunCode,
  itemKey,
  itemsOf,
  listItems,
  shardsOf,
  type BatchItem,
  type BatchServices,
} from './batchItem.ts';
import { protectionRequest, drillItems, drillOf } from './protectionRequest.ts';
import { readSummary, writeSummary, type SweepSummary } from './sweepSummary.ts';

/** Sweeps protect gently: each protection asks for discoveries and configurations. */
const sweepConcurrency = 10;
/** An activity stops listing accounts after this long and is called again. */
const longestListingMs = 120_000;
const retrySeconds = 60;

/**
 * Finds the items of a batch or sweep and stores them. Idempotent, and goes on where an earlier call has stopped.
 *
 * @returns `again` while there is more to list, or Azure cannot be read now.
 */
export async function gatherItems(services: BatchServices, { runId }: GatherInput): Promise<GatherAnswer> {
  const stored = await findRun(services.runs, runId);
  if (!stored) throw new Error(`There is no run ${runId}.`);
  const { run } = stored;
  try {
    if (run.request.kind === 'batch') return await gatherBatch(services, run, run.request);
    if (run.request.kind === 'sweep') return await gatherSweep(services, run, run.request);
  } catch (error) {
    if (error instanceof EstateUnreadable) return unreadable(services, run, error);
    throw error;
  }
  throw new Error(`A ${run.request.kind} gathers no items.`);
}

/** What cannot be read is tried for two hours; then the run ends with the service's words. */
const longestUnreadableMs = 2 * 3_600_000;

function unreadable(
  { clock }: BatchServices,
  run: RunState,
  { code, message }: EstateUnreadable,
): GatherAnswer {
  const sinceMs = clock().getTime() - Date.parse(run.begunAt ?? run.createdAt);
  if (sinceMs < longestUnreadableMs) return { kind: 'again', waitSeconds: retrySeconds };
  return { kind: 'refused', failure: { code, message } };
}

async function gathered(services: BatchServices, run: RunState, concurrency: number): Promise<GatherAnswer> {
  const items = await listItems(services.batchItems, itemsOf(run));
  return { kind: 'gathered', shards: shardsOf(items.map(({ item }) => item)), concurrency };
}

const unknownName = ({ of }: BatchRequest): GatherAnswer => {
  const refused = (code: string, message: string): GatherAnswer => ({
    kind: 'refused',
    failure: { code, message },
  });
  if (of.kind === 'rule') return refused('RuleNotFound', `The plan has no rule "${of.rule}".`);
  if (of.kind === 'drill') return refused('DrillNotFound', `The plan has no drill "${of.drill}".`);
  return refused('ScheduleNotFound', 'The plan has no such schedule any more.');
};

async function gatherBatch(
  services: BatchServices,
  run: RunState,
  request: BatchRequest,
): Promise<GatherAnswer> {
  const { of, options, concurrency } = request;
  if (of.kind === 'drill') return gatherDrill(services, run, request, of);
  if (of.kind !== 'targets') {
    const { plan } = await services.loadPlan();
    const wanted = wantedOf(plan, of);
    if (!wanted) return unknownName(request);
    const now = services.clock();
    const items =
      'items' in wanted
        ? namedItems(plan, wanted.items, options, now)
        : backupItems(plan, wanted, await readEstate(services.estate, plan), options, of.kind, now);
    await addItems(services.batchItems, itemsOf(run), items);
  }
  return gathered(services, run, concurrency);
}

async function gatherDrill(
  services: BatchServices,
  run: RunState,
  request: BatchRequest,
  of: Extract<BatchOf, { kind: 'drill' }>,
): Promise<GatherAnswer> {
  const { plan } = await services.loadPlan();
  const drill = drillOf(plan, of);
  if (!drill) return unknownName(request);
  const times = { madeAt: run.createdAt, now: services.clock() };
  const items = drillItems(plan, drill, of, await readEstate(services.estate, plan), times);
  await addItems(services.batchItems, itemsOf(run), items);
  return gathered(services, run, drill.concurrency);
}

async function gatherSweep(
  services: BatchServices,
  run: RunState,
  request: SweepRequest,
): Promise<GatherAnswer> {
  const { plan } = await services.loadPlan();
  const estate = await readEstate(services.estate, plan);
  const before = await readSummary(services.batchItems, itemsOf(run));
  const sweep = { services, run, request, plan, estate, index: indexProtections(estate.protections) };
  const summary = before ?? (await beginSweep(sweep));
  const done = await listShares(sweep, summary);
  if (accountsLeft(sweep, done).length > 0) return { kind: 'again', waitSeconds: 0 };
  if (request.dryRun) return { kind: 'gathered', shards: [], concurrency: sweepConcurrency };
  return gathered(services, run, sweepConcurrency);
}

interface Sweep {
  readonly services: BatchServices;
  readonly run: RunState;
  readonly request: SweepRequest;
  readonly plan: Plan;
  readonly estate: Estate;
  readonly index: ReturnType<typeof indexProtections>;
}

/** Compares what has no parts; accounts whose shares must be listed are left for later calls. */
async function beginSweep(sweep: Sweep): Promise<SweepSummary> {
  const { plan, estate, index } = sweep;
  const orphans = orphansAmong(estate.protections, estate.candidates, new Set(), plan.safety.subscriptions);
  const empty: SweepSummary = {
    counts: {},
    pages: estate.pages,
    accountsListed: 0,
    accountsDoneTo: '',
    drift: [],
    notEligible: [],
    protectedOutsidePlan: [],
    orphans: [],
    unreadable: [],
    warnings: estate.warnings,
  };
  const findings = estate.candidates.map((candidate) => compare(plan, index, candidate));
  return recordSummary(sweep, empty, findings, orphans);
}

const targetOf = ({ candidate }: Finding): string => candidate.id;

function itemFor(sweep: Sweep, finding: Extract<Finding, { kind: 'missing' }>): BatchItem {
  const { candidate, selection } = finding;
  const target = targetOf(finding);
  return {
    key: itemKey(`${candidate.kind}|${target}`),
    target,
    rule: selection.rule.name,
    request: protectionRequest(candidate, selection),
    ...(sweep.request.dryRun
      ? { state: 'ended', status: 'skipped', endedAt: sweep.services.clock().toISOString(), error: dryRun }
      : { state: 'planned' }),
  };
}

const dryRun = { code: dryRunCode, message: 'would be protected' } as const;

const driftOf = ({ candidate, by, reason, selection }: Extract<Finding, { kind: 'drift' }>) => ({
  target: candidate.id,
  item: by.itemId,
  rule: selection.rule.name,
  reason,
});

/** Stores what was found: items to protect, then the summary. A crash in between finds the same again. */
async function recordSummary(
  sweep: Sweep,
  summary: SweepSummary,
  findings: readonly Finding[],
  orphans: readonly Protection[],
): Promise<SweepSummary> {
  const { services, run } = sweep;
  const missing = findings.filter((one) => one.kind === 'missing');
  await addItems(
    services.batchItems,
    itemsOf(run),
    missing.map((one) => itemFor(sweep, one)),
  );
  const counts: Record<string, number> = { ...summary.counts };
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1;
  const next: SweepSummary = {
    ...summary,
    counts,
    drift: [...summary.drift, ...findings.filter((one) => one.kind === 'drift').map(driftOf)],
    notEligible: [
      ...summary.notEligible,
      ...findings
        .filter((one) => one.kind === 'notEligible')
        .map(({ candidate, rule, reason }) => ({ target: candidate.id, rule, reason })),
    ],
    protectedOutsidePlan: [
      ...summary.protectedOutsidePlan,
      ...findings
        .filter((one) => one.kind === 'protectedOutsidePlan')
        .map(({ candidate, by, reason }) => ({ target: candidate.id, item: by.itemId, reason })),
    ],
    orphans: [
      ...summary.orphans,
      ...orphans.map(({ itemId, sourceId, vaultId }) => ({ item: itemId, source: sourceId, vault: vaultId })),
    ],
  };
  await writeSummary(services.batchItems, itemsOf(run), next);
  return next;
}

interface Listed {
  readonly findings: readonly Finding[];
  readonly orphans: readonly Protection[];
  readonly unreadable?: string;
}

const underAccount = (account: Candidate) => {
  const below = `${idKey(account.id)}/`;
  return ({ kind, sourceId }: Protection) => kind === 'fileShare' && idKey(sourceId).startsWith(below);
};

async function listAccount({ services, plan, estate, index }: Sweep, account: Candidate): Promise<Listed> {
  try {
    const shares = await sharesOf(services.estate, account);
    const known = estate.protections.filter(underAccount(account));
    const listed = new Set([idKey(account.id)]);
    return {
      findings: shares.map((share) => compare(plan, index, share)),
      orphans: orphansAmong(known, [account, ...shares], listed, plan.safety.subscriptions),
    };
  } catch (error) {
    if (!(error instanceof EstateUnreadable) || error.code === 'BudgetSpent') throw error;
    return { findings: [], orphans: [], unreadable: error.message };
  }
}

/** Accounts whose shares have not been listed yet. */
const accountsLeft = ({ plan, estate }: Sweep, { accountsDoneTo }: SweepSummary): readonly Candidate[] =>
  accountsToList(plan, estate.candidates)
    .filter(({ id }) => idKey(id) > accountsDoneTo)
    .sort((one, other) => (idKey(one.id) < idKey(other.id) ? -1 : 1));

/** Accounts listed between two writes of the summary. */
const atOnce = 10;

/** Lists the shares of the accounts that are left, as far as the time of one call goes. */
async function listShares(sweep: Sweep, begun: SweepSummary): Promise<SweepSummary> {
  const { services } = sweep;
  const untilMs = services.clock().getTime() + longestListingMs;
  const left = accountsLeft(sweep, begun);
  let summary = begun;
  for (let at = 0; at < left.length && services.clock().getTime() < untilMs; at += atOnce) {
    const some = left.slice(at, at + atOnce);
    const listed = await Promise.all(some.map((account) => listAccount(sweep, account)));
    const next: SweepSummary = {
      ...summary,
      accountsDoneTo: idKey(some.at(-1)?.id ?? ''),
      accountsListed: summary.accountsListed + some.length,
      unreadable: [
        ...summary.unreadable,
        ...listed.map(({ unreadable }) => unreadable).filter((one) => one !== undefined),
      ],
    };
    summary = await recordSummary(
      sweep,
      next,
      listed.flatMap(({ findings }) => findings),
      listed.flatMap(({ orphans }) => orphans),
    );
  }
  return summary;
}
