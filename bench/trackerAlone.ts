import type { ArmAnswer } from '../src/arm/call.ts';
import { dataProtectionJobs } from '../src/data-protection/jobList.ts';
import { trackTick } from '../src/job-tracker/trackTick.ts';
import type { TrackerServices } from '../src/job-tracker/trackerServices.ts';
import { vaultKeyOf, type WatchOrder } from '../src/job-tracker/watch.ts';
import { watchJob } from '../src/job-tracker/watchJob.ts';
import { recoveryServicesJobs } from '../src/recovery-services/jobList.ts';
import { memoryTable } from '../test/support/memoryStorage.ts';

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

/** Watches so many jobs and ticks until all have ended, over lists of text: no host, no flows, tables in memory. */
export async function trackAlone(backups: number): Promise<number> {
  let now = start;
  let told = 0;
  const list = (): ArmAnswer => {
    const status = now - start >= jobMs ? 'Completed' : 'InProgress';
    const rows = Array.from({ length: backups }, (_, index) => ({
      name: guid(index + 1_000_000),
      properties: {
        ...{ status, operation: 'Backup', jobType: 'AzureStorageJob', activityId: guid(index) },
        startTime: new Date(start).toISOString(),
        ...(status === 'Completed' ? { endTime: new Date(start + jobMs).toISOString() } : {}),
      },
    }));
    return {
      kind: 'reply',
      reply: { status: 200, headers: {}, body: JSON.parse(JSON.stringify({ value: rows })) },
    };
  };
  const services: TrackerServices = {
    clock: () => new Date(now),
    newId: () => guid(0),
    watches: memoryTable('watches'),
    arm: { send: () => Promise.resolve(list()), followUrl: () => Promise.resolve(list()) },
    pacer: { reserve: () => Promise.resolve({ kind: 'go' }), learn: () => Promise.resolve() },
    jobServices: { recoveryServices: recoveryServicesJobs, dataProtection: dataProtectionJobs },
    minimumPollSeconds: 10,
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
