import type { DurableExtension, HostReply, HostRequest } from '../durableExtension.ts';
import type { EventGridWebhook } from '../eventGrid.ts';
import type { InvocationOutcome } from '../invoke.ts';
import type { RegisteredFunction } from '../registry.ts';
import type { Warnings } from '../warnings.ts';
import { handleAdmin, isOpenAdminPath, type AdminApi } from './adminApi.ts';
import { checkFunctionKey, opensSystem, type HostKeys, type KeyHolder, type SystemKeyName } from './keys.ts';
import type { Admission, Admit, RequestHead } from './listener.ts';
import { replyFromOutcome } from './replyFromOutcome.ts';
import { httpRequestData, httpTriggerMetadata } from './requestData.ts';
import type { RouteTable } from './router.ts';

/** Everything the public port leads to. */
export interface SiteParts {
  readonly routes: RouteTable;
  readonly keys: HostKeys;
  /** Off by default, as `func start` has it. */
  readonly enableAuth: boolean;
  readonly admin: AdminApi;
  readonly durable: DurableExtension | undefined;
  readonly eventGrid: EventGridWebhook;
  readonly warnings: Warnings;
  /** `AzureWebJobsDisableHomepage`: the root belongs to the app, which may have a function there. */
  readonly disableHomepage?: boolean;
  /** Calls an HTTP function with its trigger value; other inputs are added by the host. */
  readonly call: (
    fn: RegisteredFunction,
    data: ReturnType<typeof httpRequestData>,
    metadata: ReturnType<typeof httpTriggerMetadata>,
  ) => Promise<InvocationOutcome>;
}

const NOT_FOUND: Admission = { reply: { status: 404, headers: {} } };
const START_PAGE: Admission = {
  reply: {
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><title>Functions host</title><p>The local Functions host is running.</p>',
  },
};
const NO_KEY: Admission = { reply: { status: 401, headers: {} } };
const NO_SYSTEM_KEY: Admission = { reply: { status: 401, headers: { 'www-authenticate': 'Bearer' } } };

const WEBHOOKS: Readonly<Record<string, SystemKeyName>> = {
  durabletask: 'durabletask_extension',
  eventgrid: 'eventgrid_extension',
};

/** Decides who answers a request on the public port: admin API, webhooks or a function. */
export function createSite(parts: SiteParts): Admit {
  return (head) => {
    const [area, kind, hook] = head.path
      .toLowerCase()
      .split('/')
      .filter((part) => part !== '');
    if (area === undefined && !parts.disableHomepage) return START_PAGE;
    if (area === 'admin') return admitAdmin(parts, head);
    if (area === 'runtime') return kind === 'webhooks' ? admitWebhook(parts, head, hook ?? '') : NOT_FOUND;
    return admitFunction(parts, head);
  };
}

function admitAdmin(parts: SiteParts, head: RequestHead): Admission {
  const open = !parts.enableAuth || isOpenAdminPath(head.path) || opensSystem(parts.keys, head);
  return open ? { serve: (request) => Promise.resolve(handleAdmin(parts.admin, request)) } : NO_SYSTEM_KEY;
}

function admitWebhook(parts: SiteParts, head: RequestHead, hook: string): Admission {
  const keyName = WEBHOOKS[hook];
  const { durable } = parts;
  if (keyName === undefined || (hook === 'durabletask' && !durable)) return NOT_FOUND;
  if (parts.enableAuth && !opensSystem(parts.keys, head, keyName)) return NO_SYSTEM_KEY;
  if (hook === 'durabletask' && durable) return { serve: (request) => durable.handleHttp(request, 'public') };
  return { serve: (request) => parts.eventGrid(request) };
}

function admitFunction(parts: SiteParts, head: RequestHead): Admission {
  const match = parts.routes.find(head.method, head.path);
  if (!match) return NOT_FOUND;
  const { fn } = match.route;
  const level = String(fn.trigger.options['authLevel'] ?? 'anonymous');
  const caller = checkFunctionKey(parts.keys, level, head);
  if (caller === 'refused' && parts.enableAuth) return NO_KEY;
  const holder = typeof caller === 'string' ? undefined : caller;
  return { serve: (request) => serveFunction(parts, fn, request, match.params, holder) };
}

async function serveFunction(
  parts: SiteParts,
  fn: RegisteredFunction,
  request: HostRequest,
  params: Readonly<Record<string, string>>,
  holder: KeyHolder | undefined,
): Promise<HostReply> {
  const data = httpRequestData(request, params, holder);
  const reply = replyFromOutcome(await parts.call(fn, data, httpTriggerMetadata(request, params)));
  warnOfManagementUrl(parts.warnings, fn, reply);
  return reply;
}

function warnOfManagementUrl(warnings: Warnings, fn: RegisteredFunction, reply: HostReply): void {
  if (!/\/runtime\/webhooks\/durabletask\/[^"]*[?&]code=|statusQueryGetUri/.test(String(reply.body ?? '')))
    return;
  warnings.warn('H18', fn.name, 'answers with a management URL: its key is valid for every instance');
}
