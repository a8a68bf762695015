import type { ArmCall } from './call.ts';
import { UrlRefused } from './urlGate.ts';

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
