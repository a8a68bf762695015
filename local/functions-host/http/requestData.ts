import type { HostRequest } from '../durableExtension.ts';
import { overlayValueProperties, type TriggerMetadata } from '../triggerMetadata.ts';
import { parseJsonOrKeep, type TypedData } from '../typedData.ts';
import type { KeyHolder } from './keys.ts';

const CLAIMS = 'http://schemas.microsoft.com/2017/07/functions/claims';

const nullable = (values: Iterable<[string, string]>): Record<string, { value: string }> =>
  Object.fromEntries([...values].map(([name, value]) => [name, { value }]));

const claimsOf = (holder: KeyHolder): { value: string; type: string }[] => [
  { value: holder.level, type: `${CLAIMS}/authlevel` },
  { value: 'true', type: `${CLAIMS}/invoke` },
  { value: holder.keyName, type: `${CLAIMS}/keyid` },
];

const identity = (holder: KeyHolder | undefined): object => ({
  claims: holder ? claimsOf(holder) : [],
  authenticationType: holder ? { value: 'WebJobsAuthLevel' } : null,
  nameClaimType: { value: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name' },
  roleClaimType: { value: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role' },
});

/** Query values by name; a repeated name is joined by a comma, as the host does. */
function queryValues(query: URLSearchParams): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    const earlier = values.get(name);
    values.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return values;
}

const takesBody = (request: HostRequest): boolean =>
  request.body.length > 0 && request.method !== 'GET' && request.method !== 'HEAD';

/** The trigger value of an HTTP function, with every field the official host sends. */
export function httpRequestData(
  request: HostRequest,
  params: Readonly<Record<string, string>>,
  holder: KeyHolder | undefined,
): TypedData {
  return {
    http: {
      identities: [identity(holder)],
      cookies: [],
      headers: {},
      params: {},
      query: {},
      nullableHeaders: nullable(Object.entries(request.headers)),
      nullableParams: nullable(Object.entries(params)),
      nullableQuery: nullable(queryValues(request.query)),
      method: request.method,
      url: request.url,
      body: takesBody(request) ? { bytes: request.body } : null,
      statusCode: '',
      enableContentNegotiation: false,
      rawBody: null,
    },
  };
}

/**
 * Trigger metadata of an HTTP function: query values but the key, properties of a JSON body, route values, `Query` and
 * `Headers`. The Node library drops it; it is here because the official host sends it.
 */
export function httpTriggerMetadata(
  request: HostRequest,
  params: Readonly<Record<string, string>>,
): TriggerMetadata {
  const query = Object.fromEntries(queryValues(request.query));
  const { code: _key, ...values } = query;
  const isJson = /json/i.test(request.headers['content-type'] ?? '');
  const body = isJson && takesBody(request) ? parseJsonOrKeep(request.body.toString('utf8')) : undefined;
  return {
    ...overlayValueProperties(overlayValueProperties(overlayValueProperties({}, values), body), params),
    Query: { json: JSON.stringify(query) },
    Headers: { json: JSON.stringify(request.headers) },
  };
}
