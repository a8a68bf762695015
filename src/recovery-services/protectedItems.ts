import type { ArmCall, ArmReply, JsonObject } from '../arm/call.ts';
import { readErrorIn } from '../arm/outcomes.ts';
import { readDurationSeconds, textIn } from '../arm/replyFields.ts';
import { resourcePath, sameId, nameIn } from '../arm/resourceId.ts';
import type { Step, StepReading } from '../steps/step.ts';
import {
  backupCall,
  filterOf,
  namesSeen,
  resourceIn,
  rowsIn,
  sameName,
  vaultIdOf,
  kindWords,
  type Resource,
  type ItemKind,
} from './paths.ts';

/** What a protected item's state means to a flow; `unknown` is a word this version does not know. */
export type Standing =
  'protected' | 'error' | 'stopped' | 'suspended' | 'softDeleted' | 'notProtected' | 'unknown';

/** A protected item as far as a flow needs it. */
export type ProtectedItem = {
  readonly id: string;
  readonly friendlyName?: string;
  /** Host of a database, as its jobs show it. */
  readonly serverName?: string;
  /** Another item of the list has jobs that look the same: one name on hosts of one name. */
  readonly hasNamesake?: boolean;
  readonly standing: Standing;
  /** The service's own word. */
  readonly protectionState: string;
  readonly protectedItemType: string;
  readonly policyId?: string;
  readonly sourceResourceId?: string;
  /** What a change must say again, in the service's own fields: it forgets what a change does not say. */
  readonly kept?: JsonObject;
  /** Seconds until a soft-deleted item is gone for good. */
  readonly goneInSeconds?: number;
};

/** The item if it is there, else the friendly names of its neighbours (at most 20); `several` names doubles. */
export type ItemFound = {
  readonly found: ProtectedItem | null;
  readonly seen: readonly string[];
  readonly several: readonly string[];
};

const standings: Readonly<Record<string, Standing>> = {
  protected: 'protected',
  irpending: 'protected',
  protectionerror: 'error',
  invalid: 'error',
  protectionstopped: 'stopped',
  protectionpaused: 'stopped',
  backupssuspended: 'suspended',
  notprotected: 'notProtected',
};

/** What an item's properties say about its state. */
export function standingOf(properties: JsonObject): Standing {
  if (properties['isScheduledForDeferredDelete'] === true) return 'softDeleted';
  return standings[(textIn(properties['protectionState']) ?? '').toLowerCase()] ?? 'unknown';
}

function wholeSecondsIn(span: string | undefined): number | undefined {
  const seconds = readDurationSeconds(span);
  return seconds === undefined ? undefined : Math.floor(seconds);
}

/** The disks of a machine that are backed up, and the approvals of a guarded vault: gone after a change that is silent about them. */
const keptFields = ['extendedProperties', 'resourceGuardOperationRequests'] as const;

function keptIn(properties: JsonObject): JsonObject | undefined {
  const kept = keptFields.flatMap((field) => (properties[field] == null ? [] : [[field, properties[field]]]));
  return kept.length > 0 ? (Object.fromEntries(kept) as JsonObject) : undefined;
}

/** Reads a protected item; only its id, never its name, is sent back. */
export function protectedItemIn({ id, properties }: Resource): ProtectedItem {
  const optional = {
    friendlyName: textIn(properties['friendlyName']),
    serverName: textIn(properties['serverName']),
    policyId: textIn(properties['policyId']),
    sourceResourceId: textIn(properties['sourceResourceId']) ?? textIn(properties['virtualMachineId']),
    kept: keptIn(properties),
    goneInSeconds: wholeSecondsIn(textIn(properties['deferredDeleteTimeRemaining'])),
  };
  const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return {
    id,
    standing: standingOf(properties),
    protectionState: textIn(properties['protectionState']) ?? '',
    protectedItemType: textIn(properties['protectedItemType']) ?? '',
    ...present,
  };
}

/** What an item is found by: a share by its account, a machine by its id, a database by its container. */
export type ItemSought =
  | {
      readonly vaultId: string;
      readonly kind: 'fileShare';
      readonly storageAccountId: string;
      readonly share: string;
    }
  | { readonly vaultId: string; readonly kind: 'virtualMachine'; readonly virtualMachineId: string }
  | {
      readonly vaultId: string;
      readonly kind: 'workload';
      /** The container's name, or the friendly name of the machine. */
      readonly container: string;
      /** The database's friendly name, or `instance/database` where several instances have one of that name. */
      readonly database: string;
    };

const lastPart = (name: string | undefined): string | undefined => name?.split(';').at(-1);

function isNeighbour({ id, properties }: Resource, sought: ItemSought): boolean {
  if (sought.kind === 'virtualMachine') return true;
  if (sought.kind === 'fileShare')
    return sameId(textIn(properties['sourceResourceId']), sought.storageAccountId);
  const container = nameIn(id, 'protectionContainers');
  return [container, lastPart(container), textIn(properties['serverName'])].some((name) =>
    sameName(name, sought.container),
  );
}

function isSought({ properties }: Resource, sought: ItemSought): boolean {
  const friendlyName = textIn(properties['friendlyName']);
  if (sought.kind === 'fileShare') return sameName(friendlyName, sought.share);
  if (sought.kind === 'workload') {
    const inInstance = `${textIn(properties['parentName'])}/${friendlyName}`;
    return sameName(friendlyName, sought.database) || sameName(inInstance, sought.database);
  }
  const sourceId = textIn(properties['sourceResourceId']) ?? textIn(properties['virtualMachineId']);
  return sameId(sourceId, sought.virtualMachineId);
}

/** Ids are long, and a result must fit into an event. */
const mostDescribed = 5;

/** What tells items of one name apart: instance, container with its group, state, and the id that can be asked for. */
const described = ({ id, properties }: Resource): string => {
  const name = [textIn(properties['parentName']), textIn(properties['friendlyName'])]
    .filter(Boolean)
    .join('/');
  const state = standingOf(properties) === 'softDeleted' ? 'soft-deleted' : properties['protectionState'];
  return `${name} in ${nameIn(id, 'protectionContainers')} (${textIn(state)}; ${id})`;
};

/** A source that was deleted and made again leaves its old item behind: the one that backs up stands before it. */
const ranks: readonly (readonly Standing[])[] = [
  ['protected', 'error', 'unknown'],
  ['stopped', 'suspended', 'notProtected'],
  ['softDeleted'],
];

const foremost = (rows: readonly Resource[]): readonly Resource[] =>
  ranks
    .map((rank) => rows.filter(({ properties }) => rank.includes(standingOf(properties))))
    .find((some) => some.length > 0) ?? [];

/** What the jobs of a database are shown under: two machines, or two instances of one, may hold databases of one name. */
const shownName = ({ properties }: Resource): string =>
  `${textIn(properties['friendlyName'])} [${textIn(properties['serverName'])}]`.toLowerCase();

/** An item as the list tells it, which a read of the item alone does not: whether its jobs look like another's. */
function listedItem(row: Resource, all: readonly Resource[], kind: ItemKind): ProtectedItem {
  if (kind !== 'workload') return protectedItemIn(row);
  const alike = all.filter((other) => shownName(other) === shownName(row));
  return { ...protectedItemIn(row), hasNamesake: alike.length > 1 };
}

/** An id without its resource group: of a resource that was moved, the rest stays. */
const withoutGroup = (id: string | undefined): string | undefined =>
  id?.toLowerCase().replace(/\/resourcegroups\/[^/]+/, '');

/** Whether an item is the sought one's but for the resource group. */
function hasMoved(row: Resource, sought: ItemSought): boolean {
  const sourceId = textIn(row.properties['sourceResourceId']) ?? textIn(row.properties['virtualMachineId']);
  const isElsewhere = (wanted: string): boolean =>
    !sameId(sourceId, wanted) && withoutGroup(sourceId) === withoutGroup(wanted);
  if (sought.kind === 'virtualMachine') return isElsewhere(sought.virtualMachineId);
  if (sought.kind === 'fileShare') return isElsewhere(sought.storageAccountId) && isSought(row, sought);
  const container = nameIn(row.id, 'protectionContainers');
  const isSameMachine = sameName(lastPart(container), lastPart(sought.container));
  return isSameMachine && !isNeighbour(row, sought) && isSought(row, sought);
}

/** Friendly names of an item's neighbours; what only its resource group tells from the sought one is asked about. */
const namesBeside = (all: readonly Resource[], sought: ItemSought): readonly string[] =>
  namesSeen([
    ...all
      .filter((row) => hasMoved(row, sought))
      .slice(0, mostDescribed)
      .map((row) => `${textIn(row.properties['friendlyName'])} (moved? ${row.id})`),
    ...all
      .filter((row) => isNeighbour(row, sought) && !hasMoved(row, sought))
      .map(({ properties }) => textIn(properties['friendlyName'])),
  ]);

function readFound(reply: ArmReply, sought: ItemSought): ItemFound {
  const all = rowsIn(reply);
  const neighbours = all.filter((row) => isNeighbour(row, sought));
  const matching = foremost(neighbours.filter((row) => isSought(row, sought)));
  const seen = namesBeside(all, sought);
  const [first] = matching;
  const several = matching.length > 1 ? namesSeen(matching.map(described)).slice(0, mostDescribed) : [];
  const found = first && matching.length === 1 ? listedItem(first, all, sought.kind) : null;
  return { found, seen, several };
}

const listItemsCall = (vaultId: string, kind: ItemKind): ArmCall => {
  const { backupManagementType, itemType } = kindWords[kind];
  return backupCall('GET', 'backupProtectedItems/read', resourcePath(vaultId, 'backupProtectedItems'), {
    query: { $filter: filterOf({ backupManagementType, itemType }) },
  });
};

/** Looks a source up among a vault's protected items, stopped and soft-deleted ones included. */
export const findProtectedItem: Step<ItemSought, ItemFound> = {
  name: 'recoveryServices.findProtectedItem',
  describe: ({ vaultId, kind }) => listItemsCall(vaultId, kind),
  pages: true,
  read: (reply, input) => ({ kind: 'done', result: readFound(reply, input) }),
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** What the vault's list tells of an item that is known by its id: the names under which its jobs are shown. */
export const findItemById: Step<{ readonly itemId: string; readonly kind: ItemKind }, ProtectedItem | null> =
  {
    name: 'recoveryServices.findItemById',
    describe: ({ itemId, kind }) => listItemsCall(vaultIdOf(itemId), kind),
    pages: true,
    read: (reply, { itemId, kind }) => {
      const all = rowsIn(reply);
      const row = all.find(({ id }) => sameId(id, itemId));
      return { kind: 'done', result: row ? listedItem(row, all, kind) : null };
    },
    repeat: 'safe',
    giveUpAfterSeconds: 3600,
    goesOnAfterCancel: true,
  };

/** An input of everything that acts on one item. */
export type OnItem = { readonly itemId: string };

/** Azure's action on a protected item. */
export const itemAction = (verb: string): string =>
  `backupFabrics/protectionContainers/protectedItems/${verb}`;

/** The call that reads one item. */
export const readItemCall = ({ itemId }: OnItem) =>
  backupCall('GET', itemAction('read'), resourcePath(itemId));

/** One item by its id; null when the vault has none of that id. */
export const readProtectedItem: Step<OnItem, ProtectedItem | null> = {
  name: 'recoveryServices.readProtectedItem',
  describe: readItemCall,
  read: (reply) => ({ kind: 'done', result: protectedItemIn(resourceIn(reply.body)) }),
  readRefusal: (failure, status) =>
    status === 404 && failure.code !== 'ResourceGroupNotFound' ? { kind: 'done', result: null } : undefined,
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** Seconds between looks at an item that is still being configured. */
const configuringSeconds = 30;

function readConfigured(reply: ArmReply, policyId: string | undefined): StepReading<ProtectedItem> {
  const resource = resourceIn(reply.body);
  const item = protectedItemIn(resource);
  const hasPolicy = policyId === undefined || item.policyId === undefined || sameId(item.policyId, policyId);
  if (item.standing === 'protected' && hasPolicy) return { kind: 'done', result: item };
  if (item.standing === 'error') {
    const failure = readErrorIn(resource.properties['lastBackupErrorDetail']);
    const message = `The item's state is ${item.protectionState}.`;
    return { kind: 'refused', failure: failure ?? { code: 'ProtectionError', message } };
  }
  return {
    kind: 'waiting',
    waitSeconds: configuringSeconds,
    detail: { protectionState: item.protectionState },
  };
}

/**
 * Waits until an item is protected, by the policy that was asked for: `IRPending` (first backup pending) counts, an
 * operation's success alone does not.
 */
export const awaitProtected: Step<OnItem & { readonly policyId?: string }, ProtectedItem> = {
  name: 'recoveryServices.awaitProtected',
  describe: readItemCall,
  read: (reply, { policyId }) => readConfigured(reply, policyId),
  // The item may lag behind the operation that made it.
  readRefusal: (_failure, status) =>
    status === 404 ? { kind: 'waiting', waitSeconds: configuringSeconds } : undefined,
  repeat: 'safe',
  giveUpAfterSeconds: 900,
};

/** Waits until an item stands as a change has claimed: the operation's success alone does not say so. */
export const awaitStanding: Step<OnItem & { readonly standings: readonly Standing[] }, ProtectedItem> = {
  name: 'recoveryServices.awaitStanding',
  describe: readItemCall,
  read: (reply, { standings }) => {
    const item = protectedItemIn(resourceIn(reply.body));
    if (standings.includes(item.standing)) return { kind: 'done', result: item };
    const { protectionState } = item;
    return { kind: 'waiting', waitSeconds: configuringSeconds, detail: { protectionState } };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 300,
};

/** A share by its account and name. */
export type ShareSought = Extract<ItemSought, { kind: 'fileShare' }>;

/** A virtual machine by its id. */
export type MachineSought = Extract<ItemSought, { kind: 'virtualMachine' }>;
