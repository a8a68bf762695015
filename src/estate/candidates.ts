import type { JsonObject } from '../arm/call.ts';
import { parseResourceId } from '../arm/resourceId.ts';
import { isDrillTarget } from '../arm/resourceKinds.ts';
import type { Candidate } from '../plan/select.ts';
import type { ResourceKind } from '../plan/schema.ts';

/** A resource of Azure as the graph or a read shows it, before it is seen as something to protect. */
export interface SeenResource {
  readonly id: string;
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Finds every disk, storage account and machine. */
export const resourceQuery =
  "resources | where type in~ ('microsoft.compute/disks', 'microsoft.compute/virtualmachines', " +
  "'microsoft.storage/storageaccounts') | project id, location, tags | order by id asc";

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
});

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
  return {
    kind,
    id: seen.id,
    subscriptionId: id.subscriptionId,
    resourceGroup: id.resourceGroup ?? '',
    name: id.names.at(-1) ?? '',
    region: seen.region,
    tags: seen.tags,
  };
}

/** ARM id of a share, as requests and lists of runs spell it. */
export const shareId = (storageAccountId: string, share: string): string =>
  `${storageAccountId}/fileServices/default/shares/${share}`;

/** A share of an account: it has no tags and no region of its own, so it takes the account's. */
export const shareCandidate = (account: Candidate, share: string): Candidate => ({
  ...account,
  kind: 'fileShare',
  id: shareId(account.id, share),
  name: share,
});

/** The account a share candidate lies in. */
export const accountOfShare = (id: string): string => id.replace(/\/fileServices\/.*$/i, '');
