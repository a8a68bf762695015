import type { ArmReply } from '../exchange.ts';
import type { OperationOutcome } from '../operations.ts';
import { pollHeaders } from '../poll-links.ts';
import { empty, serviceError } from '../replies.ts';
import { parseResourceId } from '../resources.ts';
import { conflicts, startOperation } from './accept.ts';
import { firstBackupStatus } from './backup-status.ts';
import { listDatasources } from './datasources.ts';
import { itemId } from './item-body.ts';
import { startJob } from './jobs.ts';
import { spendDaily } from './limits.ts';
import { putItem } from './load.ts';
import { containerKey, containerNames, type Datasource, itemKey, protectableName } from './names.ts';
import { itemLinks } from './operation-links.ts';
import { lacksGuardRequest } from './resource-guard.ts';
import { type Item, itemPath, type Policy, type ProtectionState } from './state.ts';
import {
  askedItem,
  askedProperties,
  dataSourceNotFound,
  invalidInput,
  type VaultCall,
} from './vault-call.ts';

const itemTypes: Record<string, Datasource['kind']> = {
  azurefileshareprotecteditem: 'AzureStorage',
  'microsoft.compute/virtualmachines': 'AzureIaasVM',
  'microsoft.classiccompute/virtualmachines': 'AzureIaasVM',
  azurevmworkloadsqldatabase: 'AzureWorkload',
  azurevmworkloadsaphanadatabase: 'AzureWorkload',
};

/** PUT of an item: by its body protect, change of policy, stop, suspend, resume or undelete. */
export function changeProtection(asked: VaultCall): ArmReply {
  const properties = askedProperties(asked.call);
  const kind = itemTypes[String(properties['protectedItemType']).toLowerCase()];
  if (kind === undefined) return invalidInput('protectedItemType is missing or unknown');
  const item = askedItem(asked);
  if (item !== undefined && item.source.kind !== kind)
    return invalidInput('protectedItemType does not fit the item');
  if (item !== undefined && conflicts(asked, item)) return conflicting();
  if (properties['isRehydrate'] === true) return undelete(asked, item);
  if (item?.softDeleted !== undefined) return refuseSoftDeleted(item);
  const state = properties['protectionState'];
  const policyId = properties['policyId'];
  if (typeof policyId === 'string' && policyId !== '') return protect(asked, { kind, item, policyId });
  if (state === 'ProtectionStopped' || state === 'BackupsSuspended') return stop(asked, item, state);
  return invalidInput('policyId is missing');
}

/** 409 of a switched-on vault while an operation runs on the item. */
export const conflicting = (): ArmReply =>
  serviceError(
    409,
    'BMSUserErrorConflictingProtectionOperation',
    'Another operation is currently in progress on the selected item.',
  );

/** 400 for anything but undelete on a soft-deleted item. */
export function refuseSoftDeleted({ source }: Item): ArmReply {
  const code =
    source.kind === 'AzureStorage'
      ? 'UserErrorBackupAFSInSoftDeleteState'
      : 'BMSUserErrorContainerNotUndeleted';
  return serviceError(400, code, 'The item is in soft-deleted state. Undelete it before the operation.');
}

function undelete(asked: VaultCall, item: Item | undefined): ArmReply {
  if (item === undefined) return dataSourceNotFound();
  if (item.softDeleted === undefined) return invalidInput('the item is not in soft-deleted state');
  return accept(asked, item, {
    effect: 'undelete',
    operation: 'Undelete',
    apply: () => {
      delete item.softDeleted;
      item.state = 'ProtectionStopped';
    },
  });
}

function stop(asked: VaultCall, item: Item | undefined, state: ProtectionState): ArmReply {
  if (item === undefined) return dataSourceNotFound();
  const guarded = lacksGuardRequest(asked);
  if (guarded !== undefined) return guarded;
  return accept(asked, item, {
    effect: state === 'BackupsSuspended' ? 'suspend' : 'stop',
    operation: 'DisableBackup',
    apply: () => {
      item.state = state;
      delete item.policy;
    },
  });
}

interface Protection {
  readonly kind: Datasource['kind'];
  readonly item: Item | undefined;
  readonly policyId: string;
}

function protect(asked: VaultCall, { kind, item, policyId }: Protection): ArmReply {
  const { rsv, vault, call } = asked;
  const policy = vault.policies.get((policyId.split('/').at(-1) ?? '').toLowerCase());
  if (policy === undefined) return invalidInput(`the policy ${policyId} was not found in the vault`);
  if (policy.properties['backupManagementType'] !== kind)
    return invalidInput('the policy is for another kind of item');
  const target = item ?? newItem(asked, kind);
  if ('status' in target) return target;
  if (item?.policy !== undefined && item.policy !== policy.name) {
    const guarded = lacksGuardRequest(asked);
    if (guarded !== undefined) return guarded;
  }
  const limit = rsv.seed.limits.configuresPerVault;
  const refused = spendDaily(rsv, { key: `configure/${vault.id}`, limit, now: call.now });
  if (refused !== undefined) return refused;
  const effect = item === undefined ? 'protect' : item.policy === undefined ? 'resume' : 'changePolicy';
  return accept(asked, target, {
    effect,
    operation: 'ConfigureBackup',
    policy,
    apply: (now) => configured(asked, target, policy, now),
  });
}

/** The datasource the path names, free and in a registered container; else the refusal. */
function newItem({ rsv, vault, call }: VaultCall, kind: Datasource['kind']): Item | ArmReply {
  const { container = '', item = '' } = call.params;
  const asked = String(askedProperties(call)['sourceResourceId'] ?? '').toLowerCase();
  const named = listDatasources(rsv, kind).filter(
    (candidate) =>
      containerKey(containerNames(kind, candidate.resourceId).name) === containerKey(container) &&
      protectableName(candidate).toLowerCase() === itemKey(item),
  );
  // Names say nothing of the subscription: two of one name are told apart by the source's id.
  const source = named.find(({ resourceId }) => resourceId.toLowerCase() === asked) ?? named[0];
  if (source === undefined) return dataSourceNotFound();
  const names = containerNames(kind, source.resourceId);
  const registered = vault.containers.get(containerKey(names.name))?.status === 'Registered';
  if (!registered && kind !== 'AzureIaasVM') {
    return serviceError(
      400,
      'BMSContainerStatusNotRegistered',
      'The container is not registered with the vault.',
    );
  }
  return {
    source,
    container: names,
    dataId: rsv.core.seeded.digits(15),
    state: 'IRPending',
    lastBackupStatus: firstBackupStatus(source),
    recoveryPoints: [],
    sourceSeen: true,
    listedFrom: 0,
  };
}

/** Disk exclusion as sent; a request without it ends an earlier one. */
function extendedProperties(call: VaultCall['call']): Record<string, unknown> | undefined {
  const sent = askedProperties(call)['extendedProperties'];
  return typeof sent === 'object' && sent !== null ? (sent as Record<string, unknown>) : undefined;
}

function configured(
  { rsv, vault, call }: VaultCall,
  item: Item,
  policy: Policy,
  now: number,
): OperationOutcome | void {
  const elsewhere = otherVault({ rsv, vault }, item);
  if (elsewhere !== undefined) {
    const message = `The datasource is already protected in another vault: ${elsewhere}`;
    return { kind: 'failed', error: { code: 'UserErrorItemAlreadyProtectedInAnotherVault', message } };
  }
  item.policy = policy.name;
  item.extendedProperties = extendedProperties(call);
  item.state = item.recoveryPoints.length === 0 ? 'IRPending' : 'Protected';
  if ([...vault.items.values()].includes(item)) return;
  item.listedFrom = now;
  registerMachine(vault, item);
  putItem(vault, item);
}

/** A machine needs no registration: its container appears with its item. */
function registerMachine({ containers }: VaultCall['vault'], { container }: Item): void {
  const key = containerKey(container.name);
  if (!containers.has(key))
    containers.set(key, { names: container, status: 'Registered', inquired: true, lock: '' });
}

function otherVault({ rsv, vault }: Pick<VaultCall, 'rsv' | 'vault'>, item: Item): string | undefined {
  const path = itemPath(containerKey(item.container.name), itemKey(protectableName(item.source)));
  return [...rsv.vaults.values()].find((other) => other !== vault && other.items.has(path))?.id;
}

interface Change {
  readonly effect: string;
  readonly operation: string;
  readonly policy?: Policy;
  readonly apply: (now: number) => OperationOutcome | void;
}

function accept(asked: VaultCall, item: Item, { effect, operation, policy, apply }: Change): ArmReply {
  const { rsv, vault, call } = asked;
  const seconds = changeSeconds(asked, item, operation === 'ConfigureBackup');
  const properties = jobProperties(item, policy);
  const job = startJob(rsv, vault, {
    item,
    operation,
    at: call.now,
    activityId: asked.activityId,
    seconds,
    properties,
  });
  const started = startOperation(asked, {
    kind: effect,
    subject: itemId(vault, item),
    seconds,
    job,
    finish: apply,
  });
  return empty(202, pollHeaders(call, itemLinks(call, started.id)));
}

function changeSeconds({ rsv }: VaultCall, { source }: Item, configures: boolean): number {
  const { timings } = rsv.seed;
  switch (source.kind) {
    case 'AzureStorage':
      return configures ? timings.protectFileShare : timings.stopFileShare;
    case 'AzureIaasVM':
      return configures ? timings.protectVirtualMachine : timings.stopVirtualMachine;
    case 'AzureWorkload':
      return configures ? timings.protectWorkload : timings.stopWorkload;
  }
}

/** `propertyBag` of a job that is not a backup. */
export function jobProperties({ source }: Item, policy?: Policy): Record<string, string> {
  const { group, name } = parseResourceId(source.resourceId);
  const policyName: Record<string, string> = policy === undefined ? {} : { 'Policy Name': policy.name };
  switch (source.kind) {
    case 'AzureStorage':
      return { 'File Share Name': source.friendlyName, 'Storage Account Name': name, ...policyName };
    case 'AzureIaasVM':
      return { 'VM Name': source.friendlyName, ...policyName };
    case 'AzureWorkload':
      return { ...policyName, ContainerUniqueName: `Compute;${group};${name}` };
  }
}
