import type { Core, Hooks, Provider } from '../../core.ts';
import type { ArmReply } from '../../exchange.ts';
import { gatewayError } from '../../replies.ts';
import { guidFromHex, sha256Hex } from '../../seeded.ts';
import type { World } from '../../world.ts';
import { authorizationSeedSchema } from '../seed.ts';
import { assignmentRoutes } from './assignment-routes.ts';
import { permissionRoutes } from './permission-routes.ts';
import { definitionRoutes } from './definition-routes.ts';
import { addLock, lockRoutes, refuseLocked } from './locks.ts';
import { type RoleAssignments, roleAssignmentsOf } from './role-assignments.ts';
import { grants } from './role-book.ts';

/** Role assignments and definitions, locks, and the check of callers against them. */
export function createAuthorization(core: Core): Provider {
  const store = roleAssignmentsOf(core);
  core.hooks.authorize = (question) =>
    refuseCaller(store, question) ??
    refuseLocked(core, { route: question.call.route, scope: readablePath(question.scope) });
  return {
    name: 'authorization',
    routes: [
      ...assignmentRoutes(store),
      ...definitionRoutes(store.book),
      ...permissionRoutes(store),
      ...lockRoutes(core),
    ],
    load: (world) => load(core, store, world),
  };
}

function load(core: Core, store: RoleAssignments, world: World): void {
  const { assignments, customRoles, newPrincipals, locks, ...scalars } = world.authorization;
  const defaults = authorizationSeedSchema.parse({});
  const { effectiveAfterSeconds, enforceCallers } = scalars;
  store.settings = {
    ...store.settings,
    ...(effectiveAfterSeconds !== defaults.effectiveAfterSeconds && { effectiveAfterSeconds }),
    ...(enforceCallers !== defaults.enforceCallers && { enforceCallers }),
    newPrincipals: [...store.settings.newPrincipals, ...newPrincipals],
  };
  for (const lock of locks) addLock(core, lock);
  for (const role of customRoles) store.book.add({ ...role, guid: role.guid.toLowerCase() });
  for (const seed of assignments) {
    const role = store.book.find(seed.role);
    if (role === undefined) throw new Error(`No role is called ${seed.role}.`);
    const name = guidFromHex(sha256Hex(`${seed.scope}|${role.guid}|${seed.principalId}`.toLowerCase()));
    store.put({
      id: `${seed.scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
      name,
      scope: seed.scope,
      role: role.guid,
      principalId: seed.principalId,
      principalType: seed.principalType,
      condition: undefined,
      createdAt: core.clock.now() - seed.ageSeconds * 1000,
    });
  }
}

type Question = Parameters<NonNullable<Hooks['authorize']>>[0];

function refuseCaller(store: RoleAssignments, question: Question): ArmReply | undefined {
  if (!store.settings.enforceCallers) return undefined;
  const { principal, action, scope, call } = question;
  const path = readablePath(scope);
  const roles = store.rolesOn({ principalId: principal.objectId, scope: path, now: call.now });
  if (grants(roles, action)) return undefined;
  const client = principal.objectId;
  return gatewayError(
    403,
    'AuthorizationFailed',
    `The client '${client}' with object id '${client}' does not have authorization to perform action '${action}' over scope '${path}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

function readablePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
