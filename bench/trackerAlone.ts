import type { ArmAnswer } from '../src/arm/call.ts';
import { dataProtectionJobs } from '../src/data-protection/jobList.ts';
import { trackTick } from '../src/jobs/trackTick.ts';
import type { TrackerServices } from '../src/jobs/trackerServices.ts';
import type { WatchOrder } from '../src/arm/backupJob.ts';
import { vaultKeyOf } from '../src/jobs/watch.ts';
import { watchJob } from '../src/jobs/watchJob.ts';
import { recoveryServicesJobs } from '../src/recovery-services/jobList.ts';
import type { Table } from '../src/storage/table.ts';

const vaultId =
  '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/archive';
const start = Date.parse('2026-08-22T02:00:00Z');
const jobMs = 600_000;

const guid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

const orderOf = (index: number): WatchOrder => ({
  runId: String(index).padStart(40, '0'),
  ...{ generation: 1, event: 1, service: 'recoveryServices', vaultId, kind: 'fileShare', waitSeconds: 60 },
  itemId: `${vaultId}/backupFabrics/Azure/protectionContainers/c/protectedItems/i${index}`,
  attemptId: guid(index),
  sentAt: new Date(start).toISOString(),
  giveUpAt: new Date(start + 86_400_000).toISOString(),
});

const pageRows = 1000;
const listUrl = 'https://management.azure.com/page/';

const jobRow = (index: number, hasEnded: boolean) => ({
  name: guid(index + 1_000_000),
  properties: {
    ...{ operation: 'Backup', jobType: 'AzureStorageJob', activityId: guid(index) },
    status: hasEnded ? 'Completed' : 'InProgress',
    startTime: new Date(start).toISOString(),
    ...(hasEnded ? { endTime: new Date(start + jobMs).toISOString() } : {}),
  },
});

/** One page of the list, parsed from text as a reply is; the next page's number is its URL. */
function pageOf(backups: number, page: number, hasEnded: boolean): ArmAnswer {
  const first = page * pageRows;
  const rows = Array.from({ length: Math.min(pageRows, backups - first) }, (_, index) =>
    jobRow(first + index, hasEnded),
  );
  const next = first + pageRows < backups ? { nextLink: `${listUrl}${page + 1}` } : {};
  const text = JSON.stringify({ value: rows, ...next });
  return { kind: 'reply', reply: { status: 200, headers: {}, body: JSON.parse(text) } };
}

/** Watches so many jobs of one vault and ticks until all have ended: no host, no flows. @returns events raised. */
export async function trackAlone(backups: number, watches: Table): Promise<number> {
  let now = start;
  let told = 0;
  const page = (number: number) => Promise.resolve(pageOf(backups, number, now - start >= jobMs));
  const services: TrackerServices = {
    clock: () => new Date(now),
    newId: () => guid(0),
    watches,
    arm: { send: () => page(0), followUrl: (url) => page(Number(url.slice(listUrl.length))) },
    pacer: { reserve: () => Promise.resolve({ kind: 'go' }), learn: () => Promise.resolve() },
    jobServices: { recoveryServices: recoveryServicesJobs, dataProtection: dataProtectionJobs },
    minimumPollSeconds: 10,
    pause: () => Promise.resolve(),
    start: () => Promise.resolve('started'),
    raise: () => Promise.resolve((told++, 'raised' as const)),
    flowOf: (runId, generation) => `${runId}-${generation}`,
    isCancelRequested: () => Promise.resolve(false),
    log: () => undefined,
  };
  for (let index = 0; index < backups; index++) await watchJob(services, orderOf(index));
  const tracker = { vaultKey: vaultKeyOf(vaultId), generation: 1 };
  for (;;) {
    const { nextTickAt } = await trackTick(services, tracker);
    if (nextTickAt === undefined) return told;
    now = Math.max(now, Date.parse(nextTickAt));
  }
}
