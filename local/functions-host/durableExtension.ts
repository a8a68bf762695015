import type { Clock } from './clock/clock.ts';
import type { FunctionRegistry } from './registry.ts';
import type { TypedData } from './typedData.ts';
import type { Invoke } from './invoke.ts';
import type { HostJson } from './hostJson.ts';
import type { Settings } from './settings.ts';
import type { Warnings } from './warnings.ts';

/** An HTTP request as a listener received it, before any interpretation. */
export interface HostRequest {
  /** Upper case. */
  readonly method: string;
  /** Absolute URL as the caller wrote it, query included; may hold a key, never logged. */
  readonly url: string;
  /** Path as sent, still percent-encoded, without the query; begins with `/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case, repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty when the request has none. */
  readonly body: Buffer;
}

/** What a listener sends back. A header given as a list is sent once per element. */
export interface HostReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

/**
 * The seam between the host and its durable engine.
 *
 * `handleHttp` receives requests below `/runtime/webhooks/durabletask/` (mount `public`, key already checked) and below
 * the path of `rpcBase` (mount `rpc`, loopback, no key). `HostRequest.path` is always the full path as sent.
 */
export interface DurableExtension {
  /** Data of one `durableClient` input binding. */
  clientInput(): TypedData;
  handleHttp(request: HostRequest, mount: 'public' | 'rpc'): Promise<HostReply>;
  /** Loads the stored instances, then re-arms timers and open work. */
  start(): Promise<void>;
  /** Takes no new work and waits for what runs. */
  stop(): Promise<void>;
  /** Drops every piece of memory as a SIGKILL would; the store survives. */
  crash(): void;
}

/** Addresses the extension writes into its answers; no trailing slash on `publicBase`, one on `rpcBase`. */
export interface DurableUrls {
  /** `http://localhost:<port>`, from WEBSITE_HOSTNAME. */
  readonly publicBase: string;
  /** `http://127.0.0.1:<port>/durabletask/`. */
  readonly rpcBase: string;
  /** Value of the `code` parameter on public URLs. */
  readonly systemKey: string;
}

/** What the host hands to `createDurableExtension`; `Store` is the durable engine's own instance store type. */
export interface DurableExtensionOptions<Store = never> {
  readonly registry: FunctionRegistry;
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly hostJson: HostJson;
  readonly settings: Settings;
  readonly warnings: Warnings;
  readonly urls: DurableUrls;
  /** Folder for the file store; ignored when `store` is given. */
  readonly dataFolder?: string;
  readonly store?: Store;
}

/** Signature of `createDurableExtension` in `durable/extension.ts`. */
export type CreateDurableExtension = (options: DurableExtensionOptions) => DurableExtension;
