import type { ArmReply } from '../exchange.ts';
import { readFilter } from '../filter.ts';
import { listReply } from '../paging.ts';
import { pollHeaders } from '../poll-links.ts';
import { empty, json, serviceError } from '../replies.ts';
import type { Route } from '../core.ts';
import { startOperation } from './accept.ts';
import { containerBody, liveItemCount } from './container-body.ts';
import { timeboundLimit, spendDaily } from './limits.ts';
import { armId, containerKey } from './names.ts';
import { brokenUnregisterLocation, containerLinks, fabricLinks } from './operation-links.ts';
import { registerContainer } from './register.ts';
import type { Container, RecoveryServices } from './state.ts';
import {
  action,
  askedContainer,
  containerPath,
  invalidInput,
  inVault,
  type VaultCall,
  vaultPath,
} from './vault-call.ts';

/** Discovery, registration, inquiry, lists and unregistering of containers. */
export function containerRoutes(rsv: RecoveryServices): Route[] {
  const containers = 'backupFabrics/protectionContainers';
  return [
    {
      name: 'recoveryServices.refresh',
      method: 'POST',
      path: `${vaultPath}/backupFabrics/{fabric}/refreshContainers`,
      action: action('backupFabrics/refreshContainers/action'),
      handle: inVault(rsv, refresh),
    },
    {
      name: 'recoveryServices.register',
      method: 'PUT',
      path: containerPath,
      action: action(`${containers}/write`),
      handle: inVault(rsv, registerContainer),
    },
    {
      name: 'recoveryServices.container',
      method: 'GET',
      path: containerPath,
      action: action(`${containers}/read`),
      bucket: 'provider',
      handle: inVault(rsv, getContainer),
    },
    {
      name: 'recoveryServices.unregister',
      method: 'DELETE',
      path: containerPath,
      action: action(`${containers}/delete`),
      handle: inVault(rsv, unregister),
    },
    {
      name: 'recoveryServices.inquire',
      method: 'POST',
      path: `${containerPath}/inquire`,
      action: action(`${containers}/inquire/action`),
      handle: inVault(rsv, inquire),
    },
    {
      name: 'recoveryServices.containers',
      method: 'GET',
      path: `${vaultPath}/backupProtectionContainers`,
      action: action('backupProtectionContainers/read'),
      bucket: 'provider',
      handle: inVault(rsv, listContainers),
    },
    {
      name: 'recoveryServices.deletedContainers',
      method: 'GET',
      path: `${vaultPath}/backupDeletedProtectionContainers`,
      action: action('backupDeletedProtectionContainers/read'),
      bucket: 'provider',
      handle: inVault(rsv, listDeletedContainers),
    },
  ];
}

function refresh(asked: VaultCall): ArmReply {
  const { rsv, vault, call } = asked;
  const filter = readFilter(call.url);
  if (filter === undefined) return invalidInput('$filter cannot be read');
  if (vault.seed.whileBusy === 'conflict' && rsv.core.operations.running(vault.id).length > 0) {
    return serviceError(
      409,
      'DiscoveryInProgress',
      'A discovery operation is already in progress for the vault.',
    );
  }
  const limit = rsv.seed.limits.discoveriesPerVault;
  if (spendDaily(rsv, { key: `refresh/${vault.id}`, limit, now: call.now }) !== undefined)
    return timeboundLimit();
  const operation = startOperation(asked, {
    kind: 'refresh',
    subject: vault.id,
    seconds: rsv.seed.timings.refresh,
    finish: () => void (vault.discovered = undefined),
  });
  return empty(202, pollHeaders(call, fabricLinks(call, operation.id)));
}

function getContainer(asked: VaultCall): ArmReply {
  const container = askedContainer(asked);
  return container === undefined ? containerNotFound() : json(200, containerBody(asked.vault, container));
}

const containerNotFound = (): ArmReply =>
  serviceError(404, 'ResourceNotFound', 'The specified protection container was not found in the vault.');

function inquire(asked: VaultCall): ArmReply {
  const { rsv, vault, call } = asked;
  const container = askedContainer(asked);
  if (container === undefined || container.status !== 'Registered') return containerNotFound();
  const subject = subjectOf(asked, container);
  if (rsv.core.operations.running(subject).some(({ kind }) => kind === 'inquire')) {
    return serviceError(
      409,
      'BMSUserErrorConflictingProtectionOperation',
      'An inquiry is already in progress for the container.',
    );
  }
  const limit = rsv.seed.limits.inquiriesPerContainer;
  const refused = spendDaily(rsv, { key: `inquire/${vault.id}/${subject}`, limit, now: call.now });
  if (refused !== undefined) return refused;
  const { inquire: seconds } = rsv.seed.timings;
  const operation = startOperation(asked, {
    kind: 'inquire',
    subject,
    seconds,
    finish: () => void (container.inquired = true),
  });
  return empty(202, pollHeaders(call, containerLinks(call, operation.id)));
}

/** ARM id of a container, as subject of its operations. */
export const subjectOf = ({ vault }: VaultCall, { names }: Container): string =>
  armId(`${vault.id}/backupFabrics/Azure/protectionContainers/${names.name}`);

function unregister(asked: VaultCall): ArmReply {
  const { rsv, vault, call } = asked;
  const container = askedContainer(asked);
  if (container === undefined || container.status !== 'Registered') {
    return serviceError(
      400,
      'BMSContainerStatusNotRegistered',
      'The container is not registered with the vault.',
    );
  }
  if (liveItemCount(vault, container.names) > 0) {
    return serviceError(
      400,
      'BMSUserErrorContainerHasDatasources',
      'The container has protected items. Stop their protection and delete their data first.',
    );
  }
  const { timings } = rsv.seed;
  const operation = startOperation(asked, {
    kind: 'unregister',
    subject: subjectOf(asked, container),
    seconds: container.names.kind === 'AzureStorage' ? timings.unregisterStorage : timings.unregisterWorkload,
    finish: () => finishUnregister(asked, container),
  });
  const links = pollHeaders(call, fabricLinks(call, operation.id));
  return empty(202, { ...links, Location: brokenUnregisterLocation(call, operation.id) });
}

/** The switched endless 500 hides that the container became SoftDeleted all the same. */
function finishUnregister({ vault }: VaultCall, container: Container) {
  const key = containerKey(container.names.name);
  const endless = vault.seed.unregister === 'endless500';
  const keepsData = [...vault.items.keys()].some((path) => path.startsWith(`${key}/`));
  if (endless || keepsData) container.status = 'SoftDeleted';
  else vault.containers.delete(key);
  if (!endless) return undefined;
  const message =
    'Microsoft Azure Backup encountered an internal error. Wait for a few minutes and then try the operation again. If the issue persists, please contact Microsoft support.';
  return { kind: 'failed' as const, error: { code: 'CloudInternalError', message } };
}

function listContainers(asked: VaultCall): ArmReply {
  const { vault, call } = asked;
  const filter = readFilter(call.url);
  const kind = filter?.['backupmanagementtype'];
  if (filter === undefined || kind === undefined)
    return invalidInput('$filter must name backupManagementType');
  const friendlyName = filter['friendlyname']?.toLowerCase();
  const rows = [...vault.containers.values()]
    .filter(
      ({ status, names }) => status !== 'Registering' && names.kind.toLowerCase() === kind.toLowerCase(),
    )
    .map((container) => containerBody(vault, container));
  return listReply(
    call,
    friendlyName === undefined ? rows : rows.filter((row) => friendlyNameOf(row) === friendlyName),
  );
}

const friendlyNameOf = (row: Record<string, unknown>): string =>
  String((row['properties'] as { friendlyName: unknown }).friendlyName).toLowerCase();

function listDeletedContainers({ vault, call }: VaultCall): ArmReply {
  const deleted = [...vault.containers.values()].filter(({ status }) => status === 'SoftDeleted');
  return listReply(
    call,
    deleted.map((container) => containerBody(vault, container)),
  );
}
