import type { ArmAnswer, ArmClient, ArmReply, Json, SendOptions } from '../../src/arm/call.ts';
import type { Slot } from '../../src/pacer/pacer.ts';
import { executeStep } from '../../src/steps/executeStep.ts';
import { orderStep } from '../../src/steps/orderStep.ts';
import type {
  AnyStep,
  SendObstacle,
  StepEvent,
  StepMessage,
  StepOrder,
  StepOutcome,
} from '../../src/steps/step.ts';
import { stepOfRow, type StepState } from '../../src/steps/stepRow.ts';
import type { StepServices } from '../../src/steps/stepServices.ts';
import { memoryQueue, memoryTable, type MemoryQueue, type MemoryTable } from './memoryStorage.ts';

export const runId = 'a'.repeat(40);

/** A request as ARM saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly clientRequestId: string;
  readonly at: string;
  readonly ifMatch?: string;
}

/** What ARM does with one request; it may move the clock. */
export type ArmScript = (request: SeenRequest, options: SendOptions) => ArmAnswer | Promise<ArmAnswer>;

/** A reply for a script. */
export const reply = (status: number, body?: Json, headers: ArmReply['headers'] = {}): ArmAnswer => ({
  kind: 'reply',
  reply: { status, headers, body },
});

/** An error of the service for a script. */
export const refusal = (status: number, code: string, headers: ArmReply['headers'] = {}): ArmAnswer =>
  reply(status, { error: { code, message: `${code} was said` } }, headers);

/** A ledger on a virtual clock, with everything that happened in it. */
export interface StepLedger {
  readonly services: StepServices;
  readonly clock: { now: number };
  readonly steps: MemoryTable;
  readonly items: MemoryTable;
  readonly queue: MemoryQueue;
  readonly requests: SeenRequest[];
  readonly events: { readonly name: string; readonly event: StepEvent }[];
  readonly alerts: string[];
  /** Orders a step of {@link runId}; the ask counts up. */
  order(stepName: string, input: StepOrder['input'], stepId?: string): Promise<StepOutcome | undefined>;
  /** Delivers messages, moving the clock to the next one, until none is left or the minutes are over. */
  drain(minutes?: number): Promise<void>;
  /** Delivers one message now, whatever the queue holds. */
  deliver(stepId?: string): Promise<void>;
  pass(seconds: number): void;
  row(stepId?: string): StepState;
}

/** What a ledger is made of; ARM fails on a request that the script does not know. */
export interface LedgerSettings {
  readonly catalogue: readonly AnyStep[];
  readonly arm: ArmScript;
  readonly reserve?: (now: Date) => Slot;
  readonly raise?: StepServices['raise'];
  readonly obstacle?: () => SendObstacle | undefined;
  readonly cancelled?: () => boolean;
}

/** Makes a ledger that begins on 2026-08-22 at 02:00 UTC. */
export function stepLedger(settings: LedgerSettings): StepLedger {
  const clock = { now: Date.parse('2026-08-22T02:00:00Z') };
  const date = () => new Date(clock.now);
  const [steps, items, queue] = [memoryTable('steps'), memoryTable('items'), memoryQueue(date)];
  const requests: SeenRequest[] = [];
  const events: { name: string; event: StepEvent }[] = [];
  const alerts: string[] = [];
  let [ids, asks] = [0, 0];

  const exchange = async (
    asked: Pick<SeenRequest, 'method' | 'url' | 'ifMatch'>,
    options: SendOptions,
  ): Promise<ArmAnswer> => {
    const request = { ...asked, clientRequestId: options.clientRequestId, at: date().toISOString() };
    requests.push(request);
    return settings.arm(request, options);
  };
  const arm: ArmClient = {
    send: ({ method, path, ifMatch }, options) =>
      exchange({ method, url: path, ...(ifMatch === undefined ? {} : { ifMatch }) }, options),
    followUrl: (url, _origin, options) => {
      if (url.includes('evil')) throw Object.assign(new Error('another host'), { name: 'UrlRefused' });
      return exchange({ method: 'GET', url }, options);
    },
  };
  const services: StepServices = {
    clock: date,
    newId: () => `id-${++ids}`,
    ...{ steps, items, queue, arm },
    pacer: {
      reserve: (_lane, now) => Promise.resolve(settings.reserve?.(now) ?? { kind: 'go' }),
      learn: () => Promise.resolve(),
    },
    catalogue: new Map(settings.catalogue.map((step) => [step.name, step])),
    minimumPollSeconds: 10,
    raise: async (run, generation, name, event) => {
      events.push({ name, event });
      return settings.raise ? settings.raise(run, generation, name, event) : 'raised';
    },
    isCancelRequested: () => Promise.resolve(settings.cancelled?.() ?? false),
    obstacleTo: () => Promise.resolve(settings.obstacle?.()),
    log: (level, message) => void (typeof level === 'object' && alerts.push(message)),
  };

  const take = async (): Promise<boolean> => {
    const message = queue.take();
    if (message)
      await executeStep(services, JSON.parse(message.text) as StepMessage, { times: message.times ?? 1 });
    return message !== undefined;
  };
  return {
    ...{ services, clock, steps, items, queue, requests, events, alerts },
    order: (stepName, input, stepId = '01') =>
      orderStep(services, { runId, generation: 1, stepId, stepName, input, ask: ++asks }),
    drain: async (minutes = 24 * 60) => {
      const end = clock.now + minutes * 60_000;
      for (;;) {
        if (await take()) continue;
        const next = queue.nextAt()?.getTime();
        if (next === undefined || next > end) return;
        clock.now = next;
      }
    },
    deliver: (stepId = '01') => executeStep(services, { runId, stepId }),
    pass: (seconds) => void (clock.now += seconds * 1000),
    row: (stepId = '01') => {
      const row = steps
        .rows()
        .find(({ partitionKey, rowKey }) => partitionKey === runId && rowKey === stepId);
      if (!row) throw new Error(`No step ${stepId}.`);
      return stepOfRow(row);
    },
  };
}
