import type { Json } from '../../src/arm/call.ts';
import { sameId } from '../../src/arm/resourceId.ts';
import { vaultIdOf, kindOfItem, type ItemKind } from '../../src/recovery-services/paths.ts';
import { anywhere, textAt } from './looseFields.ts';
import type { FlowWrite } from './flowWrites.ts';
import type { Cause, FlowSetting } from './recordedFlows.ts';
import { lastSeen, stateOf, type Sighting } from './sightings.ts';

const notOurs = (reason: string): Cause => ({ by: 'nothing', reason });
const request = (path: string, body: Readonly<Record<string, unknown>>): Cause => ({
  by: 'request',
  path: `/api/${path}`,
  body,
});

const afterVerb: Readonly<Record<string, string>> = { delete: 'SoftDeleted', undelete: 'ProtectionStopped' };

/** What the body of a PUT made of the item. */
function stateAfter({ verb, body }: FlowWrite): string | undefined {
  if (verb !== 'put') return afterVerb[verb];
  return textAt(body, 'properties', 'protectionState') ?? 'Protected';
}

/** The item's last row or body before the write; after another flow only what was seen since. */
const before = ({ sightings, write, from }: FlowSetting): Sighting | undefined =>
  lastSeen(sightings, write.itemPath, from, write.index);

/** Its state before the write: as seen, else as the flow before left it; after a deletion that showed nothing it is new. */
function stateBefore(setting: FlowSetting): string | undefined {
  const seen = stateOf(before(setting)?.body);
  if (seen !== undefined || !setting.previous || setting.previous.verb === 'delete') return seen;
  return stateAfter(setting.previous);
}

function keepFor({ body, exchange }: FlowWrite): string | undefined {
  const until = Date.parse(String(anywhere(body, 'recoveryPointExpiryTimeInUTC') ?? ''));
  const sentAt = Date.parse(exchange.reply.headers['date'] ?? '');
  if (Number.isNaN(until) || Number.isNaN(sentAt)) return undefined;
  return `P${Math.min(Math.max(Math.round((until - sentAt) / 86_400_000), 1), 36_159)}D`;
}

function backUp({ write }: FlowSetting, kind: ItemKind): Cause {
  const [kept, backupType] = [keepFor(write), textAt(write.body, 'properties', 'backupType')];
  const compress = anywhere(write.body, 'enableCompression');
  return request('backups', {
    target: { id: write.itemId },
    ...(kept && { keepFor: kept }),
    ...(kind === 'workload' && backupType && { backupType }),
    ...(kind === 'workload' && typeof compress === 'boolean' && { compress }),
  });
}

const lastName = (id: string): string => id.split('/').at(-1) ?? '';

/** The machine's id as the vault offers it: recorders rename what was sent, not always what came back. */
function machineIdOf({ sightings, write }: FlowSetting): string | undefined {
  const offered = write.itemPath.replace('/protecteditems/', '/protectableitems/');
  const row = sightings.find(({ path }) => path === offered);
  return textAt(row?.body, 'properties', 'virtualMachineId');
}

/** The name a person gives to the item, as any reply of the recording shows it. */
function friendlyNameOf({ sightings, write }: FlowSetting): string {
  const offered = write.itemPath.replace('/protecteditems/', '/protectableitems/');
  const rows = sightings.filter(({ path }) => path === write.itemPath || path === offered);
  const names = rows.map(({ body }) => textAt(body, 'properties', 'friendlyName'));
  return names.find((name) => name !== undefined) ?? lastName(write.itemId).split(';').at(-1) ?? '';
}

function protectNew(setting: FlowSetting, kind: ItemKind, policyId: string): Cause {
  const { itemId, body } = setting.write;
  const vaultId = vaultIdOf(itemId);
  const sourceId = textAt(body, 'properties', 'sourceResourceId');
  if (kind === 'workload') return notOurs('protects a database that the recording has not shown before');
  if (!sourceId) return notOurs('protects an item without naming its source');
  const target =
    kind === 'fileShare'
      ? { kind, vaultId, storageAccountId: sourceId, share: friendlyNameOf(setting).slice(0, 63) }
      : { kind, vaultId, virtualMachineId: machineIdOf(setting) ?? sourceId };
  return request('protections', { target, policyId });
}

function putPolicy(setting: FlowSetting, kind: ItemKind, policyId: string): Cause {
  const { itemId } = setting.write;
  const state = stateBefore(setting)?.toLowerCase();
  if (state === undefined) return protectNew(setting, kind, policyId);
  if (state === 'softdeleted') return notOurs('protects an item that is soft-deleted');
  if (/^(?:protectionstopped|protectionpaused|backupssuspended)$/.test(state)) {
    return request('protections/resume', { target: { id: itemId }, policyId });
  }
  const kept = textAt(before(setting)?.body, 'properties', 'policyId');
  const isSame = state !== 'notprotected' && sameId(kept, policyId);
  if (isSame) return notOurs('puts an item with the policy that it has already');
  return request('protections', { target: { id: itemId }, policyId });
}

function put(setting: FlowSetting, kind: ItemKind): Cause {
  const { body, itemId } = setting.write;
  const target = { id: itemId };
  const state = textAt(body, 'properties', 'protectionState')?.toLowerCase();
  const policyId = textAt(body, 'properties', 'policyId');
  if (isRehydration(body)) return request('protections/resume', { target, undelete: true });
  if (state === 'protectionstopped') return request('protections/stop', { target, mode: 'retain' });
  if (state === 'backupssuspended') return request('protections/stop', { target, mode: 'suspend' });
  if (!policyId) return notOurs('changes something else than the protection');
  return putPolicy(setting, kind, policyId);
}

const isRehydration = (body: Json | undefined): boolean => anywhere(body, 'isRehydrate') === true;

function deletion(setting: FlowSetting): Cause {
  const { itemId } = setting.write;
  const seen = before(setting)?.body;
  if (stateOf(seen) === 'SoftDeleted') return notOurs('deletes an item that is soft-deleted already');
  const confirm = textAt(seen, 'properties', 'friendlyName') ?? lastName(textAt(seen, 'id') ?? itemId);
  return request('protections/stop', { target: { id: itemId }, mode: 'deleteData', confirm });
}

/** What of ours would send the write to a protected item of a Recovery Services vault. */
export function itemFlow(setting: FlowSetting): Cause {
  const { itemId, verb } = setting.write;
  const kind = kindOfItem(itemId);
  if (!kind) return notOurs(`an item of another kind: ${lastName(itemId).split(';')[0]}`);
  if (verb === 'backup') return backUp(setting, kind);
  return verb === 'delete' ? deletion(setting) : put(setting, kind);
}
