import type * as Durable from 'durable-functions';
import { begin, endOf, jobOf, placeOf, publicClient } from './callsOfPeers.ts';
import { subscriptionId } from './fleetWorld.ts';
import type { PeerStage } from './peerStage.ts';

/** What a backup's orchestration knows so far. */
interface Known {
  readonly itemId: string;
  readonly operation?: string;
  readonly jobId?: string;
}

type Orchestration = Durable.OrchestrationHandler;

const inAMinute = (now: Date): Date => new Date(now.getTime() + 60_000);

/** One loop over timers until the job has ended: everything stays in one history. */
const whileLoop = (retry: Durable.RetryOptions): Orchestration =>
  function* ({ df }) {
    const itemId: string = df.getInput() ?? '';
    const operation: string = yield df.callActivityWithRetry('begin', retry, { itemId });
    let jobId: string | null = null;
    while (jobId === null) {
      yield df.createTimer(inAMinute(df.currentUtcDateTime));
      jobId = yield df.callActivityWithRetry('jobOf', retry, { itemId, operation });
    }
    let end: string | null = null;
    while (end === null) {
      yield df.createTimer(inAMinute(df.currentUtcDateTime));
      end = yield df.callActivityWithRetry('endOf', retry, { itemId, jobId });
    }
  };

/** The documented monitor that begins anew after each look. */
const monitor = (retry: Durable.RetryOptions): Orchestration =>
  function* ({ df }) {
    const input: string | Known = df.getInput() ?? '';
    const known = typeof input === 'string' ? { itemId: input } : input;
    if (known.operation === undefined) {
      const operation: string = yield df.callActivityWithRetry('begin', retry, known);
      return df.continueAsNew({ ...known, operation });
    }
    yield df.createTimer(inAMinute(df.currentUtcDateTime));
    if (known.jobId === undefined) {
      const jobId: string | null = yield df.callActivityWithRetry('jobOf', retry, known);
      return df.continueAsNew({ ...known, ...(jobId !== null && { jobId }) });
    }
    const end: string | null = yield df.callActivityWithRetry('endOf', retry, known);
    if (end === null) df.continueAsNew(known);
  };

/** Registers both orchestrations, and the public client with its default retries in activities. */
export function registerPeers(durable: typeof Durable, { simulator, endings }: PeerStage): void {
  const { app } = durable;
  const client = publicClient(simulator, subscriptionId, 3);
  // As the documentation's sample has it: five seconds, three attempts.
  const retry = new durable.RetryOptions(5000, 3);
  const activity = (name: string, handler: (known: Known) => Promise<string | undefined>) =>
    app.activity(name, { handler: async (known: Known) => (await handler(known)) ?? null });
  app.orchestration('whileLoop', whileLoop(retry));
  app.orchestration('monitor', monitor(retry));
  activity('begin', ({ itemId }) => begin(client, placeOf(itemId)));
  activity('jobOf', ({ itemId, operation = '' }) => jobOf(client, placeOf(itemId), operation));
  activity('endOf', async ({ itemId, jobId = '' }) => {
    const end = await endOf(client, placeOf(itemId), jobId);
    if (end !== undefined) endings.push({ jobId: jobId.toLowerCase(), knownAt: Date.now() });
    return end;
  });
}
