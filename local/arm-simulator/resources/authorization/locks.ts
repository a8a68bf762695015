import type { Call, Core, Route } from '../../core.ts';
import type { ArmReply } from '../../exchange.ts';
import { listReply } from '../../paging.ts';
import { empty, gatewayError, json } from '../../replies.ts';
import { perCore } from '../per-core.ts';
import { isWithin } from './role-assignments.ts';

/** A resource lock; it holds on its scope and everything below it. */
interface Lock {
  readonly scope: string;
  readonly level: 'CanNotDelete' | 'ReadOnly';
  readonly name: string;
  readonly notes: string;
}

const type = 'Microsoft.Authorization/locks';
const path = `/{scope*}/providers/${type}`;

/** The locks of one world, by lower-case id. */
const locksOf: (core: Core) => Map<string, Lock> = perCore(() => new Map<string, Lock>());

const idOf = ({ scope, name }: Pick<Lock, 'scope' | 'name'>) => `${scope}/providers/${type}/${name}`;

/** Puts a lock on its scope; one of the same name there is replaced. */
export const addLock = (core: Core, lock: Lock): void =>
  void locksOf(core).set(idOf(lock).toLowerCase(), lock);

/** Locks at any scope: list (with those above and below), get, PUT, DELETE. */
export function lockRoutes(core: Core): Route[] {
  const locks = locksOf(core);
  const key = ({ params }: Call) =>
    idOf({ scope: `/${params['scope']}`, name: params['lock'] ?? '' }).toLowerCase();
  const route = (method: Route['method'], name: string, tail: string, handle: Route['handle']): Route => ({
    name: `authorization.${name}`,
    method,
    path: `${path}${tail}`,
    action: `${type}/${method === 'GET' ? 'read' : method === 'PUT' ? 'write' : 'delete'}`,
    handle,
  });
  return [
    route('GET', 'listLocks', '', (call) => {
      const scope = `/${call.params['scope']}`;
      const related = [...locks.values()].filter(
        (lock) => isWithin(lock.scope, scope) || isWithin(scope, lock.scope),
      );
      return listReply(call, related.map(show));
    }),
    route('GET', 'getLock', '/{lock}', (call) => {
      const lock = locks.get(key(call));
      return lock === undefined ? lockNotFound(call) : json(200, show(lock));
    }),
    route('PUT', 'putLock', '/{lock}', (call) => putLock(locks, call, key(call))),
    route('DELETE', 'deleteLock', '/{lock}', (call) => empty(locks.delete(key(call)) ? 200 : 204)),
  ];
}

const lockNotFound = ({ params }: Call): ArmReply =>
  gatewayError(404, 'LockNotFound', `The lock '${params['lock']}' could not be found.`);

const show = (lock: Lock) => ({
  properties: { level: lock.level, notes: lock.notes },
  id: idOf(lock),
  type,
  name: lock.name,
});

function putLock(locks: Map<string, Lock>, call: Call, key: string): ArmReply {
  const { level, notes = '' } =
    (call.body as { properties?: { level?: string; notes?: string } } | undefined)?.properties ?? {};
  if (level !== 'CanNotDelete' && level !== 'ReadOnly')
    return gatewayError(400, 'InvalidLockLevel', `The lock level '${level ?? ''}' is invalid.`);
  const known = locks.has(key);
  const lock: Lock = { scope: `/${call.params['scope']}`, name: call.params['lock'] ?? '', level, notes };
  locks.set(key, lock);
  return json(known ? 200 : 201, show(lock));
}

/** 409 `ScopeLocked` for a call that a lock forbids: deletes by either level, every other change by `ReadOnly`. */
export function refuseLocked(core: Core, { route, scope }: { route: Route; scope: string }) {
  if (route.method === 'GET' || route.method === 'HEAD' || route.action?.startsWith(type) === true)
    return undefined;
  const deletes = route.method === 'DELETE';
  const held = [...locksOf(core).values()].filter(({ level, scope: locked }) => {
    const inherited = isWithin(scope, locked) && (deletes || level === 'ReadOnly');
    return inherited || (deletes && isWithin(locked, scope));
  });
  return held.length === 0 ? undefined : scopeLocked(scope, deletes ? 'delete' : 'write', held);
}

/** Whether a read-only lock holds on a resource, its group or its subscription. */
export const hasReadOnlyLock = (core: Core, id: string): boolean =>
  [...locksOf(core).values()].some(({ level, scope }) => level === 'ReadOnly' && isWithin(id, scope));

function scopeLocked(scope: string, verb: string, held: readonly Lock[]): ArmReply {
  const scopes = [...new Set(held.map((lock) => lock.scope))].join(',');
  const message = `The scope '${scope}' cannot perform ${verb} operation because following scope(s) are locked: '${scopes}'. Please remove the lock and try again.`;
  return gatewayError(409, 'ScopeLocked', message);
}
