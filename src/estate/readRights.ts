import type { ArmCall, Json } from '../arm/call.ts';
import { memberIn, objectsIn, textsIn } from '../arm/replyFields.ts';
import { readFailure } from '../arm/outcomes.ts';
import { resourcePath } from '../arm/resourceId.ts';
import { askArm, EstateUnreadable, type EstateServices } from './askArm.ts';

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

async function permissionsOfCaller(services: EstateServices, scope: string): Promise<readonly Json[]> {
  const reply = await askArm(services, permissionsCall(scope));
  if (reply.status !== 200) throw new EstateUnreadable('PermissionsUnreadable', readFailure(reply).message);
  return objectsIn(memberIn(reply.body, 'value'));
}

/** The actions of a list that no permission allows. */
export const notAllowed = (permissions: readonly Json[], actions: readonly string[]): readonly string[] =>
  actions.filter((action) => !permissions.some((one) => allows(one, action)));

/**
 * The actions of a list that whoever asks may not do at a scope, by its ARM id.
 *
 * @throws EstateUnreadable when the permissions cannot be read.
 */
export const missingActions = async (
  services: EstateServices,
  scope: string,
  actions: readonly string[],
): Promise<readonly string[]> => notAllowed(await permissionsOfCaller(services, scope), actions);

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
    missing = await missingActions(services, `/subscriptions/${subscriptionId}`, wanted);
  } catch (error) {
    if (!(error instanceof EstateUnreadable) || error.code !== 'PermissionsUnreadable') throw error;
    return `Subscription ${subscriptionId} cannot be read: ${error.message}`;
  }
  if (missing.length === 0) return undefined;
  return `Subscription ${subscriptionId} cannot be read as a whole: the app's identity lacks ${missing.join(', ')}.`;
}
