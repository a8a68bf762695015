import type { ArmCall, JsonObject } from '../arm/call.ts';
import { objectIn, objectsIn, memberIn } from '../arm/replyFields.ts';
import { idKey } from '../arm/resourceId.ts';
import {
  deletedInstancesIn,
  instanceJobsIn,
  listBackupPoliciesCall,
  listDeletedInstancesCall,
  listInstanceJobsCall,
  readBackupVaultCall,
  type DeletedInstance,
  type InstanceJobRow,
} from '../data-protection/instanceAges.ts';
import { askArm, EstateUnreadable, askPages, type EstateServices } from '../estate/askArm.ts';
import type { ResourceKind } from '../plan/schema.ts';
import {
  backupJobsIn,
  itemAgesIn,
  jobErrorIn,
  listItemsCall,
  listJobsOfSpanCall,
  listPoliciesCall,
  readJobCall,
  readVaultCall,
  type BackupJobRow,
  type ItemAge,
} from '../recovery-services/itemAges.ts';
import { backupVaultPolicy, recoveryServicesPolicy, type PolicyClock } from './policies.ts';
import type { BackupFacts } from './verdict.ts';

/** One vault as it is now. */
export interface VaultReading {
  readonly id: string;
  readonly type: 'recoveryServices' | 'backup';
  /** The vault as ARM shows it; absent when it could not be read. */
  readonly body?: JsonObject;
  readonly policies: readonly PolicyClock[];
  /** By the key of the item's or instance's id. */
  readonly facts: ReadonlyMap<string, BackupFacts>;
  /** Instances that were deleted and can be brought back; deleted items are listed among the items. */
  readonly deleted: readonly DeletedInstance[];
  readonly jobsInFlight: number;
  /** What could not be read, in the service's words. */
  readonly problems: readonly string[];
}

/** What of a vault is asked for. */
export interface VaultOrder {
  readonly id: string;
  /** The kinds that it protects. */
  readonly kinds: ReadonlySet<ResourceKind>;
  /** Jobs that began before do not count. */
  readonly jobsSince: Date;
}

/** Whether a vault is one of Data Protection. */
export const isBackupVault = (id: string): boolean => /\/providers\/Microsoft\.DataProtection\//i.test(id);

/** Failed jobs of one vault whose errors are read one by one; the list carries none. */
const mostErrorReads = 20;

type Facts = { -readonly [K in keyof BackupFacts]: BackupFacts[K] };

/** Reads, or takes the other value where Azure does not let itself be read: why goes among the problems. */
export const attempting =
  (problems: string[]): Attempt =>
  async (read, otherwise) => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof EstateUnreadable)) throw error;
      problems.push(error.message);
      return otherwise;
    }
  };

/** Reads what can be read and says what could not. @throws only what is no answer of Azure. */
export async function readVault(services: EstateServices, order: VaultOrder): Promise<VaultReading> {
  const problems: string[] = [];
  const attempt = attempting(problems);
  const read = isBackupVault(order.id) ? readBackupVault : readRecoveryServicesVault;
  return { ...(await read(services, order, attempt)), problems };
}

type Attempt = <T>(read: () => Promise<T>, otherwise: T) => Promise<T>;
type Reading = Omit<VaultReading, 'problems'>;

async function rowsOf(services: EstateServices, call: ArmCall): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  for await (const page of askPages(services, call)) rows.push(...objectsIn(memberIn(page.body, 'value')));
  return rows;
}

async function bodyOf(services: EstateServices, call: ArmCall): Promise<JsonObject> {
  for await (const { body } of askPages(services, call)) return objectIn(body);
  return {};
}

async function readRecoveryServicesVault(
  services: EstateServices,
  { id, kinds, jobsSince }: VaultOrder,
  attempt: Attempt,
): Promise<Reading> {
  const body = await attempt(() => bodyOf(services, readVaultCall(id)), undefined);
  const policies = await attempt(() => rowsOf(services, listPoliciesCall(id)), []);
  const items: ItemAge[] = [];
  for (const kind of kinds) {
    if (kind === 'disk' || kind === 'blobs') continue;
    await attempt(async () => {
      for await (const page of askPages(services, listItemsCall(id, kind))) items.push(...itemAgesIn(page));
    }, undefined);
  }
  const jobs = await attempt(() => jobsOf(services, id, jobsSince), []);
  const readings = itemReadings(items, jobs, services.clock());
  const facts = new Map([...readings].map(([key, one]) => [key, one.facts]));
  await attempt(() => readErrors(services, id, readings, facts), undefined);
  return {
    id,
    type: 'recoveryServices',
    ...(body && { body }),
    policies: policies.map(recoveryServicesPolicy),
    facts,
    deleted: [],
    jobsInFlight: jobs.filter(({ status }) => isRunning(status)).length,
  };
}

async function jobsOf(
  services: EstateServices,
  vaultId: string,
  since: Date,
): Promise<readonly BackupJobRow[]> {
  const jobs: BackupJobRow[] = [];
  const call = listJobsOfSpanCall(vaultId, since, services.clock());
  for await (const page of askPages(services, call)) jobs.push(...backupJobsIn(page));
  return jobs;
}

const isRunning = (status: string): boolean => /^(inprogress|started|cancelling)$/i.test(status);
const isCompleted = (status: string): boolean => /^(completed|completedwithwarnings)$/i.test(status);
const isFailed = (status: string): boolean => /^(failed|unhealthy|cancell?ed)$/i.test(status);

/** The newest of each item's jobs that a condition takes. */
function newestBy<T extends { readonly startedAt: string }>(
  jobs: readonly T[],
  keyOf: (job: T) => string,
): ReadonlyMap<string, T> {
  const newest = new Map<string, T>();
  for (const job of jobs) {
    const key = keyOf(job);
    if ((newest.get(key)?.startedAt ?? '') < job.startedAt) newest.set(key, job);
  }
  return newest;
}

/** The newer of two points; of equal ones the first. */
export const newer = (one: BackupFacts['point'], other: BackupFacts['point']): BackupFacts['point'] =>
  one === undefined || (other !== undefined && other.at > one.at) ? other : one;

/** What is known of one item, and the job whose error says more. */
interface ItemReading {
  readonly facts: BackupFacts;
  readonly failedJobId?: string;
}

function itemReadings(
  items: readonly ItemAge[],
  jobs: readonly BackupJobRow[],
  now: Date,
): Map<string, ItemReading> {
  const nameOf = ({ jobName }: BackupJobRow) => jobName;
  const completed = newestBy(
    jobs.filter(({ status }) => isCompleted(status)),
    nameOf,
  );
  const failed = newestBy(
    jobs.filter(({ status }) => isFailed(status)),
    nameOf,
  );
  return new Map(
    items.map((item) => {
      const job = failed.get(item.jobName);
      const facts = factsOfItem(item, completed.get(item.jobName), job, now);
      return [idKey(item.itemId), { facts, ...(job && { failedJobId: job.jobId }) }];
    }),
  );
}

const jobGaveNoReason = 'The service says that the last backup failed, and no more.';

function factsOfItem(
  item: ItemAge,
  completed: BackupJobRow | undefined,
  failed: BackupJobRow | undefined,
  now: Date,
): BackupFacts {
  const listed = item.lastRecoveryPointAt;
  const point = newer(
    listed === undefined ? undefined : { at: listed, source: 'lastRecoveryPoint' },
    completed && { at: completed.startedAt, source: 'jobs' },
  );
  const failedAt =
    failed?.startedAt ?? (isFailed(item.lastBackupStatus ?? '') ? item.lastBackupAt : undefined);
  const error = item.lastError ?? { code: 'BackupFailed', message: jobGaveNoReason };
  const gone = item.goneInSeconds;
  return {
    ...(point && { point }),
    ...(failedAt !== undefined && { failure: { at: failedAt, ...error } }),
    ...(gone !== undefined && gone > 0 && { keptUntil: wholeHour(now.getTime() + gone * 1000) }),
  };
}

/** What is left of a deleted item's time changes with every read: its end is told to the hour. */
const wholeHour = (ms: number): string => new Date(Math.round(ms / 3_600_000) * 3_600_000).toISOString();

/** Replaces the words of failures whose job is known by the job's own. */
async function readErrors(
  services: EstateServices,
  vaultId: string,
  readings: ReadonlyMap<string, ItemReading>,
  facts: Map<string, BackupFacts>,
): Promise<void> {
  let reads = 0;
  for (const [key, { facts: known, failedJobId }] of readings) {
    const { failure, point } = known;
    const isOld = failure === undefined || (point !== undefined && point.at >= failure.at);
    if (isOld || failure.code !== 'BackupFailed' || failedJobId === undefined) continue;
    if (++reads > mostErrorReads) return;
    const { status, body } = await askArm(services, readJobCall(vaultId, failedJobId));
    const error = status === 200 ? jobErrorIn(body) : undefined;
    if (error) facts.set(key, { ...known, failure: { at: failure.at, ...error } });
  }
}

async function readBackupVault(
  services: EstateServices,
  { id, jobsSince }: VaultOrder,
  attempt: Attempt,
): Promise<Reading> {
  const body = await attempt(() => bodyOf(services, readBackupVaultCall(id)), undefined);
  const policies = await attempt(() => rowsOf(services, listBackupPoliciesCall(id)), []);
  const jobs = await attempt(() => instanceJobsOf(services, id, jobsSince), []);
  const deleted: DeletedInstance[] = [];
  await attempt(async () => {
    for await (const page of askPages(services, listDeletedInstancesCall(id))) {
      deleted.push(...deletedInstancesIn(page));
    }
  }, undefined);
  return {
    id,
    type: 'backup',
    ...(body && { body }),
    policies: policies.map(backupVaultPolicy),
    facts: instanceFacts(jobs),
    deleted,
    jobsInFlight: jobs.filter(({ ended }) => ended === undefined).length,
  };
}

/** The list takes no filter and has the newest first: it is left where it reaches too far back. */
async function instanceJobsOf(
  services: EstateServices,
  vaultId: string,
  since: Date,
): Promise<readonly InstanceJobRow[]> {
  const found: InstanceJobRow[] = [];
  for await (const page of askPages(services, listInstanceJobsCall(vaultId))) {
    const { jobs, oldestAt } = instanceJobsIn(page);
    found.push(...jobs.filter(({ startedAt }) => startedAt >= since.toISOString()));
    if (oldestAt !== '' && oldestAt < since.toISOString()) break;
  }
  return found;
}

function instanceFacts(jobs: readonly InstanceJobRow[]): ReadonlyMap<string, BackupFacts> {
  const keyOf = ({ instanceId }: InstanceJobRow) => idKey(instanceId);
  const facts = new Map<string, Facts>();
  const good = jobs.filter(({ ended }) => ended === 'completed' || ended === 'completedWithWarnings');
  for (const [key, { startedAt }] of newestBy(good, keyOf)) {
    facts.set(key, { point: { at: startedAt, source: 'jobs' } });
  }
  const bad = jobs.filter(({ ended }) => ended === 'failed' || ended === 'cancelled');
  for (const [key, { startedAt, error }] of newestBy(bad, keyOf)) {
    const words = error ?? { code: 'BackupFailed', message: jobGaveNoReason };
    facts.set(key, { ...facts.get(key), failure: { at: startedAt, ...words } });
  }
  return facts;
}
