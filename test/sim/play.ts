import { dressEvent, type ResourceEvent } from '../../local/arm-simulator/resources/events/event-shapes.ts';
import { eventListenersOf } from '../../local/arm-simulator/resources/events/listeners.ts';
import type { Effect } from '../../local/arm-simulator/effects.ts';
import { isFinished } from '../../local/functions-host/durable/instanceRecord.ts';
import { createMemoryStore, type InstanceStore } from '../../local/functions-host/durable/instanceStore.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp, type Answer, type EmbeddedApp } from '../support/embeddedApp.ts';
import { drillAccountId } from '../support/drillWorld.ts';
import { diskId, disksVaultId, filesVaultId } from '../support/planWorld.ts';
import { runRows } from '../support/runDesk.ts';
import type { Fired } from './faultKinds.ts';
import { actsOf, type Act } from './requests.ts';
import { troublesOf, type Troubles } from './troubles.ts';
import { makeWorld, type Scenario, type SimWorld } from './world.ts';

/** A job as the service shows it at the end. */
export interface ServiceJob {
  readonly id: string;
  readonly status: string;
  readonly operation: string;
}

/** What was asked, and what was answered to it at last. */
export interface Asked {
  readonly act: Act;
  readonly answer: Answer | undefined;
}

/** One request for a backup, from its sending to its answer, on the service's clock. */
export interface BackupCall {
  readonly path: string;
  readonly from: number;
  to: number;
}

/** Everything by which a world is judged: the service's own log, answers, records and what lies in storage. */
export interface Evidence {
  readonly world: SimWorld;
  readonly asked: readonly Asked[];
  readonly effects: readonly Effect[];
  readonly jobs: readonly ServiceJob[];
  readonly backupCalls: readonly BackupCall[];
  readonly records: readonly RunRecord[];
  readonly cancelled: ReadonlySet<string>;
  /** Requests that the service has answered 429, those of faults among them. */
  readonly throttled: number;
  /** What should not be there once all is still, in words. */
  readonly leftOver: readonly string[];
  /** Every text that a person or another system may see. */
  readonly seen: readonly string[];
  readonly fired: Fired;
  readonly deaths: number;
  readonly hours: number;
}

/** Faults end so long after the last request. */
const faultyMs = 700_000;
/** The watchdog has come by twice. */
const stillMs = 660_000;
/** A message that a dead process was at is seen again after ten minutes. */
const untilSeenAgainMs = 1_300_000;
/** What was put off by a clock that had jumped comes when the right clock gets there. */
const afterJumpMs = 12 * 3_600_000;
/** Longer than anything that has been held back is late. */
const untilLateMs = 2_700_000;

/**
 * A start that comes late begins the instance of an ended run anew: it meets a ledger in which all is settled, but may first
 * wait until the job that it takes for its own would have ended.
 */
const secondLifeMs = 8 * 3_600_000;

/** Drills clean up more and more rarely where that fails; so long it may take. */
const cleanUpMs = 5 * 86_400_000;
const allowed = (isOn: boolean) => (isOn ? 'true' : 'false');

/** Plays the world of a seed to its end. */
export async function playWorld(seed: number, scenario: Scenario): Promise<Evidence> {
  const world = makeWorld(seed, scenario);
  const troubles = troublesOf(world);
  const instances = createMemoryStore();
  const app = await startEmbeddedApp({
    ...{ world: world.world, startAt: world.startAt, seed, plan: () => world.plan, instances },
    ...{ faults: world.faults, aroundPort: troubles.around, skewMs: troubles.skewMs },
    jumpedMs: troubles.jumpedMs,
    environment: {
      RESTORE_DRILLS: allowed(world.drills),
      DELETE_BACKUPS: allowed(world.deletes.setting),
    },
  });
  const startedAt = app.clock.now();
  const backupCalls = watchBackupCalls(app);
  troubles.begin(app);
  try {
    const asked = await askAll(app, world, troubles);
    await app.clock.runFor(faultyMs);
    troubles.stop();
    await comeToRest(app, world);
    await app.clock.runUntil(() => running(instances).length === 0, secondLifeMs);
    const hours = (app.clock.now() - startedAt) / 3_600_000;
    const leftOver = leftIn(app, instances);
    const records = await readRecords(app);
    return {
      ...{ world, asked, records, leftOver, hours, backupCalls, deaths: app.deaths() },
      effects: app.simulator.effects.all(),
      jobs: await readJobs(app),
      throttled: app.simulator.log.filter(({ status }) => status === 429).length,
      cancelled: new Set(records.filter((run) => run.cancelRequestedBy !== undefined).map(({ id }) => id)),
      seen: [
        ...app.log,
        ...asked.map(({ answer }) => JSON.stringify(answer ?? null)),
        ...records.map((record) => JSON.stringify(record)),
        ...storedTexts(app),
      ],
      fired: countWorldFaults(world, app, troubles.fired),
    };
  } finally {
    await app.stop();
  }
}

/** How long nothing may happen before a world is judged. */
function restMs({ scenario, enabled }: SimWorld, isFirst: boolean): number {
  if (scenario === 'clockJumps') return afterJumpMs;
  if (isFirst && (enabled.has('messageLate') || enabled.has('messageTwice'))) return untilLateMs;
  return enabled.has('death') || enabled.has('freeze') ? untilSeenAgainMs : stillMs;
}

/** Schedules go on to begin runs, and what was held back comes late: until all has ended and stayed so for a while. */
async function comeToRest(app: EmbeddedApp, world: SimWorld): Promise<void> {
  for (let rounds = 0; rounds < 4; rounds++) {
    const isOver = await app.clock.runUntil(() => allEnded(app), world.deadlineHours * 3_600_000);
    if (!isOver) return;
    await app.clock.runUntil(() => app.tables.drillCleanUps.rows().length === 0, cleanUpMs);
    await app.clock.runFor(restMs(world, rounds === 0));
    // A worker that froze may write a clean-up row once more, which then is watched for days.
    if (allEnded(app) && app.tables.drillCleanUps.rows().length === 0) return;
  }
}

const allEnded = (app: EmbeddedApp): boolean =>
  runRows(app.tables.runs).every((row) => row['endedAt'] !== undefined);

/** What a caller's client does: the same key until an answer comes, five times at most. */
async function ask(app: EmbeddedApp, path: string, body: unknown, key: string): Promise<Answer | undefined> {
  let answer: Answer | undefined;
  for (let tries = 0; tries < 5; tries++) {
    answer = await app.request('POST', path, body, { 'idempotency-key': key });
    if (answer && answer.status < 500) break;
    await app.clock.runFor(20_000);
  }
  return answer;
}

async function askAll(app: EmbeddedApp, world: SimWorld, troubles: Troubles): Promise<Asked[]> {
  const start = app.clock.now();
  const acts = actsOf(world);
  const asked: Asked[] = [];
  const events: ResourceEvent[] = [];
  const late: ResourceEvent[] = [];
  eventListenersOf(app.simulator.core).add((event) => events.push(event));
  for (const act of acts) {
    await app.clock.advanceTo(start + act.atSeconds * 1000);
    asked.push({ act, answer: await perform(app, act, { asked, events, late, troubles }) });
  }
  // The last one first.
  for (const event of late) {
    troubles.fire('gridLate');
    await deliverUntilTaken(app, event);
  }
  return asked;
}

interface Before {
  readonly asked: readonly Asked[];
  readonly events: ResourceEvent[];
  readonly late: ResourceEvent[];
  readonly troubles: Troubles;
}

async function perform(
  app: EmbeddedApp,
  act: Act,
  { asked, events, late, troubles }: Before,
): Promise<Answer | undefined> {
  if (act.kind === 'post') return ask(app, act.path, act.body, act.key);
  if (act.kind === 'refused') return ask(app, act.path, act.body, `refused-${act.atSeconds}`);
  if (act.kind === 'disk') return createDisk(app, act, { events, late, troubles });
  const earlier = asked[act.of];
  if (act.kind === 'repeat') {
    if (earlier?.act.kind !== 'post') return undefined;
    return ask(app, earlier.act.path, earlier.act.body, earlier.act.key);
  }
  const id = (earlier?.answer?.body as { id?: string } | undefined)?.id;
  return id === undefined ? undefined : ask(app, `/api/runs/${id}/cancel`, undefined, 'cancel');
}

/** A disk comes into being; Event Grid delivers until it is accepted, perhaps once more. */
async function createDisk(
  app: EmbeddedApp,
  { name, event: how }: Extract<Act, { kind: 'disk' }>,
  { events, late, troubles }: Pick<Before, 'events' | 'late' | 'troubles'>,
): Promise<Answer | undefined> {
  events.length = 0;
  await troubles.spared(() =>
    app.simulator.handle({
      method: 'PUT',
      url: `https://management.azure.com${diskId(name)}?api-version=2023-04-02`,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ location: 'westeurope', tags: { backup: 'daily' } }),
    }),
  );
  const [event] = events;
  if (!event) throw new Error('No event of the disk.');
  if (how === 'never') return void troubles.fire('gridNever');
  if (how === 'late') return void late.unshift(event);
  const answer = await deliverUntilTaken(app, event);
  if (how === 'twice') {
    troubles.fire('gridTwice');
    await deliver(app, event);
  }
  return answer;
}

const deliver = (app: EmbeddedApp, event: ResourceEvent): Promise<Answer | undefined> =>
  app.request(
    'POST',
    '/runtime/webhooks/eventgrid?functionName=onResourceWritten',
    dressEvent(event, 'EventGridSchema'),
    { 'aeg-event-type': 'Notification' },
  );

/** Event Grid delivers until it is told that the event was taken. */
async function deliverUntilTaken(app: EmbeddedApp, event: ResourceEvent): Promise<Answer | undefined> {
  let answer = await deliver(app, event);
  for (let tries = 0; tries < 6 && !(answer && answer.status < 300); tries++) {
    await app.clock.runFor(30_000);
    answer = await deliver(app, event);
  }
  return answer;
}

/** Notes every request for a backup as the service gets it. */
function watchBackupCalls({ simulator, clock }: EmbeddedApp): readonly BackupCall[] {
  const calls: BackupCall[] = [];
  const handle = simulator.handle.bind(simulator);
  simulator.handle = async (request) => {
    const { pathname } = new URL(request.url);
    if (request.method !== 'POST' || !pathname.endsWith('/backup')) return handle(request);
    const call: BackupCall = { path: pathname.toLowerCase(), from: clock.now(), to: Infinity };
    calls.push(call);
    try {
      return await handle(request);
    } finally {
      call.to = clock.now();
    }
  };
  return calls;
}

const headers = { authorization: `Bearer ${'a'.repeat(40)}` };

async function readJobs(app: EmbeddedApp): Promise<ServiceJob[]> {
  const jobs: ServiceJob[] = [];
  for (const [vault, version] of [
    [filesVaultId, '2025-08-01'],
    [disksVaultId, '2025-07-01'],
  ] as const) {
    const url = `https://management.azure.com${vault}/backupJobs?api-version=${version}`;
    const reply = await app.simulator.handle({ method: 'GET', url, headers });
    const { value } = JSON.parse(reply.body ?? '{}') as {
      value: { name: string; properties: { status: string; operation?: string } }[];
    };
    jobs.push(
      ...value.map(({ name, properties: { status, operation = '' } }) => ({ id: name, status, operation })),
    );
  }
  return jobs;
}

async function readRecords(app: EmbeddedApp): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  for (const row of runRows(app.tables.runs)) {
    const answer = await app.request('GET', `/api/runs/${row.rowKey}`);
    records.push(answer?.body as RunRecord);
  }
  return records;
}

const running = (instances: InstanceStore) =>
  instances.loadAll().filter(({ head }) => !isFinished(head.status));

/** Instances, messages, claims and watches that are there although nothing goes on. */
function leftIn(app: EmbeddedApp, instances: InstanceStore): string[] {
  const messages = app.queues
    .queues()
    .flatMap((queue) => app.queues.messages(queue).map(() => `a message in ${queue}`));
  const steps = app.tables.steps
    .rows()
    .filter((row) => row['state'] === 'claimed' || row['state'] === 'checking')
    .map((row) => `a step of run ${row.partitionKey} that is ${String(row['state'])}`);
  const watches = app.tables.watches
    .rows()
    .filter((row) => row['state'] !== 'idle')
    .map((row) => `a watch ${row.partitionKey}/${row.rowKey}`);
  const drilled = app.simulator.core.resources
    .list()
    .filter(({ id }) => id.includes('/abd-') || id.startsWith(`${drillAccountId}/`))
    .map(({ id }) => `what a drill made: ${id}`);
  const cleanUps = app.tables.drillCleanUps.rows().map((row) => `a clean-up of run ${row.rowKey}`);
  return [
    ...drilled,
    ...cleanUps,
    ...running(instances).map(({ head }) => `instance ${head.instanceId}, ${head.status}`),
    ...messages,
    ...steps,
    ...watches,
  ];
}

/** Rows as they are stored, without the URLs that a step polls. */
const storedTexts = (app: EmbeddedApp): string[] =>
  Object.values(app.tables).flatMap((table) =>
    table.rows().map((row) => JSON.stringify({ ...row, poll: undefined, pollUrl: undefined })),
  );

function countWorldFaults({ enabled, world }: SimWorld, app: EmbeddedApp, fired: Fired): Fired {
  const scheduled = app.simulator.effects.count('scheduledBackup');
  const refused = app.simulator.log.filter(
    ({ status, route }) => status === 400 && route.endsWith('.backup'),
  ).length;
  const failing = JSON.stringify(world.recoveryServices?.datasources ?? []).includes('"status":');
  return {
    ...fired,
    ...(enabled.has('noEcho') && app.simulator.effects.count('backup') > 0 ? { noEcho: 1 } : {}),
    ...(enabled.has('foreignJob') && scheduled > 0 ? { foreignJob: scheduled } : {}),
    ...(enabled.has('dailyLimit') && refused > 0 ? { dailyLimit: refused } : {}),
    ...(enabled.has('jobFails') && failing && app.simulator.effects.count('backup') > 0
      ? { jobFails: 1 }
      : {}),
  };
}
