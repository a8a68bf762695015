import { createRealClock, shiftable, type Clock, type ShiftedClock } from './clock.ts';
import { simulatorRoutes } from './control-routes.ts';
import type { Core, Provider, Route } from './core.ts';
import { defaultWorld } from './default-world.ts';
import { createEffects, type Effects } from './effects.ts';
import type { ArmReply, ArmRequest } from './exchange.ts';
import { createFaultTable, type FaultRuleSeed, type FaultTable } from './faults.ts';
import { loadResources } from './load-resources.ts';
import { createOperationStore } from './operations.ts';
import { answer } from './pipeline.ts';
import { createPollUrlSigner } from './poll-urls.ts';
import { providerFactories } from './providers.ts';
import type { LogEntry } from './request-log.ts';
import { createResourceStore } from './resources.ts';
import { createRouter } from './router.ts';
import { createSeeded } from './seeded.ts';
import { createThrottle } from './throttle.ts';
import { createTimeline } from './timeline.ts';
import { mergeWorlds, type World, worldSchema, type WorldSeed } from './world.ts';

/** Choices at start; everything may be left out. */
interface SimulatorOptions {
  /** Absent: {@link defaultWorld}. */
  readonly world?: WorldSeed;
  /** Absent: the machine's. */
  readonly clock?: Clock;
  /** Same seed, same ids. */
  readonly seed?: string;
  readonly faults?: readonly FaultRuleSeed[];
  /** Overrides of the world's `settings`. */
  readonly settings?: WorldSeed['settings'];
}

/** A simulated cloud in this process. */
export interface Simulator {
  /**
   * Answers one request; no sockets, no timers except for `delay` faults.
   *
   * @throws ConnectionDropped when a fault drops the connection.
   */
  handle(request: ArmRequest): Promise<ArmReply>;
  /** Every request so far, oldest first. */
  readonly log: readonly LogEntry[];
  /** Changes really made, since the last replaced world. */
  readonly effects: Effects;
  readonly faults: FaultTable;
  /** Everything it answers, apart from `/simulator/…`. */
  readonly routes: readonly Route[];
  /** State of the loaded world; another object after `loadWorld(…, 'replace')`. */
  readonly core: Core;
  /** Replaces everything, or adds to what is there. @throws ZodError when the seed does not fit the schema. */
  loadWorld(seed: WorldSeed, mode: 'replace' | 'merge'): void;
  /** Moves the simulator's clock forward. */
  advance(seconds: number): void;
}

interface Running {
  readonly core: Core & { world: World };
  readonly providers: readonly Provider[];
}

/** Makes a simulator; see {@link Simulator}. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const clock = shiftable(options.clock ?? createRealClock());
  const faults = createFaultTable(options.faults);
  const log: LogEntry[] = [];
  const parse = (seed: WorldSeed) =>
    worldSchema.parse({ ...seed, settings: { ...seed.settings, ...options.settings } });
  let running = run(parse(options.world ?? defaultWorld), clock, options.seed ?? 'simulator');
  const simulator: Simulator = {
    handle: (request) => handle(request),
    log,
    faults,
    get effects() {
      return running.core.effects;
    },
    get routes() {
      return running.providers.flatMap((provider) => provider.routes);
    },
    get core() {
      return running.core;
    },
    loadWorld(seed, mode) {
      if (mode === 'replace') {
        running = run(parse(seed), clock, options.seed ?? 'simulator');
        handle = listen();
      } else
        merge(
          running,
          parse({ tenantId: running.core.world.tenantId, ...seed }),
          seed.settings !== undefined,
        );
    },
    advance: (seconds) => clock.shift(seconds * 1000),
  };
  const listen = () => listener(running, simulator, { faults, log });
  let handle = listen();
  return simulator;
}

function run(world: World, clock: ShiftedClock, seed: string): Running {
  const timeline = createTimeline();
  const core: Running['core'] = {
    clock,
    timeline,
    seeded: createSeeded(seed),
    resources: createResourceStore(),
    operations: createOperationStore(timeline),
    signer: createPollUrlSigner(seed),
    effects: createEffects(),
    hooks: {},
    world,
    get settings() {
      return core.world.settings;
    },
    duration: (seconds) => (seconds * 1000) / core.settings.timeScale,
    retryAfter: (seconds) => String(Math.max(1, Math.round(seconds / core.settings.timeScale))),
  };
  loadResources(core, world);
  const providers = providerFactories.map((create) => create(core));
  for (const provider of providers) provider.load(world);
  return { core, providers };
}

function merge({ core, providers }: Running, added: World, withSettings: boolean): void {
  core.world = mergeWorlds(core.world, added, withSettings);
  loadResources(core, added);
  for (const provider of providers) provider.load(added);
}

function listener(running: Running, simulator: Simulator, shared: { faults: FaultTable; log: LogEntry[] }) {
  const { core, providers } = running;
  const routes = [...simulatorRoutes(simulator), ...providers.flatMap((provider) => provider.routes)];
  const find = createRouter(routes);
  const throttle = createThrottle(() => core.settings.throttling);
  const log = (entry: LogEntry) => {
    if (!entry.route.startsWith('simulator.')) shared.log.push(entry);
  };
  return (request: ArmRequest) => answer({ core, find, faults: shared.faults, throttle, log }, request);
}
