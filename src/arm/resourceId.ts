/** An ARM id taken apart. Spelling is the giver's own; compare with {@link sameId}. */
export interface ResourceId {
  /** The text as given. */
  readonly id: string;
  readonly subscriptionId: string;
  /** Absent for ids at subscription scope. */
  readonly resourceGroup: string | undefined;
  /** Namespace, for example `Microsoft.RecoveryServices`; of an extension resource its own, not its parent's. */
  readonly provider: string | undefined;
  /** Types from the outermost in: `['vaults', 'backupPolicies']`. */
  readonly types: readonly string[];
  /** Names in step with `types`; one fewer when the id ends in a type (a collection or an action). */
  readonly names: readonly string[];
}

/** A text read as an ARM id, or the reason why it is none, in words for the one who sent it. */
export type IdReading =
  { readonly kind: 'ok'; readonly id: ResourceId } | { readonly kind: 'refused'; readonly reason: string };

/** Thrown where an id should have been checked before; the message names what is wrong. */
export class ResourceIdRefused extends Error {
  override readonly name = 'ResourceIdRefused';
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const resourceGroupName = /^[\p{L}\p{M}\p{N}_\-.()]{0,89}[\p{L}\p{M}\p{N}_\-()]$/u;
// Marks that show nothing, or turn the direction of what follows, make one id look like another.
const refusedCharacter = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff/\\?#%]/;
// Replies escape ';', ' ', parentheses and non-ASCII characters; any other escape can only hide something.
const hiddenEscape = /%(?!3b|20|28|29|[89a-f][0-9a-f])/i;
const halfSurrogate = /\p{Cs}/u;
const longestSegment = 260;

/** Types whose names are any text a person has chosen: databases may hold `#`, `?` and `%`. */
const freelyNamed = ['protecteditems', 'protectableitems'];
const refusedAnywhere = /[\u0000-\u001f\u007f-\u009f\u2028\u2029/\\]/;
/** An escape left in a name would be undone once too often on its way. */
const looksEscaped = /%[0-9a-f]{2}/i;
/** Escapes that may hide a further segment or end a text. */
const dangerousEscape = /%(?:2f|5c|[01][0-9a-f]|7f)/i;

/** Whether the segment at a place of an id or path names an item. */
const isFreeName = (segments: readonly string[], at: number): boolean =>
  freelyNamed.includes(segments[at - 1]?.toLowerCase() ?? '');

/** Why a name may not become a path segment; undefined when it may. The name is raw, not percent-encoded. */
function segmentObstacle(segment: string, isFree = false): string | undefined {
  if (segment === '') return 'has an empty segment';
  if (segment === '.' || segment === '..') return `has the segment "${segment}"`;
  if (segment.length > longestSegment) return `has a segment longer than ${longestSegment} characters`;
  if (halfSurrogate.test(segment)) return 'has half of a surrogate pair';
  const refused = isFree
    ? (refusedAnywhere.exec(segment)?.[0] ?? looksEscaped.exec(segment)?.[0])
    : refusedCharacter.exec(segment)?.[0];
  if (refused === undefined) return undefined;
  if (refused > ' ' && refused < '\u007f') return `contains "${refused}"`;
  return refused > '\u2000' ? 'contains a mark that is not seen' : 'contains a control character';
}

/** A segment of an id with the escapes that replies use undone; a segment that hides anything else stays as it is, `%` and all. */
function unescaped(segment: string, isFree: boolean): string {
  if (!segment.includes('%') || (isFree ? dangerousEscape : hiddenEscape).test(segment)) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function segmentsOf(id: string): string[] {
  const trimmed = id.endsWith('/') ? id.slice(0, -1) : id;
  const segments = trimmed.split('/').slice(1);
  return segments.map((segment, at) => unescaped(segment, isFreeName(segments, at)));
}

const obstacleIn = (segments: readonly string[]): string | undefined =>
  segments
    .map((segment, at) => segmentObstacle(segment, isFreeName(segments, at)))
    .find((found) => found !== undefined);

/** Encodes one name; `;` stays, as the service itself writes it in container and item names. */
const encoded = (segment: string): string => encodeURIComponent(segment).replaceAll('%3B', ';');

/**
 * The path of a request: `/` and every name encoded.
 *
 * @param segments raw names (`ä`, `StorageContainer;storage;rg;account`), without a slash.
 * @throws ResourceIdRefused for `.`, `..`, an empty name, `% / \ ? #`, control characters; names of items may hold `?`, `#`
 *   and a `%` that begins no escape.
 */
export function armPath(...segments: readonly string[]): string {
  const obstacle = obstacleIn(segments);
  if (obstacle) throw new ResourceIdRefused(`the path ${obstacle}`);
  const path = `/${segments.map(encoded).join('/')}`;
  // Encoding does not change `..`, and the URL parser removes it: what is sent must be what was meant.
  if (new URL(path, 'https://arm.invalid').pathname !== path) {
    throw new ResourceIdRefused('the path would be changed by the URL parser');
  }
  return path;
}

/**
 * The path of a resource, or of something below it: `resourcePath(vaultId, 'backupJobs')`.
 *
 * @param id an ARM id as the service or a caller gave it; escapes of replies (`%3B`, non-ASCII) are taken.
 * @throws ResourceIdRefused when id or segments break the grammar.
 */
export function resourcePath(id: string, ...segments: readonly string[]): string {
  if (!id.startsWith('/')) throw new ResourceIdRefused(`"${shown(id)}" does not begin with /`);
  return armPath(...segmentsOf(id), ...segments);
}

/** What ids are compared and hashed by: the whole id in lower case, reply escapes undone, no slash at the end. Takes any text. */
export const idKey = (id: string): string =>
  `/${segmentsOf(id.startsWith('/') ? id : `/${id}`).join('/')}`.toLowerCase();

/** Whether two ids name the same thing: compared whole, without case. An absent or empty id is the same as nothing. */
export const sameId = (a: string | undefined, b: string | undefined): boolean =>
  !!a && !!b && (a === b || idKey(a) === idKey(b));

/** The id of a text that has been checked before (settings, requests) or comes from a reply. @throws ResourceIdRefused */
export function readResourceId(text: string): ResourceId {
  const reading = parseResourceId(text);
  if (reading.kind === 'refused') throw new ResourceIdRefused(reading.reason);
  return reading.id;
}

const refused = (reason: string): IdReading => ({ kind: 'refused', reason });

/** A text for a message: control characters gone, at most 120 characters. */
const shown = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '').slice(0, 120);

/**
 * Reads `/subscriptions/{guid}[/resourceGroups/{name}][/providers/{namespace}/{type}/{name}…]`, keywords in any case.
 *
 * `%` is taken only where replies use it (`%3B`, `%20`, parentheses, non-ASCII), in names of items also as itself and for
 * every printable character (`%5B`): `%2f` and `%2e%2e` are refused.
 */
export function parseResourceId(text: string): IdReading {
  if (!text.startsWith('/')) return refused(`"${shown(text)}" is not an ARM id: it does not begin with /`);
  const segments = segmentsOf(text);
  const obstacle = obstacleIn(segments);
  if (obstacle) return refused(`"${shown(text)}" is not an ARM id: it ${obstacle}`);
  return readSegments(text, segments);
}

function readSegments(text: string, segments: readonly string[]): IdReading {
  const [root = '', subscriptionId = '', ...rest] = segments;
  const wrong = (what: string) => refused(`"${shown(text)}" is not an ARM id: ${what}`);
  if (root.toLowerCase() !== 'subscriptions') return wrong('it does not begin with /subscriptions/');
  if (!guid.test(subscriptionId)) return wrong(`the subscription "${shown(subscriptionId)}" is not a GUID`);
  const inGroup = rest[0]?.toLowerCase() === 'resourcegroups';
  const resourceGroup = inGroup ? (rest[1] ?? '') : undefined;
  if (resourceGroup !== undefined && !resourceGroupName.test(resourceGroup)) {
    return wrong(`"${shown(resourceGroup)}" cannot be the name of a resource group`);
  }
  const tail = inGroup ? rest.slice(2) : rest;
  if (tail.length === 0) return ok(text, subscriptionId, resourceGroup, []);
  if (tail[0]?.toLowerCase() !== 'providers') return wrong(`"${shown(tail[0] ?? '')}" is not expected there`);
  if (tail.length < 3) return wrong('a provider needs a type after it');
  return ok(text, subscriptionId, resourceGroup, tail);
}

function ok(
  id: string,
  subscriptionId: string,
  resourceGroup: string | undefined,
  tail: readonly string[],
): IdReading {
  const at = tail.findLastIndex((one, index) => index % 2 === 0 && one.toLowerCase() === 'providers');
  const chain = tail.slice(at + 2);
  const types = chain.filter((_, index) => index % 2 === 0);
  const names = chain.filter((_, index) => index % 2 === 1);
  return { kind: 'ok', id: { id, subscriptionId, resourceGroup, provider: tail[at + 1], types, names } };
}

/**
 * The id of the resource of that type in which an id lies: `ancestorId(jobId, 'backupVaults')`; of such a resource, its own.
 *
 * @returns undefined when no type of the id has that name. Spelling stays the giver's.
 */
export function ancestorId(id: string, type: string): string | undefined {
  const segments = id.split('/');
  // Keywords and types have odd places, names even ones: a group called like the type is none.
  const at = segments.findIndex((one, index) => index % 2 === 1 && one.toLowerCase() === type.toLowerCase());
  return at > 0 && segments[at + 1] ? segments.slice(0, at + 2).join('/') : undefined;
}

/**
 * The name that follows a type in an id (`protectedItems`, `subscriptions`), as the service spells it.
 *
 * @returns undefined when the id has no such type, or the text is no id.
 */
export function nameIn(id: string, type: string): string | undefined {
  const reading = parseResourceId(id);
  if (reading.kind === 'refused') return undefined;
  const { subscriptionId, resourceGroup, types, names } = reading.id;
  if (type === 'subscriptions') return subscriptionId;
  if (type === 'resourceGroups') return resourceGroup;
  const at = types.findIndex((one) => one.toLowerCase() === type.toLowerCase());
  return at < 0 ? undefined : names[at];
}

/** ARM id of a share, as requests and lists of runs spell it. */
export const shareId = (storageAccountId: string, share: string): string =>
  `${storageAccountId}/fileServices/default/shares/${share}`;

/** The account a share candidate lies in. */
export const accountOfShare = (id: string): string => id.replace(/\/fileServices\/.*$/i, '');
