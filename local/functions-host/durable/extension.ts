import path from 'node:path';
import type { DurableExtension, DurableExtensionOptions } from '../durableExtension.ts';
import { seededGuid } from '../guid.ts';
import type { HostJson } from '../hostJson.ts';
import { createDirectClient, type DirectClient } from './directClient.ts';
import { durableFunctions, type DurableFunctions } from './durableFunctions.ts';
import type { Engine, TraceSink } from './engine.ts';
import type { Faults } from './faultPoints.ts';
import { createFileStore } from './fileStore.ts';
import { reportHazards } from './hazards.ts';
import { handleManagement } from './httpApi.ts';
import { createMemoryStore, type InstanceStore } from './instanceStore.ts';
import { LocalEngine } from './localEngine.ts';
import { createManagement } from './management.ts';
import { clientInput, PUBLIC_MOUNT } from './managementUrls.ts';
import type { TimerLegs } from './timerDue.ts';

const FIVE_MINUTES_MS = 300_000;
const DEFAULT_CONCURRENT_ACTIVITIES = 20;

/** What tests may ask for beyond the host's own options. */
export interface EngineExtras {
  readonly faults?: Faults;
  readonly trace?: TraceSink;
  readonly checkDeterminism?: boolean;
  /** Default `whole`: one leg per timer, however long. */
  readonly legs?: TimerLegs;
  /** Leaves the second copy of each trigger value out; faster. */
  readonly lean?: boolean;
  /** Hands values over instead of texts; the host's calls have to be short, too. */
  readonly short?: boolean;
}

/** The extension and, for use inside one process, what lies behind its HTTP API. */
export interface LocalDurableExtension extends DurableExtension {
  readonly client: DirectClient;
  readonly engine: Engine;
}

/**
 * The Durable extension of the local host.
 *
 * The registry is read at the first `start`. Without a store and without a folder instances live in memory, as long
 * as the host's `hostJson` object: over every crash, but not beyond the process.
 */
export function createDurableExtension(
  options: DurableExtensionOptions<InstanceStore>,
  extras: EngineExtras = {},
): LocalDurableExtension {
  const functions = readLater(options);
  const engine = buildEngine(options, functions, extras);
  const management = createManagement({
    engine,
    clock: options.clock,
    warnings: options.warnings,
    newGuid: () => seededGuid(options.clock),
    isOrchestrator: (name) => functions.orchestrator(name) !== undefined,
    ...(extras.faults ? { faults: extras.faults } : {}),
  });
  const hub = hubName(options);
  const api = { management, urls: options.urls, hub, warnings: options.warnings };
  const mounts = { public: `${PUBLIC_MOUNT}/`, rpc: new URL(options.urls.rpcBase).pathname };
  return {
    client: createDirectClient(management),
    engine,
    clientInput: () => clientInput(options.urls, hub),
    handleHttp: async (request, mount) =>
      handleManagement(api, request, request.path.slice(mounts[mount].length)),
    start: async () => engine.start(),
    stop: () => engine.stop(),
    crash: () => engine.crash(),
  };
}

// The app registers its functions between the creation of the extension and its start.
function readLater(options: DurableExtensionOptions<InstanceStore>): DurableFunctions {
  let read: DurableFunctions | undefined;
  const functions = (): DurableFunctions => (read ??= durableFunctions(options.registry));
  return {
    orchestrator: (name) => functions().orchestrator(name),
    activity: (name) => functions().activity(name),
    orchestratorNames: () => functions().orchestratorNames(),
  };
}

function buildEngine(
  options: DurableExtensionOptions<InstanceStore>,
  functions: DurableFunctions,
  extras: EngineExtras,
): Engine {
  const { hostJson, clock } = options;
  const storage = 'extensions.durableTask.storageProvider';
  return new LocalEngine({
    clock,
    functions,
    invoke: options.invoke,
    store: options.store ?? openStore(options),
    hazards: reportHazards(options.warnings),
    form: { legs: extras.legs ?? 'whole', lean: extras.lean ?? false, short: extras.short ?? false },
    controlVisibilityMs: hostJson.durationMs(`${storage}.controlQueueVisibilityTimeout`, FIVE_MINUTES_MS),
    workItemVisibilityMs: hostJson.durationMs(`${storage}.workItemQueueVisibilityTimeout`, FIVE_MINUTES_MS),
    concurrentActivities: hostJson.number(
      'extensions.durableTask.maxConcurrentActivityFunctions',
      DEFAULT_CONCURRENT_ACTIVITIES,
    ),
    newGuid: () => seededGuid(clock),
    ...(extras.faults ? { faults: extras.faults } : {}),
    ...(extras.trace ? { trace: extras.trace } : {}),
    ...(extras.checkDeterminism ? { checkDeterminism: true } : {}),
  });
}

// A host keeps its configuration object over every crash and restart, so what it keys lives as long as the host.
const memoryStores = new WeakMap<HostJson, InstanceStore>();

function openStore({ dataFolder, hostJson }: DurableExtensionOptions<InstanceStore>): InstanceStore {
  if (dataFolder !== undefined) return createFileStore(path.join(dataFolder, 'instances'));
  const store = memoryStores.get(hostJson) ?? createMemoryStore();
  memoryStores.set(hostJson, store);
  return store;
}

const hubName = ({ hostJson, settings }: DurableExtensionOptions<InstanceStore>): string =>
  hostJson.text('extensions.durableTask.hubName', settings.get('WEBSITE_SITE_NAME') ?? 'TestHubName');
