import type { ArmCall, Json, JsonObject } from '../arm/call.ts';
import { memberIn, objectIn, objectsIn, textIn } from '../arm/replyFields.ts';
import { parseResourceId, resourcePath } from '../arm/resourceId.ts';
import { drillTag } from '../arm/resourceKinds.ts';
import type { Precondition, Step } from '../steps/step.ts';

/** {@link drillTag} where there are no tags but metadata, whose names are identifiers: shares and containers. */
export const drillMetadata = 'azure_backup_automation_drill';

/** What a drill made or will have made, by its id, and the run whose drill it is. */
export type DrillTarget = { readonly targetId: string; readonly runId: string };

/** How each type of target is spoken to; a disk's tags are written beside it, a share's metadata with it. */
const typeOf: Readonly<Record<string, { readonly apiVersion: string; readonly hasMetadata: boolean }>> = {
  'microsoft.compute/disks': { apiVersion: '2024-03-02', hasMetadata: false },
  'microsoft.storage/storageaccounts/fileservices/shares': { apiVersion: '2023-05-01', hasMetadata: true },
  'microsoft.storage/storageaccounts/blobservices/containers': {
    apiVersion: '2023-05-01',
    hasMetadata: true,
  },
};

function typeIn(id: string): {
  readonly type: string;
  readonly apiVersion: string;
  readonly hasMetadata: boolean;
} {
  const reading = parseResourceId(id);
  const type =
    reading.kind === 'ok' && reading.id.types.length > 0
      ? `${reading.id.provider}/${reading.id.types.join('/')}`
      : 'Microsoft.Resources/subscriptions/resourceGroups';
  const known = typeOf[type.toLowerCase()] ?? { apiVersion: '2021-04-01', hasMetadata: false };
  return { type, ...known };
}

/** A call to a target of whatever type. */
export function drillCall(method: ArmCall['method'], id: string, body?: Json): ArmCall {
  const { type, apiVersion } = typeIn(id);
  const verb = method === 'GET' ? 'read' : method === 'DELETE' ? 'delete' : 'write';
  return {
    action: `${type}/${verb}`,
    method,
    path: resourcePath(id),
    apiVersion,
    ...(body === undefined ? {} : { body }),
  };
}

/** What there is of a target: the run that its tag names, and of a disk what can be checked. */
export type TargetSeen = {
  /** Empty where the tag is missing. */
  readonly taggedBy: string;
  readonly provisioningState?: string;
  readonly gigabytes?: number;
  /** What a disk was made from. */
  readonly madeFrom?: string;
  /** `AllowAll`, `AllowPrivate` or `DenyAll`: who may read a disk over the network. */
  readonly networkAccess?: string;
};

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const valueNamed = (bag: Json | undefined, name: string): string =>
  textIn(Object.entries(objectIn(bag)).find(([key]) => sameName(key, name))?.[1]) ?? '';

function targetSeen(body: Json | undefined): TargetSeen {
  const properties = objectIn(memberIn(body, 'properties'));
  const provisioningState = textIn(properties['provisioningState']);
  const gigabytes = properties['diskSizeGB'];
  const madeFrom = textIn(memberIn(properties['creationData'], 'sourceResourceId'));
  const networkAccess = textIn(properties['networkAccessPolicy']);
  return {
    taggedBy:
      valueNamed(memberIn(body, 'tags'), drillTag) || valueNamed(properties['metadata'], drillMetadata),
    ...(provisioningState ? { provisioningState } : {}),
    ...(typeof gigabytes === 'number' ? { gigabytes } : {}),
    ...(madeFrom ? { madeFrom } : {}),
    ...(networkAccess ? { networkAccess } : {}),
  };
}

/** Reads a target, to see whether it is there and whose it is. */
export const findDrillTarget: Step<DrillTarget, { readonly found?: TargetSeen }> = {
  name: 'resources.findDrillTarget',
  describe: ({ targetId }) => drillCall('GET', targetId),
  read: (reply) => ({ kind: 'done', result: { found: targetSeen(reply.body) } }),
  readRefusal: (_, status) => (status === 404 ? { kind: 'done', result: {} } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
  goesOnAfterCancel: true,
};

const tagBody = (runId: string): JsonObject => ({
  operation: 'Merge',
  properties: { tags: { [drillTag]: runId } },
});

/** Marks what a restore has made with the run: nothing is deleted without. */
export const tagDrillTarget: Step<DrillTarget, { readonly tagged: true }> = {
  name: 'resources.tagDrillTarget',
  describe: ({ targetId, runId }) =>
    typeIn(targetId).hasMetadata
      ? drillCall('PATCH', targetId, { properties: { metadata: { [drillMetadata]: runId } } })
      : {
          action: 'Microsoft.Resources/tags/write',
          method: 'PATCH',
          path: resourcePath(targetId, 'providers', 'Microsoft.Resources', 'tags', 'default'),
          apiVersion: '2021-04-01',
          body: tagBody(runId),
        },
  longRunning: { follow: 'result', defaultWaitSeconds: 5 },
  read: () => ({ kind: 'done', result: { tagged: true } }),
  repeat: 'safe',
  itemOf: ({ targetId }) => targetId,
  giveUpAfterSeconds: 1800,
  goesOnAfterCancel: true,
};

const isGroup = (id: string): boolean => typeIn(id).type.endsWith('/resourceGroups');

/** Everything that lies in a group. */
const contentsCall = (groupId: string): ArmCall => ({
  action: 'Microsoft.Resources/subscriptions/resourceGroups/resources/read',
  method: 'GET',
  path: resourcePath(groupId, 'resources'),
  apiVersion: '2021-04-01',
});

/** What of a drill's group is not the drill's: a restore makes disks, and attaches them to nothing. */
const foreignIn = (rows: readonly JsonObject[]): readonly string[] =>
  rows.flatMap(({ id, type, managedBy }) =>
    sameName(textIn(type) ?? '', 'Microsoft.Compute/disks') && !textIn(managedBy) ? [] : (textIn(id) ?? '?'),
  );

const kept = (code: string, message: string) =>
  ({ kind: 'refused', failure: { code, message, class: 'user' } }) as const;

/** What is there right before it is deleted: the tag must still name the run, and a group hold nothing of others. */
const stillTheDrills: Precondition<DrillTarget> = {
  describe: ({ targetId }) => [
    { call: drillCall('GET', targetId) },
    ...(isGroup(targetId) ? [{ call: contentsCall(targetId), pages: true } as const] : []),
  ],
  read: ([target, contents], { targetId, runId }) => {
    if (target === undefined || target.status === 404) return { kind: 'holds' };
    const { taggedBy } = targetSeen(target.body);
    if (!sameName(taggedBy, runId))
      return kept('DrillTargetChanged', `the tag of ${targetId} names ${taggedBy || 'no run'} now`);
    const foreign = foreignIn(objectsIn(memberIn(contents?.body, 'value')));
    if (foreign.length > 0) {
      const named = foreign.slice(0, 3).join(', ');
      return kept('DrillGroupInUse', `the group holds what the drill has not made: ${named}`);
    }
    const etag = textIn(memberIn(target.body, 'etag'));
    return { kind: 'holds', ...(etag ? { ifMatch: etag } : {}) };
  },
};

/**
 * Deletes what a drill made, as it is found right before: under its entity tag, where its service gives one.
 * Let out by the setting, the plan's list of drill targets and the row of the run alone.
 */
export const deleteDrillTarget: Step<DrillTarget, { readonly deleted: true }> = {
  name: 'resources.deleteDrillTarget',
  precondition: stillTheDrills,
  describe: ({ targetId }) => drillCall('DELETE', targetId),
  longRunning: { follow: 'result', defaultWaitSeconds: 10 },
  read: () => ({ kind: 'done', result: { deleted: true } }),
  readRefusal: (_, status) => (status === 404 ? { kind: 'done', result: { deleted: true } } : undefined),
  repeat: 'safe',
  itemOf: ({ targetId }) => targetId,
  giveUpAfterSeconds: 900,
  goesOnAfterCancel: true,
};
