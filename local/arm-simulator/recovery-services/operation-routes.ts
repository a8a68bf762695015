import type { ArmReply } from '../exchange.ts';
import type { Operation } from '../operations.ts';
import { type PollLinks, pollHeaders } from '../poll-links.ts';
import { empty, json, serviceError } from '../replies.ts';
import type { Call, Route } from '../core.ts';
import { askedView, itemBody } from './item-body.ts';
import { containerLinks, fabricLinks, itemLinks, jobLinks, vaultLinks } from './operation-links.ts';
import type { RecoveryServices } from './state.ts';
import { neverEnded, netTime } from './time-format.ts';
import {
  action,
  askedItem,
  containerPath,
  inVault,
  protectedItemPath,
  type VaultCall,
  vaultPath,
} from './vault-call.ts';

/** Polling: the status documents and the result URLs of every family. */
export function operationRoutes(rsv: RecoveryServices): Route[] {
  const containers = 'backupFabrics/protectionContainers';
  const fabric = `${vaultPath}/backupFabrics/{fabric}`;
  const get = (name: string, path: string, tail: string, handle: (asked: VaultCall) => ArmReply): Route => ({
    name: `recoveryServices.${name}`,
    method: 'GET',
    path,
    action: action(tail),
    bucket: 'provider',
    handle: inVault(rsv, handle),
  });
  return [
    get('operation', `${vaultPath}/backupOperations/{operation}`, 'backupOperations/read', status),
    get(
      'operationResult',
      `${vaultPath}/backupOperationResults/{operation}`,
      'backupOperationResults/read',
      result(vaultLinks, 'empty'),
    ),
    get(
      'validationStatus',
      `${vaultPath}/backupValidateOperationsStatuses/{operation}`,
      'backupValidateOperationsStatuses/read',
      status,
    ),
    get(
      'fabricStatus',
      `${fabric}/operationsStatus/{operation}`,
      'backupFabrics/operationsStatus/read',
      status,
    ),
    get(
      'fabricResult',
      `${fabric}/operationResults/{operation}`,
      'backupFabrics/operationResults/read',
      result(fabricLinks, 'empty'),
    ),
    get(
      'containerStatus',
      `${containerPath}/operationsStatus/{operation}`,
      `${containers}/operationsStatus/read`,
      status,
    ),
    get(
      'containerResult',
      `${containerPath}/operationResults/{operation}`,
      `${containers}/operationResults/read`,
      result(containerLinks, '{}'),
    ),
    get(
      'itemStatus',
      `${protectedItemPath}/operationsStatus/{operation}`,
      `${containers}/protectedItems/operationsStatus/read`,
      status,
    ),
    get(
      'itemResult',
      `${protectedItemPath}/operationResults/{operation}`,
      `${containers}/protectedItems/operationResults/read`,
      result(itemLinks, '{}'),
    ),
    get(
      'jobStatus',
      `${vaultPath}/backupJobs/{job}/operationsStatus/{operation}`,
      'backupJobs/operationsStatus/read',
      status,
    ),
    get(
      'jobResult',
      `${vaultPath}/backupJobs/{job}/operationResults/{operation}`,
      'backupJobs/operationResults/read',
      result(jobLinks, 'empty'),
    ),
  ];
}

function askedOperation({ rsv, vault, call }: VaultCall): Operation | undefined {
  const operation = rsv.core.operations.find(call.params['operation'] ?? '');
  return operation?.vaultId === vault.id.toLowerCase() ? operation : undefined;
}

const operationNotFound = (): ArmReply =>
  serviceError(404, 'OperationNotFound', 'The specified operation was not found. It may have been removed.');

/** The status document: 200 while running, at success, and at failure. */
function status(asked: VaultCall): ArmReply {
  const operation = askedOperation(asked);
  return operation === undefined ? operationNotFound() : json(200, statusBody(operation));
}

/** A finished operation shows its start as its end, as the service mostly does. */
function statusBody({ id, startedAt, outcome }: Operation): unknown {
  const startTime = netTime(startedAt);
  const head = { id, name: id };
  if (outcome === undefined) return { ...head, status: 'InProgress', startTime, endTime: neverEnded };
  const { properties, error } = outcome;
  const word = { succeeded: 'Succeeded', failed: 'Failed', canceled: 'Canceled' }[outcome.kind];
  return {
    ...head,
    status: word,
    startTime,
    endTime: startTime,
    ...(properties !== undefined && { properties }),
    ...(error !== undefined && { error }),
  };
}

function result(
  links: (call: Call, id: string) => PollLinks,
  running: 'empty' | '{}',
): (asked: VaultCall) => ArmReply {
  return (asked) => {
    const operation = askedOperation(asked);
    if (operation === undefined) return operationNotFound();
    if (asked.call.faults.some(({ kind }) => kind === 'statusAtResult'))
      return json(200, statusBody(operation));
    if (operation.outcome !== undefined) return ended(asked, operation);
    const all = links(asked.call, operation.id);
    if (running === '{}') return json(202, {}, pollHeaders(asked.call, all));
    const { asyncOperation: _asyncOperation, ...withoutStatus } = all;
    return empty(202, pollHeaders(asked.call, withoutStatus));
  };
}

const givesItem = ['protect', 'changePolicy', 'resume', 'stop', 'suspend', 'undelete'];

/** 200 with the container or item the operation was about, 204 when there is nothing to show, 4xx or 500 on failure. */
function ended(asked: VaultCall, { kind, outcome }: Operation): ArmReply {
  if (outcome === undefined) return empty(204);
  if (outcome.kind !== 'succeeded') {
    const { code, message } = outcome.error;
    return serviceError(code === 'CloudInternalError' ? 500 : 400, code, message);
  }
  if (outcome.result !== undefined) return json(200, outcome.result);
  const item = givesItem.includes(kind) ? askedItem(asked) : undefined;
  return item === undefined ? empty(204) : json(200, itemBody(asked.vault, item, askedView(asked.call)));
}
