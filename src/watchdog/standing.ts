import type { SigningKeys } from '../access/signingKeys.ts';
import type { LastUse } from '../arm/call.ts';
import type { Services } from '../composition/services.ts';
import type { LoadedPlan } from '../plan/loadPlan.ts';
import { readTimers, type TimerStanding } from '../triggers/ticks.ts';

/** How the plan stands, and since when as far as the watchdog has seen (ISO 8601 UTC). */
interface PlanStanding {
  readonly standing: LoadedPlan['standing'] | 'unreachable';
  readonly since?: string;
  readonly problems: number;
  /** What is bad about it, if anything. */
  readonly fault?: string;
}

/** How the whole app stands: what `GET /api/health` tells in full. */
interface Standing {
  readonly status: 'healthy' | 'degraded';
  /** Everything that is bad, in words; empty when healthy. */
  readonly reasons: readonly string[];
  readonly storage: { readonly reachable: boolean };
  /** Messages in the queue of steps and among those given up; absent while storage cannot be asked. */
  readonly queues?: { readonly steps: number; readonly poison: number };
  readonly timers: readonly TimerStanding[];
  readonly plan: PlanStanding;
  /** Absent without access control. */
  readonly signingKeys?: ReturnType<SigningKeys['standing']>;
  /** How the last request of this process to ARM went; absent before the first one. */
  readonly arm?: LastUse;
}

const planRow = { partitionKey: 'standing', rowKey: 'plan' } as const;

/** Whether writes are allowed by something else than a plan. */
const allowsWithoutPlan = ({ settings: { access, allowed } }: Services): boolean =>
  access.isDevelopment || allowed.vaults.length + allowed.subscriptions.length > 0;

function faultOf(services: Services, { standing, location, problems }: LoadedPlan): string | undefined {
  const first = problems[0] && ` ${problems[0].path}: ${problems[0].message}`;
  if (standing === 'lastGood')
    return `The plan at ${location} is broken or out of reach, the last good one holds:${first ?? ''}`;
  if (standing === 'current') return undefined;
  if (first !== undefined) return `The plan at ${location} is broken, and nothing is allowed:${first}`;
  return allowsWithoutPlan(services)
    ? undefined
    : `There is no plan at ${location}, and no setting allows anything: nothing is backed up.`;
}

/** How the plan stands now; never throws. */
export async function readPlanStanding(services: Services): Promise<PlanStanding> {
  try {
    const loaded = await services.loadPlan();
    const row = await services.tables.triggers
      .read(planRow.partitionKey, planRow.rowKey)
      .catch(() => undefined);
    const fault = faultOf(services, loaded);
    const isKnown = row?.['standing'] === loaded.standing;
    return {
      standing: loaded.standing,
      ...(isKnown && { since: String(row['since']) }),
      problems: loaded.problems.length,
      ...(fault !== undefined && { fault }),
    };
  } catch {
    return { standing: 'unreachable', problems: 1, fault: 'The plan cannot be read, and none is known.' };
  }
}

/** Keeps since when the plan has stood so. */
export async function keepPlanStanding(services: Services, { standing, since }: PlanStanding): Promise<void> {
  if (since === undefined)
    await services.tables.triggers.put({ ...planRow, standing, since: services.clock().toISOString() });
}

async function storageOf({
  tables,
  queueLooks,
  clock,
}: Services): Promise<Pick<Standing, 'storage' | 'queues' | 'timers'>> {
  try {
    const [timers, steps, poison] = await Promise.all([
      readTimers(tables.triggers, clock()),
      queueLooks.steps.depth(),
      queueLooks.poison.depth(),
    ]);
    return { storage: { reachable: true }, queues: { steps, poison }, timers };
  } catch {
    return { storage: { reachable: false }, timers: [] };
  }
}

function* reasonsIn({
  storage,
  queues,
  timers,
  plan,
  signingKeys,
  arm,
}: Omit<Standing, 'status' | 'reasons'>) {
  if (!storage.reachable) yield 'Storage cannot be reached.';
  if (queues && queues.poison > 0) yield `Messages of steps were given up: ${queues.poison}.`;
  const late = timers.filter(({ isLate }) => isLate);
  for (const { name, lastTickAt } of late)
    yield `${name} has not run since ${lastTickAt ?? 'it was first looked for'}.`;
  if (plan.fault !== undefined) yield plan.fault;
  if (signingKeys?.failure !== undefined && !signingKeys.readAt) yield 'Tokens cannot be checked.';
  if (arm && !arm.reachable) yield `Azure was not reached at ${arm.at.toISOString()}.`;
}

type Stored = Awaited<ReturnType<typeof storageOf>> & Pick<Standing, 'plan'>;

async function readStored(services: Services): Promise<Stored> {
  const [stored, plan] = await Promise.all([storageOf(services), readPlanStanding(services)]);
  return { ...stored, plan };
}

/** Everybody may ask for the short form: storage is asked this often at most. */
const freshMs = 10_000;

const known = new WeakMap<Services, { readonly atMs: number; readonly stored: Promise<Stored> }>();

function storedOf(services: Services): Promise<Stored> {
  const nowMs = services.clock().getTime();
  const kept = known.get(services);
  if (kept && nowMs - kept.atMs < freshMs) return kept.stored;
  const stored = readStored(services);
  known.set(services, { atMs: nowMs, stored });
  return stored;
}

/** How the app stands; what lies in storage is at most 10 s old. */
export async function standingOf(services: Services): Promise<Standing> {
  const arm = services.armLastUse();
  const facts = {
    ...(await storedOf(services)),
    ...(services.signingKeys && { signingKeys: services.signingKeys.standing() }),
    ...(arm && { arm }),
  };
  const reasons = [...reasonsIn(facts)];
  return { status: reasons.length === 0 ? 'healthy' : 'degraded', reasons, ...facts };
}
