import type { CoverageTickServices } from './coverageServices.ts';
import { readSummary } from './readCoverage.ts';
import { hasScope, refreshCoverage } from './refresh.ts';
import { tellChanges, tellDigests } from './tellChanges.ts';

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
  await tellChanges(services);
  await tellDigests(services);
  if (await isHealthy(services)) await ping(services);
  else services.log('No ping: the estate has not been read for three hours, or the plan is broken.');
}
