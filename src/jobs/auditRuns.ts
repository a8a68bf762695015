import { dueAudits, endAudit, type AuditOrder } from '../steps/auditOrder.ts';
import type { Table } from '../storage/table.ts';
import { listJobs } from './listJobs.ts';
import type { TrackerServices } from './trackerServices.ts';

/** A run with more jobs than it asked for. */
export interface Doubled {
  readonly runId: string;
  readonly jobIds: readonly string[];
}

const skewMs = 120_000;
const dayMs = 86_400_000;

const serviceOf = (itemId: string): 'dataProtection' | 'recoveryServices' =>
  /\/backupVaults\//i.test(itemId) ? 'dataProtection' : 'recoveryServices';

const vaultOf = (itemId: string): string => /^.*?\/(?:backupV|v)aults\/[^/]+/i.exec(itemId)?.[0] ?? itemId;

/** The jobs that carry an id of the step's attempts; undefined while the list cannot be read. */
async function jobsOf(
  services: TrackerServices,
  { itemId, attemptIds, firstClaimAt }: AuditOrder,
): Promise<readonly string[] | undefined> {
  const list = await listJobs(services, {
    ...{ service: serviceOf(itemId), vaultId: vaultOf(itemId) },
    span: {
      from: new Date(Date.parse(firstClaimAt) - skewMs),
      to: new Date(services.clock().getTime() + dayMs),
      kinds: [],
    },
    wanted: ({ activityId }) => attemptIds.includes(activityId.toLowerCase()),
    ...{ keepRows: false, keptAt: undefined },
  });
  return list.kind === 'read' ? [...new Set(list.jobs.map(({ jobId }) => jobId))] : undefined;
}

/**
 * Looks behind steps that were sent more than once and have ended: each must have come to one job at most.
 *
 * @returns the runs that have more, each told once. An audit whose list cannot be read comes again, for a day.
 */
export async function auditRuns(
  services: TrackerServices & { readonly steps: Table },
): Promise<readonly Doubled[]> {
  const doubled: Doubled[] = [];
  for (const order of await dueAudits(services.steps, services.clock())) {
    const jobIds = await jobsOf(services, order);
    if (jobIds === undefined && services.clock().getTime() - Date.parse(order.dueAt) < dayMs) continue;
    if (jobIds === undefined)
      services.log('warning', 'A run could not be audited: its vault lists no jobs.', { runId: order.runId });
    else if (jobIds.length > 1) doubled.push({ runId: order.runId, jobIds });
    await endAudit(services.steps, order);
  }
  return doubled;
}
