import type { ArmReply, ArmRequest, Principal } from './exchange.ts';
import type { Core } from './core.ts';
import type { Fault } from './faults.ts';

/** One request on its way through a route, already read. */
export interface Call {
  readonly core: Core;
  readonly route: Route;
  readonly request: ArmRequest;
  /** Absolute; its origin is the one the client used, and poll URLs are given on it. */
  readonly url: URL;
  /** Path parameters, percent-decoded, in the client's casing. */
  readonly params: Readonly<Record<string, string>>;
  /** The `api-version` as sent; empty for routes that need none. */
  readonly apiVersion: string;
  /** Parsed JSON; undefined when there was no body. */
  readonly body: unknown;
  /** Milliseconds since the epoch, one value for the whole request. */
  readonly now: number;
  readonly principal: Principal;
  /** The client's `x-ms-client-request-id`, else a fresh GUID. */
  readonly clientRequestId: string;
  /** Faults of the kinds `operation`, `job` and `list` that apply to this request. */
  readonly faults: readonly Fault[];
}

/** One kind of request that the simulator answers. */
export interface Route {
  /** Dotted name, unique: `recoveryServices.protect`. Fault tables and the log use it. */
  readonly name: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Path with `{param}` for one segment and `{param*}` for one or more; compared without case. */
  readonly path: string;
  /** The RBAC action: asked of the `authorize` hook and the key of the provider's throttling bucket. */
  readonly action?: string;
  /** `provider`: counted in the provider's bucket as well (then only its header is sent); default `arm`. */
  readonly bucket?: 'provider' | 'arm';
  /** ARM answers from its own copy: no `x-ms-operation-identifier`. */
  readonly fromGateway?: boolean;
  /** False for what needs no token or api-version (metadata, the simulator's own endpoints). */
  readonly guarded?: boolean;
  handle(call: Call): ArmReply | Promise<ArmReply>;
}

/** A route together with the path parameters of one request. */
export interface RouteMatch {
  readonly route: Route;
  readonly params: Record<string, string>;
}

/** Compiles routes into a finder; the first that fits wins, so special ones go first. */
export function createRouter(
  routes: readonly Route[],
): (method: string, path: string) => RouteMatch | undefined {
  const compiled = routes.map((route) => ({ route, pattern: compile(route.path) }));
  return (method, path) => {
    for (const { route, pattern } of compiled) {
      if (route.method !== method) continue;
      const found = pattern.exec(path);
      if (found !== null) return { route, params: decodeAll(found.groups ?? {}) };
    }
    return undefined;
  };
}

function compile(path: string): RegExp {
  const source = path
    .replace(/[.$()]/g, '\\$&')
    .replace(/\{(\w+)(\*?)\}/g, (_all, name: string, greedy: string) =>
      greedy === '' ? `(?<${name}>[^/]+)` : `(?<${name}>.+)`,
    );
  return new RegExp(`^${source}/?$`, 'i');
}

function decodeAll(groups: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decode(value)]));
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
