import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import { ConnectionDropped } from '../../local/arm-simulator/exchange.ts';
import { createSimulator, type Simulator } from '../../local/arm-simulator/simulator.ts';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import type { ArmAnswer, ArmClient, SendOptions } from '../../src/arm/call.ts';
import { dataProtectionSteps } from '../../src/data-protection/steps.ts';
import { flowTable } from '../../src/orchestrations/flows.ts';
import { carryRun } from '../../src/orchestrations/run.ts';
import { recoveryServicesSteps } from '../../src/recovery-services/steps.ts';
import { resourceSteps } from '../../src/resources/steps.ts';
import type { RunRequest } from '../../src/runs/request.ts';
import type { RunEnding } from '../../src/runs/run.ts';
import { executeStep } from '../../src/steps/executeStep.ts';
import { orderStep } from '../../src/steps/orderStep.ts';
import type { StepMessage, StepOrder } from '../../src/steps/step.ts';
import type { StepServices } from '../../src/steps/stepServices.ts';
import type { WatchOrder } from '../../src/arm/backupJob.ts';
import { memoryQueue, memoryTable } from './memoryStorage.ts';
import { playFlow, type Raised } from './playFlow.ts';
import { watchToTheEnd } from './watchStage.ts';

/** A run to play through the ledger. */
export interface LedgerRunToPlay {
  readonly world: WorldSeed;
  readonly request: RunRequest;
  readonly faults?: readonly FaultRuleSeed[];
  readonly mayDeleteBackups?: boolean;
  /** Every message of a step is delivered so often, one right after the other. */
  readonly deliveries?: number;
}

/** What a run through the ledger did. */
export interface LedgerRun {
  readonly ending: RunEnding | null;
  readonly simulator: Simulator;
  /** Method and route of every ARM request, in order. */
  readonly requests: readonly string[];
}

/** Plays a run with the real ledger and executor between flow and simulator, all on one virtual clock. */
export async function playThroughLedger(play: LedgerRunToPlay): Promise<LedgerRun> {
  const { world, request, faults = [], mayDeleteBackups = false, deliveries = 1 } = play;
  const clock = { now: Date.parse('2026-08-22T02:00:00Z') };
  const date = () => new Date(clock.now);
  const simulator = createSimulator({
    world,
    faults,
    seed: 'ledger',
    clock: { now: () => clock.now, random: () => 0.5, after: () => ({ id: 0 }), cancel: () => undefined },
  });
  const exchange = async (
    method: string,
    url: string,
    options: SendOptions,
    body?: unknown,
  ): Promise<ArmAnswer> => {
    const headers = {
      authorization: `Bearer ${'a'.repeat(40)}`,
      'x-ms-client-request-id': options.clientRequestId,
    };
    try {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const reply = await simulator.handle({ method, url, headers, ...sent });
      const lower = Object.entries(reply.headers).map(([name, value]) => [name.toLowerCase(), value]);
      const read = { status: reply.status, headers: Object.fromEntries(lower) as Record<string, string> };
      return { kind: 'reply', reply: { ...read, body: reply.body ? JSON.parse(reply.body) : undefined } };
    } catch (error) {
      if (error instanceof ConnectionDropped) return { kind: 'doubtful', reason: error.message };
      throw error;
    }
  };
  const arm: ArmClient = {
    send: ({ method, path, query, apiVersion, body }, options) => {
      const text = new URLSearchParams({ 'api-version': apiVersion, ...query }).toString();
      return exchange(method, `https://management.azure.com${path}?${text}`, options, body);
    },
    followUrl: (url, _origin, options) => exchange('GET', url, options),
  };
  const [queue, raised] = [memoryQueue(date), [] as Raised[]];
  let ids = 0;
  const services: StepServices = {
    clock: date,
    newId: () => `00000000-0000-4000-9000-${String(++ids).padStart(12, '0')}`,
    steps: memoryTable('steps'),
    items: memoryTable('items'),
    ...{ queue, arm, minimumPollSeconds: 10 },
    pacer: { reserve: async () => ({ kind: 'go' }), learn: async () => undefined },
    catalogue: new Map(
      [...recoveryServicesSteps, ...dataProtectionSteps, ...resourceSteps].map((step) => [step.name, step]),
    ),
    raise: async (_run, _generation, name, payload) => {
      raised.push({ name, payload: JSON.parse(JSON.stringify(payload)) });
      return 'raised';
    },
    isCancelRequested: async () => false,
    obstacleTo: () => Promise.resolve(undefined),
    log: () => undefined,
  };
  const deliver = async (): Promise<boolean> => {
    const next = queue.nextAt()?.getTime();
    if (next === undefined) return false;
    clock.now = Math.max(clock.now, next);
    const message = queue.take();
    for (let times = 0; message && times < deliveries; times++)
      await executeStep(services, JSON.parse(message.text) as StepMessage);
    return true;
  };
  const facts = { acceptedAt: '2026-08-22T02:00:00Z', mayDeleteBackups };
  const { value } = await playFlow(
    (df) => carryRun(df, { runId: 'a'.repeat(40), generation: 1, request, facts }, flowTable),
    {
      now: () => clock.now,
      advanceTo: (milliseconds) => void (clock.now = Math.max(clock.now, milliseconds)),
      nextEvent: async () => {
        while (raised.length === 0 && (await deliver()));
        return raised.shift();
      },
      activity: async (name, input) => {
        if (name === 'watchJob') {
          const { told, answer } = await watchToTheEnd(input as WatchOrder, { clock, arm });
          raised.push(...told);
          return answer;
        }
        return name === 'orderStep' ? await orderStep(services, input as StepOrder) : null;
      },
    },
  );
  return {
    ending: value,
    simulator,
    requests: simulator.log.map(({ method, route }) => `${method} ${route}`),
  };
}
