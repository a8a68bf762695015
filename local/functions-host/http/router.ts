import type { RegisteredFunction } from '../registry.ts';
import { parseRouteTemplate, pathSegments, type RouteTemplate } from './routeTemplate.ts';

/** An HTTP function and the place it answers at. */
export interface Route {
  readonly fn: RegisteredFunction;
  /** Prefix and route as written, without a leading slash. */
  readonly text: string;
  /** Upper case. */
  readonly methods: readonly string[];
  readonly template: RouteTemplate;
}

/** A route that answers a request, and the values taken from the path. */
export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** What {@link buildRoutes} made of the registered functions; a broken one is disabled, the others go on. */
export interface RouteTable {
  /** Most specific first. */
  readonly routes: readonly Route[];
  /** Undefined when nothing answers: unknown path, failed constraint or wrong method, all 404 on Azure. */
  find(method: string, path: string): RouteMatch | undefined;
}

const DEFAULT_METHODS = ['GET', 'POST'];

function readRoute(fn: RegisteredFunction, prefix: string): Route {
  const { route, methods } = fn.trigger.options as { route?: string; methods?: readonly string[] };
  const text = [prefix, route === undefined || route === '' ? fn.name : route]
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter((part) => part !== '')
    .join('/');
  if (/^(admin|runtime)(\/|$)/i.test(text)) throw new Error(`route '${text}' begins with a reserved word`);
  const named = methods && methods.length > 0 ? methods : DEFAULT_METHODS;
  return { fn, text, methods: named.map((each) => each.toUpperCase()), template: parseRouteTemplate(text) };
}

const overlap = (one: Route, other: Route): boolean =>
  one.text.toLowerCase() === other.text.toLowerCase() &&
  one.methods.some((each) => other.methods.includes(each));

function comparePrecedence(one: string, other: string): number {
  const length = Math.max(one.length, other.length);
  return one.padEnd(length, '0').localeCompare(other.padEnd(length, '0'));
}

/**
 * Routes of all HTTP functions.
 *
 * @param prefix `extensions.http.routePrefix`, default `api`, may be empty.
 * @param refuse called for a function that cannot be served: broken template, reserved word, or a second function with
 *   the same route text and a common method.
 */
export function buildRoutes(
  functions: readonly RegisteredFunction[],
  prefix: string,
  refuse: (fn: RegisteredFunction, reason: string) => void,
): RouteTable {
  const routes: Route[] = [];
  for (const fn of functions) {
    try {
      const route = readRoute(fn, prefix);
      const taken = routes.find((other) => overlap(route, other));
      if (taken) throw new Error(`route '${route.text}' belongs to function '${taken.fn.name}'`);
      routes.push(route);
    } catch (error) {
      refuse(fn, (error as Error).message);
    }
  }
  routes.sort((one, other) => comparePrecedence(one.template.precedence, other.template.precedence));
  return { routes, find: (method, path) => findRoute(routes, method, path) };
}

function findRoute(routes: readonly Route[], method: string, path: string): RouteMatch | undefined {
  const segments = pathSegments(path);
  for (const route of routes) {
    if (!route.methods.includes(method)) continue;
    const params = route.template.match(segments);
    if (params) return { route, params };
  }
  return undefined;
}
