/** A request as it came, before anything was read from it; `url` may be absolute or begin with `/`. */
export interface ArmRequest {
  readonly method: string;
  readonly url: string;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
}

/** An answer as it goes out; header names in the service's own casing, no body for an empty one. */
export interface ArmReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Who asks, as far as a bearer token tells. */
export interface Principal {
  /** Object id of a readable JWT, else a stable hash of the token. */
  readonly objectId: string;
  readonly tenantId: string;
}

/** Thrown instead of a reply when a fault drops the connection; the server then closes the socket. */
export class ConnectionDropped extends Error {
  constructor() {
    super('The connection was dropped');
    this.name = 'ConnectionDropped';
  }
}

/** Reads a header by name without case. */
export function headerOf(headers: ArmRequest['headers'], name: string): string | undefined {
  const wanted = name.toLowerCase();
  const found = Object.keys(headers).find((key) => key.toLowerCase() === wanted);
  return found === undefined ? undefined : headers[found];
}
