// Rights as they are assigned: of an identity that is not the one who asks.
import type { Json } from '../../src/arm/call.ts';
import { memberIn, objectsIn } from '../../src/arm/replyFields.ts';
import { resourcePath } from '../../src/arm/resourceId.ts';
import { askArm, askPages, type EstateServices } from '../../src/estate/askArm.ts';
import { missingActions, notAllowed } from '../../src/estate/readRights.ts';
import { listRolesAt } from '../../src/resources/roleAssignments.ts';

async function permissionsOfRole(
  services: EstateServices,
  scope: string,
  roleId: string,
): Promise<readonly Json[]> {
  const path = resourcePath(scope, 'providers', 'Microsoft.Authorization', 'roleDefinitions', roleId);
  const action = 'Microsoft.Authorization/roleDefinitions/read';
  const reply = await askArm(services, { action, method: 'GET', path, apiVersion: '2022-04-01' });
  return reply.status === 200 ? objectsIn(memberIn(reply.body, 'properties', 'permissions')) : [];
}

async function rolesOf(
  services: EstateServices,
  scope: string,
  principalId: string,
): Promise<readonly string[]> {
  const question = { scope, principalId };
  const roles: string[] = [];
  for await (const page of askPages(services, listRolesAt.describe(question))) {
    const reading = listRolesAt.read(page, question, undefined as never);
    if (reading.kind === 'done') roles.push(...reading.result);
  }
  return roles;
}

/**
 * The actions of a list that a principal lacks at a scope; without a principal, that whoever asks lacks.
 *
 * @throws EstateUnreadable when roles or permissions cannot be read.
 */
export async function lacking(
  services: EstateServices,
  principalId: string | undefined,
  scope: string,
  actions: readonly string[],
): Promise<readonly string[]> {
  if (principalId === undefined) return missingActions(services, scope, actions);
  const permissions: Json[] = [];
  for (const role of await rolesOf(services, scope, principalId))
    permissions.push(...(await permissionsOfRole(services, scope, role)));
  return notAllowed(permissions, actions);
}
