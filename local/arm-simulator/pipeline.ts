import type { Call, Core } from './core.ts';
import type { Bend } from './operations.ts';
import { type ArmReply, type ArmRequest, ConnectionDropped, headerOf, type Principal } from './exchange.ts';
import { faultReply, withBodyFault, withHeadersFault, withPollUrlFault } from './fault-replies.ts';
import type { Fault, FaultTable } from './faults.ts';
import { readPrincipal } from './principal.ts';
import { gatewayError, groupNotFound, serviceError, subscriptionNotFound } from './replies.ts';
import { operationIdentifier, withGatewayHeaders } from './response-headers.ts';
import type { RouteMatch } from './router.ts';
import { type LogEntry, loggedPath } from './request-log.ts';
import type { Throttle } from './throttle.ts';

/** What the pipeline needs besides the request. */
interface Pipeline {
  readonly core: Core;
  readonly find: (method: string, path: string) => RouteMatch | undefined;
  readonly faults: FaultTable;
  readonly throttle: Throttle;
  readonly log: (entry: LogEntry) => void;
}

/**
 * Answers one request: time catches up, the gateway's checks, faults, the route, headers, the log.
 *
 * @throws ConnectionDropped when a fault drops the connection.
 */
export async function answer(pipeline: Pipeline, request: ArmRequest): Promise<ArmReply> {
  const { core } = pipeline;
  const now = core.clock.now();
  core.timeline.catchUp(now);
  const url = new URL(request.url, 'https://management.azure.com');
  const match = pipeline.find(request.method.toUpperCase(), url.pathname);
  const seen = core.effects.all().length;
  const exchange = { pipeline, request, url, match, now };
  const log = (status: number) => writeLog(exchange, status, seen);
  try {
    const reply = withGatewayHeaders(await routed(exchange), gatewayContext(exchange));
    log(reply.status);
    return reply;
  } catch (error) {
    if (error instanceof ConnectionDropped) log(0);
    throw error;
  }
}

interface Exchange {
  readonly pipeline: Pipeline;
  readonly request: ArmRequest;
  readonly url: URL;
  readonly match: RouteMatch | undefined;
  readonly now: number;
}

async function routed(exchange: Exchange): Promise<ArmReply> {
  const { pipeline, request, url, match, now } = exchange;
  const { core } = pipeline;
  if (match?.route.guarded === false) return match.route.handle(openCall(exchange, match));
  const principal = readPrincipal(request.headers, core.world.tenantId);
  if (principal === undefined) return unauthenticated();
  const apiVersion = url.searchParams.get('api-version') ?? '';
  const refusal =
    refusedVersion(apiVersion) ?? (match === undefined ? noSuchRoute(url) : missingScope(core, match));
  if (refusal !== undefined || match === undefined) return refusal ?? noSuchRoute(url);
  const faults = pipeline.faults.hit(match.route.name, request.url);
  if (refusesSignature(core, url, faults)) return signatureRefused();
  const subscription = match.params['subscription'] ?? '';
  const admitted = pipeline.throttle.admit({ route: match.route, subscription, principal, now });
  if (admitted.refusal !== undefined) return admitted.refusal;
  const call = readCall({ exchange, match, principal, apiVersion, faults });
  const reply = 'status' in call ? call : await faulted(call);
  const identifier: Record<string, string> =
    match.route.action === undefined || match.route.fromGateway === true || 'status' in call
      ? {}
      : { 'x-ms-operation-identifier': operationIdentifier(call) };
  const own = reply.headers['x-ms-failure-cause'] === 'gateway' ? {} : { ...admitted.headers, ...identifier };
  return { ...reply, headers: { ...own, ...reply.headers } };
}

const unauthenticated = (): ArmReply => {
  const reply = gatewayError(
    401,
    'AuthenticationFailed',
    "Authentication failed. The 'Authorization' header is missing.",
  );
  const challenge =
    'Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token", error_description="The authentication failed because of missing \'Authorization\' header."';
  return { ...reply, headers: { ...reply.headers, 'WWW-Authenticate': challenge } };
};

function refusedVersion(apiVersion: string): ArmReply | undefined {
  if (apiVersion === '') {
    const message = 'The api-version query parameter (?api-version=) is required for all requests.';
    return gatewayError(400, 'MissingApiVersionParameter', message);
  }
  if (/^\d{4}-\d{2}-\d{2}(-\w+)?$/.test(apiVersion)) return undefined;
  const message = `The api-version '${apiVersion}' is invalid. The supported versions are dates of the form yyyy-MM-dd[-preview].`;
  return gatewayError(400, 'InvalidApiVersionParameter', message);
}

const noSuchRoute = (url: URL): ArmReply =>
  gatewayError(404, 'InvalidResourceType', `The resource type could not be found for '${url.pathname}'.`);

function missingScope({ resources }: Core, { params, route }: RouteMatch): ArmReply | undefined {
  const { subscription } = params;
  const group = route.makesScope === true ? undefined : params['group'];
  if (subscription === undefined) return undefined;
  if (!resources.hasScope(subscription)) return subscriptionNotFound(subscription);
  return group === undefined || resources.hasScope(subscription, group) ? undefined : groupNotFound(group);
}

function refusesSignature(core: Core, url: URL, faults: readonly Fault[]): boolean {
  const state = core.signer.check(url);
  return (
    state === 'broken' || (state === 'valid' && faults.some((fault) => fault.kind === 'signatureRefused'))
  );
}

const signatureRefused = (): ArmReply =>
  gatewayError(403, 'AuthorizationFailed', 'The signature of the operation URL is not valid or has expired.');

interface Admission {
  readonly exchange: Exchange;
  readonly match: RouteMatch;
  readonly principal: Principal;
  readonly apiVersion: string;
  readonly faults: readonly Fault[];
}

function readCall({ exchange, match, principal, apiVersion, faults }: Admission): Call | ArmReply {
  const body = readBody(exchange.request.body);
  if (body === unreadable) {
    return gatewayError(
      400,
      'InvalidRequestContent',
      'The request content was invalid and could not be deserialized.',
    );
  }
  const call: Call = { ...openCall(exchange, match), principal, apiVersion, body, faults };
  const { action } = match.route;
  const question =
    action === undefined ? undefined : { principal, action, scope: exchange.url.pathname, call };
  return (question && exchange.pipeline.core.hooks.authorize?.(question)) ?? call;
}

const unreadable = Symbol('unreadable');

function readBody(body: string | undefined): unknown {
  if (body === undefined || body === '') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return unreadable;
  }
}

function openCall({ pipeline, request, url, now }: Exchange, match: RouteMatch): Call {
  const { core } = pipeline;
  return {
    core,
    route: match.route,
    params: match.params,
    request,
    url,
    now,
    apiVersion: url.searchParams.get('api-version') ?? '',
    body: readBody(request.body),
    principal: { objectId: '', tenantId: core.world.tenantId },
    clientRequestId: headerOf(request.headers, 'x-ms-client-request-id') ?? core.seeded.guid(),
    faults: [],
  };
}

async function faulted(call: Call): Promise<ArmReply> {
  const before = (await beforeEffect(call)) ?? lostPoll(call);
  if (before !== undefined) return before;
  call.core.operations.bend(bendOf(call));
  let reply: ArmReply;
  try {
    reply = await call.route.handle(call);
  } finally {
    call.core.operations.bend({});
  }
  call.core.hooks.answered?.(call, reply);
  return afterEffect(call, reply);
}

function bendOf({ core, faults }: Call): Bend {
  const polls = faults.find((fault) => fault.kind === 'polls');
  const ending = faults.find((fault) => fault.kind === 'operation');
  if (ending?.seconds === undefined) return { ending, polls };
  return { ending: { ...ending, seconds: core.duration(ending.seconds) / 1000 }, polls };
}

/** The answer to every poll of an operation that a `polls` fault has made unreadable. */
function lostPoll({ core, route, params }: Call): ArmReply | undefined {
  const operation = route.method === 'GET' ? core.operations.find(params['operation'] ?? '') : undefined;
  if (operation?.polls === undefined) return undefined;
  operation.polled += 1;
  const { status, code, message, readable } = operation.polls;
  return operation.polled > readable ? serviceError(status, code, message) : undefined;
}

async function beforeEffect(call: Call): Promise<ArmReply | undefined> {
  for (const fault of call.faults) {
    if (fault.kind === 'delay' && fault.when === 'before') await wait(call, fault.seconds);
    if (fault.kind === 'drop' && fault.when === 'before') throw new ConnectionDropped();
    if (fault.kind === 'reply' && fault.when === 'before') return faultReply(fault);
  }
  return undefined;
}

async function afterEffect(call: Call, answered: ArmReply): Promise<ArmReply> {
  let reply = answered;
  for (const fault of call.faults) {
    if (fault.kind === 'delay' && fault.when === 'after') await wait(call, fault.seconds);
    if (fault.kind === 'drop' && fault.when === 'after') throw new ConnectionDropped();
    if (fault.kind === 'reply' && fault.when === 'after') reply = faultReply(fault);
    if (fault.kind === 'pollUrl') reply = withPollUrlFault(reply, fault);
    if (fault.kind === 'headers') reply = withHeadersFault(reply, fault);
    if (fault.kind === 'body') reply = withBodyFault(reply, fault);
  }
  return reply;
}

const wait = (call: Call, seconds: number): Promise<void> =>
  new Promise((resolve) => call.core.clock.after(seconds * 1000, resolve));

function gatewayContext({ pipeline, request, now }: Exchange) {
  const clientRequestId = headerOf(request.headers, 'x-ms-client-request-id');
  return {
    requestId: pipeline.core.seeded.guid(),
    now,
    ...(clientRequestId !== undefined && { clientRequestId }),
  };
}

function writeLog({ pipeline, request, url, match, now }: Exchange, status: number, seen: number): void {
  const clientRequestId = headerOf(request.headers, 'x-ms-client-request-id');
  pipeline.log({
    time: new Date(now).toISOString(),
    method: request.method.toUpperCase(),
    path: loggedPath(url),
    route: match?.route.name ?? '',
    status,
    bearer: readPrincipal(request.headers, '') !== undefined,
    effect: pipeline.core.effects
      .all()
      .slice(seen)
      .map((effect) => effect.kind),
    ...(clientRequestId !== undefined && { clientRequestId }),
  });
}
