/** One line of `GET /simulator/log`; holds no token and no signed part of a URL. */
export interface LogEntry {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly method: string;
  /** Path and query as asked, with `t`, `c`, `s`, `h` left out. */
  readonly path: string;
  /** Route name; empty when no route fits. */
  readonly route: string;
  /** HTTP status; 0 when the connection was dropped. */
  readonly status: number;
  /** Whether a bearer token came with the request. */
  readonly bearer: boolean;
  /** Changes the request made, as `kind` words; empty for a read. */
  readonly effect: readonly string[];
  readonly clientRequestId?: string;
}

/** Path and query of a URL without the signature of a poll URL. */
export function loggedPath(url: URL): string {
  return `${url.pathname}${url.search.replace(/([?&])([tcsh])=[^&]*/g, '$1$2=-')}`;
}
