import type { Family } from './recordedReplies.ts';

/** What a request is about, spelled so that any client's request for the same thing is equal. */
export interface Address {
  /** Decoded, in lower case, without a slash at the end. */
  readonly path: string;
  /** `backupManagementType` of the filter, in lower case. */
  readonly managementType?: string;
  /** Where the URL asks for an operation: its id, and whether a status document or a result answers. */
  readonly operation?: { readonly id: string; readonly family: Family };
  /** One of the later pages of a list. */
  readonly isLaterPage: boolean;
}

const families: readonly (readonly [RegExp, Family])[] = [
  [/^(?:operationresults|backupoperationresults)$/, 'result'],
  [/^(?:operationsstatus|operationstatus|operationstatuses|backupoperations|asyncoperations)$/, 'status'],
];

function operationIn(path: string): Address['operation'] {
  const [collection = '', id = ''] = path.split('/').slice(-2);
  const family = families.find(([pattern]) => pattern.test(collection))?.[1];
  return family && id !== '' ? { id, family } : undefined;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};

/** The path of a URL as its sender spelled it, escapes undone: an ARM id where it names a resource. */
export const idInUrl = (url: string): string => decoded(new URL(url).pathname).replace(/\/+$/, '');

/** An ARM id or a decoded path as addresses spell it. */
export const pathKey = (id: string): string => decoded(id).toLowerCase().replace(/\/+$/, '');

/** Reads what an absolute URL asks for. */
export function addressOf(url: string): Address {
  const path = pathKey(idInUrl(url));
  const query = decoded(new URL(url).search);
  const managementType = /backupManagementType\s+eq\s+'([^']*)'/i.exec(query)?.[1]?.toLowerCase();
  const operation = operationIn(path);
  return {
    path,
    ...(managementType && { managementType }),
    ...(operation && { operation }),
    isLaterPage: /skiptoken/i.test(query),
  };
}

/** Whether two lists may hold the same kind of thing, as far as their filters say. */
export const sameKind = (a: Address, b: Address): boolean =>
  !a.managementType || !b.managementType || a.managementType === b.managementType;
