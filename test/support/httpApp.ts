import Module from 'node:module';
import { HttpRequest, InvocationContext, type HttpHandler, type HttpResponseInit } from '@azure/functions';
import { emptyPlan } from '../../src/plan/loadPlan.ts';
import type { Flows, FlowStatus } from '../../src/durable/durableFlows.ts';
import { provideServices, type Services } from '../../src/composition/services.ts';
import { readSettings, type Settings } from '../../src/settings.ts';
import { memoryQueue, memoryTable } from './memoryStorage.ts';

interface Registered {
  readonly bindings: Readonly<
    Record<string, { readonly type: string; readonly route?: string; readonly methods?: readonly string[] }>
  >;
  readonly handler: HttpHandler;
}

const registered = new Map<string, Registered>();

interface RequireHolder {
  require: (this: unknown, id: string) => unknown;
}

/** Stands in for the platform's own module: what the app registers is kept by name. */
function captureRegistrations(): () => void {
  const holder = Module.prototype as unknown as RequireHolder;
  const original = holder.require;
  const core = {
    registerFunction: (metadata: Omit<Registered, 'handler'> & { name: string }, handler: HttpHandler) => {
      registered.set(metadata.name, { bindings: metadata.bindings, handler });
    },
    setProgrammingModel: () => undefined,
    registerHook: () => undefined,
    log: () => undefined,
  };
  holder.require = function (id) {
    return id === '@azure/functions-core' ? core : original.call(this, id);
  };
  return () => (holder.require = original);
}

const release = captureRegistrations();
await import('../../src/main.ts');
release();

/** Every function the app registers, by name. */
export const functionNames = (): readonly string[] => [...registered.keys()].sort();

/** The functions that a timer calls, by name. */
export const timerNames = (): readonly string[] =>
  functionNames().filter((name) =>
    Object.values(registered.get(name)?.bindings ?? {}).some(({ type }) => type === 'timerTrigger'),
  );

/** The functions that answer HTTP requests, by name. */
export const httpFunctionNames = (): readonly string[] =>
  functionNames().filter((name) =>
    Object.values(registered.get(name)?.bindings ?? {}).some(({ type }) => type === 'httpTrigger'),
  );

/** Method and route of every HTTP function: `POST backups`. */
export const httpRoutes = (): readonly string[] =>
  [...registered.values()].flatMap(({ bindings }) =>
    Object.values(bindings)
      .filter(({ type }) => type === 'httpTrigger')
      .map(({ methods, route }) => `${methods?.join()} ${route}`),
  );

const openSettings: Settings = readSettings({
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  ACCESS_MODE: 'development',
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  MINIMUM_POLL_SECONDS: '5',
  ITEM_COOLDOWN_MINUTES: '0',
  CALLER_RUNS_PER_MINUTE: '0',
});

/** Flows that only remember what was started. */
export interface RememberedFlows extends Flows {
  readonly started: string[];
}

function rememberedFlows(): RememberedFlows {
  const started: string[] = [];
  return {
    started,
    start: async (_orchestration, instanceId) => {
      started.push(instanceId);
      return 'started';
    },
    raise: async () => 'missing',
    status: async (instanceId): Promise<FlowStatus | undefined> =>
      started.includes(instanceId) ? 'running' : undefined,
    purge: async () => undefined,
  };
}

/** An answer with its body parsed, as a caller sees it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; what a test looks at is named there. */
  readonly body: ReturnType<typeof JSON.parse>;
}

/** The app's HTTP functions on storage in memory and a clock that only a held answer moves. */
export interface HttpApp {
  readonly services: Services;
  readonly flows: RememberedFlows;
  /** Everything the app has logged. */
  readonly log: string[];
  /** Those lines of it that are at level error. */
  readonly errors: string[];
  /** Called with every pause of a held answer, before the clock has moved. */
  whilePausing: (() => Promise<void>) | undefined;
  call(functionName: string, request?: CallOptions): Promise<Answer>;
  /** Ticks a timer, or hands a message to a queue's function. */
  fire(functionName: string, input?: unknown): Promise<void>;
  pass(minutes: number): void;
  context(functionName: string): InvocationContext;
}

/** One request to one function. */
export interface CallOptions {
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly text?: string;
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** `?wait=5`. */
  readonly query?: string;
  readonly id?: string;
  /** GET without a body, POST with one, unless given. */
  readonly method?: string;
  /** What the route of the page catches. */
  readonly path?: string;
  /** Where it was sent, instead of to this machine. */
  readonly host?: string;
  /** Told of every look at the body. */
  readonly onBodyRead?: () => void;
}

const ofBody = ['body', 'text', 'json', 'arrayBuffer', 'blob', 'formData'];

/** The request, with looks at its body told. */
const watched = (request: HttpRequest, onBodyRead: () => void): HttpRequest =>
  new Proxy(request, {
    get: (target, name) => {
      if (ofBody.includes(String(name))) onBodyRead();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

const requestOf = ({
  body,
  text,
  bytes,
  headers,
  query = '',
  id,
  path,
  method,
  host = 'localhost:7071',
}: CallOptions): HttpRequest => {
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  return new HttpRequest({
    method: method ?? (sent === undefined && bytes === undefined ? 'GET' : 'POST'),
    url: `http://${host}/api/called${query}`,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers: { ...headers },
    ...(sent === undefined ? {} : { body: { string: sent } }),
    ...(bytes === undefined ? {} : { body: { bytes } }),
    params: { ...(id === undefined ? {} : { id }), ...(path === undefined ? {} : { path }) },
  });
};

const answerOf = ({ status = 200, headers, jsonBody }: HttpResponseInit): Answer => ({
  status,
  headers: Object.fromEntries(
    Object.entries((headers ?? {}) as Record<string, string>).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  ),
  body: JSON.parse(JSON.stringify(jsonBody ?? null)),
});

/** A fresh app; at 2026-03-01T10:00:00Z. @param changes what differs from an app that is open for development. */
export function httpApp(changes: Partial<Services> = {}): HttpApp {
  const flows = rememberedFlows();
  let now = Date.parse('2026-03-01T10:00:00Z');
  let ids = 0;
  const clock = () => new Date(now);
  const log: string[] = [];
  const errors: string[] = [];
  const app: HttpApp = {
    flows,
    log,
    errors,
    whilePausing: undefined,
    services: {
      settings: openSettings,
      clock,
      newId: () => `made-${++ids}`,
      pause: async (milliseconds) => {
        await app.whilePausing?.();
        now += milliseconds;
      },
      flowsOf: () => flows,
      tables: {
        runs: memoryTable('runs'),
        steps: memoryTable('steps'),
        items: memoryTable('items'),
        watches: memoryTable('watches'),
        batchItems: memoryTable('batchItems'),
        dailyCounters: memoryTable('dailyCounters'),
        triggers: memoryTable('triggers'),
        outbox: memoryTable('outbox'),
        coverage: memoryTable('coverage'),
        drillCleanUps: memoryTable('drillCleanUps'),
      },
      quietRuns: new Map(),
      queue: memoryQueue(clock),
      queueLooks: { steps: { depth: async () => 0 }, poison: { depth: async () => 0 } },
      armLastUse: () => undefined,
      arm: undefined as never,
      pacer: undefined as never,
      catalogue: new Map(),
      loadPlan: () =>
        Promise.resolve({ plan: emptyPlan, standing: 'empty', location: 'plan.json', problems: [] }),
      post: () => Promise.resolve(204),
      ...changes,
    },
    context: (functionName) =>
      new InvocationContext({
        functionName,
        invocationId: 'c0ffee00-0000-4000-8000-000000000001',
        logHandler: (level, ...args) => {
          const line = args.map(String).join(' ');
          log.push(line);
          if (level === 'error') errors.push(line);
        },
      }),
    fire: async (functionName, fired = {}) => {
      const found = registered.get(functionName);
      if (!found) throw new Error(`the app registers no ${functionName}`);
      provideServices(app.services);
      await found.handler(fired as never, app.context(functionName));
    },
    pass: (minutes) => void (now += minutes * 60_000),
    call: async (functionName, request = {}) => {
      const found = registered.get(functionName);
      if (!found) throw new Error(`the app registers no ${functionName}`);
      provideServices(app.services);
      const sent = requestOf(request);
      const received = request.onBodyRead ? watched(sent, request.onBodyRead) : sent;
      return answerOf((await found.handler(received, app.context(functionName))) as HttpResponseInit);
    },
  };
  return app;
}
