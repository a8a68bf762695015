import type { JsonObject } from '../arm/call.ts';
import { parseResourceId, shareId } from '../arm/resourceId.ts';
import { isDrillTarget } from '../arm/resourceKinds.ts';
import type { ResourceKind } from '../plan/schema.ts';
import type { Candidate } from '../plan/select.ts';
import { accountObstacles, diskObstacles } from '../resources/sources.ts';

/** A resource of Azure as the graph or a read shows it, before it is seen as something to protect. */
export interface SeenResource {
  readonly id: string;
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
  /** A row of {@link resourceQuery} or the resource itself; absent where only the head was read. */
  readonly shown?: ShownResource;
}

/** What is looked at of a disk or storage account beside its head. */
interface ShownResource {
  readonly sku: string;
  readonly accountKind: string;
  readonly managedBy: string;
  readonly hierarchicalNamespace: boolean;
  /** Why the service cannot back it up. */
  readonly obstacles: readonly string[];
}

/** Finds every disk, storage account and machine. */
export const resourceQuery =
  "resources | where type in~ ('microsoft.compute/disks', 'microsoft.compute/virtualmachines', " +
  "'microsoft.storage/storageaccounts') | project id, location, tags, kind, managedBy, skuName = tostring(sku.name), " +
  'encrypted = tostring(properties.encryptionSettingsCollection.enabled), ' +
  'hns = tostring(properties.isHnsEnabled), nfs = tostring(properties.isNfsV3Enabled), ' +
  'sftp = tostring(properties.isSftpEnabled) | order by id asc';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function tagsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, tag]) => [name, text(tag)]));
}

/** Reads a row of {@link resourceQuery}. */
export const seenResource = (row: JsonObject): SeenResource => ({
  id: text(row['id']),
  region: text(row['location']),
  tags: tagsOf(row['tags']),
  shown: shownIn(row),
});

const isSet = (value: unknown): boolean => /^(?:true|1)$/i.test(text(value));

function shownIn(row: JsonObject): ShownResource {
  const isAccount = /\/storageAccounts\/[^/]+$/i.test(text(row['id']));
  return {
    sku: text(row['skuName']),
    accountKind: isAccount ? text(row['kind']) : '',
    managedBy: text(row['managedBy']),
    hierarchicalNamespace: isSet(row['hns']),
    obstacles: isAccount
      ? accountObstacles({
          kind: text(row['kind']),
          isHnsEnabled: isSet(row['hns']),
          isNfsV3Enabled: isSet(row['nfs']),
          isSftpEnabled: isSet(row['sftp']),
        })
      : diskObstacles({ isEncrypted: isSet(row['encrypted']) }),
  };
}

const kubernetesTag = /^(?:kubernetes\.io[-/]|k8s-azure-)/i;

/** Disks carry who has made them: a scale set in `managedBy`, a cluster in tags that it needs itself. */
function makerOf(tags: Candidate['tags'], managedBy: string): NonNullable<Candidate['facts']>['madeBy'] {
  if (/\/virtualMachineScaleSets\//i.test(managedBy)) return 'scaleSet';
  return Object.keys(tags).some((name) => kubernetesTag.test(name)) ? 'kubernetes' : undefined;
}

function factsOf(kind: ResourceKind, { tags, shown }: SeenResource): Pick<Candidate, 'facts'> {
  if (!shown || kind === 'virtualMachine') return {};
  const { sku, accountKind, hierarchicalNamespace, managedBy } = shown;
  const madeBy = kind === 'disk' ? makerOf(tags, managedBy) : undefined;
  return {
    facts: {
      ...(sku === '' ? {} : { sku }),
      ...(accountKind === '' ? {} : { accountKind }),
      ...(kind === 'blobs' ? { hierarchicalNamespace } : {}),
      ...(madeBy === undefined ? {} : { madeBy }),
    },
  };
}

/** Site Recovery writes its replica and seed disks all the time, and removes them with the replication. */
const isReplica = (name: string): boolean => /-ASRReplica$|^asrseeddisk-/i.test(name);

function hindranceOf(
  kind: ResourceKind,
  name: string,
  { shown }: SeenResource,
): Pick<Candidate, 'notEligible'> {
  if (kind === 'disk' && isReplica(name)) return { notEligible: 'it is a replica disk of Site Recovery' };
  const obstacles = kind === 'disk' || kind === 'blobs' ? (shown?.obstacles ?? []) : [];
  return obstacles.length === 0 ? {} : { notEligible: obstacles.join('; ') };
}

const kindOfType: Readonly<Record<string, ResourceKind>> = {
  'microsoft.compute/disks': 'disk',
  'microsoft.compute/virtualmachines': 'virtualMachine',
  'microsoft.storage/storageaccounts': 'blobs',
};

/** A disk, a machine, or the blobs of a storage account; undefined for anything else, and for what a restore drill made. */
export function candidateOf(seen: SeenResource): Candidate | undefined {
  const reading = parseResourceId(seen.id);
  if (reading.kind === 'refused' || isDrillTarget(seen.id, seen.tags)) return undefined;
  const { id } = reading;
  const kind = kindOfType[`${id.provider}/${id.types.join('/')}`.toLowerCase()];
  if (!kind) return undefined;
  const name = id.names.at(-1) ?? '';
  return {
    kind,
    id: seen.id,
    subscriptionId: id.subscriptionId,
    resourceGroup: id.resourceGroup ?? '',
    name,
    region: seen.region,
    tags: seen.tags,
    ...factsOf(kind, seen),
    ...hindranceOf(kind, name, seen),
  };
}

/** A share of an account: it has no tags and no region of its own, so it takes the account's. */
export const shareCandidate = (
  { notEligible: _ofBlobs, ...account }: Candidate,
  share: string,
): Candidate => ({
  ...account,
  kind: 'fileShare',
  id: shareId(account.id, share),
  name: share,
});
