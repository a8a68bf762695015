import type { ArmAnswer, ArmClient, Json } from '../../src/arm/call.ts';
import type { Pacer } from '../../src/pacer/pacer.ts';
import type { TrackerServices } from '../../src/jobs/trackerServices.ts';
import { trackTick, type TickAnswer } from '../../src/jobs/trackTick.ts';
import type { WatchOrder, WatchOutcome } from '../../src/arm/backupJob.ts';
import { vaultKeyOf } from '../../src/jobs/watch.ts';
import type { MemoryTable } from './memoryStorage.ts';
import { trackerStage } from './watchStage.ts';

/** The vault of every tracker test. */
export const trackedVault =
  '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/archive';

/** A row of a job list as a test writes it. */
export interface JobRow {
  readonly id: string;
  readonly status: string;
  readonly activityId?: string;
  readonly startedAt?: string;
  readonly share?: string;
}

/** A row in the service's words. */
export const jobRow = ({
  id,
  status,
  activityId,
  startedAt = '2026-08-22T02:00:01Z',
  share = 'docs',
}: JobRow): Json => ({
  name: id,
  properties: {
    ...{ jobType: 'AzureStorageJob', operation: 'Backup', status, startTime: startedAt },
    ...{ entityFriendlyName: share, storageAccountName: 'papers01' },
    ...(activityId === undefined ? {} : { activityId }),
    ...(status === 'InProgress' ? {} : { endTime: '2026-08-22T02:10:00Z' }),
  },
});

/** The id of an attempt, by its number: as an activity id tells it. */
export const attempt = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
/** The id of a job, by its number. */
export const job = (number: number): string => `10000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** A backup of `docs` that was sent at 02:00. */
export const watchOrder = (differs: Partial<WatchOrder> = {}): WatchOrder => ({
  runId: 'a'.repeat(40),
  ...{ generation: 1, event: 1, service: 'recoveryServices', vaultId: trackedVault, kind: 'fileShare' },
  itemId: `${trackedVault}/backupFabrics/Azure/protectionContainers/storagecontainer;storage;data;papers01/protectedItems/azurefileshare;b0`,
  ...{ friendlyName: 'docs', attemptId: attempt(1), waitSeconds: 60 },
  ...{ sentAt: '2026-08-22T02:00:00Z', giveUpAt: '2026-08-22T08:00:00Z' },
  ...differs,
});

/** What ARM answers to a list (`$filter` given) or to the read of one job. */
export interface JobScript {
  readonly list: (filter: string, now: Date) => ArmAnswer;
  readonly read?: (jobId: string) => ArmAnswer;
  /** What it answers to the list of an item's recovery points; none unless told. */
  readonly points?: (now: Date) => ArmAnswer;
}

/** A reply for a script. */
export const says = (status: number, body?: Json, headers: Record<string, string> = {}): ArmAnswer => ({
  kind: 'reply',
  reply: { status, headers, body },
});

/** A list of one page. */
export const listOf = (...rows: readonly JobRow[]): ArmAnswer => says(200, { value: rows.map(jobRow) });

/** A tracker on a virtual clock over scripted lists. */
export interface TrackerWorld {
  readonly services: TrackerServices;
  readonly clock: { now: number };
  readonly watches: MemoryTable;
  /** `list`, `read <id>`, with the time of day. */
  readonly requests: string[];
  /** Times of day at which recovery points were listed. */
  readonly pointReads: string[];
  readonly told: { readonly name: string; readonly outcome: WatchOutcome }[];
  /** Ticks once at the time the last tick asked for. */
  tick(generation?: number): Promise<TickAnswer>;
}

/** Makes a tracker's world that begins on 2026-08-22 at 02:00 UTC. */
export function trackerWorld(
  script: JobScript,
  differs: { readonly pacer?: Pacer; readonly raise?: TrackerServices['raise'] } = {},
): TrackerWorld {
  const clock = { now: Date.parse('2026-08-22T02:00:00Z') };
  const [requests, pointReads, raised]: [string[], string[], { name: string; payload: unknown }[]] = [
    [],
    [],
    [],
  ];
  const time = () => new Date(clock.now).toISOString().slice(11, 19);
  const arm: ArmClient = {
    send: async ({ path, query }) => {
      if (path.endsWith('/recoveryPoints')) {
        pointReads.push(time());
        return script.points?.(new Date(clock.now)) ?? says(200, { value: [] });
      }
      const jobId = /backupJobs\/(.+)$/.exec(path)?.[1];
      requests.push(`${jobId ? `read ${jobId}` : 'list'} ${time()}`);
      if (jobId) return script.read?.(jobId) ?? says(404, { error: { code: 'JobNotFound', message: 'no' } });
      return script.list(query?.['$filter'] ?? '', new Date(clock.now));
    },
    followUrl: async (url) => {
      requests.push(`page ${time()}`);
      return script.list(url, new Date(clock.now));
    },
  };
  const base = trackerStage({ clock, arm }, raised);
  const services: TrackerServices = { ...base, ...differs };
  let nextAt = clock.now;
  return {
    services,
    clock,
    requests,
    pointReads,
    watches: base.watches as MemoryTable,
    get told() {
      return raised.map(({ name, payload }) => ({
        name,
        outcome: (payload as { readonly outcome: WatchOutcome }).outcome,
      }));
    },
    tick: async (generation = 1) => {
      clock.now = Math.max(clock.now, nextAt);
      const answer = await trackTick(services, { vaultKey: vaultKeyOf(trackedVault), generation });
      if (answer.nextTickAt !== undefined) nextAt = Date.parse(answer.nextTickAt);
      return answer;
    },
  };
}
