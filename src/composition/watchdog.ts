import type { InvocationContext, TimerHandler } from '@azure/functions';
import { watchCleanUps } from '../drills/watchCleanUps.ts';
import { auditRuns } from '../jobs/auditRuns.ts';
import { watchTrackers } from '../jobs/watchTrackers.ts';
import { planMessage, type NotificationMessage } from '../notifications/message.ts';
import { putMessageFor } from '../notifications/outbox.ts';
import { writeAlert, type AlertCode } from '../notifications/alert.ts';
import type { RunAlert } from '../runs/watchFlow.ts';
import { watchRuns } from '../runs/watchRuns.ts';
import { expectTicks, noteTick, readTimers, type TimerName } from '../triggers/ticks.ts';
import { cleanUpServices, runServices, trackerServices } from './invocationServices.ts';
import { removeWhatIsOver } from './removal.ts';
import { getServices, type Services } from './services.ts';
import { keepPlanStanding, readPlanStanding } from './standing.ts';

/** What a timer does in one tick. */
export type Tick = (services: Services, context: InvocationContext) => Promise<unknown>;

/** The handler of a timer: a tick whose work went well is noted. */
export const ticking =
  (name: TimerName, tick: Tick): TimerHandler =>
  async (_timer, context) => {
    const services = getServices();
    await tick(services, context);
    await noteTick(services.tables.triggers, name, services.clock());
  };

/** What the watchdog could not mend. */
const forPersons: Partial<Record<RunAlert['kind'], AlertCode>> = {
  stuck: 'stuckRun',
  unknown: 'unknownEnding',
};

async function tellRuns(services: Services, context: InvocationContext): Promise<void> {
  for (const { kind, runId, message } of await watchRuns(runServices(services, context))) {
    const code = forPersons[kind];
    if (code) writeAlert(context, code, message, { runId });
    else context.warn(`${message} ${JSON.stringify({ runId, kind })}`);
  }
}

async function tellDoubled(services: Services, context: InvocationContext): Promise<void> {
  const audited = await auditRuns({ ...trackerServices(services, context), steps: services.tables.steps });
  for (const { runId, jobIds } of audited)
    writeAlert(context, 'doubled', `A run has ${jobIds.length} jobs: ${jobIds.join(', ')}.`, { runId });
}

async function tellPoison({ queueLooks }: Services, context: InvocationContext): Promise<void> {
  // Looking makes both queues where there are none.
  const [, poison] = await Promise.all([queueLooks.steps.depth(), queueLooks.poison.depth()]);
  if (poison > 0)
    writeAlert(context, 'poisonQueue', `Messages of steps were given up and not taken up again: ${poison}.`);
}

/** To the webhook of the settings, and to every channel of the plan in force, where one is known. */
async function tellAll({ tables, loadPlan, clock }: Services, message: NotificationMessage): Promise<void> {
  const channels = await loadPlan().then(
    ({ plan }) => plan.channels.map(({ name }) => name),
    () => [],
  );
  for (const channel of [undefined, ...channels])
    await putMessageFor(tables.outbox, channel, message, clock());
}

async function tellPlan(services: Services, context: InvocationContext): Promise<void> {
  const plan = await readPlanStanding(services);
  if (plan.fault !== undefined) {
    writeAlert(context, 'plan', plan.fault);
    // Told when it begins; the alert is written at every tick.
    if (plan.since === undefined) await tellAll(services, planMessage(plan.fault, services.clock()));
  }
  await keepPlanStanding(services, plan);
}

async function tellTimers({ tables, clock }: Services, context: InvocationContext): Promise<void> {
  const timers = await readTimers(tables.triggers, clock());
  await expectTicks(tables.triggers, clock());
  for (const { name, isLate, lastTickAt } of timers)
    if (isLate)
      writeAlert(context, 'noTick', `${name} has not run since ${lastTickAt ?? 'it was first looked for'}.`);
}

/** Does each of them, whatever becomes of the others. @throws the first failure, at the end. */
async function each(ticks: readonly Tick[], ...given: Parameters<Tick>): Promise<void> {
  const failures: unknown[] = [];
  for (const tick of ticks) {
    try {
      await tick(...given);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * The watchdog's tick, every five minutes: mends what no event told, and writes an alert for what needs a person.
 *
 * @throws whatever one of its parts throws, once all have been done.
 */
export const watch: Tick = (...given) =>
  each(
    [
      tellRuns,
      (services, context) => watchTrackers(trackerServices(services, context)),
      (services, context) => watchCleanUps(cleanUpServices(services, context)),
      tellDoubled,
      removeWhatIsOver,
      tellTimers,
      tellPlan,
      tellPoison,
    ],
    ...given,
  );
