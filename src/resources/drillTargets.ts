import type { ArmCall, Json, JsonObject } from '../arm/call.ts';
import { memberIn, objectIn, textIn } from '../arm/replyFields.ts';
import { parseResourceId, resourcePath } from '../arm/resourceId.ts';
import { drillTag } from '../arm/resourceKinds.ts';
import type { Step } from '../steps/step.ts';

/** {@link drillTag} where there are no tags but metadata, whose names are identifiers: shares and containers. */
const drillMetadata = 'azure_backup_automation_drill';

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

function callOf(method: ArmCall['method'], id: string, body?: Json): ArmCall {
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
};

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const valueNamed = (bag: Json | undefined, name: string): string =>
  textIn(Object.entries(objectIn(bag)).find(([key]) => sameName(key, name))?.[1]) ?? '';

function targetSeen(body: Json | undefined): TargetSeen {
  const properties = objectIn(memberIn(body, 'properties'));
  const provisioningState = textIn(properties['provisioningState']);
  const gigabytes = properties['diskSizeGB'];
  const madeFrom = textIn(memberIn(properties['creationData'], 'sourceResourceId'));
  return {
    taggedBy:
      valueNamed(memberIn(body, 'tags'), drillTag) || valueNamed(properties['metadata'], drillMetadata),
    ...(provisioningState ? { provisioningState } : {}),
    ...(typeof gigabytes === 'number' ? { gigabytes } : {}),
    ...(madeFrom ? { madeFrom } : {}),
  };
}

/** Reads a target, to see whether it is there and whose it is. */
export const findDrillTarget: Step<DrillTarget, { readonly found?: TargetSeen }> = {
  name: 'resources.findDrillTarget',
  describe: ({ targetId }) => callOf('GET', targetId),
  read: (reply) => ({ kind: 'done', result: { found: targetSeen(reply.body) } }),
  readRefusal: (_, status) => (status === 404 ? { kind: 'done', result: {} } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
  goesOnAfterCancel: true,
};

/** Makes the empty share that is restored into. */
export const createDrillShare: Step<DrillTarget, { readonly made: true }> = {
  name: 'resources.createDrillShare',
  describe: ({ targetId, runId }) =>
    callOf('PUT', targetId, { properties: { metadata: { [drillMetadata]: runId } } }),
  read: () => ({ kind: 'done', result: { made: true } }),
  repeat: 'safe',
  itemOf: ({ targetId }) => targetId,
  giveUpAfterSeconds: 1800,
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
      ? callOf('PATCH', targetId, { properties: { metadata: { [drillMetadata]: runId } } })
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

/**
 * Deletes what a drill made. It stands no longer than a quarter of an hour: the tag was read just before.
 * Let out by the setting, the plan's list of drill targets and the row of the run alone.
 */
export const deleteDrillTarget: Step<DrillTarget, { readonly deleted: true }> = {
  name: 'resources.deleteDrillTarget',
  describe: ({ targetId }) => callOf('DELETE', targetId),
  longRunning: { follow: 'result', defaultWaitSeconds: 10 },
  read: () => ({ kind: 'done', result: { deleted: true } }),
  readRefusal: (_, status) => (status === 404 ? { kind: 'done', result: { deleted: true } } : undefined),
  repeat: 'safe',
  itemOf: ({ targetId }) => targetId,
  giveUpAfterSeconds: 900,
  goesOnAfterCancel: true,
};

/** What of a storage account decides whether a share or containers can be restored into it. */
export type DrillAccount = { readonly region: string; readonly obstacles: readonly string[] };

function accountObstacles(properties: JsonObject): readonly string[] {
  const scope = textIn(properties['allowedCopyScope']);
  const rules = objectIn(properties['networkAcls']);
  const denies = textIn(rules['defaultAction']) === 'Deny';
  const passes = /AzureServices/i.test(textIn(rules['bypass']) ?? '');
  return [
    ...(scope ? [`its permitted scope for copy operations is ${scope}: the service fails with 570035`] : []),
    ...(denies && !passes ? ['its firewall does not let trusted Azure services pass'] : []),
  ];
}

/** Reads the account that a drill restores into; `found` is absent where there is none. */
export const findDrillAccount: Step<{ readonly accountId: string }, { readonly found?: DrillAccount }> = {
  name: 'resources.findDrillAccount',
  describe: ({ accountId }) => ({
    action: 'Microsoft.Storage/storageAccounts/read',
    method: 'GET',
    path: resourcePath(accountId),
    apiVersion: '2023-05-01',
  }),
  read: (reply) => {
    const region = (textIn(memberIn(reply.body, 'location')) ?? '').toLowerCase().replaceAll(' ', '');
    return {
      kind: 'done',
      result: {
        found: { region, obstacles: accountObstacles(objectIn(memberIn(reply.body, 'properties'))) },
      },
    };
  },
  readRefusal: (_, status) => (status === 404 ? { kind: 'done', result: {} } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};
