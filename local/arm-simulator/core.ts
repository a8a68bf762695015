import type { Clock } from './clock.ts';
import type { Effects } from './effects.ts';
import type { ArmReply, ArmRequest, Principal } from './exchange.ts';
import type { Fault } from './faults.ts';
import type { OperationStore } from './operations.ts';
import type { PollUrlSigner } from './poll-urls.ts';
import type { ResourceStore } from './resources.ts';
import type { Seeded } from './seeded.ts';
import type { SimulatorSettings } from './settings.ts';
import type { Timeline } from './timeline.ts';
import type { World } from './world.ts';

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
  /** The call makes the group it names, so that the gateway does not ask for it. */
  readonly makesScope?: boolean;
  /** False for what needs no token or api-version (metadata, the simulator's own endpoints). */
  readonly guarded?: boolean;
  handle(call: Call): ArmReply | Promise<ArmReply>;
}

/** What a provider may change about every request. */
export interface Hooks {
  /** Asked before a route with an `action` runs; a reply (403) refuses, undefined lets pass. */
  authorize?: (question: {
    principal: Principal;
    action: string;
    scope: string;
    call: Call;
  }) => ArmReply | undefined;
  /** Told after every answered call, so that events can be raised. */
  answered?: (call: Call, reply: ArmReply) => void;
  /** Told of a resource that the backup service itself wrote, outside any call. */
  wrote?: (write: { readonly id: string; readonly action: string; readonly at: number }) => void;
}

/** Everything the providers share; one per loaded world. */
export interface Core {
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly seeded: Seeded;
  readonly resources: ResourceStore;
  readonly operations: OperationStore;
  readonly signer: PollUrlSigner;
  readonly effects: Effects;
  readonly settings: SimulatorSettings;
  readonly hooks: Hooks;
  /** Merged seed so far; providers read their own section in `load`. */
  readonly world: World;
  /** Milliseconds that `seconds` of the service take here, after the time scale. */
  duration(seconds: number): number;
  /** Retry-After for `seconds` of the service: whole seconds, at least 1, after the time scale. */
  retryAfter(seconds: number): string;
}

/** A part of the simulated cloud: its routes, and its section of the world file. */
export interface Provider {
  readonly name: string;
  readonly routes: readonly Route[];
  /** Adds what `world` says; called once at start and again, with only the new part, for each merge. */
  load(world: World): void;
}

/** Makes a provider for one core; state lives in the closure, so a replaced world starts clean. */
export type ProviderFactory = (core: Core) => Provider;
