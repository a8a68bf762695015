import type { ArmReply, JsonObject } from '../arm/call.ts';
import { resourcePath, sameId } from '../arm/resourceId.ts';
import type { Step, StepReading } from '../steps/step.ts';
import { readDurationSeconds, textIn } from '../arm/replyFields.ts';
import { readErrorIn } from '../arm/outcomes.ts';
import {
  backupCall,
  filterOf,
  nameIn,
  namesSeen,
  resourceIn,
  rowsIn,
  sameName,
  type Resource,
} from './paths.ts';
import { kindWords } from './itemKinds.ts';

/** What a protected item's state means to a flow; `unknown` is a word this version does not know. */
export type Standing =
  'protected' | 'error' | 'stopped' | 'suspended' | 'softDeleted' | 'notProtected' | 'unknown';

/** A protected item as far as a flow needs it. */
export type ProtectedItem = {
  readonly id: string;
  readonly friendlyName?: string;
  readonly standing: Standing;
  /** The service's own word. */
  readonly protectionState: string;
  readonly protectedItemType: string;
  readonly policyId?: string;
  readonly sourceResourceId?: string;
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

/** Reads a protected item; only its id, never its name, is sent back. */
export function protectedItemIn({ id, properties }: Resource): ProtectedItem {
  const optional = {
    friendlyName: textIn(properties['friendlyName']),
    policyId: textIn(properties['policyId']),
    sourceResourceId: textIn(properties['sourceResourceId']) ?? textIn(properties['virtualMachineId']),
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

const instanceAndName = ({ properties }: Resource): string =>
  [textIn(properties['parentName']), textIn(properties['friendlyName'])].filter(Boolean).join('/');

function readFound(reply: ArmReply, sought: ItemSought): ItemFound {
  const neighbours = rowsIn(reply).filter((row) => isNeighbour(row, sought));
  const named = neighbours.filter((row) => isSought(row, sought));
  const living = named.filter(({ properties }) => standingOf(properties) !== 'softDeleted');
  const matching = living.length > 0 ? living : named;
  const seen = namesSeen(neighbours.map(({ properties }) => textIn(properties['friendlyName'])));
  const [first] = matching;
  const several = matching.length > 1 ? namesSeen(matching.map(instanceAndName)) : [];
  return { found: first && matching.length === 1 ? protectedItemIn(first) : null, seen, several };
}

/** Looks a source up among a vault's protected items, stopped and soft-deleted ones included. */
export const findProtectedItem: Step<ItemSought, ItemFound> = {
  name: 'recoveryServices.findProtectedItem',
  describe: ({ vaultId, kind }) => {
    const { backupManagementType, itemType } = kindWords[kind];
    return backupCall('GET', 'backupProtectedItems/read', resourcePath(vaultId, 'backupProtectedItems'), {
      query: { $filter: filterOf({ backupManagementType, itemType }) },
    });
  },
  pages: true,
  read: (reply, input) => ({ kind: 'done', result: readFound(reply, input) }),
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
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

function readConfigured(reply: ArmReply): StepReading<ProtectedItem> {
  const resource = resourceIn(reply.body);
  const item = protectedItemIn(resource);
  if (item.standing === 'protected') return { kind: 'done', result: item };
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

/** Waits until an item is protected: `IRPending` (first backup pending) counts, an operation's success alone does not. */
export const awaitProtected: Step<OnItem, ProtectedItem> = {
  name: 'recoveryServices.awaitProtected',
  describe: readItemCall,
  read: readConfigured,
  // The item may lag behind the operation that made it.
  readRefusal: (_failure, status) =>
    status === 404 ? { kind: 'waiting', waitSeconds: configuringSeconds } : undefined,
  repeat: 'safe',
  giveUpAfterSeconds: 900,
};
