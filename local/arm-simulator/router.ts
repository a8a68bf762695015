import type { Route } from './core.ts';

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
