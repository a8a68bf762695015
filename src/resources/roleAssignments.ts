import { nameBasedGuid, type JsonObject } from '../arm/call.ts';
import { memberIn, objectsIn, equalIgnoringCase, textIn } from '../arm/replyFields.ts';
import { idKey, readResourceId, resourcePath } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';

const apiVersion = '2022-04-01';

/** One role for one principal at one scope. */
export type RoleGrant = {
  /** ARM id of the scope. */
  readonly scope: string;
  /** GUID of the built-in role. */
  readonly roleId: string;
  readonly principalId: string;
};

/** Name of the assignment: made of its triple, so that a repeated PUT meets the same one. */
export const roleAssignmentName = ({ scope, roleId, principalId }: RoleGrant): string =>
  nameBasedGuid(`${idKey(scope)}|${principalId.toLowerCase()}|${roleId.toLowerCase()}`);

const subscriptionOf = (scope: string): string => readResourceId(scope).subscriptionId;

const roleDefinitionId = ({ scope, roleId }: RoleGrant): string =>
  `/subscriptions/${subscriptionOf(scope)}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;

/** Grants a role. An assignment that exists already, under whatever name, counts as granted. */
export const grantRole: Step<RoleGrant, { readonly granted: true }> = {
  name: 'resources.grantRole',
  describe: (grant) => ({
    action: 'Microsoft.Authorization/roleAssignments/write',
    method: 'PUT',
    path: resourcePath(
      grant.scope,
      'providers',
      'Microsoft.Authorization',
      'roleAssignments',
      roleAssignmentName(grant),
    ),
    apiVersion,
    body: {
      properties: {
        roleDefinitionId: roleDefinitionId(grant),
        principalId: grant.principalId,
        principalType: 'ServicePrincipal',
      },
    },
  }),
  read: () => ({ kind: 'done', result: { granted: true } }),
  readRefusal: (failure) =>
    failure.code === 'RoleAssignmentExists' ? { kind: 'done', result: { granted: true } } : undefined,
  repeat: 'safe',
  itemOf: ({ principalId, scope }) => `${scope}/providers/Microsoft.Authorization/grants/${principalId}`,
  giveUpAfterSeconds: 900,
};

function grantIn(row: JsonObject): { scope: string; roleId: string; principalId: string } {
  const member = (name: string): string => textIn(memberIn(row, 'properties', name)) ?? '';
  const roleId = member('roleDefinitionId').split('/').at(-1) ?? '';
  return { scope: member('scope'), roleId, principalId: member('principalId') };
}

/** An assignment counts at its scope and below it; the root scope is `/`. */
const isWithin = (scope: string, grantedAt: string): boolean => {
  const at = idKey(grantedAt);
  return at === '/' ? grantedAt !== '' : idKey(scope) === at || idKey(scope).startsWith(`${at}/`);
};

/** GUIDs of the roles a principal holds at a scope, inherited ones included. */
export const listRolesAt: Step<{ readonly scope: string; readonly principalId: string }, readonly string[]> =
  {
    name: 'resources.listRolesAt',
    describe: ({ scope, principalId }) => ({
      action: 'Microsoft.Authorization/roleAssignments/read',
      method: 'GET',
      path: resourcePath(scope, 'providers', 'Microsoft.Authorization', 'roleAssignments'),
      query: { $filter: `principalId eq '${principalId}'` },
      apiVersion,
    }),
    pages: true,
    read: (reply, { scope, principalId }) => ({
      kind: 'done',
      result: objectsIn(memberIn(reply.body, 'value'))
        .map(grantIn)
        .filter((grant) => equalIgnoringCase(grant.principalId, principalId) && isWithin(scope, grant.scope))
        .map(({ roleId }) => roleId),
    }),
    repeat: 'safe',
    giveUpAfterSeconds: 900,
  };
