import type { InvocationContext } from '@azure/functions';
import { plainText } from '../arm/words.ts';
import type { BatchServices } from '../batches/batchItem.ts';
import { describeBatch } from '../batches/reportBatch.ts';
import { dataProtectionJobs } from '../data-protection/jobList.ts';
import { chargeOfRestore, takeCharges } from '../batches/dailyLimits.ts';
import type { CoverageTickServices } from '../coverage/refreshState.ts';
import { keepProof } from '../coverage/rows.ts';
import type { DrillRecordServices } from '../drills/recordDrill.ts';
import type { CleanUpServices } from '../drills/cleanUpRow.ts';
import type { EstateServices } from '../estate/askArm.ts';
import { inPlainWords, type TrackerServices } from '../jobs/trackerServices.ts';
import type { WatchOrder } from '../arm/backupJob.ts';
import { findWatch, vaultOfBackup } from '../jobs/watch.ts';
import { cancelWatch, watchJob } from '../jobs/watchJob.ts';
import { watchedRuns } from '../jobs/watchTrackers.ts';
import { writeAlert } from '../notifications/alert.ts';
import type { Channel } from '../notifications/channels.ts';
import { messageOf } from '../notifications/message.ts';
import { channelsFor, isNotified, putMessage, putMessageFor } from '../notifications/outbox.ts';
import type { NotificationServices } from '../notifications/sendMessages.ts';
import { runOrchestration } from '../orchestrations/flow.ts';
import type { Plan } from '../plan/schema.ts';
import { recoveryServicesJobs } from '../recovery-services/jobList.ts';
import { isCancelRequested, requestCancel } from '../runs/changeRun.ts';
import { finishLate } from '../runs/finishRun.ts';
import { childEndedEvent, shardIdOf, type RunInput, type RunRecord } from '../runs/run.ts';
import { findRun, instanceIdOf } from '../runs/runRow.ts';
import { runsSince } from '../runs/listRuns.ts';
import type { RunServices } from '../runs/runServices.ts';
import type { StepOrder, StepSummary } from '../steps/step.ts';
import { orderStep } from '../steps/orderStep.ts';
import { listSteps } from '../steps/stepRow.ts';
import type { StepLog, StepServices } from '../steps/stepServices.ts';
import type { TriggerServices } from '../triggers/ticks.ts';
import type { Settings } from '../settings.ts';
import { obstacleTo } from './sendObstacles.ts';
import type { Services } from './services.ts';

/** Lost, it costs the batch time alone: the shard's timer looks as well. */
async function wakeShard(given: Services, context: InvocationContext, instanceId: string): Promise<boolean> {
  try {
    return (await given.flowsOf(context).raise(instanceId, childEndedEvent, {})) !== 'missing';
  } catch (error) {
    context.warn(`Shard ${instanceId} was not woken: ${plainText(String(error), 300)}`);
    return false;
  }
}

/** More than the items of any batch make. */
const mostShards = 1000;

/** Has the shards of a batch look at once; a run that is none has no shard. */
async function wakeShards(given: Services, context: InvocationContext, runId: string): Promise<void> {
  const generation = (await findRun(given.tables, runId))?.run.generation ?? 1;
  for (let number = 1; number <= mostShards; number++) {
    if (!(await wakeShard(given, context, shardIdOf(runId, generation, number)))) return;
  }
}

/** A run's ending as its log line tells it; told again it is the same line. */
const endingOf = ({ id, kind, status, batch, createdAt, endedAt, counts, error }: RunRecord) => ({
  ...{ runId: id, kind, status, isBatch: counts !== undefined },
  ...(batch === undefined ? {} : { batch }),
  ...(error ? { code: error.code } : {}),
  ...(endedAt === undefined ? {} : { seconds: (Date.parse(endedAt) - Date.parse(createdAt)) / 1000 }),
});

/** What the flow of a run orders first; undefined where something else comes before a step. */
type FirstOrderOf = (input: RunInput, now: Date) => StepOrder | undefined;

let firstOrderOf: FirstOrderOf = () => undefined;

/** Told by the function that has the flows: whoever starts one need not know them. */
export const knowFirstOrders = (known: FirstOrderOf): void => void (firstOrderOf = known);

/** The first step is on its way before its flow is there: one activity and one turn of the flow less. */
async function orderFirst(given: Services, context: InvocationContext, input: RunInput): Promise<boolean> {
  try {
    const order = firstOrderOf(input, given.clock());
    return order !== undefined && (await orderStep(stepServices(given, context), order)) === undefined;
  } catch (error) {
    context.warn(
      `The first step of run ${input.runId} is left to its flow: ${plainText(String(error), 300)}`,
    );
    return false;
  }
}

/** What the run record is kept with during one invocation. */
export function runServices(given: Services, context: InvocationContext): RunServices {
  const { clock, tables, queue, settings } = given;
  const watchOf = async (runId: string, steps: readonly StepSummary[]) => {
    const vaultId = vaultOfBackup(steps);
    return vaultId === undefined ? undefined : findWatch(tables.watches, vaultId, runId);
  };
  let watched: Promise<ReadonlySet<string>> | undefined;
  return {
    clock,
    runs: tables.runs,
    // The client is asked for late: not every invocation has one among its inputs.
    flows: {
      start: (...order) => given.flowsOf(context).start(...order),
      status: (instanceId) => given.flowsOf(context).status(instanceId),
    },
    orchestration: runOrchestration,
    mayDeleteBackups: settings.deleteBackups,
    mayDrill: settings.drillRestores,
    minimumPollSeconds: settings.minimumPollSeconds,
    listSteps: (runId) => listSteps(tables.steps, runId),
    isWatched: async (runId) => (await (watched ??= watchedRuns(tables.watches))).has(runId),
    quietUntil: given.quietRuns,
    seenJob: async (...run) => (await watchOf(...run))?.watch.seen,
    describeBatch: (run) => describeBatch(tables, run),
    notify: async (record) => {
      context.log(JSON.stringify({ message: 'run ended', ...endingOf(record) }));
      const { plan } = await given.loadPlan();
      if (isNotified(plan, record)) await putMessage(tables.outbox, record, clock());
      for (const channel of channelsFor(plan, record)) {
        await putMessageFor(tables.outbox, channel, messageOf(record), clock());
      }
    },
    orderFirst: (input) => orderFirst(given, context, input),
    wakeShard: async (instanceId) => void (await wakeShard(given, context, instanceId)),
    sendStepAgain: (runId, stepId) => queue.send(JSON.stringify({ runId, stepId })),
  };
}

const stepLog =
  (context: InvocationContext): StepLog =>
  (level, message, fields) => {
    if (typeof level === 'object') return writeAlert(context, level.alert, message, fields);
    const line = JSON.stringify({ message, ...fields });
    if (level === 'info') context.log(line);
    else context.warn(line);
  };

/** What the ledger acts through during one invocation. */
export function stepServices(given: Services, context: InvocationContext): StepServices {
  const { clock, newId, tables, queue, arm, pacer, catalogue, settings } = given;
  return {
    clock,
    newId,
    steps: tables.steps,
    items: tables.items,
    queue,
    arm,
    pacer,
    catalogue,
    minimumPollSeconds: settings.minimumPollSeconds,
    raise: (runId, generation, eventName, event) =>
      given.flowsOf(context).raise(instanceIdOf(runId, generation), eventName, { ...event }),
    watchJob: (order) => watchJob(trackerServices(given, context), order as unknown as WatchOrder),
    isCancelRequested: (runId) => isCancelRequested(tables, runId),
    obstacleTo: (call, step) => obstacleTo(given, call, step),
    log: stepLog(context),
  };
}

/** What the job tracker acts through during one invocation. */
export function trackerServices(given: Services, context: InvocationContext): TrackerServices {
  const { clock, newId, tables, arm, pacer, settings } = given;
  return {
    clock,
    newId,
    watches: tables.watches,
    arm,
    pacer,
    jobServices: {
      recoveryServices: inPlainWords(recoveryServicesJobs),
      dataProtection: inPlainWords(dataProtectionJobs),
    },
    minimumPollSeconds: settings.minimumPollSeconds,
    pause: given.pause,
    start: (...order) => given.flowsOf(context).start(...order),
    raise: (...event) => given.flowsOf(context).raise(...event),
    flowOf: instanceIdOf,
    isCancelRequested: (runId) => isCancelRequested(tables, runId),
    finishLate: async (runId, generation, ending) =>
      void (await finishLate(runServices(given, context), { runId, generation }, ending)),
    log: stepLog(context),
  };
}

/** Asks a run to stop; one that waits for its job learns of it through the job's tracker. */
export async function stopRun(
  given: Services,
  context: InvocationContext,
  runId: string,
  caller?: string,
): ReturnType<typeof requestCancel> {
  const runs = runServices(given, context);
  const asked = await requestCancel(runs, runId, caller);
  if (asked !== 'requested') return asked;
  const vaultId = vaultOfBackup(await runs.listSteps(runId));
  if (vaultId === undefined) await wakeShards(given, context, runId);
  else await cancelWatch(trackerServices(given, context), vaultId, runId);
  return asked;
}

/** What reads of the estate go through. */
export const estateServices = ({ arm, pacer, clock, newId, pause }: Services): EstateServices => ({
  arm,
  pacer,
  clock,
  newId,
  pause,
});

/** What batches and sweeps are carried with during one invocation. */
export function batchServices(given: Services, context: InvocationContext): BatchServices {
  const { clock, tables, loadPlan, settings } = given;
  return {
    clock,
    runs: runServices(given, context),
    cancelChild: async (...child) => void (await stopRun(given, context, ...child)),
    batchItems: tables.batchItems,
    dailyCounters: tables.dailyCounters,
    loadPlan,
    estate: estateServices(given),
    minimumPollSeconds: settings.minimumPollSeconds,
  };
}

/** What a restore drill notes what it has come to with. */
export const drillRecordServices = ({ clock, tables }: Services): DrillRecordServices => ({
  clock,
  drillCleanUps: tables.drillCleanUps,
  countRestore: async (itemId, run) => {
    const reached = await takeCharges(tables.dailyCounters, clock(), [chargeOfRestore(itemId, run)]);
    return reached && `daily limit: the service takes ${reached.limit} ${reached.what} a day for ${itemId}`;
  },
  keepProof: (resourceId, proof) => keepProof(tables.coverage, resourceId, proof),
});

/** What the watchdog of clean-ups acts through during one invocation. */
export const cleanUpServices = (given: Services, context: InvocationContext): CleanUpServices => ({
  clock: given.clock,
  runs: runServices(given, context),
  drillCleanUps: given.tables.drillCleanUps,
  alert: (message, run) => writeAlert(context, 'leftOver', message, { runId: run }),
});

/** What triggers are accepted with during one invocation. */
export function triggerServices(given: Services, context: InvocationContext): TriggerServices {
  const { clock, tables, loadPlan } = given;
  return {
    clock,
    runs: runServices(given, context),
    triggers: tables.triggers,
    loadPlan,
    log: (message) => context.log(message),
  };
}

/** A channel of the plan with the address and secret that settings hold; a text says what is missing. */
function channelOf(
  { channels }: Plan,
  { channelSettings }: Settings,
  wanted: string,
): Channel | string | undefined {
  const channel = channels.find(({ name }) => name === wanted);
  if (!channel) return undefined;
  const { kind, url: urlName, secret: secretName } = channel;
  const url = channelSettings[urlName];
  if (url === undefined || !url.startsWith('https://'))
    return `the setting ${urlName} holds no https address`;
  const secret = secretName === undefined ? undefined : channelSettings[secretName];
  if (secretName !== undefined && secret === undefined) return `the setting ${secretName} is absent`;
  return { kind, url, ...(secret !== undefined && { secret }) };
}

/** What notifications are sent with during one invocation; without a webhook they are printed. */
export async function notificationServices(
  given: Services,
  context: InvocationContext,
): Promise<NotificationServices> {
  const { clock, tables, settings, post } = given;
  const plan = await given.loadPlan().then(
    (loaded) => loaded.plan,
    () => undefined,
  );
  return {
    clock,
    outbox: tables.outbox,
    ...(settings.notify ? { webhook: settings.notify } : {}),
    channelOf: (name) => (plan ? channelOf(plan, settings, name) : 'the plan cannot be read now'),
    post,
    print: (line) => context.log(line),
    alert: (message) => writeAlert(context, 'notification', message),
  };
}

/** What coverage is read and told with during one invocation. */
export function coverageServices(given: Services, context: InvocationContext): CoverageTickServices {
  const { clock, newId, tables, loadPlan, settings, post } = given;
  const runs = runServices(given, context);
  return {
    clock,
    newId,
    table: tables.coverage,
    outbox: tables.outbox,
    estate: estateServices(given),
    loadPlan,
    runsSince: (since) => runsSince(runs, since),
    ...(settings.pingUrl !== undefined && { pingUrl: settings.pingUrl }),
    post,
    log: (message) => context.log(message),
  };
}
