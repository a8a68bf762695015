import type { Clock } from './clock.ts';
import type { Effects } from './effects.ts';
import type { ArmReply, Principal } from './exchange.ts';
import type { OperationStore } from './operations.ts';
import type { PollUrlSigner } from './poll-urls.ts';
import type { ResourceStore } from './resources.ts';
import type { Call, Route } from './route.ts';
import type { Seeded } from './seeded.ts';
import type { SimulatorSettings } from './settings.ts';
import type { Timeline } from './timeline.ts';
import type { World } from './world.ts';

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
