import { startEmbeddedApp, type EmbeddedApp } from '../test/support/embeddedApp.ts';
import type { Simulator } from '../local/arm-simulator/simulator.ts';
import type { WorldSeed } from '../local/arm-simulator/world.ts';
import { eventType } from '../local/functions-host/durable/historyEvents.ts';
import { seededRandom } from '../local/functions-host/clock/seededRandom.ts';

/** One fleet: how many backups, how long their jobs run, on which budget, in how many vaults. */
export interface FleetCase {
  readonly name: string;
  readonly backups: number;
  readonly vaults: number;
  /** Seconds of every job, or log-normal around a median of half an hour. */
  readonly jobSeconds: number | 'logNormal';
  /** Machines instead of shares: their jobs are followed for a day, those of shares for six hours. */
  readonly machines?: true;
  /** `bucket`: 250 + 25/s for each action; `hourly`: 150 an hour for reads of jobs and of operations. */
  readonly quota: 'bucket' | 'hourly';
  /** Requests a minute that another principal takes out of every provider bucket. */
  readonly rivalPerMinute?: number;
  /** Another principal takes half the refill of ARM's write bucket too. */
  readonly rivalWrites?: true;
  /** Whether jobs carry the id of the request that began them. */
  readonly echo?: boolean;
  /** Of the jobs' lengths and of the clock; default 1, with the lengths of seed 7. */
  readonly seed?: number;
}

/** What a fleet has cost and given; figures per backup where the name says so. */
export interface FleetFigures {
  readonly lost: number;
  readonly throttled: number;
  readonly requestsPerBackup: number;
  /** POST, operation reads, job lists and job reads: without the item's lookup and the recovery point's read. */
  readonly followRequestsPerBackup: number;
  readonly byRoute: Readonly<Record<string, number>>;
  readonly detectionMean: number;
  readonly detectionP99: number;
  readonly makespanRatio: number;
  readonly appTableOpsPerBackup: number;
  readonly appQueueOpsPerBackup: number;
  readonly historyRowsPerRun: number;
  readonly durableOpsPerRun: number;
  readonly longestTrackerHistory: number;
  readonly wallSeconds: number;
}

/** Subscription of every vault and source. */
export const subscriptionId = '11111111-2222-4333-8444-555555555555';
const subscription = `/subscriptions/${subscriptionId}`;
/** When every fleet starts, ISO 8601 UTC. */
export const startAt = '2026-08-22T02:00:00.000Z';
const jobReads = 'Microsoft.RecoveryServices/vaults/backupJobs/read';
const operationReads = 'Microsoft.RecoveryServices/vaults/backupOperations/read';
/** What the simulated service asks to wait between looks at a job. */
export const retryAfterSeconds = 60;

const vaultId = (vault: number): string =>
  `${subscription}/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/vault${vault}`;
const accountId = (vault: number): string =>
  `${subscription}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/account${vault}`;

/** Seconds of each backup's job. */
export function lengths({ backups, jobSeconds, seed }: FleetCase): readonly number[] {
  if (jobSeconds !== 'logNormal') return Array.from({ length: backups }, () => jobSeconds);
  const random = seededRandom(seed ?? 7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: backups }, () => Math.round(1800 * Math.exp(0.6 * normal())));
}

/** A world of vaults with protected shares; the length of each share's next job is part of it. */
export function worldOf(fleet: FleetCase, seconds: readonly number[]): WorldSeed {
  const shares = seconds.map((length, index) => ({
    vault: index % fleet.vaults,
    share: `share${index}`,
    length,
  }));
  const of = (vault: number) => shares.filter((share) => share.vault === vault);
  const vaults = Array.from({ length: fleet.vaults }, (_, vault) => vault);
  return {
    settings: {
      echoActivityId: fleet.echo ?? true,
      throttling: {
        ...{
          armReads: 3750,
          armReadsPerSecond: 375,
          armWrites: 3000,
          armWritesPerSecond: fleet.rivalWrites ? 75 : 150,
        },
        ...(fleet.quota === 'hourly'
          ? {
              provider: 'hourly' as const,
              providerLimit: 1_000_000,
              providerLimits: { [jobReads]: 150, [operationReads]: 150 },
            }
          : { provider: 'refilling' as const, providerLimit: 250, providerRefillPerSecond: 25 }),
        rivalPerMinute: fleet.rivalPerMinute ?? 0,
      },
    },
    resources: vaults.flatMap((vault) => sourcesOf(fleet, vault, of(vault))),
    recoveryServices: {
      vaults: vaults.map((vault) => ({
        id: vaultId(vault),
        policies: [
          { name: 'daily', kind: fleet.machines ? ('AzureIaasVM' as const) : ('AzureStorage' as const) },
        ],
        items: of(vault).map(({ share }) => ({ ...sourceOf(fleet, vault, share), policy: 'daily' })),
      })),
      datasources: shares.map(({ vault, share, length }) => ({
        ...sourceOf(fleet, vault, share),
        jobs: [{ seconds: length }],
      })),
    },
  };
}

const machineId = (name: string): string =>
  `${subscription}/resourceGroups/data/providers/Microsoft.Compute/virtualMachines/${name}`;

const sourceOf = ({ machines }: FleetCase, vault: number, share: string) =>
  machines ? { virtualMachineId: machineId(share) } : { storageAccountId: accountId(vault), share };

function sourcesOf(
  { machines }: FleetCase,
  vault: number,
  shares: readonly { readonly share: string }[],
): NonNullable<WorldSeed['resources']> {
  const names = shares.map(({ share }) => share);
  if (machines) return names.map((name) => ({ id: machineId(name) }));
  return [{ id: accountId(vault), location: 'westeurope', kind: 'StorageV2', shares: names }];
}

interface ListedRow {
  readonly id: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** Most history rows that a tracker's orchestration holds at this moment. */
const longestTracker = (app: EmbeddedApp): number =>
  Math.max(
    0,
    ...[...app.durable().engine.records()]
      .filter(({ head }) => head.name === 'trackJobs')
      .map(({ history }) => history.length),
  );

/** Asks the simulator beside the app: nothing of this is counted. */
async function ask(simulator: Simulator, path: string): Promise<readonly ListedRow[]> {
  const reply = await simulator.handle({
    method: 'GET',
    url: `https://management.azure.com${path}`,
    headers: { authorization: `Bearer ${'b'.repeat(64)}` },
  });
  const body = JSON.parse(reply.body ?? '{}') as { readonly value?: readonly ListedRow[] };
  if (!body.value) throw new Error(`The simulator answered ${reply.status} to ${path}: ${reply.body}`);
  return body.value;
}

/** Ids of all items of a fleet. */
export async function itemsOf(
  simulator: Simulator,
  { vaults, machines }: FleetCase,
): Promise<readonly string[]> {
  const [type, item] = machines ? ['AzureIaasVM', 'VM'] : ['AzureStorage', 'AzureFileShare'];
  const filter = encodeURIComponent(`backupManagementType eq '${type}' and itemType eq '${item}'`);
  const lists = Array.from({ length: vaults }, (_, vault) =>
    ask(simulator, `${vaultId(vault)}/backupProtectedItems?api-version=2025-08-01&$filter=${filter}`),
  );
  return (await Promise.all(lists)).flat().map(({ id }) => id);
}

/** When each job really ended, in milliseconds since the epoch, by its id in lower case. */
export async function trueEnds(simulator: Simulator, vaults: number): Promise<ReadonlyMap<string, number>> {
  const lists = Array.from({ length: vaults }, (_, vault) =>
    ask(simulator, `${vaultId(vault)}/backupJobs?api-version=2025-08-01`),
  );
  const rows = (await Promise.all(lists)).flat();
  return new Map(
    rows.map(({ name, properties }) => [name.toLowerCase(), Date.parse(`${properties['endTime']}`)]),
  );
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The value below which 99 of 100 lie. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.99) - 1)] ?? Number.NaN;
}

const followRoutes = /^recoveryServices\.(backup|itemStatus|operation|jobs?|vaultOperation)/;

/** Seconds between the end of each job and the moment at which its run went on. */
function latencies(app: EmbeddedApp, ends: ReadonlyMap<string, number>): readonly number[] {
  const wentOn = new Map(
    app.tables.steps
      .rows()
      .filter((row) => row['name'] === 'recoveryServices.findRecoveryPoint')
      .map((row) => [row.partitionKey, Date.parse(String(row['firstAt']))]),
  );
  return app.tables.runs.rows().flatMap((row) => {
    const job = JSON.parse(String(row['job'] ?? '{}')) as { readonly id?: string };
    const [at, end] = [wentOn.get(row.partitionKey), ends.get(String(job.id).toLowerCase())];
    return at === undefined || end === undefined ? [] : [(at - end) / 1000];
  });
}

/** Runs one fleet through the whole app on the virtual clock. */
export async function runFleet(fleet: FleetCase): Promise<FleetFigures> {
  const begun = process.hrtime.bigint();
  const seconds = lengths(fleet);
  const app = await startEmbeddedApp({ world: worldOf(fleet, seconds), startAt, seed: fleet.seed ?? 1 });
  const items = await itemsOf(app.simulator, fleet);
  const asked = app.simulator.log.length;
  for (const id of items) {
    const answer = await app.request('POST', '/api/backups', { target: { id } });
    if (answer?.status !== 202) throw new Error(`Not accepted: ${JSON.stringify(answer)}`);
  }
  const ended = () =>
    app.tables.runs.rows().filter((row) => !['accepted', 'running'].includes(String(row['status']))).length;
  let longest = 0;
  for (let minutes = 0; ended() < items.length && minutes < 60 * 72; minutes++) {
    await app.clock.runFor(60_000);
    longest = Math.max(longest, longestTracker(app));
  }
  const log = app.simulator.log.slice(asked);
  const figures = figuresOf(app, fleet, {
    log,
    latencies: latencies(app, await trueEnds(app.simulator, fleet.vaults)),
  });
  await app.stop();
  return {
    ...figures,
    longestTrackerHistory: longest,
    wallSeconds: Number((process.hrtime.bigint() - begun) / 1_000_000n) / 1000,
  };
}

interface Measured {
  readonly log: EmbeddedApp['simulator']['log'];
  readonly latencies: readonly number[];
}

function figuresOf(
  app: EmbeddedApp,
  fleet: FleetCase,
  { log, latencies: late }: Measured,
): Omit<FleetFigures, 'wallSeconds' | 'longestTrackerHistory'> {
  const { backups } = fleet;
  const byRoute: Record<string, number> = {};
  for (const { route } of log) byRoute[route] = (byRoute[route] ?? 0) + 1;
  const follow = sum(
    Object.entries(byRoute).flatMap(([route, count]) => (followRoutes.test(route) ? [count] : [])),
  );
  if (process.env['BENCH_DETAIL'])
    console.log(
      Object.entries(app.tables).map(([name, { operations }]) => [name, JSON.stringify(operations)]),
    );
  const tables = Object.values(app.tables).flatMap(({ operations }) => Object.values(operations));
  const calls = (wanted: string) => app.portCalls.names.filter((name) => name === wanted).length;
  const sends = calls('send') + calls('followUrl') - log.length;
  const completed = app.tables.runs.rows().filter((row) => row['status'] === 'completed').length;
  return {
    lost: backups - completed,
    throttled: log.filter(({ status }) => status === 429).length,
    requestsPerBackup: log.length / backups,
    followRequestsPerBackup: follow / backups,
    byRoute,
    detectionMean: sum(late) / late.length / retryAfterSeconds,
    detectionP99: p99(late) / retryAfterSeconds,
    makespanRatio: makespan(app, fleet),
    appTableOpsPerBackup: sum(tables) / backups,
    appQueueOpsPerBackup: (3 * Math.max(0, sends)) / backups,
    ...historyOf(app),
  };
}

/** Seconds until the last job has ended if the write bucket were all that holds backups back. */
export const idealSeconds = ({ backups, jobSeconds }: FleetCase, seconds: readonly number[]): number =>
  jobSeconds === 'logNormal'
    ? Math.max(...seconds.map((length, index) => Math.max(0, (index + 1 - 200) / 10) + length))
    : Math.max(0, (backups - 200) / 10) + jobSeconds;

/** Last run that went on from its job ÷ what the write bucket and the jobs need. */
function makespan(app: EmbeddedApp, fleet: FleetCase): number {
  const last = Math.max(
    ...app.tables.steps
      .rows()
      .filter((row) => row['name'] === 'recoveryServices.findRecoveryPoint')
      .map((row) => Date.parse(String(row['firstAt']))),
  );
  return (last - Date.parse(startAt)) / 1000 / idealSeconds(fleet, lengths(fleet));
}

/**
 * Storage operations of the Durable extension for one run, by the transactions that its source makes: a start, an
 * episode, an activity, a timer, an event.
 */
function durableOps(history: readonly { readonly EventType: number }[]): number {
  const count = (name: keyof typeof eventType) =>
    history.filter(({ EventType }) => EventType === eventType[name]).length;
  const [episodes, activities] = [count('orchestratorStarted'), count('taskScheduled')];
  const [timers, events] = [count('timerCreated'), count('eventRaised')];
  return 3 + 5 * episodes + activities * 4 + timers * 2 + events * 2;
}

function historyOf(app: EmbeddedApp): Pick<FleetFigures, 'historyRowsPerRun' | 'durableOpsPerRun'> {
  const records = [...app.durable().engine.records()];
  const runs = records.filter(({ head }) => head.name === 'run').map(({ history }) => history.length);
  const ops = records.filter(({ head }) => head.name === 'run').map(({ history }) => durableOps(history));
  return { historyRowsPerRun: sum(runs) / runs.length, durableOpsPerRun: sum(ops) / ops.length };
}
