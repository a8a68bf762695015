import { readFileSync } from 'node:fs';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import { createSimulator, type Simulator } from '../../local/arm-simulator/simulator.ts';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import { createVirtualClock, type VirtualClock } from '../../local/functions-host/clock/virtualClock.ts';
import {
  createDurableExtension,
  type LocalDurableExtension,
} from '../../local/functions-host/durable/extension.ts';
import { createMemoryStore, type InstanceStore } from '../../local/functions-host/durable/instanceStore.ts';
import { createEventGridWebhook } from '../../local/functions-host/eventGrid.ts';
import { createHostJson } from '../../local/functions-host/hostJson.ts';
import { generateKeys } from '../../local/functions-host/http/keys.ts';
import { requestHead } from '../../local/functions-host/http/listener.ts';
import { createSite } from '../../local/functions-host/http/site.ts';
import {
  createMemoryQueueStore,
  type MemoryQueueStore,
} from '../../local/functions-host/queue/memoryQueueStore.ts';
import type { Invoke } from '../../local/functions-host/invoke.ts';
import { captureFunctions } from '../../local/functions-host/registry.ts';
import { createSession, type Session } from '../../local/functions-host/session.ts';
import { createSettings } from '../../local/functions-host/settings.ts';
import { createMemoryTimerStatusStore } from '../../local/functions-host/timer/timerStatus.ts';
import { createWarnings, type Warnings } from '../../local/functions-host/warnings.ts';
import { createArmClient } from '../../src/arm/client.ts';
// Here already, lest the virtual clock runs on while the client loads it.
import '../../src/libraries/restPipeline.ts';
import { createSharedPacer } from '../../src/pacer/sharedPacer.ts';
import type { Flows } from '../../src/durable/durableFlows.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { createPlanLoader } from '../../src/plan/loadPlan.ts';
import { groupedWrites } from '../../src/storage/groupedWrites.ts';
import type { Services, TableName } from '../../src/composition/services.ts';
import { readSettings } from '../../src/settings.ts';
import { memoryTable, type MemoryTable } from './memoryStorage.ts';
import { beginMortalLife, type AroundPort, type DeathPoint, type PortCalls } from './mortalPorts.ts';

// The library of functions must meet our core module before anything registers.
const registry = captureFunctions();
const { provideServices, catalogueOf, stepQueueName } = await import('../../src/composition/services.ts');
const { recoveryServicesSteps } = await import('../../src/recovery-services/steps.ts');
const { dataProtectionSteps } = await import('../../src/data-protection/steps.ts');
const { resourceSteps } = await import('../../src/resources/steps.ts');
await import('../../src/main.ts');

const armOrigin = 'https://management.azure.com';
const environment = {
  AzureWebJobsStorage: 'in memory',
  ACCESS_MODE: 'development',
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  ITEM_COOLDOWN_MINUTES: '0',
  CALLER_RUNS_PER_MINUTE: '0',
};

/** What an embedded app is started with. */
export interface EmbeddedAppOptions {
  readonly world: WorldSeed;
  readonly faults?: readonly FaultRuleSeed[];
  /** Answers ARM's requests instead of the simulator: a recording. */
  readonly httpClient?: HttpClient;
  /** The process dies there once, and a new one takes over. */
  readonly deathAt?: DeathPoint;
  readonly seed?: number;
  /** ISO 8601 UTC. */
  readonly startAt?: string;
  /** The plan as its file would have it; absent: none. Asked at every reading. */
  readonly plan?: () => unknown;
  /** Receives notifications in the webhook's place. */
  readonly post?: Services['post'];
  /** Where instances of flows live; absent: in memory. */
  readonly instances?: InstanceStore;
  /** Wraps every call of an orchestrator or activity. */
  readonly aroundFlows?: (invoke: Invoke) => Invoke;
  /** Whether the estate is read on its timer; else as if another instance were at it. */
  readonly coverage?: boolean;
  /** Goes around every call of a port. */
  readonly aroundPort?: AroundPort;
  /** Milliseconds by which the clock of a process that begins is wrong. */
  readonly skewMs?: () => number;
  /** Milliseconds by which every clock of the app has jumped at a moment. */
  readonly jumpedMs?: () => number;
  /** Settings besides those of development. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** An HTTP answer of the app. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The whole app in this process: its real functions, the local host, the simulator, one virtual clock. */
export interface EmbeddedApp {
  readonly clock: VirtualClock;
  readonly simulator: Simulator;
  readonly warnings: Warnings;
  readonly queues: MemoryQueueStore;
  readonly tables: Readonly<Record<TableName | 'pacer', MemoryTable>>;
  readonly portCalls: PortCalls;
  /** How often a process has died. */
  readonly deaths: () => number;
  readonly durable: () => LocalDurableExtension;
  readonly log: readonly string[];
  /** Calls the app by HTTP; undefined when its process died before it could answer. */
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer | undefined>;
  /** Lets virtual time pass until the run has ended, at most so many hours. */
  runEnded(runId: string, hours?: number): Promise<RunRecord>;
  /** Kills the process; the next one starts at once. */
  kill(): void;
  /** The host takes the process for dead and begins another; what the old one was at goes on. */
  freeze(): void;
  stop(): Promise<void>;
}

/** The ARM simulator as a transport of the client. */
function httpClientOf(simulator: Simulator): HttpClient {
  return {
    async sendRequest(request) {
      const reply = await simulator.handle({
        method: request.method,
        url: request.url,
        headers: request.headers.toJSON(),
        ...(typeof request.body === 'string' && { body: request.body }),
      });
      const headers = createHttpHeaders(
        Object.fromEntries(Object.entries(reply.headers).map(([name, value]) => [name, String(value)])),
      );
      return { request, status: reply.status, headers, bodyAsText: reply.body ?? '' };
    },
  };
}

/** The host answers some mistakes in plain text. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const credential = {
  getToken: () => Promise.resolve({ token: 'a'.repeat(64), expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
};

function flowsOf(durable: () => LocalDurableExtension): Flows {
  const flowStatuses: Readonly<
    Record<string, 'pending' | 'running' | 'completed' | 'failed' | 'terminated'>
  > = {
    Pending: 'pending',
    Running: 'running',
    ContinuedAsNew: 'running',
    Completed: 'completed',
    Failed: 'failed',
    Terminated: 'terminated',
  };
  return {
    start: async (orchestration, instanceId, input) =>
      durable().client.start(orchestration, instanceId, input).status === 409 ? 'exists' : 'started',
    raise: async (instanceId, eventName, payload) => {
      const { status } = durable().client.raise(instanceId, eventName, payload);
      return status === 404 ? 'missing' : status === 410 ? 'ended' : 'raised';
    },
    status: async (instanceId) => {
      const status = durable().client.status(instanceId);
      return status && (flowStatuses[status.runtimeStatus] ?? 'running');
    },
    purge: async (instanceId) => void durable().client.purge(instanceId),
  };
}

/** Starts the app; the clock stands still until a method lets it run. */
export async function startEmbeddedApp(options: EmbeddedAppOptions): Promise<EmbeddedApp> {
  const clock = createVirtualClock({
    startAt: options.startAt ?? '2026-08-22T02:00:00Z',
    seed: options.seed ?? 1,
  });
  const simulator = createSimulator({
    world: options.world,
    seed: 'embedded',
    clock,
    faults: options.faults ?? [],
  });
  const queues = createMemoryQueueStore(clock);
  const tables = {
    runs: memoryTable('runs'),
    steps: memoryTable('steps'),
    items: memoryTable('items'),
    watches: memoryTable('watches'),
    pacer: memoryTable('pacer'),
    batchItems: memoryTable('batchItems'),
    dailyCounters: memoryTable('dailyCounters'),
    triggers: memoryTable('triggers'),
    outbox: memoryTable('outbox'),
    coverage: memoryTable('coverage'),
    drillCleanUps: memoryTable('drillCleanUps'),
  };
  if (!options.coverage) {
    void tables.coverage.put({
      ...{ partitionKey: 'refresh', rowKey: 'current', leasedUntil: '9999' },
      data: '{"done":true}',
    });
  }
  const portCalls: PortCalls = { count: 0, names: [] };
  const warnings = createWarnings();
  const log: string[] = [];
  const settings = createSettings({ environment, appFolder: process.cwd(), port: 7071 });
  const hostJson = createHostJson(JSON.parse(readFileSync('host.json', 'utf8')), {});
  const urls = {
    publicBase: 'http://localhost:7071',
    rpcBase: 'http://127.0.0.1:17071/durabletask/',
    systemKey: 'key',
  };
  const instances = options.instances ?? createMemoryStore();
  const aroundFlows = options.aroundFlows ?? ((invoke) => invoke);
  // Who goes around the flows reads what they are sent.
  const short = options.aroundFlows === undefined;
  const timerStatuses = createMemoryTimerStatusStore();
  const keys = generateKeys(clock);
  const random = clock.random;
  const loadPlan = createPlanLoader(
    {
      name: 'plan.json',
      read: async (known) => {
        if (!options.plan) return { kind: 'absent' };
        const text = JSON.stringify(options.plan());
        return text === known ? { kind: 'unchanged' } : { kind: 'text', text, version: text };
      },
    },
    () => new Date(clock.now()),
  );
  let ids = 0;
  let deaths = 0;
  let current: {
    readonly session: Session;
    readonly durable: LocalDurableExtension;
    readonly life: ReturnType<typeof beginMortalLife>;
  };
  let dying = false;
  let falling = false;

  async function begin(deathAt: DeathPoint | undefined): Promise<void> {
    const life = beginMortalLife(portCalls, deathAt, () => fall(), options.aroundPort);
    const skew = options.skewMs?.() ?? 0;
    const made: { durable?: LocalDurableExtension } = {};
    const session = createSession({
      registry,
      clock,
      warnings,
      settings,
      hostJson,
      urls,
      timerStatuses,
      timersWaitMs: 0,
      short,
      log: ({ level, message }) => void log.push(`${level} ${message}`),
      storeFor: () => queues,
      createDurable: (parts) =>
        (made.durable = createDurableExtension(
          { ...parts, invoke: aroundFlows(parts.invoke), store: instances },
          { lean: true, short },
        )),
    });
    const durable = made.durable;
    if (!durable) throw new Error('The session made no durable engine.');
    current = { session, durable, life };
    provideServices(servicesOf(life, skew));
    await session.start();
  }

  /** The process ends and the next one begins: one at a time, also where one dies while it begins. */
  function fall(): void {
    deaths += 1;
    if (falling) return;
    falling = dying = true;
    clock.after(0, () => {
      falling = false;
      current.session.crash();
      void begin(undefined).then(() => (dying = falling));
    });
  }

  const untilReborn = () => clock.runUntil(() => !dying, 60_000);

  function servicesOf(life: typeof current.life, skew: number): Services {
    const flows = life.mortal(
      flowsOf(() => current.durable),
      'flows',
    );
    const jumpedMs = options.jumpedMs ?? (() => 0);
    const now = () => new Date(clock.now() + skew + jumpedMs());
    const arm = createArmClient({
      endpoint: armOrigin,
      scope: `${armOrigin}/.default`,
      credential,
      clock: now,
      mostReplyBytes: 8 * 1024 * 1024,
      httpClient: options.httpClient ?? httpClientOf(simulator),
      after: (milliseconds, callBack) => {
        const timer = clock.after(milliseconds, callBack);
        return () => clock.cancel(timer);
      },
    });
    return {
      settings: readSettings({ ...environment, ...options.environment }),
      clock: now,
      newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
      pause: (milliseconds) => new Promise((resolve) => void clock.after(milliseconds, resolve)),
      flowsOf: () => flows,
      tables: {
        runs: life.mortal(tables.runs, 'runs'),
        steps: life.mortal(tables.steps, 'steps'),
        items: life.mortal(tables.items, 'items'),
        watches: groupedWrites(life.mortal(tables.watches, 'watches')),
        batchItems: life.mortal(tables.batchItems, 'batchItems'),
        dailyCounters: life.mortal(tables.dailyCounters, 'dailyCounters'),
        triggers: life.mortal(tables.triggers, 'triggers'),
        outbox: life.mortal(tables.outbox, 'outbox'),
        coverage: life.mortal(tables.coverage, 'coverage'),
        drillCleanUps: life.mortal(tables.drillCleanUps, 'drillCleanUps'),
      },
      quietRuns: new Map(),
      queue: life.mortal(
        {
          send: (text: string, delaySeconds = 0) =>
            queues.put(stepQueueName, Buffer.from(text, 'utf8').toString('base64'), {
              visibilitySeconds: delaySeconds,
              ttlSeconds: -1,
            }),
        },
        'queue',
      ),
      queueLooks: { steps: { depth: async () => 0 }, poison: { depth: async () => 0 } },
      arm: life.mortal(arm, 'arm'),
      armLastUse: () => undefined,
      pacer: createSharedPacer({ table: life.mortal(tables.pacer, 'pacer'), random }),
      catalogue: catalogueOf([...recoveryServicesSteps, ...dataProtectionSteps, ...resourceSteps]),
      loadPlan,
      post: options.post ?? (() => Promise.resolve(204)),
    };
  }

  await begin(options.deathAt);

  const site = () =>
    createSite({
      routes: current.session.routes,
      keys,
      enableAuth: false,
      durable: current.durable,
      warnings,
      eventGrid: createEventGridWebhook(registry, current.session.invoke),
      admin: {
        registry,
        state: () => 'Running',
        publicBase: urls.publicBase,
        routeOf: () => undefined,
        fire: current.session.fire,
      },
      call: (fn, data, metadata) =>
        current.session.invoke(fn, {
          inputData: [{ name: fn.trigger.key, data }],
          triggerMetadata: metadata,
        }),
    });

  async function request(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer | undefined> {
    const head = requestHead(method, path, {
      host: 'localhost:7071',
      'content-type': 'application/json',
      ...headers,
    });
    const admission = site()(head);
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(text);
    const { life } = current;
    let reply:
      | {
          status: number;
          headers: Readonly<Record<string, string | readonly string[]>>;
          body?: string | Buffer;
        }
      | undefined;
    if ('reply' in admission) reply = admission.reply;
    else void admission.serve({ ...head, body: bytes }).then((given) => (reply = given));
    await clock.runUntil(() => reply !== undefined || !life.isAlive(), 300_000);
    if (!reply) {
      await untilReborn();
      return undefined;
    }
    const said = reply.body === undefined ? '' : reply.body.toString();
    return {
      status: reply.status,
      headers: Object.fromEntries(
        Object.entries(reply.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
      body: said ? jsonOrText(said) : undefined,
    };
  }

  const ended = [
    'completed',
    'completedWithWarnings',
    'failed',
    'cancelled',
    'skipped',
    'timedOut',
    'unknown',
  ];

  async function runEnded(runId: string, hours = 48): Promise<RunRecord> {
    const isEnded = () =>
      tables.runs.rows().some((row) => row.rowKey === runId && ended.includes(String(row['status'])));
    await clock.runUntil(isEnded, hours * 3_600_000);
    await untilReborn();
    const path = `/api/runs/${runId}`;
    const answer = (await request('GET', path)) ?? (await request('GET', path));
    return answer?.body as RunRecord;
  }

  return {
    clock,
    simulator,
    warnings,
    queues,
    tables,
    portCalls,
    log,
    deaths: () => deaths,
    durable: () => current.durable,
    request,
    runEnded,
    kill: () => {
      current.life.kill();
      fall();
    },
    freeze: () => fall(),
    stop: async () => {
      current.session.crash();
      provideServices(undefined);
    },
  };
}
