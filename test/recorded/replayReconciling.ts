import type { HttpClient } from '@azure/core-rest-pipeline';
import { createArmClient } from '../../src/arm/client.ts';
import { dataProtectionSteps } from '../../src/data-protection/steps.ts';
import type { Flow, FlowContext, FlowEnding } from '../../src/orchestrations/flow.ts';
import { notConfigured, untilAtRest } from '../../src/orchestrations/data-protection/instanceTarget.ts';
import { carryRun, type FlowTable } from '../../src/orchestrations/run.ts';
import { executeStep } from '../../src/steps/executeStep.ts';
import { orderStep } from '../../src/steps/orderStep.ts';
import type { StepMessage, StepOrder } from '../../src/steps/step.ts';
import type { StepServices } from '../../src/steps/stepServices.ts';
import { memoryQueue, memoryTable } from '../support/memoryStorage.ts';
import { playFlow, type Raised } from '../support/playFlow.ts';
import type { ReplayedEnding } from './compareEndings.ts';

const armOrigin = 'https://management.azure.com';

/** The end of a protection by itself: no request names it, because it follows the write of an instance. */
function tableFor(instanceId: string): FlowTable {
  function* settle(context: FlowContext): Flow<FlowEnding> {
    const instance = yield* untilAtRest(context, instanceId);
    if (instance.state !== 'ProtectionConfigured') throw notConfigured(instance);
    return { status: 'completed', result: { backupInstanceId: instance.id, state: instance.state } };
  }
  return { backupInstance: { backUp: settle } };
}

function armOf(httpClient: HttpClient, clock: () => Date) {
  const token = { token: 'a'.repeat(64), expiresOnTimestamp: Number.MAX_SAFE_INTEGER };
  return createArmClient({
    ...{ endpoint: armOrigin, scope: `${armOrigin}/.default`, httpClient, clock },
    credential: { getToken: () => Promise.resolve(token) },
    after: () => () => undefined,
  });
}

/** Plays how a flow waits for an instance to settle and has an error looked at again: real ledger and client, virtual clock. */
export async function replayReconciling(
  instanceId: string,
  httpClient: HttpClient,
  startAt = '2026-08-22T02:00:00Z',
): Promise<ReplayedEnding> {
  const time = { now: Date.parse(startAt) };
  const clock = () => new Date(time.now);
  const [queue, raised] = [memoryQueue(clock), [] as Raised[]];
  let ids = 0;
  const services: StepServices = {
    ...{ clock, queue, arm: armOf(httpClient, clock), minimumPollSeconds: 10 },
    newId: () => `00000000-0000-4000-9000-${String(++ids).padStart(12, '0')}`,
    steps: memoryTable('steps'),
    items: memoryTable('items'),
    pacer: { reserve: async () => ({ kind: 'go' }), learn: async () => undefined },
    catalogue: new Map(dataProtectionSteps.map((step) => [step.name, step])),
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
    time.now = Math.max(time.now, next);
    const message = queue.take();
    if (message) await executeStep(services, JSON.parse(message.text) as StepMessage);
    return true;
  };
  const request = { kind: 'backUp', target: { id: instanceId } } as const;
  const facts = { acceptedAt: startAt, mayDeleteBackups: false };
  const run = { runId: 'a'.repeat(40), generation: 1, request, facts };
  const { value } = await playFlow((df) => carryRun(df, run, tableFor(instanceId)), {
    now: () => time.now,
    advanceTo: (milliseconds) => void (time.now = Math.max(time.now, milliseconds)),
    nextEvent: async () => {
      while (raised.length === 0 && (await deliver()));
      return raised.shift();
    },
    activity: async (name, input) =>
      name === 'orderStep' ? await orderStep(services, input as StepOrder) : null,
  });
  return value;
}
