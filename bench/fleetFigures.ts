import { storedRows } from '../local/functions-host/durable/instanceRecord.ts';
import type { EmbeddedApp } from '../test/support/embeddedApp.ts';
import type { CallMeter } from './callMeter.ts';
import { costOf, type Cost } from './cost.ts';
import { durableOperations, type Operations } from './durableOps.ts';
import type { FlowCounts, FlowMeter } from './flowMeter.ts';

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
  /** Accepted backups per second after the first 200, ÷ 10 per second; not a number for fewer. */
  readonly goodput: number;
  readonly appTableOpsPerBackup: number;
  /** Put, receive and delete of each step message. */
  readonly appQueueOpsPerBackup: number;
  readonly durableOpsPerBackup: number;
  /** Operations on the app's tables per backup, by table and kind. */
  readonly tables: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By name of the orchestration, of the whole fleet. */
  readonly flows: Readonly<Record<string, FlowCounts>>;
  /** Calls of functions in the whole fleet, by name and by trigger. */
  readonly executions: Readonly<Record<string, number>>;
  readonly byTrigger: Readonly<Record<string, number>>;
  readonly activeSeconds: number;
  readonly groupedSeconds: number;
  readonly storage: Operations;
  /** Of the whole fleet, in dollars. */
  readonly cost: Cost;
  readonly historyRowsPerRun: number;
  /** From the first request to the last ending. */
  readonly makespanSeconds: number;
}

/** What a fleet has left behind. */
export interface FleetTrace {
  readonly backups: number;
  readonly app: EmbeddedApp;
  /** Requests of the app alone. */
  readonly log: EmbeddedApp['simulator']['log'];
  readonly flows: FlowMeter['flows'];
  readonly calls: CallMeter;
  /** When each job really ended, milliseconds since the epoch, by id in lower case. */
  readonly ends: ReadonlyMap<string, number>;
  readonly startAt: string;
  readonly idealSeconds: number;
  /** Seconds the service asks to wait between looks. */
  readonly retryAfterSeconds: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The value below which 99 of 100 lie. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.99) - 1)] ?? Number.NaN;
}

/** Routes of starting a backup and of following its job. */
export const followRoutes = /^recoveryServices\.(backup|itemStatus|operation|jobs?|vaultOperation)/;

/** Rows of runs; the lists of runs lie beside them and have no status. */
export const runRows = ({ tables }: EmbeddedApp) =>
  tables.runs.rows().filter((row) => typeof row['status'] === 'string');

/** Moments at which the app has read a job's end or might have: by vault for lists, by job for reads of one. */
function looksAtJobs(log: FleetTrace['log']): ReadonlyMap<string, readonly number[]> {
  const looks = new Map<string, number[]>();
  for (const { route, status, path, time } of log) {
    if (status !== 200 || !/^recoveryServices\.jobs?$/.test(route)) continue;
    const [, vault = '', jobId] = /\/vaults\/([^/]+)\/backupJobs(?:\/([^/?]+))?/i.exec(path) ?? [];
    const key = (jobId ?? vault).toLowerCase();
    const known = looks.get(key);
    if (known) known.push(Date.parse(time));
    else looks.set(key, [Date.parse(time)]);
  }
  return looks;
}

/** When the app first saw the end of each job, milliseconds since the epoch, and when that was. */
function endsSeen({
  app,
  ends,
  log,
}: FleetTrace): readonly { readonly end: number; readonly seen: number }[] {
  const looks = looksAtJobs(log);
  return runRows(app).flatMap((row) => {
    const { id = '' } = JSON.parse(String(row['job'] ?? '{}')) as { readonly id?: string };
    const vault = /\/vaults\/([^/]+)\//i.exec(String(row['request']))?.[1] ?? '';
    const end = ends.get(id.toLowerCase());
    if (end === undefined) return [];
    const after = [id, vault].flatMap((key) => looks.get(key.toLowerCase())?.find((at) => at >= end) ?? []);
    return after.length > 0 ? [{ end, seen: Math.min(...after) }] : [];
  });
}

const burst = 200;
const bucketPerSecond = 10;

/** Accepted backups after the burst, per second, ÷ the refill of the write bucket. */
function goodput(log: FleetTrace['log']): number {
  const accepted = log
    .filter(({ route, status }) => route === 'recoveryServices.backup' && status < 300)
    .map(({ time }) => Date.parse(time));
  const [first, last] = [accepted[burst - 1] ?? Number.NaN, accepted.at(-1) ?? Number.NaN];
  return (accepted.length - burst) / ((last - first) / 1000) / bucketPerSecond;
}

function requestsOf({ log, backups }: FleetTrace) {
  const byRoute: Record<string, number> = {};
  for (const { route } of log) byRoute[route] = (byRoute[route] ?? 0) + 1;
  const follow = Object.entries(byRoute).flatMap(([route, count]) =>
    followRoutes.test(route) ? [count] : [],
  );
  return {
    throttled: log.filter(({ status }) => status === 429).length,
    requestsPerBackup: log.length / backups,
    followRequestsPerBackup: sum(follow) / backups,
    byRoute,
  };
}

function storageOf({ app, backups, flows, calls }: FleetTrace) {
  const tables = Object.fromEntries(
    Object.entries(app.tables).map(([name, { operations }]) => [
      name,
      Object.fromEntries(Object.entries(operations).map(([kind, count]) => [kind, count / backups])),
    ]),
  );
  const own = sum(Object.values(app.tables).flatMap(({ operations }) => Object.values(operations)));
  const messages = 3 * (calls.byTrigger['queueTrigger'] ?? 0);
  const durable = durableOperations(flows);
  return {
    tables,
    appTableOpsPerBackup: own / backups,
    appQueueOpsPerBackup: messages / backups,
    durableOpsPerBackup: (durable.queue + durable.table) / backups,
    storage: { queue: messages + durable.queue, table: own + durable.table },
  };
}

function historyRowsPerRun(app: EmbeddedApp): number {
  const runs = [...app.durable().engine.records()].filter(({ head }) => head.name === 'run');
  return sum(runs.map(storedRows)) / runs.length;
}

/** Works out the figures of a fleet that has ended. */
export function figuresOf(trace: FleetTrace): FleetFigures {
  const { app, backups, calls } = trace;
  const seen = endsSeen(trace);
  const late = seen.map(({ end, seen: at }) => (at - end) / 1000);
  const last = Math.max(...seen.map(({ seen: at }) => at));
  const storage = storageOf(trace);
  const seconds = { activeSeconds: calls.activeSeconds(), groupedSeconds: calls.groupedSeconds() };
  const executions = sum(Object.values(calls.executions));
  return {
    lost: backups - runRows(app).filter((row) => row['status'] === 'completed').length,
    ...requestsOf(trace),
    detectionMean: sum(late) / late.length / trace.retryAfterSeconds,
    detectionP99: p99(late) / trace.retryAfterSeconds,
    makespanSeconds: (last - Date.parse(trace.startAt)) / 1000,
    makespanRatio: (last - Date.parse(trace.startAt)) / 1000 / trace.idealSeconds,
    goodput: goodput(trace.log),
    ...storage,
    flows: Object.fromEntries(trace.flows),
    ...{ executions: calls.executions, byTrigger: calls.byTrigger, ...seconds },
    cost: costOf({ storage: storage.storage, executions, ...seconds }),
    historyRowsPerRun: historyRowsPerRun(app),
  };
}
