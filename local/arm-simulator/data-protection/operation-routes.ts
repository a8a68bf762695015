import type { ArmReply } from '../exchange.ts';
import type { Operation } from '../operations.ts';
import { pollHeaders } from '../poll-links.ts';
import { empty, json } from '../replies.ts';
import type { Call, Route } from '../core.ts';
import { locationPath } from './accepted.ts';
import { notThere } from './errors.ts';
import { instancePath, showInstance } from './instances.ts';
import type { DataProtectionState } from './state.ts';
import { isoWithTicks, isoWholeSeconds, neverEnded } from './timestamps.ts';
import { vaultPath, withVault } from './vault-scope.ts';

const location = '/subscriptions/{subscription}/providers/Microsoft.DataProtection/locations/{location}';
const group = '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DataProtection';

/** `operationStatus` and `operationResults` at the vault, the instance, the location and the group. */
export function operationRoutes(state: DataProtectionState): Route[] {
  const read = (name: string, path: string, action: string, handle: Route['handle']): Route => ({
    name: `dataProtection.${name}`,
    method: 'GET',
    path,
    action: `Microsoft.DataProtection/${action}/read`,
    bucket: 'provider',
    handle,
  });
  const known = (answer: (call: Call, operation: Operation) => ArmReply) => (call: Call) => {
    const operation = state.core.operations.find(call.params['operation'] ?? '');
    return operation?.kind.startsWith('dataProtection.') === true ? answer(call, operation) : notThere();
  };
  const results = known((call, operation) => result(state, call, operation));
  return [
    read(
      'operationStatus',
      `${vaultPath}/operationStatus/{operation}`,
      'backupVaults/operationStatus',
      withVault(known(status)),
    ),
    read(
      'operationStatusAtLocation',
      `${location}/operationStatus/{operation}`,
      'locations/operationStatus',
      known(status),
    ),
    read('operationStatusInGroup', `${group}/operationStatus/{operation}`, 'operationStatus', known(status)),
    read(
      'operationResults',
      `${location}/operationResults/{operation}`,
      'locations/operationResults',
      results,
    ),
    read(
      'operationResultsOfVault',
      `${vaultPath}/operationResults/{operation}`,
      'backupVaults/operationResults',
      withVault(results),
    ),
    read(
      'operationResultsOfInstance',
      `${instancePath}/operationResults/{operation}`,
      'backupVaults/backupInstances/operationResults',
      withVault(results),
    ),
  ];
}

function status(call: Call, operation: Operation): ArmReply {
  const { outcome } = operation;
  const id = decodeURIComponent(call.url.pathname);
  return json(200, {
    id,
    name: operation.id,
    status: statusWord(outcome?.kind),
    ...(outcome?.error !== undefined && { error: outcome.error }),
    startTime: isoWithTicks(operation.startedAt),
    endTime: outcome === undefined ? neverEnded : isoWholeSeconds(operation.endsAt),
    ...(outcome?.properties !== undefined && { properties: outcome.properties }),
  });
}

function statusWord(kind: 'succeeded' | 'failed' | 'canceled' | undefined): string {
  if (kind === undefined) return 'Inprogress';
  return kind === 'succeeded' ? 'Succeeded' : kind === 'failed' ? 'Failed' : 'Canceled';
}

function result(state: DataProtectionState, call: Call, operation: Operation): ArmReply {
  const { outcome } = operation;
  if (call.faults.some(({ kind }) => kind === 'statusAtResult')) return status(call, operation);
  if (outcome === undefined) return empty(202, ownHeaders(call, operation));
  if (outcome.kind !== 'succeeded') return json(400, { error: outcome.error });
  if (operation.kind === 'dataProtection.protect') {
    const instance = state.instances.get(operation.subject);
    return instance === undefined ? notThere() : json(200, showInstance(instance));
  }
  const vault = state.core.resources.get(operation.subject);
  if (operation.kind === 'dataProtection.writeVault' && vault !== undefined) return json(200, vault);
  const body = outcome.properties ?? { objectType: 'OperationJobExtendedInfo' };
  return json(200, body, statusHeader(call, operation));
}

// The answer of a result URL names a status URL once more; it is not a new operation.
function statusHeader(call: Call, operation: Operation): Record<string, string> {
  const parent =
    call.params['location'] === undefined ? undefined : locationPath(call, call.params['location']);
  const path = `${parent ?? parentOf(call)}/operationStatus/${operation.id}`;
  return pollHeaders(call, { asyncOperation: { path, apiVersion: call.apiVersion } });
}

function ownHeaders(call: Call, operation: Operation): Record<string, string> {
  const location = { path: decodeURIComponent(call.url.pathname), apiVersion: call.apiVersion };
  return { ...statusHeader(call, operation), ...pollHeaders(call, { location, retryAfterSeconds: 30 }) };
}

function parentOf(call: Call): string {
  const { subscription, group: resourceGroup, vault } = call.params;
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.DataProtection/backupVaults/${vault}`;
}
