import type { ArmReply } from '../../exchange.ts';
import { readFilter } from './assignment-filter.ts';
import { listReply } from '../../paging.ts';
import { empty, gatewayError, json } from '../../replies.ts';
import { parseResourceId } from '../../resources.ts';
import type { Call, Route } from '../../core.ts';
import { isWithin, type RoleAssignment, type RoleAssignments } from './role-assignments.ts';

const type = 'Microsoft.Authorization/roleAssignments';

/** Role assignments at any scope: list, get, PUT, DELETE. */
export function assignmentRoutes(store: RoleAssignments): Route[] {
  const path = '/{scope*}/providers/Microsoft.Authorization/roleAssignments';
  return [
    {
      name: 'authorization.listAssignments',
      method: 'GET',
      path,
      action: `${type}/read`,
      handle: (call) => listAssignments(store, call),
    },
    {
      name: 'authorization.getAssignment',
      method: 'GET',
      path: `${path}/{assignment}`,
      action: `${type}/read`,
      handle: (call) => {
        const found = store.get(requestedId(call));
        return found === undefined ? assignmentNotFound(call) : json(200, show(found));
      },
    },
    {
      name: 'authorization.putAssignment',
      method: 'PUT',
      path: `${path}/{assignment}`,
      action: `${type}/write`,
      handle: (call) => putAssignment(store, call),
    },
    {
      name: 'authorization.deleteAssignment',
      method: 'DELETE',
      path: `${path}/{assignment}`,
      action: `${type}/delete`,
      handle: (call) => deleteAssignment(store, call),
    },
  ];
}

const scopeOf = (call: Call) => `/${call.params['scope']}`;
const requestedId = (call: Call) => `${scopeOf(call)}/providers/${type}/${call.params['assignment']}`;

const assignmentNotFound = (call: Call): ArmReply =>
  gatewayError(
    404,
    'RoleAssignmentNotFound',
    `The role assignment '${call.params['assignment']}' is not found.`,
  );

const show = ({
  id,
  name,
  scope,
  role,
  principalId,
  principalType,
  condition,
  createdAt,
}: RoleAssignment) => {
  const { subscription } = parseResourceId(scope);
  const time = new Date(createdAt).toISOString();
  return {
    properties: {
      roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
      principalId,
      principalType,
      scope,
      condition: condition ?? null,
      createdOn: time,
      updatedOn: time,
    },
    id,
    type,
    name,
  };
};

/** Assignments at, above and below the scope; `atScope()` leaves those below out. */
function listAssignments(store: RoleAssignments, call: Call): ArmReply {
  const scope = scopeOf(call);
  const { atScope, principalId } = readFilter(call.url.searchParams.get('$filter') ?? '');
  const rows = store.all().filter((assignment) => {
    const related = isWithin(scope, assignment.scope) || (!atScope && isWithin(assignment.scope, scope));
    return (
      related &&
      (principalId === undefined || assignment.principalId.toLowerCase() === principalId.toLowerCase())
    );
  });
  return listReply(call, rows.map(show));
}

interface AssignmentBody {
  readonly properties?: {
    readonly roleDefinitionId?: string;
    readonly principalId?: string;
    readonly principalType?: string;
    readonly condition?: string;
  };
}

function putAssignment(store: RoleAssignments, call: Call): ArmReply {
  const {
    roleDefinitionId = '',
    principalId = '',
    principalType,
    condition,
  } = (call.body as AssignmentBody | undefined)?.properties ?? {};
  const role = parseResourceId(roleDefinitionId).name.toLowerCase();
  if (store.book.find(role) === undefined) {
    const message = `The specified role definition with ID '${role}' does not exist.`;
    return gatewayError(400, 'RoleDefinitionDoesNotExist', message);
  }
  if (principalType === undefined && isNew(store, principalId)) {
    const message = `Principal ${principalId} does not exist in the directory. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.`;
    return gatewayError(400, 'PrincipalNotFound', message);
  }
  const wanted: RoleAssignment = {
    id: requestedId(call),
    name: call.params['assignment'] ?? '',
    scope: scopeOf(call),
    role,
    principalId,
    principalType: principalType ?? 'User',
    condition,
    createdAt: call.now,
  };
  return writeAssignment(store, call, wanted);
}

const isNew = (store: RoleAssignments, principalId: string) =>
  store.settings.newPrincipals.some((id) => id.toLowerCase() === principalId.toLowerCase());

function writeAssignment(store: RoleAssignments, call: Call, wanted: RoleAssignment): ArmReply {
  const sameName = store.get(wanted.id);
  if (sameName !== undefined) {
    if (triple(sameName) === triple(wanted)) return json(200, show(sameName));
    const message = 'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.';
    return gatewayError(400, 'RoleAssignmentUpdateNotPermitted', message);
  }
  if (store.all().some((known) => triple(known) === triple(wanted))) {
    return gatewayError(409, 'RoleAssignmentExists', 'The role assignment already exists.');
  }
  store.put(wanted);
  call.core.effects.record({ at: call.now, kind: 'grant', subject: wanted.scope, id: wanted.name });
  return json(201, show(wanted));
}

const triple = ({ scope, role, principalId }: RoleAssignment) =>
  `${scope}|${role}|${principalId}`.toLowerCase();

function deleteAssignment(store: RoleAssignments, call: Call): ArmReply {
  const gone = store.delete(requestedId(call));
  if (gone === undefined) return empty(204);
  call.core.effects.record({ at: call.now, kind: 'revoke', subject: gone.scope, id: gone.name });
  return json(200, show(gone));
}
