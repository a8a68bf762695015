import type { ArmReply } from '../exchange.ts';
import { readFilter } from '../filter.ts';
import { listReply, staleness } from '../paging.ts';
import { pollHeaders } from '../poll-links.ts';
import { empty, json } from '../replies.ts';
import type { Route } from '../core.ts';
import { conflicts, startOperation } from './accept.ts';
import { askedView, itemBody, itemId } from './item-body.ts';
import { startJob } from './jobs.ts';
import { lacksGuardUnlock } from './resource-guard.ts';
import { vaultLinks } from './operation-links.ts';
import { changeProtection, conflicting, jobProperties, refuseSoftDeleted } from './protection.ts';
import { containerKey } from './names.ts';
import type { Item, RecoveryServices } from './state.ts';
import {
  action,
  askedItem,
  dataSourceNotFound,
  invalidInput,
  inVault,
  protectedItemPath,
  type VaultCall,
  vaultPath,
} from './vault-call.ts';

const items = 'backupFabrics/protectionContainers/protectedItems';

/** Protected items: list, read, protect and change, delete. */
export function itemRoutes(rsv: RecoveryServices): Route[] {
  return [
    {
      name: 'recoveryServices.items',
      method: 'GET',
      path: `${vaultPath}/backupProtectedItems`,
      action: action('backupProtectedItems/read'),
      bucket: 'provider',
      handle: inVault(rsv, listItems),
    },
    {
      name: 'recoveryServices.item',
      method: 'GET',
      path: protectedItemPath,
      action: action(`${items}/read`),
      bucket: 'provider',
      handle: inVault(rsv, getItem),
    },
    {
      name: 'recoveryServices.protect',
      method: 'PUT',
      path: protectedItemPath,
      action: action(`${items}/write`),
      handle: inVault(rsv, changeProtection),
    },
    {
      name: 'recoveryServices.deleteItem',
      method: 'DELETE',
      path: protectedItemPath,
      action: action(`${items}/delete`),
      handle: inVault(rsv, deleteItem),
    },
  ];
}

function listItems({ vault, call }: VaultCall): ArmReply {
  const filter = readFilter(call.url);
  if (filter === undefined) return invalidInput('$filter cannot be read');
  const newest = call.now - staleness(call);
  const rows = [...vault.items.values()]
    .filter((item) => item.listedFrom <= newest)
    .map((item) => itemBody(vault, item, askedView(call)))
    .filter((row) => fits(row['properties'] as Record<string, unknown>, filter));
  return listReply(call, rows);
}

/** Filter fields are compared without case with the item's own; an unknown field never excludes. */
function fits(properties: Record<string, unknown>, filter: Record<string, string>): boolean {
  const same = (field: string, value: unknown) =>
    filter[field] === undefined || String(value ?? '').toLowerCase() === filter[field].toLowerCase();
  const container = filter['containername'];
  const policy = String(properties['policyId'] ?? '')
    .split('/')
    .at(-1);
  return (
    same('backupmanagementtype', properties['backupManagementType']) &&
    same('itemtype', properties['workloadType']) &&
    same('friendlyname', properties['friendlyName']) &&
    same('healthstate', properties['healthStatus'] ?? properties['protectionStatus']) &&
    (filter['policyname'] === undefined || policy?.toLowerCase() === filter['policyname'].toLowerCase()) &&
    (container === undefined || containerKey(String(properties['containerName'])) === containerKey(container))
  );
}

function getItem(asked: VaultCall): ArmReply {
  const item = askedItem(asked);
  return item === undefined
    ? dataSourceNotFound()
    : json(200, itemBody(asked.vault, item, { ...askedView(asked.call), extended: true }));
}

function deleteItem(asked: VaultCall): ArmReply {
  const { rsv, vault, call } = asked;
  const item = askedItem(asked);
  if (item === undefined) return empty(204);
  if (item.softDeleted !== undefined && item.source.kind !== 'AzureStorage') return refuseSoftDeleted(item);
  const guarded = lacksGuardUnlock(asked);
  if (guarded !== undefined) return guarded;
  if (conflicts(asked, item)) return conflicting();
  const { timings } = rsv.seed;
  const byKind = {
    AzureStorage: timings.deleteFileShare,
    AzureIaasVM: timings.deleteVirtualMachine,
    AzureWorkload: timings.deleteWorkload,
  };
  const seconds = byKind[item.source.kind];
  const points = { 'Number of Recovery Points': String(item.recoveryPoints.length) };
  const properties = { ...jobProperties(item), ...(item.source.kind === 'AzureIaasVM' && points) };
  const job = startJob(rsv, vault, {
    item,
    operation: 'DeleteBackupData',
    at: call.now,
    activityId: asked.activityId,
    seconds,
    properties,
  });
  const finish = (now: number) => removeItem(asked, item, now);
  const operation = startOperation(asked, {
    kind: 'deleteItem',
    subject: itemId(vault, item),
    seconds,
    job,
    finish,
  });
  return empty(202, pollHeaders(call, vaultLinks(call, operation.id)));
}

/** Under soft delete the item stays listed, stopped, until its days are over; a second delete changes nothing. */
function removeItem({ rsv, vault }: VaultCall, item: Item, now: number): void {
  const remove = () => {
    for (const [key, found] of vault.items) if (found === item) vault.items.delete(key);
    if (item.source.kind === 'AzureIaasVM') vault.containers.delete(containerKey(item.container.name));
  };
  if (item.softDeleted !== undefined) return;
  if (vault.seed.softDelete === 'Disabled') return remove();
  const until = now + vault.softDeleteDays * 86_400_000;
  item.state = 'ProtectionStopped';
  delete item.policy;
  item.softDeleted = { since: now, until };
  rsv.core.timeline.at(until, () => {
    if (item.softDeleted?.until === until) remove();
  });
}
