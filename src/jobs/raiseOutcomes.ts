import type { JobEnding, PointMade, JobEvent, WatchOutcome } from '../arm/backupJob.ts';
import type { ArmCall, JsonObject } from '../arm/call.ts';
import { readAllPages, slotFor, ticketOf } from '../steps/exchange.ts';
import { changeWatch, forgetWatch } from './settleWatch.ts';
import { inBatches } from './trackerRow.ts';
import type { TrackerServices } from './trackerServices.ts';
import { rowOfWatch, type HeldWatch, type Watch } from './watch.ts';

/** Times that an outcome is offered to a flow that the platform does not know. */
const mostUnheard = 10;
/** How long a job is watched on after its run has ended without it. */
const lateMs = 7 * 86_400_000;
const atOnce = 16;
/** Watches that are told together: their rows go in few operations, and none waits for the points of thousands. */
const mostTogether = 100;
/** So long a tick waits for its turns to read points: flows that are told without one look for it by themselves. */
const longestWaitMs = 40_000;
const exchangeMs = 15_000;
const mostTurns = 3;

/** Until when a tick may wait for turns; it is over once one of them came too late. */
interface Patience {
  untilMs: number;
}

/** Waits for the pacer's slot; false when it comes too late for this tick. */
async function hasTurn(services: TrackerServices, call: ArmCall, patience: Patience): Promise<boolean> {
  let keptAt: string | undefined;
  for (let turns = 0; turns < mostTurns; turns++) {
    if (services.clock().getTime() >= patience.untilMs) return false;
    const slot = await slotFor(services, call, keptAt);
    if (slot.kind === 'go') return true;
    const ticket = ticketOf(slot);
    if (!ticket || slot.until.getTime() > patience.untilMs) {
      patience.untilMs = 0;
      return false;
    }
    await services.pause(Math.max(0, slot.until.getTime() - services.clock().getTime()));
    keptAt = ticket.toISOString();
  }
  return false;
}

/** Of a backup that was made: the call that lists its recovery point, and how it is read. */
function lookOf({ jobServices, clock }: TrackerServices, { watch }: HeldWatch) {
  const { outcome, operation, service } = watch;
  if (outcome?.kind !== 'ended' || operation !== undefined) return undefined;
  const ending = outcome.ending as JobEnding;
  const isMade = ending.ended === 'completed' || ending.ended === 'completedWithWarnings';
  return isMade ? jobServices[service].pointOf(watch, ending, clock()) : undefined;
}

/** The recovery point of a backup that was made; null when the list shows none (yet), undefined when it was not read. */
async function readPoint(
  services: TrackerServices,
  held: HeldWatch,
  patience: Patience,
): Promise<PointMade | null | undefined> {
  try {
    const look = lookOf(services, held);
    if (!look || !(await hasTurn(services, look.call, patience))) return undefined;
    const deadlineAt = new Date(services.clock().getTime() + exchangeMs);
    const { answer } = await readAllPages(services, look.call, {
      clientRequestId: services.newId(),
      deadlineAt,
    });
    return answer.kind === 'reply' && answer.reply.status === 200 ? look.read(answer.reply) : undefined;
  } catch (error) {
    const { runId, event } = held.watch;
    services.log('warning', `A recovery point was not read: ${String(error)}`, { runId, event });
    return undefined;
  }
}

/** The outcome as it is told: an end with the recovery point that was read beside it. */
function withPoint(outcome: WatchOutcome, recoveryPoint: PointMade | null | undefined): WatchOutcome {
  if (outcome.kind !== 'ended' || recoveryPoint === undefined) return outcome;
  return { ...outcome, ending: { ...outcome.ending, recoveryPoint } as JsonObject };
}

/** Bytes of an event's payload. */
const largestEventBytes = 8192;

/** What the step gave is left out where it does not fit: the flow then asks the ledger for it. */
function payloadOf({ event, started }: Watch, outcome: WatchOutcome): JobEvent {
  const whole = { event, outcome, ...(started === undefined ? {} : { started }) };
  return Buffer.byteLength(JSON.stringify(whole)) <= largestEventBytes ? whole : { event, outcome };
}

/**
 * Tells a flow what a settled watch holds, and forgets the watch once the event is on its way.
 *
 * A crash in between raises the event again at the next tick: its name is never waited for twice.
 */
async function raiseOne(
  services: TrackerServices,
  held: HeldWatch,
  point: PointMade | null | undefined,
): Promise<void> {
  const { watch } = held;
  const { runId, generation, event, outcome } = watch;
  if (!outcome) return;
  const payload = payloadOf(watch, withPoint(outcome, point));
  const raised = await services.raise(services.flowOf(runId, generation), `job-${event}`, { ...payload });
  if (raised === 'missing') {
    const untold = (watch.untold ?? 0) + 1;
    services.log('warning', 'The flow of a settled job is not there.', { runId, event, untold });
    // The flow has asked, so it was there: a later generation of its run asks anew.
    if (untold < mostUnheard) return void (await changeWatch(services, held, { untold }));
  }
  if (await watchOn(services, held)) return;
  await forgetWatch(services, watch);
}

/** A job that outlived its run is watched for another week: the record may still turn into the real ending. */
async function watchOn(services: TrackerServices, held: HeldWatch): Promise<boolean> {
  const { outcome, ...watch } = held.watch;
  if (outcome?.kind !== 'timedOut' || !services.finishLate) return false;
  const jobId = outcome.job?.id ?? watch.seen?.id ?? watch.jobId;
  if (jobId === undefined) return false;
  const giveUpAt = new Date(services.clock().getTime() + lateMs).toISOString();
  const late: Watch = { ...watch, jobId, giveUpAt, late: true, goesOnAfterCancel: true };
  await services.watches.replace(rowOfWatch(late), held.etag);
  return true;
}

/**
 * Tells the flows of settled watches, each backup's end with its recovery point where the budget has room for the read.
 *
 * A watch is settled in its row before its event is raised, and removed after: a crash in between raises it again. The
 * points are in the telling alone: what a crash has kept from being told is told at the next tick, with or without.
 */
export async function raiseOutcomes(services: TrackerServices, settled: readonly HeldWatch[]): Promise<void> {
  const patience = { untilMs: services.clock().getTime() + longestWaitMs };
  const made = settled.filter((held) => lookOf(services, held));
  // Whoever is to stop, or has failed, waits for no point.
  const others = settled.filter((held) => !made.includes(held));
  await inBatches(others, atOnce, (held) => raiseOne(services, held, undefined));
  for (let begin = 0; begin < made.length; begin += mostTogether) {
    const group = made.slice(begin, begin + mostTogether);
    const points = new Map<HeldWatch, PointMade | null | undefined>();
    await inBatches(group, atOnce, async (held) => {
      points.set(held, await readPoint(services, held, patience));
    });
    await inBatches(group, atOnce, (held) => raiseOne(services, held, points.get(held)));
  }
}
