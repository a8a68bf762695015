import { objectIn, textIn } from '../arm/replyFields.ts';
import { nameIn } from '../arm/resourceId.ts';
import { sameName, type Resource, type ItemKind } from './paths.ts';

/** The item whose backup job is sought, as far as it is known. */
export type JobOwner = {
  readonly itemId: string;
  readonly kind: ItemKind;
  /** Absent when the item was given by its id alone. */
  readonly friendlyName?: string;
  /** The host by which jobs of databases are shown, where the item's row has told it. */
  readonly serverName?: string;
  /** Jobs of another item of the vault are shown under the same names. */
  readonly hasNamesake?: boolean;
  /** Kind of a database's backup, `Full`: a job of another kind is none that was asked for. */
  readonly backupType?: string;
  /** Jobs of restores are sought instead of backups. */
  readonly operation?: 'Restore';
};

/** `itsOwn` is proven by name and parent; `maybe` is contradicted by nothing. */
type Ownership = 'itsOwn' | 'maybe' | 'others';

/** Whether the vault's lists have told what jobs of the item look like. */
export const isKnown = ({ kind, friendlyName }: JobOwner): boolean =>
  kind === 'virtualMachine' || friendlyName !== undefined;

/** What one part of a row says: that it is the item's, that it is another's, or nothing. */
type Evidence = 'same' | 'other' | 'none';

const compare = (said: string | undefined, ...wanted: readonly (string | undefined)[]): Evidence => {
  if (said === undefined || said === '') return 'none';
  return wanted.some((name) => sameName(name, said)) ? 'same' : 'other';
};

/** Group and name at the end of a container's name, whatever stands before: `iaasvmcontainerv2;servers;ledger01`. */
const groupAndName = (container: string): string => container.split(';').slice(-2).join(';');

const containerOf = ({ itemId }: JobOwner): string => nameIn(itemId, 'protectionContainers') ?? '';
const parentOf = (owner: JobOwner): string => containerOf(owner).split(';').at(-1) ?? '';

/** A container's name proves only with its group: two groups may hold machines of one name. */
function compareContainer(said: string | undefined, owner: JobOwner): Evidence {
  if (said === undefined || said === '') return 'none';
  const wanted = containerOf(owner);
  if (said.includes(';')) return compare(groupAndName(said), groupAndName(wanted));
  return sameName(said, parentOf(owner)) ? 'none' : 'other';
}

/** Hosts have at most 15 characters in names: all that jobs of databases show of them. */
const longestHostName = 15;

/** The name under which the machine of a database stands behind its own. */
const hostOf = (owner: JobOwner): string => (owner.serverName ?? parentOf(owner)).slice(0, longestHostName);

/** A host's name that was cut is another machine's, too, for all that is known; the vault's list tells whether it is. */
const isHostTold = (owner: JobOwner): boolean =>
  isKnown(owner) && (owner.hasNamesake === false || hostOf(owner).length < longestHostName);

/** The name of a database as its id has it: all behind instance and kind. Only compared, never sent. */
const databaseIn = ({ itemId }: JobOwner): string =>
  (nameIn(itemId, 'protectedItems') ?? '').split(';').slice(2).join(';');

const nameOf = (owner: JobOwner): string | undefined => {
  if (owner.kind === 'virtualMachine') return parentOf(owner);
  return owner.friendlyName ?? (owner.kind === 'workload' ? databaseIn(owner) : undefined);
};

/** A database's job reads `orders [ledger01]`: name and machine are compared as one text, as names may hold brackets. */
function compareDatabase(shown: string, name: string, owner: JobOwner): readonly Evidence[] {
  if (sameName(shown, `${name} [${hostOf(owner)}]`)) return ['same', isHostTold(owner) ? 'same' : 'none'];
  return [sameName(shown, name) ? 'same' : 'other'];
}

function compareNames({ properties }: Resource, owner: JobOwner): readonly Evidence[] {
  const shown = textIn(properties['entityFriendlyName']);
  const name = nameOf(owner);
  if (shown === undefined || name === undefined) return [];
  return owner.kind === 'workload' ? compareDatabase(shown, name, owner) : [compare(shown, name)];
}

/** Everything a row says of the item's parent: account, container, or what its details add. */
function compareParents({ properties }: Resource, owner: JobOwner): readonly Evidence[] {
  const details = objectIn(objectIn(properties['extendedInfo'])['propertyBag']);
  return [
    owner.kind === 'fileShare' ? compare(textIn(properties['storageAccountName']), parentOf(owner)) : 'none',
    compareContainer(textIn(properties['containerName']), owner),
    compareContainer(textIn(details['ContainerUniqueName']), owner),
  ];
}

const familyOf = (type: string): string =>
  ['log', 'differential', 'incremental'].find((word) => type.toLowerCase().includes(word)) ?? 'full';

/** `Backup (Log)` is no full backup; how the kinds of full ones are written is not recorded. */
function compareType({ properties }: Resource, { backupType }: JobOwner): Evidence {
  const said = /\((.+)\)/.exec(textIn(properties['operation']) ?? '')?.[1];
  if (said === undefined || backupType === undefined) return 'none';
  return familyOf(said) === familyOf(backupType) ? 'same' : 'other';
}

/** Whether a row of the job list is the item's. Rows carry no item id: name *and* parent decide. */
export function ownershipOf(row: Resource, owner: JobOwner): Ownership {
  const names = compareNames(row, owner);
  const parents = compareParents(row, owner);
  const [, host = 'none'] = names;
  if ([...names, ...parents, compareType(row, owner)].includes('other')) return 'others';
  const isProven = names[0] === 'same' && (parents.includes('same') || host === 'same');
  return isProven && owner.hasNamesake !== true ? 'itsOwn' : 'maybe';
}
