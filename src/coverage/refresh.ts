import type { JsonObject } from '../arm/call.ts';
import { idKey, parseResourceId, accountOfShare } from '../arm/resourceId.ts';
import { EstateUnreadable } from '../estate/askArm.ts';
import { candidateOf, resourceQuery, seenResource, shareCandidate } from '../estate/candidates.ts';
import { sourceKey, type Protection } from '../estate/protections.ts';
import { accountsWithShares, sharesOf } from '../estate/readEstate.ts';
import { eachGraphPage } from '../estate/readGraph.ts';
import type { Plan } from '../plan/schema.ts';
import type { Candidate } from '../plan/select.ts';
import { finishRefresh } from './finishRefresh.ts';
import { gatherEstate } from './gatherEstate.ts';
import { createJudge } from './judgeCase.ts';
import { ageOne, judgeOne, type Refresh } from './judgeRows.ts';
import { createRowWriter, readPriors } from './keptRows.ts';
import { readSummary } from './readCoverage.ts';
import {
  claimRefresh,
  recordProgress,
  RefreshLost,
  type Claimed,
  type CoverageServices,
  type CoverageTickServices,
} from './refreshState.ts';
import { resourceHash } from './rows.ts';
import type { CoverageRow } from './schema.ts';
import { notifyChanges, notifyDigests } from './notifyChanges.ts';

/** An invocation takes up no page after this and goes on with the next tick: it may last five minutes. */
const longestMs = 210_000;
const accountsAtOnce = 8;
/** Rows judged again when a refresh goes on: the list may have shifted meanwhile. */
const overlap = 1000;

async function runsById({ runsSince }: CoverageServices, since: string) {
  const runs = new Map<string, CoverageRow['lastRun']>();
  for (const { id, run } of await runsSince(since)) if (!runs.has(idKey(id))) runs.set(idKey(id), run);
  return runs;
}

async function begin(services: CoverageServices, plan: Plan, { progress }: Claimed): Promise<Refresh> {
  const readAt = new Date(progress.readAt);
  const gathered = await gatherEstate(services, plan);
  const priors = await readPriors(services.table);
  const { readAt: lastReadAt } = await readSummary(services.table);
  return {
    services,
    plan,
    gathered,
    judge: createJudge(plan, gathered, readAt),
    priors,
    writer: createRowWriter(services.table, priors, progress.readAt),
    readAt,
    ...(lastReadAt !== undefined && { lastReadAt }),
    runs: await runsById(services, progress.runsSince),
    seen: new Set(),
    used: new Set(),
    problems: [...gathered.problems],
  };
}

const protectionsOf = ({ gathered }: Refresh, { kind, id }: Candidate): readonly Protection[] =>
  gathered.protections.get(sourceKey(kind, id)) ?? [];

/** Protected shares of every account, by the account's key. */
function sharesByAccount({ gathered }: Refresh): ReadonlyMap<string, readonly Protection[]> {
  const shares = new Map<string, Protection[]>();
  for (const found of gathered.protections.values()) {
    for (const one of found) {
      if (one.kind !== 'fileShare') continue;
      const account = idKey(accountOfShare(one.sourceId));
      shares.set(account, [...(shares.get(account) ?? []), one]);
    }
  }
  return shares;
}

const nameOfShare = (id: string): string => id.split('/').at(-1) ?? '';

/** The shares of an account: those that are listed, and those that are protected and gone, or not listed at all. */
async function judgeShares(
  refresh: Refresh,
  account: Candidate,
  isListed: boolean,
  protectedShares: readonly Protection[],
): Promise<void> {
  const shares = isListed ? await listed(refresh, account) : undefined;
  const there = new Set(shares?.map(({ id }) => idKey(id)));
  for (const share of shares ?? []) {
    await judgeOne(refresh, { candidate: share, protections: protectionsOf(refresh, share) });
  }
  const bySource = new Map(protectedShares.map((one) => [idKey(one.sourceId), one]));
  for (const [key, { sourceId }] of bySource) {
    if (there.has(key)) continue;
    const share = shareCandidate(account, nameOfShare(sourceId));
    const isGone = shares !== undefined;
    await judgeOne(refresh, { candidate: share, isGone, protections: protectionsOf(refresh, share) });
  }
}

/** The shares of an account; undefined when they cannot be listed now, which is said. */
async function listed(refresh: Refresh, account: Candidate): Promise<readonly Candidate[] | undefined> {
  try {
    return await sharesOf(refresh.services.estate, account);
  } catch (error) {
    if (!(error instanceof EstateUnreadable)) throw error;
    refresh.problems.push(error.message);
    return undefined;
  }
}

/** Judges a page of resources, and the shares of its accounts. */
async function judgePage(
  refresh: Refresh,
  page: readonly Candidate[],
  shares: ReadonlyMap<string, readonly Protection[]>,
  checkTime: () => void,
): Promise<void> {
  for (const candidate of page) {
    checkTime();
    await judgeOne(refresh, { candidate, protections: protectionsOf(refresh, candidate) });
  }
  const wanted = new Set(accountsWithShares(refresh.plan, page).map(({ id }) => idKey(id)));
  const accounts = page.filter(
    ({ kind, id }) => kind === 'blobs' && (wanted.has(idKey(id)) || shares.has(idKey(id))),
  );
  for (let begin = 0; begin < accounts.length; begin += accountsAtOnce) {
    checkTime();
    await Promise.all(
      accounts
        .slice(begin, begin + accountsAtOnce)
        .map((account) =>
          judgeShares(refresh, account, wanted.has(idKey(account.id)), shares.get(idKey(account.id)) ?? []),
        ),
    );
  }
}

/** A resource as far as its protection alone shows it. */
function candidateOfProtection({ kind, sourceId, itemId }: Protection): Candidate {
  const reading = parseResourceId(kind === 'workload' ? itemId : sourceId);
  const id = reading.kind === 'ok' ? reading.id : undefined;
  return {
    kind,
    id: sourceId,
    subscriptionId: id?.subscriptionId ?? '',
    resourceGroup: id?.resourceGroup ?? '',
    name: (id?.names.at(-1) ?? '').split(';').at(-1) ?? '',
    region: '',
    tags: {},
  };
}

/** What is protected and was not met among the resources: databases, what lies elsewhere, and sources that are gone. */
async function judgeRest(refresh: Refresh): Promise<void> {
  const { gathered, used } = refresh;
  const wasRead = (id: string): boolean => gathered.subscriptions.includes(id) && !gathered.hidden.has(id);
  for (const protections of gathered.protections.values()) {
    const [first] = protections;
    if (!first || used.has(idKey(first.itemId))) continue;
    const candidate = candidateOfProtection(first);
    const hash = resourceHash(candidate.kind, candidate.id);
    const prior = refresh.priors.get(hash);
    if (prior && gathered.hidden.has(candidate.subscriptionId.toLowerCase())) {
      // Its tags and its place cannot be seen now: no rule can be asked about it.
      refresh.seen.add(hash);
      await ageOne(refresh, prior);
      continue;
    }
    const isGone = first.kind !== 'workload' && wasRead(candidate.subscriptionId.toLowerCase());
    await judgeOne(refresh, { candidate, isGone, protections });
  }
}

/** Rows of what was not met: gone where everything was read, else only older. */
async function sweepPriors(refresh: Refresh, isWhole: boolean, skipped: ReadonlySet<string>): Promise<void> {
  const { priors, seen, writer } = refresh;
  for (const [hash, prior] of [...priors]) {
    if (seen.has(hash)) continue;
    // Shares of accounts that an earlier invocation has judged are not listed again.
    if (prior.kind === 'fileShare' && skipped.has(idKey(accountOfShare(prior.id)))) continue;
    if (isWhole) await writer.remove(hash);
    else await ageOne(refresh, prior);
  }
}

/** Judges the resources from where the last invocation stopped. @returns whether it came to the end. */
async function judgeResources(
  refresh: Refresh,
  claimed: { now: Claimed },
  skipped: Set<string>,
  untilMs: number,
): Promise<boolean> {
  const { services, gathered } = refresh;
  const shares = sharesByAccount(refresh);
  const from = claimed.now.progress.judged - overlap;
  const checkTime = () => {
    if (services.clock().getTime() > untilMs) throw new TimeIsUp();
  };
  const take = async (rows: readonly JsonObject[], before: number) => {
    const page = rows.map((row) => candidateOf(seenResource(row))).filter((one) => !!one);
    const judged = before + rows.length;
    if (judged <= from) return skip(refresh, page, skipped, shares);
    // What was judged of a page is written: when it is taken up again its points are not read a second time.
    await judgePage(refresh, page, shares, checkTime);
    await refresh.writer.flush();
    claimed.now = await recordProgress(services, claimed.now, { ...claimed.now.progress, judged }, true);
  };
  try {
    await eachGraphPage(services.estate, gathered.subscriptions, resourceQuery, take);
    return true;
  } catch (error) {
    if (!(error instanceof TimeIsUp)) throw error;
    await refresh.writer.flush();
    return false;
  }
}

/** The next tick goes on. */
class TimeIsUp extends Error {}

/** What an earlier invocation has judged is there, with all that protects it. */
async function skip(
  refresh: Refresh,
  page: readonly Candidate[],
  skipped: Set<string>,
  shares: ReadonlyMap<string, readonly Protection[]>,
): Promise<void> {
  for (const candidate of page) {
    refresh.seen.add(resourceHash(candidate.kind, candidate.id));
    const own = protectionsOf(refresh, candidate);
    const below = candidate.kind === 'blobs' ? (shares.get(idKey(candidate.id)) ?? []) : [];
    for (const { itemId } of [...own, ...below]) refresh.used.add(idKey(itemId));
    if (candidate.kind === 'blobs') skipped.add(idKey(candidate.id));
  }
}

async function carryOn(services: CoverageServices, plan: Plan, first: Claimed): Promise<void> {
  const untilMs = services.clock().getTime() + longestMs;
  const refresh = await begin(services, plan, first);
  const claimed = { now: first };
  const skipped = new Set<string>();
  const hasResources = refresh.gathered.subscriptions.length > 0;
  let sawResources = true;
  try {
    const isAtEnd = !hasResources || (await judgeResources(refresh, claimed, skipped, untilMs));
    if (!isAtEnd) return void (await recordProgress(services, claimed.now, claimed.now.progress, false));
  } catch (error) {
    if (!(error instanceof EstateUnreadable)) throw error;
    refresh.problems.push(error.message);
    sawResources = false;
  }
  if (sawResources) await judgeRest(refresh);
  const isWhole = refresh.problems.length === 0;
  await sweepPriors(refresh, isWhole, skipped);
  await refresh.writer.flush();
  await finishRefresh(refresh, claimed.now);
}

/** Whether a plan names anything that could be read. */
const hasScope = ({ safety }: Plan): boolean => safety.subscriptions.length > 0 || safety.vaults.length > 0;

/**
 * Reads the estate into the app's tables when that is due: at most once an hour, and after a change of the plan. A large
 * estate takes several ticks; one instance at a time works on it.
 */
export async function refreshCoverage(services: CoverageServices): Promise<void> {
  const { plan } = await services.loadPlan();
  if (!hasScope(plan)) return;
  const claimed = await claimRefresh(services, plan);
  if (!claimed) return;
  try {
    await carryOn(services, plan, claimed);
  } catch (error) {
    if (!(error instanceof RefreshLost)) throw error;
    services.log(error.message);
  }
}

/** A read is due every hour: without one for this long something is wrong that nobody else would notice. */
const longestSilenceMs = 3 * 3_600_000;

async function isHealthy({ table, loadPlan, clock }: CoverageTickServices): Promise<boolean> {
  const { plan, problems } = await loadPlan();
  // Without a plan there is nothing to read; with a broken one nobody would hear of anything.
  if (!hasScope(plan)) return problems.every(({ severity }) => severity !== 'error');
  const { readAt } = await readSummary(table);
  return readAt !== undefined && clock().getTime() - Date.parse(readAt) <= longestSilenceMs;
}

/** A sign of life for somebody outside; that it does not arrive is theirs to notice. */
async function ping({ pingUrl, post, log }: CoverageTickServices): Promise<void> {
  if (pingUrl === undefined) return;
  try {
    const status = await post(pingUrl, { 'content-type': 'text/plain' }, '');
    if (status < 200 || status > 299) log(`The ping address answered ${status}.`);
  } catch {
    log('The ping address could not be reached.');
  }
}

/**
 * One tick: reads what is due, tells what has changed and the digests that have fallen due, and pings when all is well.
 *
 * @throws what storage throws; then there is no ping, and the next tick makes up for it.
 */
export async function coverageTick(services: CoverageTickServices): Promise<void> {
  await refreshCoverage(services);
  await notifyChanges(services);
  await notifyDigests(services);
  if (await isHealthy(services)) await ping(services);
  else services.log('No ping: the estate has not been read for three hours, or the plan is broken.');
}
