import type { InvocationContext, TimerHandler } from '@azure/functions';
import { itemsOf } from '../batches/batchItem.ts';
import { cleanUpServices, runServices, trackerServices } from '../composition/invocationServices.ts';
import { getServices, type Services } from '../composition/services.ts';
import { watchCleanUps } from '../drills/watchCleanUps.ts';
import { listTrackers } from '../jobs/trackerRow.ts';
import { vaultKeyOf, vaultOfBackup } from '../jobs/watch.ts';
import { watchTrackers, auditRuns } from '../jobs/watchTrackers.ts';
import { writeAlert, type AlertCode } from '../notifications/alert.ts';
import { planMessage, type NotificationMessage } from '../notifications/message.ts';
import { putMessageFor } from '../notifications/outbox.ts';
import { removeForgotten, removeRuns } from '../runs/removeRuns.ts';
import type { RunState } from '../runs/runRow.ts';
import type { RunAlert } from '../runs/watchFlow.ts';
import { watchRuns } from '../runs/watchRuns.ts';
import { removeOldGuards } from '../steps/guardSteps.ts';
import { listSteps } from '../steps/stepRow.ts';
import { removeRange, removeScanned } from '../storage/removeRows.ts';
import { expectTicks, recordTick, readTimers, type TimerName } from '../triggers/ticks.ts';
import { keepPlanStanding, readPlanStanding } from './standing.ts';

const dayMs = 86_400_000;

/** What lies about a run besides its record: watches first, whose vault the steps tell. */
async function removeParts({ tables }: Services, run: RunState): Promise<void> {
  const vaultId = vaultOfBackup(await listSteps(tables.steps, run.id));
  // '.' sorts after '-': the first key behind all of the run's.
  const ofRun = { from: `${run.id}-`, before: `${run.id}.` };
  if (vaultId !== undefined) await removeRange(tables.watches, vaultKeyOf(vaultId), ofRun);
  await removeRange(tables.batchItems, itemsOf(run));
  await removeRange(tables.steps, run.id);
}

/** Rows of which nothing else tells that they are over: notifications sent, events accepted, guards, counters of past days. */
async function removeOld({ tables, clock, settings }: Services): Promise<void> {
  const before = new Date(clock().getTime() - settings.keepRecordsDays * dayMs).toISOString();
  await removeScanned(tables.outbox, { column: 'at', before });
  await removeScanned(tables.triggers, { column: 'at', before, partitionPrefix: 'event-' });
  await removeOldGuards(tables.steps, before);
  await removeScanned(tables.dailyCounters, { column: 'PartitionKey', before: before.slice(0, 10) });
}

const marks = 'removal';

/** Trackers begin a history anew for each spell of work: those before the one of yesterday are purged. */
async function purgeTrackers(services: Services, context: InvocationContext): Promise<void> {
  const { watches, triggers } = services.tables;
  const flows = services.flowsOf(context);
  for (const { tracker } of await listTrackers(watches)) {
    const rowKey = `tracker-${tracker.vaultKey}`;
    const mark = await triggers.read(marks, rowKey);
    const [from, to] = [Number(mark?.['purgedTo'] ?? 0), Number(mark?.['seen'] ?? 0)];
    for (let generation = from + 1; generation <= to; generation++)
      await flows.purge(`track-${tracker.vaultKey}-${generation}`);
    const next = { partitionKey: marks, rowKey, purgedTo: to, seen: tracker.generation - 1 };
    await triggers.put(next);
  }
}

/** Once a day, by whichever instance comes first. */
async function daily(services: Services, work: () => Promise<void>): Promise<void> {
  const { triggers } = services.tables;
  const day = services.clock().toISOString().slice(0, 10);
  const row = await triggers.read(marks, 'day');
  if (row?.['day'] === day) return;
  await work();
  await triggers.put({ partitionKey: marks, rowKey: 'day', day });
}

/**
 * Removes what is over for longer than records are kept. Runs go a few at a time with every tick, the rest once a day.
 *
 * @throws whatever storage throws: the next tick goes on where this one ended.
 */
async function removeWhatIsOver(services: Services, context: InvocationContext): Promise<void> {
  const flows = services.flowsOf(context);
  const removed = await removeRuns({
    ...runServices(services, context),
    keepRecordsDays: services.settings.keepRecordsDays,
    removeParts: (run) => removeParts(services, run),
    purge: (instanceId) => flows.purge(instanceId),
  });
  if (removed > 0) context.log(`Records of ${removed} runs were removed.`);
  await daily(services, async () => {
    await removeOld(services);
    await removeForgotten({ runs: services.tables.runs, clock: services.clock });
    await purgeTrackers(services, context);
  });
}

/** What a timer does in one tick. */
type Tick = (services: Services, context: InvocationContext) => Promise<unknown>;

/** The handler of a timer: a tick whose work went well is noted. */
export const ticking =
  (name: TimerName, tick: Tick): TimerHandler =>
  async (_timer, context) => {
    const services = getServices();
    await tick(services, context);
    await recordTick(services.tables.triggers, name, services.clock());
  };

/** What the watchdog could not mend. */
const forPersons: Partial<Record<RunAlert['kind'], AlertCode>> = {
  stuck: 'stuckRun',
  unknown: 'unknownEnding',
};

async function notifyOfRuns(services: Services, context: InvocationContext): Promise<void> {
  for (const { kind, runId, message } of await watchRuns(runServices(services, context))) {
    const code = forPersons[kind];
    if (code) writeAlert(context, code, message, { runId });
    else context.warn(`${message} ${JSON.stringify({ runId, kind })}`);
  }
}

async function notifyOfDoubled(services: Services, context: InvocationContext): Promise<void> {
  const audited = await auditRuns({ ...trackerServices(services, context), steps: services.tables.steps });
  for (const { runId, jobIds } of audited)
    writeAlert(context, 'doubled', `A run has ${jobIds.length} jobs: ${jobIds.join(', ')}.`, { runId });
}

async function notifyOfPoison({ queueLooks }: Services, context: InvocationContext): Promise<void> {
  // Looking makes both queues where there are none.
  const [, poison] = await Promise.all([queueLooks.steps.depth(), queueLooks.poison.depth()]);
  if (poison > 0)
    writeAlert(context, 'poisonQueue', `Messages of steps were given up and not taken up again: ${poison}.`);
}

/** To the webhook of the settings, and to every channel of the plan in force, where one is known. */
async function notifyAll({ tables, loadPlan, clock }: Services, message: NotificationMessage): Promise<void> {
  const channels = await loadPlan().then(
    ({ plan }) => plan.channels.map(({ name }) => name),
    () => [],
  );
  for (const channel of [undefined, ...channels])
    await putMessageFor(tables.outbox, channel, message, clock());
}

async function notifyOfPlan(services: Services, context: InvocationContext): Promise<void> {
  const plan = await readPlanStanding(services);
  if (plan.fault !== undefined) {
    writeAlert(context, 'plan', plan.fault);
    // Told when it begins; the alert is written at every tick.
    if (plan.since === undefined) await notifyAll(services, planMessage(plan.fault, services.clock()));
  }
  await keepPlanStanding(services, plan);
}

async function notifyOfTimers({ tables, clock }: Services, context: InvocationContext): Promise<void> {
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
      notifyOfRuns,
      (services, context) => watchTrackers(trackerServices(services, context)),
      (services, context) => watchCleanUps(cleanUpServices(services, context)),
      notifyOfDoubled,
      removeWhatIsOver,
      notifyOfTimers,
      notifyOfPlan,
      notifyOfPoison,
    ],
    ...given,
  );
