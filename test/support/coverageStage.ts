import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import { createSimulator, type Simulator } from '../../local/arm-simulator/simulator.ts';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import { createArmClient } from '../../src/arm/client.ts';
// Here already, lest the virtual clock runs on while the client loads it.
import '../../src/libraries/restPipeline.ts';
import type { CoverageServices, RunAbout } from '../../src/coverage/refreshState.ts';
import { readPage, readResource } from '../../src/coverage/readCoverage.ts';
import { refreshCoverage } from '../../src/coverage/refresh.ts';
import type { CoverageRow, CoverageSummary } from '../../src/coverage/schema.ts';
import { readPlan } from '../../src/plan/problems.ts';
import { resourceKindSchema, type Plan } from '../../src/plan/schema.ts';
import { createLocalPacer } from '../unit/pacer/localPacer.ts';
import { memoryTable, type MemoryTable, type PortFaults } from './memoryStorage.ts';

/** Coverage alone: the simulator, a table in memory, a clock that pauses and {@link CoverageStage.pass} move. */
export interface CoverageStage {
  readonly now: () => Date;
  readonly simulator: Simulator;
  readonly table: MemoryTable;
  readonly services: CoverageServices;
  readonly log: readonly string[];
  /** The plan from now on. */
  plan: unknown;
  runs: readonly RunAbout[];
  /** One tick: refreshes what is due; false when it threw. */
  tick(services?: CoverageServices): Promise<boolean>;
  /** Lets hours pass without a tick. */
  pass(hours: number): void;
  rows(): Promise<readonly CoverageRow[]>;
  summary(): Promise<CoverageSummary>;
  statesOf(name: string): Promise<readonly string[]>;
  /** Requests that ARM has answered, by the route's name. */
  requests(): Readonly<Record<string, number>>;
}

const armOrigin = 'https://management.azure.com';

const httpClientOf = (simulator: Simulator): HttpClient => ({
  async sendRequest(request) {
    const reply = await simulator.handle({
      method: request.method,
      url: request.url,
      headers: request.headers.toJSON(),
      ...(typeof request.body === 'string' && { body: request.body }),
    });
    const headers = Object.entries(reply.headers).map(([name, value]) => [name, String(value)] as const);
    return {
      request,
      status: reply.status,
      headers: createHttpHeaders(Object.fromEntries(headers)),
      bodyAsText: reply.body ?? '',
    };
  },
});

const credential = {
  getToken: () => Promise.resolve({ token: 'a'.repeat(64), expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
};

function planOf(text: unknown): Plan {
  const reading = readPlan(text);
  if (reading.kind === 'broken') throw new Error(JSON.stringify(reading.problems));
  return reading.plan;
}

/** @param startAt ISO 8601 UTC. */
export function coverageStage(
  world: WorldSeed,
  plan: unknown,
  {
    startAt = '2026-08-22T02:00:00Z',
    faults = [],
    tableFaults = {},
  }: {
    readonly startAt?: string;
    readonly faults?: readonly FaultRuleSeed[];
    readonly tableFaults?: PortFaults;
  } = {},
): CoverageStage {
  let nowMs = Date.parse(startAt);
  const clock = { now: () => nowMs, after: () => ({ id: 0 }), cancel: () => undefined, random: () => 0.5 };
  const simulator = createSimulator({ world, seed: 'coverage', clock, faults: [...faults] });
  const table = memoryTable('coverage', tableFaults);
  const log: string[] = [];
  const now = () => new Date(nowMs);
  let ids = 0;
  const services: CoverageServices = {
    clock: now,
    newId: () => `made-${++ids}`,
    table,
    estate: {
      clock: now,
      newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
      pause: async (milliseconds) => void (nowMs += milliseconds),
      pacer: createLocalPacer({ random: () => 0 }),
      arm: createArmClient({
        endpoint: armOrigin,
        scope: `${armOrigin}/.default`,
        credential,
        clock: now,
        mostReplyBytes: 8 * 1024 * 1024,
        httpClient: httpClientOf(simulator),
        after: () => () => undefined,
      }),
    },
    loadPlan: () =>
      Promise.resolve({ plan: planOf(stage.plan), standing: 'current', location: 'plan.json', problems: [] }),
    runsSince: () => Promise.resolve(stage.runs),
    log: (message) => void log.push(message),
  };
  const stage: CoverageStage = {
    now,
    simulator,
    table,
    services,
    log,
    plan,
    runs: [],
    tick: async (others = services) => {
      try {
        await refreshCoverage(others);
        return true;
      } catch (error) {
        log.push(String(error));
        return false;
      }
    },
    pass: (hours) => void (nowMs += hours * 3_600_000),
    rows: async () => (await readPage(table, {}, { top: 100_000 })).value,
    summary: async () => (await readPage(table, {}, { top: 1 })).summary,
    statesOf: async (name) => {
      const row = (await stage.rows()).find((one) => one.name === name);
      const found = row && (await readResource(table, row.id, resourceKindSchema.options, now()));
      return (found?.history ?? []).map(({ state }) => state).reverse();
    },
    requests: () => {
      const counts: Record<string, number> = {};
      for (const { route } of simulator.log) counts[route] = (counts[route] ?? 0) + 1;
      return counts;
    },
  };
  return stage;
}
