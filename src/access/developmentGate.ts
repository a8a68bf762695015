/** What the environment says about where the app runs. */
export interface Surroundings {
  /** `ACCESS_MODE`. */
  readonly mode?: 'development';
  /** `AZURE_FUNCTIONS_ENVIRONMENT`: `Development` under the local hosts. */
  readonly environment?: string;
  /** Names of variables that only the platform sets. */
  readonly signsOfPlatform?: readonly string[];
}

/** Set by App Service, by Flex Consumption, by containers; no plan sets them all. */
const setByPlatform = [
  'WEBSITE_SKU',
  'WEBSITE_SITE_NAME',
  'WEBSITE_INSTANCE_ID',
  'WEBSITE_POD_NAME',
  'WEBSITE_OWNER_NAME',
  'WEBSITE_RESOURCE_GROUP',
  'WEBSITE_DEPLOYMENT_ID',
  'WEBSITE_STAMP_DEPLOYMENT_ID',
  'WEBSITE_HOME_STAMPNAME',
  'WEBSITE_PLACEHOLDER_MODE',
  'CONTAINER_NAME',
  'CONTAINER_APP_NAME',
  'LEGION_SERVICE_HOST',
  'KUBERNETES_SERVICE_HOST',
];

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/i;

/** Whether a host name is this machine's own, by name or address; `localhost.example` is not. */
export const isLoopback = (hostname: string): boolean => loopback.test(hostname);

const isLoopbackOrigin = (text: string): boolean => URL.canParse(text) && isLoopback(new URL(text).hostname);

/** The variables in an environment that show the platform; the local hosts set `WEBSITE_HOSTNAME` to localhost. */
export function signsOfPlatform(environment: Readonly<Record<string, string | undefined>>): string[] {
  const hostname = environment['WEBSITE_HOSTNAME']?.trim();
  const isForeign = hostname !== undefined && hostname !== '' && !isLoopbackOrigin(`http://${hostname}`);
  const set = setByPlatform.filter((name) => (environment[name] ?? '') !== '');
  return isForeign ? [...set, 'WEBSITE_HOSTNAME'] : set;
}

/**
 * Whether this is a developer's machine: development mode is asked for, under a local host, and nothing shows the platform.
 * Any doubt closes it.
 */
export const isDevelopment = ({ mode, environment, signsOfPlatform: signs = [] }: Surroundings): boolean =>
  mode === 'development' && environment === 'Development' && signs.length === 0;

const isOwnAddress = (text: string): boolean => isLoopback(text) || isLoopbackOrigin(`http://${text}`);

/** Whether every address in a header of proxies is this machine's own; a header that is not there has none. */
const isOwn = (header: string | null): boolean =>
  (header ?? '')
    .split(',')
    .map((part) => part.trim())
    .every((part) => part === '' || isOwnAddress(part));

/**
 * Whether a request was sent on this machine, as far as it shows: to a loopback host, for no address elsewhere, and from no
 * page of another site.
 */
export function isFromThisMachine(url: string, headers: { get(name: string): string | null }): boolean {
  const origin = headers.get('origin');
  return (
    isLoopbackOrigin(url) &&
    isOwn(headers.get('x-forwarded-for')) &&
    isOwn(headers.get('x-forwarded-host')) &&
    headers.get('forwarded') === null &&
    (origin === null || isLoopbackOrigin(origin))
  );
}
