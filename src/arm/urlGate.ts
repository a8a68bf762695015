import type { ArmCall, UrlOrigin } from './call.ts';

/** Thrown instead of sending: the URL does not lead where it should. The message says why and never repeats the URL. */
export class UrlRefused extends Error {
  override readonly name = 'UrlRefused';
}

const longestUrl = 8192;

const refuse = (reason: string): never => {
  throw new UrlRefused(`URL from a reply refused: ${reason}`);
};

/**
 * The only way to a URL that came from a reply: poll URLs and nextLinks. The token is attached after this, nowhere else.
 *
 * Demands: https and exactly the configured origin; no user, password, fragment; the subscription and provider of the
 * request whose reply named it; a text that the URL parser leaves as it is, so that the signature survives.
 * A nextLink may have raw spaces and quotes in its query.
 *
 * @param endpoint https origin of the configured ARM endpoint: `https://management.azure.com`.
 * @returns the URL to send; the text itself but for the host's case, a default port, or a relative path resolved.
 * @throws UrlRefused
 */
export function checkUrl(text: string, origin: UrlOrigin, endpoint: string): string {
  checkText(text, origin.kind);
  if (!URL.canParse(text, endpoint)) refuse('it cannot be parsed');
  const url = new URL(text, endpoint);
  if (url.origin !== endpoint) refuse('it leads to another origin');
  if (url.username !== '' || url.password !== '') refuse('it carries a user');
  if (text.includes('#')) refuse('it carries a fragment');
  checkPath(url.pathname, origin.path);
  if (!isUnchanged(text, url, origin.kind)) refuse('the URL parser would change it');
  return url.href;
}

function checkText(text: string, kind: UrlOrigin['kind']): void {
  if (text.length > longestUrl) refuse(`it is longer than ${longestUrl} characters`);
  const bad = kind === 'nextLink' ? /[\u0000-\u001f\u007f-\u00a0\\]/ : /[\u0000-\u0020\u007f-\u00a0\\]/;
  if (bad.test(text)) refuse('it contains a control character, white space or a backslash');
}

/** `/subscriptions/<id>/` or, for tenant-level requests, `/providers/`: what the URL's path has to begin with, in lower case. */
const scopeOf = (path: string): string =>
  /^\/subscriptions\/[^/]+\//i.exec(path)?.[0].toLowerCase() ?? '/providers/';

/** The innermost provider of a path, in lower case. */
function providerOf(path: string): string | undefined {
  const segments = path.toLowerCase().split('/');
  const at = segments.lastIndexOf('providers');
  return at < 0 ? undefined : segments[at + 1];
}

function checkPath(path: string, requestPath: string): void {
  const segments = path.slice(1).split('/');
  if (segments.some((segment) => ['', '.', '..'].includes(segment)))
    refuse('its path has an empty or dot segment');
  if (/%(?:2e|2f|5c)/i.test(path)) refuse('its path hides a dot or a slash');
  if (!path.toLowerCase().startsWith(scopeOf(requestPath))) refuse('it names another subscription');
  if (providerOf(path) !== providerOf(requestPath)) refuse('it names another provider');
}

const quotesEncoded = (text: string): string =>
  text.replaceAll(' ', '%20').replaceAll("'", '%27').replaceAll('"', '%22');

/** Whether the parser took the text as it is, but for the host's case and the default port. */
function isUnchanged(text: string, url: URL, kind: UrlOrigin['kind']): boolean {
  const [, authority, rest = ''] = /^https:\/\/([^/?#]*)(.*)$/is.exec(text) ?? [undefined, undefined, text];
  const host = url.port === '' ? authority?.toLowerCase().replace(/:443$/, '') : authority?.toLowerCase();
  if (host !== undefined && host !== url.host) return false;
  const parsed = `${url.pathname}${url.search}`;
  return kind === 'nextLink' ? quotesEncoded(rest) === quotesEncoded(parsed) : rest === parsed;
}

/** Encodes what `encodeURIComponent` leaves and the URL parser would change; `$` stays, as in `$filter`. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll("'", '%27').replaceAll('%24', '$');

/**
 * The URL of a described call at the configured endpoint.
 *
 * @throws UrlRefused when the parsed URL is not what was built: a path not made by `armPath`.
 */
export function requestUrl({ path, query = {}, apiVersion }: ArmCall, endpoint: string): string {
  const parameters = Object.entries({ 'api-version': apiVersion, ...query });
  const search = `?${parameters.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')}`;
  const url = new URL(`${endpoint}${path}${search}`);
  const isOurs = url.origin === endpoint && url.pathname === path && url.search === search;
  if (!isOurs || !/^\/(?:subscriptions|providers)\//i.test(path)) {
    throw new UrlRefused('the path of a described call is not one that armPath makes');
  }
  return url.href;
}
