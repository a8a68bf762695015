import type { Call, Route } from '../../core.ts';
import { listReply } from '../../paging.ts';
import type { RoleAssignments } from './role-assignments.ts';

/** What the caller may do at a scope: by its roles, everything where callers are not checked. Anybody may ask. */
export function permissionRoutes(store: RoleAssignments): Route[] {
  return [
    {
      name: 'authorization.listPermissions',
      method: 'GET',
      path: '/{scope*}/providers/Microsoft.Authorization/permissions',
      handle: (call) => listReply(call, permissionsOf(store, call)),
    },
  ];
}

function permissionsOf(store: RoleAssignments, call: Call): unknown[] {
  const shown = (actions: readonly string[], notActions: readonly string[]) => ({
    ...{ actions, notActions, dataActions: [], notDataActions: [] },
  });
  if (!store.settings.enforceCallers) return [shown(['*'], [])];
  const scope = `/${call.params['scope'] ?? ''}`;
  const roles = store.rolesOn({ principalId: call.principal.objectId, scope, now: call.now });
  return roles.map(({ actions, notActions }) => shown(actions, notActions));
}
