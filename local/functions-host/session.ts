import { textOption } from './bindingOptions.ts';
import type { Clock } from './clock/clock.ts';
import type { CreateDurableExtension, DurableExtension, DurableUrls } from './durableExtension.ts';
import type { HostJson } from './hostJson.ts';
import type { HostLog } from './hostLog.ts';
import { buildRoutes, type RouteTable } from './http/router.ts';
import { createInvoker, type Invoke } from './invoke.ts';
import { fireByHand } from './manualFire.ts';
import { beginLife } from './processLife.ts';
import { mortalQueueStore } from './queue/mortalQueueStore.ts';
import type { QueueListener } from './queue/queueListener.ts';
import { createQueueListeners } from './queue/queueListeners.ts';
import { readQueueOptions } from './queue/queueOptions.ts';
import { sendQueueOutputs } from './queue/queueOutputs.ts';
import type { QueueStore } from './queue/queueStore.ts';
import type { FunctionRegistry, RegisteredFunction } from './registry.ts';
import type { Settings } from './settings.ts';
import { createTimerListeners } from './timer/timerListeners.ts';
import type { TimerListener } from './timer/timerListener.ts';
import type { TimerStatusStore } from './timer/timerStatus.ts';
import type { TypedData } from './typedData.ts';
import type { Warnings } from './warnings.ts';

/** What outlives a crash and is handed to each session anew. */
export interface SessionParts {
  readonly registry: FunctionRegistry;
  readonly clock: Clock;
  readonly log: HostLog;
  readonly warnings: Warnings;
  readonly settings: Settings;
  readonly hostJson: HostJson;
  readonly urls: DurableUrls;
  readonly storeFor: (connection: string) => QueueStore;
  readonly timerStatuses: TimerStatusStore;
  readonly dataFolder?: string;
  readonly createDurable?: CreateDurableExtension;
  /** Milliseconds until the timers may start. */
  readonly timersWaitMs: number;
  /** Calls functions without the library's conversions; for tests that play many worlds. */
  readonly short?: boolean;
}

/** The app between one start and the next stop or crash: its calls, listeners and durable engine. */
export interface Session {
  readonly invoke: Invoke;
  readonly routes: RouteTable;
  readonly durable: DurableExtension | undefined;
  start(): Promise<void>;
  /** Listeners first, then the durable engine; resolves when no call is running. */
  stop(): Promise<void>;
  /** Cuts every call off; nothing that was running settles any more. */
  crash(): void;
  fire(fn: RegisteredFunction, input: string | undefined): void;
  /** URL path, schedule or queue of a function. */
  placeOf(fn: RegisteredFunction): string | undefined;
}

interface Listeners {
  readonly timers: ReadonlyMap<RegisteredFunction, TimerListener>;
  readonly queues: readonly QueueListener[];
}

/** Composes a session; functions that cannot be served are disabled in the registry. */
export function createSession(outer: SessionParts): Session {
  const life = beginLife();
  const parts = {
    ...outer,
    storeFor: (connection: string) => mortalQueueStore(outer.storeFor(connection), life),
  };
  const { invoke, durable } = createCalls(parts, life);
  const routes = readRoutes(parts);
  const { timers, queues } = createListeners(parts, invoke);
  return {
    invoke,
    routes,
    durable,
    async start() {
      await durable?.start();
      for (const queue of queues) queue.start();
      startTimers(parts, [...timers.values()]);
    },
    async stop() {
      for (const timer of timers.values()) timer.stop();
      await Promise.all(queues.map((queue) => queue.stop()));
      await durable?.stop();
      await life.idle();
    },
    crash() {
      life.kill();
      for (const timer of timers.values()) timer.stop();
      for (const queue of queues) queue.crash();
      durable?.crash();
    },
    fire: (fn, input) => fireByHand({ invoke, clock: parts.clock, timer: timers.get(fn) }, fn, input),
    placeOf: (fn) => placeOf(parts, routes, fn),
  };
}

function startTimers({ clock, timersWaitMs }: SessionParts, timers: readonly TimerListener[]): void {
  const start = (): void => timers.forEach((timer) => timer.start());
  if (timersWaitMs > 0 && timers.length > 0) clock.after(timersWaitMs, start);
  else start();
}

function createCalls(
  parts: SessionParts,
  life: ReturnType<typeof beginLife>,
): { invoke: Invoke; durable: DurableExtension | undefined } {
  const { encoding } = readQueueOptions(parts.hostJson);
  // The engine calls functions and functions are given the engine's client: the later one is looked up when needed.
  const late: { durable?: DurableExtension; client?: TypedData } = {};
  const clientOf = (): TypedData => (late.client ??= late.durable?.clientInput() ?? {});
  const timeoutMs = parts.hostJson.durationMs('functionTimeout', Infinity);
  const invoke = createInvoker({
    ...parts,
    timeoutMs,
    guard: (work) => life.run(work),
    dispatchOutputs: (fn, outputData) => sendQueueOutputs({ ...parts, encoding }, fn, outputData),
    extraInputs: (fn) =>
      fn.bindings
        .filter((binding) => binding.direction === 'in' && binding.type.toLowerCase() === 'durableclient')
        .map((binding) => ({ name: binding.key, data: clientOf() })),
  });
  const durable = parts.createDurable?.({ ...parts, invoke });
  if (durable) late.durable = durable;
  return { invoke, durable };
}

function readRoutes({ registry, settings, hostJson, log }: SessionParts): RouteTable {
  const resolved = registry.byTrigger('httpTrigger').map((fn) => {
    const route = textOption(fn.trigger.options, 'route', settings);
    if (route === undefined) return { fn, seen: fn };
    return { fn, seen: { ...fn, trigger: { ...fn.trigger, options: { ...fn.trigger.options, route } } } };
  });
  return buildRoutes(
    resolved.map(({ seen }) => seen),
    hostJson.text('extensions.http.routePrefix', 'api'),
    (seen, reason) => {
      const fn = registry.get(seen.name);
      if (fn) fn.disabledReason = reason;
      log({
        level: 'error',
        category: 'Host.Startup',
        message: `function '${seen.name}' is not served: ${reason}`,
      });
    },
  );
}

function createListeners(parts: SessionParts, invoke: Invoke): Listeners {
  const refuse = (fn: RegisteredFunction, error: unknown): void => {
    fn.disabledReason = (error as Error).message;
    parts.log({
      level: 'error',
      category: 'Host.Startup',
      message: `function '${fn.name}' does not listen: ${fn.disabledReason}`,
    });
  };
  const options = readQueueOptions(parts.hostJson);
  return {
    timers: createTimerListeners({ ...parts, invoke, statuses: parts.timerStatuses, refuse }),
    queues: createQueueListeners({ ...parts, invoke, options, refuse }),
  };
}

function placeOf(
  { urls, settings }: SessionParts,
  routes: RouteTable,
  fn: RegisteredFunction,
): string | undefined {
  const { options, type } = fn.trigger;
  switch (type.toLowerCase()) {
    case 'httptrigger': {
      const route = routes.routes.find((each) => each.fn.name === fn.name);
      return route && `[${route.methods.join(',')}] ${urls.publicBase}/${route.text}`;
    }
    case 'timertrigger':
      return textOption(options, 'schedule', settings);
    case 'queuetrigger':
      return textOption(options, 'queueName', settings);
    case 'eventgridtrigger':
      return `${urls.publicBase}/runtime/webhooks/eventgrid?functionName=${fn.name}`;
    default:
      return undefined;
  }
}
