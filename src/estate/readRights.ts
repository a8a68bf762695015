import type { ArmCall, Json } from '../arm/call.ts';
import { memberIn, objectsIn, textsIn } from '../arm/replyFields.ts';
import { readFailure } from '../arm/outcomes.ts';
import { resourcePath } from '../arm/resourceId.ts';
import { listRolesAt } from '../resources/roleAssignments.ts';
import { askArm, EstateUnreadable, type EstateServices } from './askArm.ts';
import { askPages } from './askPages.ts';

/** What must be readable in a subscription for an empty answer of Resource Graph to mean that there is nothing. */
const wanted = [
  'Microsoft.Compute/disks/read',
  'Microsoft.Compute/virtualMachines/read',
  'Microsoft.Storage/storageAccounts/read',
] as const;

const permissionsCall = (scope: string): ArmCall => ({
  action: 'Microsoft.Authorization/permissions/read',
  method: 'GET',
  path: resourcePath(scope, 'providers', 'Microsoft.Authorization', 'permissions'),
  apiVersion: '2022-04-01',
});

/** Whether a pattern of an action list (`*`, `Microsoft.Compute/*` + `/read`) covers an action; linear in its length. */
function covers(pattern: string, action: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const text = action.toLowerCase();
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return first === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

function allows(permission: Json, action: string): boolean {
  const takes = (list: string): boolean =>
    textsIn(memberIn(permission, list)).some((pattern) => covers(pattern, action));
  return takes('actions') && !takes('notActions');
}

/** Whose rights: of whoever asks, or of a principal by what is assigned to it. */
export type Holder = 'caller' | { readonly principalId: string };

async function permissionsOfCaller(services: EstateServices, scope: string): Promise<readonly Json[]> {
  const reply = await askArm(services, permissionsCall(scope));
  if (reply.status !== 200) throw new EstateUnreadable('PermissionsUnreadable', readFailure(reply).message);
  return objectsIn(memberIn(reply.body, 'value'));
}

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

async function permissionsOfPrincipal(
  services: EstateServices,
  scope: string,
  principalId: string,
): Promise<readonly Json[]> {
  const question = { scope, principalId };
  const permissions: Json[] = [];
  for await (const page of askPages(services, listRolesAt.describe(question))) {
    const reading = listRolesAt.read(page, question, undefined as never);
    for (const roleId of reading.kind === 'done' ? reading.result : [])
      permissions.push(...(await permissionsOfRole(services, scope, roleId)));
  }
  return permissions;
}

/**
 * The actions of a list that a holder may not do at a scope, by its ARM id.
 *
 * @throws EstateUnreadable when the permissions cannot be read.
 */
export async function missingActions(
  services: EstateServices,
  holder: Holder,
  scope: string,
  actions: readonly string[],
): Promise<readonly string[]> {
  const permissions =
    holder === 'caller'
      ? await permissionsOfCaller(services, scope)
      : await permissionsOfPrincipal(services, scope, holder.principalId);
  return actions.filter((action) => !permissions.some((one) => allows(one, action)));
}

/**
 * Why the app cannot see all of a subscription; undefined when it can. Resource Graph answers an empty list where Reader
 * is missing, so the question is asked of the permissions themselves.
 *
 * @throws EstateUnreadable when no answer came.
 */
export async function whyUnreadable(
  services: EstateServices,
  subscriptionId: string,
): Promise<string | undefined> {
  let missing: readonly string[];
  try {
    missing = await missingActions(services, 'caller', `/subscriptions/${subscriptionId}`, wanted);
  } catch (error) {
    if (!(error instanceof EstateUnreadable) || error.code !== 'PermissionsUnreadable') throw error;
    return `Subscription ${subscriptionId} cannot be read: ${error.message}`;
  }
  if (missing.length === 0) return undefined;
  return `Subscription ${subscriptionId} cannot be read as a whole: the app's identity lacks ${missing.join(', ')}.`;
}
