import { currentAllowList } from '../composition/sendObstacles.ts';
import type { Services } from '../composition/services.ts';
import { allowsDrillTarget, allowsVault, vaultIn, type AllowList } from '../plan/allowList.ts';
import type { DrillInto } from '../plan/drillParts.ts';
import type { Target } from '../runs/request.ts';
import type { RequestedBy, RunStatus } from '../runs/run.ts';
import { createdAtOf, listPage, namesOfRun, runIdIn } from '../runs/runIndex.ts';
import { findRun, placeOfRun, type RunState } from '../runs/runRow.ts';
import type { HttpCall } from './access.ts';
import { HttpRefusal } from './refusal.ts';

const minuteMs = 60_000;

/** When each caller's new runs of the last minute were asked for, in this process. */
const askedAt = new WeakMap<Services, Map<string, number[]>>();

function askedBy(services: Services, caller: string): number[] {
  const all = askedAt.get(services) ?? new Map<string, number[]>();
  askedAt.set(services, all);
  const now = services.clock().getTime();
  // Whoever has been silent for a minute is forgotten.
  for (const [name, times] of all) if ((times.at(-1) ?? 0) <= now - minuteMs) all.delete(name);
  const times = (all.get(caller) ?? []).filter((time) => time > now - minuteMs);
  all.set(caller, times);
  return times;
}

const tooMany = (code: string, message: string, untilMs: number, nowMs: number): HttpRefusal => {
  const seconds = Math.max(1, Math.ceil((untilMs - nowMs) / 1000));
  return new HttpRefusal(429, { code, message }, { 'Retry-After': String(seconds) });
};

const isRepeat = async ({ runs }: HttpCall, requestedBy: RequestedBy): Promise<boolean> =>
  (await placeOfRun(runs, requestedBy)).found !== undefined;

/**
 * Counts a request against its caller's limit of new runs a minute, on this instance of the app; a repeat of a request that
 * was accepted is never refused.
 *
 * @returns what takes the count back: nothing new came of it.
 * @throws HttpRefusal 429 with Retry-After.
 */
export async function countAgainstLimit(call: HttpCall, requestedBy: RequestedBy): Promise<() => void> {
  const { services, caller } = call;
  const most = services.settings.callerRunsPerMinute;
  if (most === 0) return () => undefined;
  const times = askedBy(services, caller.name);
  const now = services.clock().getTime();
  if (times.length < most) {
    times.push(now);
    return () => void times.splice(times.indexOf(now), 1);
  }
  if (await isRepeat(call, requestedBy)) return () => undefined;
  const message = `A caller may ask for ${most} new runs a minute.`;
  throw tooMany('TooManyRuns', message, (times[0] ?? now) + minuteMs, now);
}

/** Endings after which a backup may be asked for at once: none was made. */
const withoutBackup: readonly RunStatus[] = ['failed', 'cancelled', 'skipped'];

const isBackup = ({ kind, status }: RunState): boolean =>
  kind === 'backUp' && !withoutBackup.includes(status);

/** Runs of one item looked at: those of the last minutes stand first. */
const mostLooked = 10;

/** The latest run that has backed the item up, or is about to, since an instant (ISO 8601 UTC). */
async function lastBackup({ runs }: HttpCall, target: Target, since: string): Promise<RunState | undefined> {
  // Of a share the account is named too; the last name is the thing itself.
  const name = namesOfRun({ request: { kind: 'backUp', target } }).at(-1);
  if (name === undefined) return undefined;
  const { listKeys } = await listPage(runs.runs, { target: name }, { top: mostLooked });
  const recent = listKeys.filter((key) => createdAtOf(key) > since).map(runIdIn);
  const found = await Promise.all(recent.map((id) => findRun(runs, id)));
  return found.map((stored) => stored?.run).find((run) => run !== undefined && isBackup(run));
}

/**
 * Refuses another backup of an item that has had one within the cool-down, by whomever; a repeat of a request that was
 * accepted is never refused.
 *
 * @throws HttpRefusal 429 with Retry-After.
 */
export async function checkCoolDown(
  call: HttpCall,
  targets: readonly Target[],
  requestedBy: RequestedBy,
): Promise<void> {
  const { clock, settings } = call.services;
  const coolDownMs = settings.itemCoolDownMinutes * minuteMs;
  if (coolDownMs === 0) return;
  const now = clock().getTime();
  const since = new Date(now - coolDownMs).toISOString();
  for (const target of targets) {
    const last = await lastBackup(call, target, since);
    if (!last) continue;
    if (await isRepeat(call, requestedBy)) return;
    const message = `The item has a backup of ${last.createdAt}, run ${last.id}: another one may be asked for ${settings.itemCoolDownMinutes} minutes after it.`;
    throw tooMany('ItemCoolDown', message, Date.parse(last.createdAt) + coolDownMs, now);
  }
}

/** The part of a body that says where something would be written; a sweep's has none of it. */
interface NamesTargets {
  readonly target?: Target | undefined;
  readonly targets?: readonly Target[] | undefined;
  readonly vaultId?: string | undefined;
  readonly policyId?: string | undefined;
  readonly into?: DrillInto | undefined;
}

/** The vault that a target will be written in, as far as the request tells: a datasource's id alone does not. */
const vaultOf = (target: Target, { vaultId, policyId }: NamesTargets): string | undefined =>
  ('id' in target ? vaultIn(target.id) : target.vaultId) ?? vaultId ?? (policyId && vaultIn(policyId));

const planOutOfReach = (): HttpRefusal =>
  new HttpRefusal(
    503,
    { code: 'PlanUnreachable', message: 'The plan is out of reach, and with it the allow-list.' },
    { 'Retry-After': '30' },
  );

function notAllowed(fields: readonly string[]): HttpRefusal {
  const message = 'The target is not on the allow-list of this deployment.';
  const details = fields.map((target) => ({ code: 'TargetNotAllowed', message, target }));
  return new HttpRefusal(403, {
    code: 'TargetNotAllowed',
    message: `${message} It is the plan's safety list, or ALLOWED_VAULTS where there is no plan.`,
    ...(fields[0] === undefined ? {} : { target: fields[0] }),
    details,
  });
}

/** Places that a drill would restore into and that the list does not name. */
const placesOutside = (list: AllowList, { into = {} }: NamesTargets): readonly string[] =>
  Object.entries(into).flatMap(([kind, place]) =>
    Object.entries(place ?? {})
      .filter(([, id]) => typeof id === 'string' && id.startsWith('/') && !allowsDrillTarget(list, id))
      .map(([field]) => `into.${kind}.${field}`),
  );

/** @throws HttpRefusal 403 naming every target outside the allow-list; 503 when the plan cannot be read. */
export async function checkTargets({ services }: HttpCall, given: object): Promise<void> {
  const body: NamesTargets = given;
  const named: (readonly [string, Target])[] = [
    ...(body.target ? [['target', body.target] as const] : []),
    ...(body.targets ?? []).map((target, index) => [`targets.${index}`, target] as const),
  ];
  if (named.length === 0) return;
  const list = await currentAllowList(services).catch(() => {
    throw planOutOfReach();
  });
  const outside = named.filter(([, target]) => !allowsVault(list, vaultOf(target, body)));
  const fields = [...outside.map(([field]) => field), ...placesOutside(list, body)];
  if (fields.length > 0) throw notAllowed(fields);
}
