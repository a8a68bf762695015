import type { ArmClient, Json } from '../../src/arm/call.ts';
import { dataProtectionJobs } from '../../src/data-protection/jobList.ts';
import { trackTick } from '../../src/jobs/trackTick.ts';
import type { TrackerServices } from '../../src/jobs/trackerServices.ts';
import type { WatchOrder, WatchOutcome } from '../../src/arm/backupJob.ts';
import { vaultKeyOf } from '../../src/jobs/watch.ts';
import { watchJob } from '../../src/jobs/watchJob.ts';
import { recoveryServicesJobs } from '../../src/recovery-services/jobList.ts';
import { memoryTable } from './memoryStorage.ts';

/** What a watch is played with. */
export interface WatchStage {
  readonly clock: { now: number };
  readonly arm: ArmClient;
}

type Told = { readonly name: string; readonly payload: unknown };

/** Tracker services over a script or a simulator; what is raised to flows is collected in `told`. */
export function trackerStage(stage: WatchStage, told: Told[]): TrackerServices {
  const { clock, arm } = stage;
  let ids = 0;
  return {
    clock: () => new Date(clock.now),
    pause: (milliseconds) => Promise.resolve(void (clock.now += milliseconds)),
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '9')}`,
    watches: memoryTable('watches'),
    arm,
    pacer: { reserve: () => Promise.resolve({ kind: 'go' }), learn: () => Promise.resolve() },
    jobServices: { recoveryServices: recoveryServicesJobs, dataProtection: dataProtectionJobs },
    minimumPollSeconds: 10,
    start: () => Promise.resolve('started'),
    raise: (_instance, name, payload: Json) => {
      if (name !== 'job-0') told.push({ name, payload });
      return Promise.resolve('raised');
    },
    flowOf: (runId, generation) => `${runId}-${generation}`,
    isCancelRequested: () => Promise.resolve(false),
    log: () => undefined,
  };
}

/** Plays a watch with a tracker of its own until its flow has been told; the clock moves from tick to tick. */
export async function watchToTheEnd(
  order: WatchOrder,
  stage: WatchStage,
): Promise<{ readonly told: readonly Told[]; readonly answer: WatchOutcome | null }> {
  const told: Told[] = [];
  const services = trackerStage(stage, told);
  const answer = await watchJob(services, order);
  const tracker = { vaultKey: vaultKeyOf(order.vaultId), generation: 1 };
  while (answer === null && told.length === 0) {
    const { nextTickAt } = await trackTick(services, tracker);
    if (nextTickAt === undefined) break;
    if (told.length === 0) stage.clock.now = Math.max(stage.clock.now, Date.parse(nextTickAt));
  }
  return { told, answer };
}
