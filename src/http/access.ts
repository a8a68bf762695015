import type { HttpRequest, InvocationContext } from '@azure/functions';
import type { TokenSettings } from '../access/accessSettings.ts';
import { checkToken, type Caller, type Role, type TokenCheck } from '../access/checkToken.ts';
import { isFromThisMachine } from '../access/developmentGate.ts';
import { keysRetrySeconds } from '../access/signingKeys.ts';
import type { Services } from '../composition/services.ts';
import { writeAlert } from '../notifications/alert.ts';
import type { RunServices } from '../runs/runServices.ts';
import { HttpRefusal } from './refusal.ts';

/** One request with everything its handler acts through. */
export interface HttpCall {
  readonly request: HttpRequest;
  readonly context: InvocationContext;
  readonly services: Services;
  readonly runs: RunServices;
  readonly caller: Caller;
}

/** What a route asks of its callers: an app role, or any token of the tenant for this app. */
type RequiredRole = Role | 'anyToken';

/** What each route asks for, by the name of its function; a deletion asks for `Protections.Delete` besides. */
export const requiredRoles = {
  cancelRun: 'Backups.Run',
  closeRun: 'Protections.Write',
  getCoverage: 'Backups.Read',
  getCoverageHistory: 'Backups.Read',
  getCoverageResource: 'Backups.Read',
  getPlan: 'Backups.Read',
  getRun: 'Backups.Read',
  getVaults: 'Backups.Read',
  listItems: 'Backups.Read',
  listRuns: 'Backups.Read',
  mcp: 'Backups.Read',
  openapi: 'anyToken',
  otherVerbs: 'anyToken',
  resumeProtection: 'Protections.Write',
  startBackup: 'Backups.Run',
  startDrill: 'Protections.Write',
  startProtection: 'Protections.Write',
  startSweep: 'Protections.Write',
  stopProtection: 'Protections.Write',
  validateProtection: 'Protections.Write',
} as const satisfies Readonly<Record<string, RequiredRole>>;

/** A route that is not open to everyone. */
export type GuardedRoute = keyof typeof requiredRoles;

/** Whoever calls on a developer's machine without access control. */
const developer: Caller = {
  name: 'local',
  roles: ['Backups.Read', 'Backups.Run', 'Protections.Write', 'Protections.Delete'],
};

const notConfigured = (): HttpRefusal =>
  new HttpRefusal(503, {
    code: 'AccessNotConfigured',
    message: 'Access control is not configured: this deployment answers no request.',
  });

/** RFC 6750: a request without a token learns where to get one, a bad token is called so, and no more. */
function unauthorized({ authorizationUri, audience }: TokenSettings, isBad: boolean): HttpRefusal {
  const where = `authorization_uri="${authorizationUri}", resource_id="api://${audience}"`;
  const challenge = `Bearer ${where}${isBad ? ', error="invalid_token"' : ''}`;
  const error = isBad
    ? { code: 'InvalidAuthenticationToken', message: 'The bearer token is not accepted.' }
    : { code: 'AuthenticationFailed', message: 'A bearer token is needed.' };
  return new HttpRefusal(401, error, { 'WWW-Authenticate': challenge });
}

const keysUnreachable = (): HttpRefusal =>
  new HttpRefusal(
    503,
    {
      code: 'SigningKeysUnreachable',
      message: 'Tokens cannot be checked: the keys of their issuer cannot be had.',
    },
    { 'Retry-After': String(keysRetrySeconds) },
  );

const roleMissing = (role: Role): HttpRefusal =>
  new HttpRefusal(403, {
    code: 'AuthorizationFailed',
    message: `This request needs the app role ${role}, which the token does not have.`,
    target: role,
  });

/** @throws HttpRefusal 403 naming the role that a caller does not have. */
export function requireRole({ roles }: Caller, role: Role): void {
  if (!roles.includes(role)) throw roleMissing(role);
}

/** Who asks, by the token alone; undefined where access control is not configured. */
async function tokenCheckOf(
  { headers }: HttpRequest,
  { settings, signingKeys, clock }: Services,
): Promise<TokenCheck | undefined> {
  const { tokens } = settings.access;
  return tokens && signingKeys && checkToken(headers.get('authorization'), tokens, signingKeys, clock());
}

const isDeveloper = ({ url, headers }: HttpRequest, { settings }: Services): boolean =>
  settings.access.isDevelopment && settings.access.tokens === undefined && isFromThisMachine(url, headers);

/** A caller who is known; the log learns why a token is not accepted. @throws HttpRefusal 401, 503 */
async function identified(
  request: HttpRequest,
  services: Services,
  context: InvocationContext,
): Promise<Caller> {
  if (isDeveloper(request, services)) return developer;
  const { tokens, refusedBy } = services.settings.access;
  const check = await tokenCheckOf(request, services);
  if (!check || !tokens) {
    if (refusedBy)
      context.warn(`Development mode is off, this looks like the platform: ${refusedBy.join(', ')}.`);
    throw notConfigured();
  }
  switch (check.kind) {
    case 'caller':
      return check.caller;
    case 'none':
      throw unauthorized(tokens, false);
    case 'refused':
      context.warn(`A token was refused: ${check.reason}.`);
      throw unauthorized(tokens, true);
    case 'keysUnreachable':
      writeAlert(context, 'keysUnreachable', `The issuer's keys cannot be had: ${check.reason}`);
      throw keysUnreachable();
  }
}

/**
 * Admits a caller by the head of the request: nothing of its body is read.
 *
 * @throws HttpRefusal 401 without a good token, 403 without the role, 503 while tokens cannot be checked or access is not configured.
 */
export async function admit(
  request: HttpRequest,
  services: Services,
  context: InvocationContext,
  route: GuardedRoute,
): Promise<Caller> {
  const caller = await identified(request, services, context);
  const role = requiredRoles[route];
  if (role !== 'anyToken' && !caller.roles.includes(role)) {
    const app = caller.appId === undefined ? '' : ` (app ${caller.appId})`;
    context.warn(`${caller.name}${app} was refused: ${route} needs ${role}.`);
    throw roleMissing(role);
  }
  return caller;
}

/** Whether a caller of an open route has a role; any doubt is a no. */
export async function hasRole(request: HttpRequest, services: Services, role: Role): Promise<boolean> {
  if (isDeveloper(request, services)) return true;
  const check = await tokenCheckOf(request, services);
  return check?.kind === 'caller' && check.caller.roles.includes(role);
}
