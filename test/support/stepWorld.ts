import type { ArmAnswer, ArmClient, Json } from '../../src/arm/call.ts';
import { executeStep } from '../../src/steps/executeStep.ts';
import { orderStep } from '../../src/steps/orderStep.ts';
import type { AnyStep, StepEvent, StepMessage, StepOutcome } from '../../src/steps/step.ts';
import { stepOfRow, type StepState } from '../../src/steps/stepRow.ts';
import type { StepServices } from '../../src/steps/stepServices.ts';
import type { Table } from '../../src/storage/table.ts';
import { memoryQueue, type QueuedMessage, memoryTable } from './memoryStorage.ts';
import { reply, runId } from './stepLedger.ts';

/** What goes wrong, asked at every port call and every request. The answers decide the whole course of a world. */
export interface Trouble {
  /** `kill`: the invocation dies there, before or after the effect. `lose`: the call works and its answer is lost. */
  readonly atPort: (port: string) => 'fine' | 'killBefore' | 'killAfter' | 'lose';
  /** What the service does with a POST, and how many seconds it takes. */
  readonly atPost: () => {
    readonly does: 'apply' | 'applyUnanswered' | 'fail' | 'reset' | 'throttle';
    readonly seconds: number;
  };
  /** Seconds after the end of its send window, at most, until an applied job shows in the list; negative: earlier. */
  readonly lagSeconds: () => number;
  /** Whether a message that was handled is delivered once more. */
  readonly duplicates: () => boolean;
  /** How many other calls go first: interleaves the workers. */
  readonly yields: () => number;
}

/** How a world has ended. */
export interface WorldEnd {
  readonly applied: readonly string[];
  readonly outcome: StepOutcome | undefined;
  readonly row: StepState | undefined;
  readonly portCalls: number;
  readonly polls: number;
  readonly hours: number;
}

class Killed extends Error {}

/** A table that a mutant may replace: the defence is taken away and the harm must show. */
export type Mutant = (steps: Table) => Table;

/**
 * Plays one step that may not be sent twice to its end: a flow that asks again at its deadlines, two workers, a queue,
 * a service that applies or does not, and whatever trouble is made.
 */
export async function playWorld(
  step: AnyStep,
  input: StepState['input'],
  trouble: Trouble,
  mutant: Mutant = (steps) => steps,
): Promise<WorldEnd> {
  const start = Date.parse('2026-08-22T02:00:00Z');
  const clock = { now: start };
  const date = () => new Date(clock.now);
  const [steps, items, queue] = [memoryTable(), memoryTable(), memoryQueue(date)];
  const jobs: { readonly id: string; readonly activityId: string; readonly visibleAt: number }[] = [];
  let [portCalls, ids, ask, polls] = [0, 0, 0, 0];
  let told: { readonly ask: number; readonly outcome: StepOutcome } | undefined;

  /** A worker's view of the world: once it is killed, nothing it does has any effect. */
  function worker(): StepServices {
    let alive = true;
    const port = async <T>(name: string, effect: () => Promise<T>): Promise<T> => {
      for (let turns = trouble.yields(); turns > 0; turns--) await Promise.resolve();
      portCalls += 1;
      const harm = alive ? trouble.atPort(name) : 'killBefore';
      if (harm.startsWith('kill')) alive = false;
      if (harm === 'killBefore') throw new Killed(name);
      const answer = await effect();
      if (harm !== 'fine') throw new Killed(name);
      return answer;
    };
    const table = (name: string, to: Table): Table => ({
      insert: (row) => port(`${name}.insert`, () => to.insert(row)),
      read: (partitionKey, rowKey) => port(`${name}.read`, () => to.read(partitionKey, rowKey)),
      replace: (row, etag) => port(`${name}.replace`, () => to.replace(row, etag)),
      put: (row) => port(`${name}.put`, () => to.put(row)),
      writeTogether: (partitionKey, changes) =>
        port(`${name}.writeTogether`, () => to.writeTogether(partitionKey, changes)),
      remove: (partitionKey, rowKey) => port(`${name}.remove`, () => to.remove(partitionKey, rowKey)),
      page: (partitionKey, range) => port(`${name}.page`, () => to.page(partitionKey, range)),
      scan: (scan) => port(`${name}.scan`, () => to.scan(scan)),
    });
    const arm: ArmClient = {
      send: (call, { clientRequestId, deadlineAt }) =>
        port(`arm.${call.method}`, () =>
          Promise.resolve(call.method === 'GET' ? list() : post(clientRequestId, deadlineAt)),
        ),
      followUrl: () => port('arm.poll', () => Promise.resolve(poll())),
    };
    return {
      clock: date,
      newId: () => `id-${++ids}`,
      steps: table('steps', mutant(steps)),
      items: table('items', items),
      queue: { send: (text, delay) => port('queue.send', () => queue.send(text, delay)) },
      arm,
      pacer: { reserve: () => Promise.resolve({ kind: 'go' }), learn: () => Promise.resolve() },
      catalogue: new Map([[step.name, step]]),
      minimumPollSeconds: 10,
      raise: (_run, _generation, name, event) => port('raise', () => Promise.resolve(hear(name, event))),
      isCancelRequested: () => Promise.resolve(false),
      obstacleTo: () => Promise.resolve(undefined),
      log: () => undefined,
    };
  }

  function post(attemptId: string, deadlineAt: Date): ArmAnswer {
    if (date() >= deadlineAt) return { kind: 'notSent', reason: 'the window is over' };
    const { does, seconds } = trouble.atPost();
    const aborted = clock.now + seconds * 1000 > deadlineAt.getTime();
    clock.now = Math.min(clock.now + seconds * 1000, deadlineAt.getTime());
    if (does === 'apply' || does === 'applyUnanswered') {
      const visibleAt = Math.max(clock.now, deadlineAt.getTime() + trouble.lagSeconds() * 1000);
      jobs.push({ id: `job-${jobs.length + 1}`, activityId: attemptId, visibleAt });
    }
    if (does === 'throttle' && !aborted) return reply(429, {}, { 'retry-after': '20' });
    if (does === 'fail' && !aborted) return reply(503, {});
    if (does !== 'apply' || aborted) return { kind: 'doubtful', reason: 'connection reset' };
    return reply(202, {}, { 'azure-asyncoperation': 'https://management.azure.com/operations/1' });
  }

  function poll(): ArmAnswer {
    polls += 1;
    return reply(200, { status: polls < 3 ? 'Inprogress' : 'Succeeded' });
  }

  const list = (): ArmAnswer =>
    reply(200, { value: jobs.filter(({ visibleAt }) => visibleAt <= clock.now) as unknown as Json });

  function hear(name: string, { outcome }: StepEvent): 'raised' {
    if (name === `step-${ask}`) told = { ask, outcome };
    return 'raised';
  }

  /** Kills and lost answers end an invocation; the platform brings its work back a while later. */
  async function invoke<T>(work: (services: StepServices) => Promise<T>): Promise<T | 'killed'> {
    try {
      return await work(worker());
    } catch (error) {
      if (error instanceof Killed) return 'killed';
      throw error;
    }
  }

  async function deliver({ text, times = 1 }: QueuedMessage): Promise<void> {
    const message = JSON.parse(text) as StepMessage;
    const ended = await invoke((services) => executeStep(services, message, { times }));
    if (ended === 'killed') queue.bringBack(text, 30, times + 1);
    else if (trouble.duplicates()) await queue.send(text, 0);
  }

  /** One ask of the flow: the activity is repeated until it has got through. */
  async function order(): Promise<void> {
    const asked = { runId, generation: 1, stepId: '01', stepName: step.name, input, ask: ++ask };
    for (;;) {
      const known = await invoke((services) => orderStep(services, asked));
      if (known !== 'killed') {
        if (known) told = { ask, outcome: known };
        return;
      }
      clock.now += 60_000;
    }
  }

  let [wakeAt, patience] = [start, 180];
  const end = start + 48 * 3_600_000;
  while (clock.now < end) {
    const heard = told?.ask === ask ? told.outcome : undefined;
    if (heard && heard.kind !== 'waiting') break;
    if (heard) {
      [wakeAt, patience, told] = [clock.now + heard.waitSeconds * 1000, 180, undefined];
      ask += 1;
    }
    if (clock.now >= wakeAt) {
      await order();
      [wakeAt, patience] = [clock.now + patience * 1000, Math.min(patience * 2, 1800)];
      continue;
    }
    const batch = [queue.take(), queue.take()].filter((message) => message !== undefined);
    if (batch.length > 0) await Promise.all(batch.map(deliver));
    else clock.now = Math.min(queue.nextAt()?.getTime() ?? wakeAt, wakeAt);
  }
  const stored = steps.rows()[0];
  return {
    applied: jobs.map(({ activityId }) => activityId),
    outcome: told?.outcome,
    row: stored && stepOfRow(stored),
    ...{ portCalls, polls },
    hours: (clock.now - start) / 3_600_000,
  };
}
