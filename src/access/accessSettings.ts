import { isDevelopment, isLoopback, signsOfPlatform } from './developmentGate.ts';
import type { TokenRules } from './checkToken.ts';

/** Where callers' tokens come from. */
export interface TokenSettings extends TokenRules {
  /** The only place that keys are read from. */
  readonly keysUrl: string;
  /** Told to callers without a token. */
  readonly authorizationUri: string;
}

/** Who may call the app. */
export interface AccessSettings {
  /** A developer's machine: without {@link tokens} callers on it need none, and without a plan writes are not bounded. */
  readonly isDevelopment: boolean;
  /** Variables that keep development mode from being on although it is asked for. */
  readonly refusedBy?: readonly string[];
  readonly tokens?: TokenSettings;
}

/** The settings of access as the environment has them; URLs and ids are checked already. */
export interface AccessVariables {
  readonly ACCESS_MODE?: 'development' | undefined;
  readonly AZURE_FUNCTIONS_ENVIRONMENT?: string | undefined;
  readonly ACCESS_TENANT_ID?: string | undefined;
  readonly ACCESS_AUDIENCE?: string | undefined;
  readonly ACCESS_ISSUER?: string | undefined;
  readonly ACCESS_KEYS_URL?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const publicCloud = 'https://login.microsoftonline.com';

/** Whether these variables are of a developer's machine. */
const isDevelopmentIn = (environment: Environment): boolean =>
  isDevelopment({
    ...(environment['ACCESS_MODE'] === 'development' ? { mode: 'development' } : {}),
    environment: environment['AZURE_FUNCTIONS_ENVIRONMENT'] ?? '',
    signsOfPlatform: signsOfPlatform(environment),
  });

/** An https URL without user, query and fragment; http on loopback is a developer's local issuer. */
function isIssuerUrl(text: string, mayBeLocal: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  const isLocal = mayBeLocal && protocol === 'http:' && isLoopback(hostname);
  return (protocol === 'https:' || isLocal) && username + password + search + hash === '';
}

/** What is wrong with the settings of access, each by name; values are not told. */
export function accessProblems(environment: Environment): readonly string[] {
  const has = (name: string) => environment[name] !== undefined;
  const mayBeLocal = isDevelopmentIn(environment);
  const pair = ['ACCESS_TENANT_ID', 'ACCESS_AUDIENCE'];
  const lacking = pair.every((name) => !has(name)) ? [] : pair.filter((name) => !has(name));
  const urls = ['ACCESS_ISSUER', 'ACCESS_KEYS_URL'].filter(has);
  return [
    ...lacking.map((name) => `${name}: needed beside ${pair.find((other) => other !== name)}`),
    ...urls
      .filter((name) => !isIssuerUrl(environment[name] ?? '', mayBeLocal))
      .map((name) => `${name}: an https URL (http on loopback in development alone)`),
    ...(pair.some(has) ? [] : urls.map((name) => `${name}: means nothing without ${pair.join(' and ')}`)),
  ];
}

/** The issuer of a tenant's tokens of version 2.0; a setting that is a bare origin names a cloud. */
function issuerOf(given: string, tenantId: string): string {
  const { origin, pathname } = new URL(given);
  return pathname === '/' ? `${origin}/${tenantId}/v2.0` : given;
}

function tokenSettings({
  ACCESS_TENANT_ID,
  ACCESS_AUDIENCE,
  ACCESS_ISSUER = publicCloud,
  ACCESS_KEYS_URL,
}: AccessVariables): TokenSettings | undefined {
  if (ACCESS_TENANT_ID === undefined || ACCESS_AUDIENCE === undefined) return undefined;
  const tenantId = ACCESS_TENANT_ID.toLowerCase();
  const { origin } = new URL(ACCESS_ISSUER);
  return {
    tenantId,
    audience: ACCESS_AUDIENCE.replace(/^api:\/\//i, '').toLowerCase(),
    issuer: issuerOf(ACCESS_ISSUER, tenantId),
    keysUrl: ACCESS_KEYS_URL ?? `${origin}/${tenantId}/discovery/v2.0/keys`,
    authorizationUri: `${origin}/${tenantId}/oauth2/v2.0/authorize`,
  };
}

/** Who may call the app, from variables without {@link accessProblems}. */
export function accessOf(variables: AccessVariables, environment: Environment): AccessSettings {
  const tokens = tokenSettings(variables);
  const signs = variables.ACCESS_MODE === undefined ? [] : signsOfPlatform(environment);
  return {
    isDevelopment: isDevelopmentIn(environment),
    ...(signs.length > 0 ? { refusedBy: signs } : {}),
    ...(tokens ? { tokens } : {}),
  };
}
