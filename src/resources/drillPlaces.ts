import type { Json, JsonObject } from '../arm/call.ts';
import { memberIn, objectIn, objectsIn, textIn } from '../arm/replyFields.ts';
import { resourcePath } from '../arm/resourceId.ts';
import { drillTag } from '../arm/resourceKinds.ts';
import type { Step } from '../steps/step.ts';
import { drillCall, drillMetadata, type DrillTarget } from './drillTargets.ts';

/** Makes the empty share that is restored into. */
export const createDrillShare: Step<DrillTarget, { readonly made: true }> = {
  name: 'resources.createDrillShare',
  describe: ({ targetId, runId }) =>
    drillCall('PUT', targetId, { properties: { metadata: { [drillMetadata]: runId } } }),
  read: () => ({ kind: 'done', result: { made: true } }),
  repeat: 'safe',
  itemOf: ({ targetId }) => targetId,
  giveUpAfterSeconds: 1800,
};

/** A group that a drill of a machine makes for itself, in the region of the vault. */
export type DrillGroup = DrillTarget & { readonly region: string };

/** Makes the group that disks are restored into, tagged from its first moment. */
export const createDrillGroup: Step<DrillGroup, { readonly made: true }> = {
  name: 'resources.createDrillGroup',
  describe: ({ targetId, runId, region }) =>
    drillCall('PUT', targetId, { location: region, tags: { [drillTag]: runId } }),
  read: () => ({ kind: 'done', result: { made: true } }),
  repeat: 'safe',
  itemOf: ({ targetId }) => targetId,
  giveUpAfterSeconds: 1800,
};

/** What of a storage account decides whether a share or containers can be restored into it, or disks staged in it. */
export type DrillAccount = {
  readonly region: string;
  readonly obstacles: readonly string[];
  /** Whether it may be reached by its keys. */
  readonly hasKeys: boolean;
  /** What keeps the configuration of a machine from being staged there. */
  readonly stagingObstacles: readonly string[];
};

const deniesServices = (properties: JsonObject): boolean => {
  const rules = objectIn(properties['networkAcls']);
  return textIn(rules['defaultAction']) === 'Deny' && !/AzureServices/i.test(textIn(rules['bypass']) ?? '');
};

const hasKeys = (properties: JsonObject): boolean => properties['allowSharedKeyAccess'] !== false;

const firewall = 'its firewall does not let trusted Azure services pass';

function stagingObstacles(sku: string, properties: JsonObject): readonly string[] {
  return [
    ...(/zrs/i.test(sku)
      ? [`it is zone-redundant (${sku}): machines are staged in an account that is not`]
      : []),
    ...(!hasKeys(properties) ? ['it allows no shared keys, by which the service stages'] : []),
    ...(deniesServices(properties) ? [firewall] : []),
  ];
}

function accountObstacles(properties: JsonObject): readonly string[] {
  const scope = textIn(properties['allowedCopyScope']);
  return [
    ...(scope ? [`its permitted scope for copy operations is ${scope}: the service fails with 570035`] : []),
    ...(deniesServices(properties) ? [firewall] : []),
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
    const properties = objectIn(memberIn(reply.body, 'properties'));
    const sku = textIn(memberIn(reply.body, 'sku', 'name')) ?? '';
    const obstacles = accountObstacles(properties);
    return {
      kind: 'done',
      result: {
        found: {
          region,
          obstacles,
          hasKeys: hasKeys(properties),
          stagingObstacles: stagingObstacles(sku, properties),
        },
      },
    };
  },
  readRefusal: (_, status) => (status === 404 ? { kind: 'done', result: {} } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

/** How full a share is, in whole GiB; absent where there is none, or nothing is told. */
export const findShareUsage: Step<{ readonly shareId: string }, { readonly gigabytes?: number }> = {
  name: 'resources.findShareUsage',
  describe: ({ shareId }) => ({ ...drillCall('GET', shareId), query: { $expand: 'stats' } }),
  read: (reply) => {
    const bytes = memberIn(reply.body, 'properties', 'shareUsageBytes');
    return {
      kind: 'done',
      result: typeof bytes === 'number' ? { gigabytes: Math.ceil(bytes / 1_073_741_824) } : {},
    };
  },
  readRefusal: (_, status) => (status === 404 || status === 403 ? { kind: 'done', result: {} } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

/** The disks of a machine as it is now: sizes in GB where they are told. */
export type MachineDisks = {
  readonly osDisk?: { readonly name: string; readonly gigabytes?: number };
  readonly dataDisks: readonly { readonly lun: number; readonly name: string; readonly gigabytes?: number }[];
};

const sizeIn = (disk: JsonObject): { readonly gigabytes?: number } =>
  typeof disk['diskSizeGB'] === 'number' ? { gigabytes: disk['diskSizeGB'] } : {};

function machineDisks(body: Json | undefined): MachineDisks {
  const profile = objectIn(memberIn(body, 'properties', 'storageProfile'));
  const os = objectIn(profile['osDisk']);
  const osName = textIn(os['name']);
  return {
    ...(osName === undefined ? {} : { osDisk: { name: osName, ...sizeIn(os) } }),
    dataDisks: objectsIn(profile['dataDisks']).flatMap((disk) => {
      const [lun, name] = [disk['lun'], textIn(disk['name'])];
      return typeof lun === 'number' && name !== undefined ? [{ lun, name, ...sizeIn(disk) }] : [];
    }),
  };
}

/** Reads the disks of the machine that was backed up; `found` is absent where there is none any more. */
export const findMachineDisks: Step<{ readonly machineId: string }, { readonly found?: MachineDisks }> = {
  name: 'resources.findMachineDisks',
  describe: ({ machineId }) => ({
    action: 'Microsoft.Compute/virtualMachines/read',
    method: 'GET',
    path: resourcePath(machineId),
    apiVersion: '2024-07-01',
  }),
  read: (reply) => ({ kind: 'done', result: { found: machineDisks(reply.body) } }),
  readRefusal: (_, status) => (status === 404 ? { kind: 'done', result: {} } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

/** What came back into a group: how many disks, their sizes in GB in order, and whether one has an operating system. */
export type DisksBack = {
  readonly disks: number;
  readonly gigabytes: readonly number[];
  readonly hasOperatingSystem: boolean;
  /** Names of those whose state is not `Succeeded`. */
  readonly unready: readonly string[];
};

function disksBack(rows: readonly JsonObject[]): DisksBack {
  const seen = rows.map(({ name, properties }) => ({ name: textIn(name) ?? '', ...objectIn(properties) }));
  const sizes = seen.flatMap(({ diskSizeGB }: JsonObject) =>
    typeof diskSizeGB === 'number' ? diskSizeGB : [],
  );
  return {
    disks: seen.length,
    gigabytes: sizes.sort((one, other) => one - other),
    hasOperatingSystem: seen.some(({ osType }: JsonObject) => textIn(osType) !== undefined),
    unready: seen
      .filter(({ provisioningState }: JsonObject) => textIn(provisioningState) !== 'Succeeded')
      .map(({ name }) => name)
      .slice(0, 10),
  };
}

/** Lists the disks that a restore has made in a group. */
export const listDrillDisks: Step<{ readonly groupId: string }, DisksBack> = {
  name: 'resources.listDrillDisks',
  describe: ({ groupId }) => ({
    action: 'Microsoft.Compute/disks/read',
    method: 'GET',
    path: resourcePath(groupId, 'providers', 'Microsoft.Compute', 'disks'),
    apiVersion: '2024-03-02',
  }),
  pages: true,
  read: (reply) => ({ kind: 'done', result: disksBack(objectsIn(memberIn(reply.body, 'value'))) }),
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};
