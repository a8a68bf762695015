import { basename, dirname } from 'node:path';
import type { HostReply, HostRequest } from '../durableExtension.ts';
import type { FunctionRegistry, RegisteredFunction } from '../registry.ts';

/** What the admin API needs to know and do. */
export interface AdminApi {
  readonly registry: FunctionRegistry;
  readonly state: () => 'Running' | 'Starting' | 'Stopping';
  readonly publicBase: string;
  /** Route text of an HTTP function, with the prefix. */
  readonly routeOf: (fn: RegisteredFunction) => string | undefined;
  /** Fires a function by hand, not awaited by the caller. */
  readonly fire: (fn: RegisteredFunction, input: string | undefined) => void;
}

const json = (value: unknown): HostReply => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});

const NOT_FOUND: HostReply = { status: 404, headers: {} };
const NOT_JSON: HostReply = { status: 415, headers: {} };

/** Whether a path is open without a key. */
export const isOpenAdminPath = (path: string): boolean => path.toLowerCase() === '/admin/host/ping';

/** Answers below `/admin/`; the key has been checked. Unknown paths and functions are 404. */
export function handleAdmin(api: AdminApi, request: HostRequest): HostReply {
  const [, area, name, extra] = request.path.split('/').filter((part) => part !== '');
  const isFunctions = area?.toLowerCase() === 'functions' && extra === undefined;
  if (request.method === 'GET' && area?.toLowerCase() === 'host') return hostReply(api, name);
  if (!isFunctions) return NOT_FOUND;
  if (name === undefined) return request.method === 'GET' ? json(listFunctions(api)) : NOT_FOUND;
  // The official host reads the body before it looks for the function.
  if (request.method === 'POST' && !isJson(request)) return NOT_JSON;
  const fn = api.registry.get(decodeURIComponent(name));
  if (!fn) return NOT_FOUND;
  if (request.method === 'GET') return json(describeFunction(api, fn));
  return request.method === 'POST' ? fire(api, fn, request) : NOT_FOUND;
}

const isJson = ({ headers }: HostRequest): boolean =>
  /^(?:application|text)\/(?:[^;\s]+\+)?json\s*(?:;|$)/i.test((headers['content-type'] ?? '').trim());

function hostReply(api: AdminApi, name: string | undefined): HostReply {
  if (name === 'ping')
    return { status: 200, headers: { 'cache-control': 'no-store,no-cache', pragma: 'no-cache' } };
  if (name !== 'status') return NOT_FOUND;
  return json({
    id: 'local',
    state: api.state(),
    version: '4.1037.0.0',
    versionDetails: '4.1037.0',
    platformVersion: '',
    instanceId: '',
    computerName: '',
    processUptime: Math.round(process.uptime() * 1000),
    functionAppContentEditingState: 'Unknown',
  });
}

const listFunctions = (api: AdminApi): unknown[] =>
  [...api.registry.list()]
    .sort((one, other) => one.name.localeCompare(other.name))
    .map((fn) => describeFunction(api, fn));

function describeFunction(api: AdminApi, fn: RegisteredFunction): unknown {
  const route = api.routeOf(fn);
  const base = api.publicBase.replace(/^http:/, 'https:');
  return {
    name: fn.name,
    script_root_path_href: null,
    script_href: fn.entryFile === undefined ? null : `${base}/admin/vfs${fn.entryFile}`,
    config_href: null,
    test_data_href: `${base}/admin/vfs/FunctionsData/${fn.name}.dat`,
    href: `${api.publicBase}/admin/functions/${fn.name}`,
    invoke_url_template: route === undefined ? null : `${api.publicBase}/${route}`,
    language: 'node',
    config: {
      name: fn.name,
      entryPoint: '',
      scriptFile: fn.entryFile === undefined ? null : basename(fn.entryFile),
      language: 'node',
      functionDirectory: fn.entryFile === undefined ? null : dirname(fn.entryFile),
      bindings: Object.entries(fn.metadata.bindings).map(([key, options]) => ({ ...options, name: key })),
    },
    files: null,
    test_data: '',
    isDisabled: fn.disabledReason !== undefined,
    isDirect: false,
    isProxy: false,
  };
}

function fire(api: AdminApi, fn: RegisteredFunction, request: HostRequest): HostReply {
  try {
    const body = JSON.parse(request.body.toString('utf8') || '{}') as { input?: unknown } | null;
    api.fire(fn, typeof body?.input === 'string' ? body.input : undefined);
    return { status: 202, headers: {} };
  } catch {
    return { status: 400, headers: {} };
  }
}
