// One read of coverage, then a second one an hour later that finds nothing new: what they cost.
import { createArmClient } from '../src/arm/client.ts';
import { refreshCoverage } from '../src/coverage/refresh.ts';
import { readPage } from '../src/coverage/readCoverage.ts';
import { readPlan } from '../src/plan/problems.ts';
import { memoryTable } from '../test/support/memoryStorage.ts';
import { arithmeticEstate } from './coverageEstate.ts';
import { answer, argument } from './ownProcess.ts';

/** What one read has cost. */
export interface CoverageRead {
  readonly requests: Readonly<Record<string, number>>;
  readonly storageOperations: number;
  readonly seconds: number;
  readonly ticks: number;
  /** Above what the process held before, the rows in the table's place taken out. Megabytes. */
  readonly peakHeap: number;
}

let nowMs = Date.parse('2026-08-22T02:00:00Z');
const clock = () => new Date(nowMs);
const { machines } = argument<{ machines: number }>();
const estate = arithmeticEstate(machines, clock());
const reading = readPlan(estate.plan);
if (reading.kind !== 'plan') throw new Error(JSON.stringify(reading.problems));
const { plan } = reading;
const table = memoryTable('coverage');
let ids = 0;
const services = {
  clock,
  newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
  table,
  estate: {
    clock,
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    pause: (milliseconds: number) => Promise.resolve(void (nowMs += milliseconds)),
    pacer: { reserve: () => Promise.resolve({ kind: 'go' as const }), learn: () => Promise.resolve() },
    arm: createArmClient({
      endpoint: 'https://management.azure.com',
      scope: 'https://management.azure.com/.default',
      credential: {
        getToken: () =>
          Promise.resolve({ token: 'a'.repeat(64), expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
      },
      clock,
      mostReplyBytes: 8 * 1024 * 1024,
      httpClient: estate.httpClient,
      after: () => () => undefined,
    }),
  },
  loadPlan: () =>
    Promise.resolve({ plan, standing: 'current' as const, location: 'plan.json', problems: [] }),
  runsSince: () => Promise.resolve([]),
  log: () => undefined,
};

const operations = (): number => Object.values(table.operations).reduce((sum, count) => sum + count, 0);
const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
};

async function read(): Promise<CoverageRead> {
  const [before, begun] = [heap(), performance.now()];
  const operationsBefore = operations();
  for (const name of Object.keys(estate.requests)) delete estate.requests[name];
  let [peak, ticks] = [0, 0];
  // Looked at where the most is held: at every page that is judged.
  const watch = estate.httpClient.sendRequest.bind(estate.httpClient);
  const looked = Object.assign(estate.httpClient, {
    sendRequest: (request: Parameters<typeof watch>[0]) => {
      if (/ResourceGraph/.test(request.url)) peak = Math.max(peak, heap());
      return watch(request);
    },
  });
  const startAt = nowMs;
  do {
    await refreshCoverage(services);
    nowMs += 300_000;
    ticks++;
  } while (Date.parse((await readPage(table, {}, { top: 1 })).summary.readAt ?? '') < startAt || ticks === 0);
  Object.assign(looked, { sendRequest: watch });
  const seconds = (performance.now() - begun) / 1000;
  const kept = heap() - before;
  return {
    requests: { ...estate.requests },
    storageOperations: operations() - operationsBefore,
    seconds,
    ticks,
    peakHeap: Math.max(0, peak - before - kept),
  };
}

const first = await read();
nowMs += 3_600_000;
const second = await read();
const { summary } = await readPage(table, {}, { top: 1 });
answer({ first, second, counts: summary.counts, complete: summary.complete });
