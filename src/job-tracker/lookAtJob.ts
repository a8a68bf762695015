import { readFailure } from '../arm/outcomes.ts';
import { reserve, sendCall } from '../steps/exchange.ts';
import { changeWatch, settleWatch } from './settleWatch.ts';
import type { TrackerServices } from './trackerServices.ts';
import type { HeldWatch } from './watch.ts';

const windowSeconds = 60;

/** The vault, or its group or subscription, is gone: as against a vault that does not show the job yet. */
const isGone = (code: string, message: string): boolean =>
  /^(ResourceGroup|Subscription)NotFound$/.test(code) || / under resource group /.test(message);

/**
 * Reads one job by itself: its details, its progress, or whether it is there at all. Settles the watch when the job has
 * ended; without a slot, an answer or a job it leaves the watch to the next tick.
 *
 * @param slot whether the pacer's slot has been waited for already.
 */
export async function lookAtJob(
  services: TrackerServices,
  held: HeldWatch,
  jobId: string,
  slot?: 'hasSlot',
): Promise<void> {
  const { watch } = held;
  const service = services.jobServices[watch.service];
  const call = service.readCall(watch.vaultId, jobId);
  const now = services.clock();
  if (!slot && (await reserve(services, call)).kind === 'wait') return giveUp(services, held);
  const deadlineAt = new Date(now.getTime() + windowSeconds * 1000);
  const { answer } = await sendCall(services, call, { clientRequestId: services.newId(), deadlineAt });
  if (answer.kind !== 'reply') return giveUp(services, held);
  const { reply } = answer;
  if (reply.status === 404) {
    const failure = readFailure(reply, 'GET');
    if (isGone(failure.code, failure.message))
      return settleWatch(services, held, { kind: 'failed', failure });
  }
  if (reply.status !== 200) return giveUp(services, held);
  const reading = service.readJob(reply, jobId);
  if (reading.kind === 'ended') return settleWatch(services, held, { kind: 'ended', ending: reading.ending });
  const { seen } = reading;
  if (now.toISOString() >= watch.giveUpAt) return giveUp(services, held);
  const same = watch.seen?.status === seen.status && watch.seen.progress === seen.progress;
  if (!same || !watch.looked) await changeWatch(services, held, { looked: true, seen });
}

async function giveUp(services: TrackerServices, held: HeldWatch): Promise<void> {
  const { watch } = held;
  if (services.clock().toISOString() < watch.giveUpAt) {
    if (!watch.looked) await changeWatch(services, held, { looked: true });
    return;
  }
  const failure = {
    code: 'JobStillRunning',
    message: 'The job has shown no end in the time it is followed for.',
  };
  const job = watch.seen ? { job: watch.seen } : {};
  await settleWatch(services, held, { kind: 'timedOut', failure, ...job });
}
