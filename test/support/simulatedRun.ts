import type { ArmReply } from '../../src/arm/call.ts';
import { createSimulator, type Simulator } from '../../local/arm-simulator/simulator.ts';
import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import { flowTable } from '../../src/orchestrations/flows.ts';
import { carryRun } from '../../src/orchestrations/run.ts';
import { dataProtectionSteps } from '../../src/data-protection/steps.ts';
import { recoveryServicesSteps } from '../../src/recovery-services/steps.ts';
import { resourceSteps } from '../../src/resources/steps.ts';
import type { RunRequest } from '../../src/runs/request.ts';
import type { RunEnding } from '../../src/runs/run.ts';
import { playFlow } from './playFlow.ts';
import { stepStage, type Arm, type StageSettings } from './stepStage.ts';

/** What a played run did. */
export interface SimulatedRun {
  readonly ending: RunEnding;
  readonly stepNames: readonly string[];
  /** Method and route of every ARM request, in order. */
  readonly requests: readonly string[];
  readonly simulator: Simulator;
  /** Whole seconds on the virtual clock from start to end. */
  readonly tookSeconds: number;
  readonly tasks: readonly string[];
}

/** A run to play. */
export interface RunToPlay {
  readonly world: WorldSeed;
  readonly request: RunRequest;
  readonly faults?: readonly FaultRuleSeed[];
  readonly mayDeleteBackups?: boolean;
  readonly interfere?: StageSettings['interfere'];
  readonly interfereWatch?: StageSettings['interfereWatch'];
  /** ISO 8601 UTC. */
  readonly startAt?: string;
}

function armOf(simulator: Simulator): Arm {
  return async ({ method, url, body, clientRequestId }): Promise<ArmReply> => {
    const headers = {
      authorization: `Bearer ${'a'.repeat(40)}`,
      'x-ms-client-request-id': clientRequestId,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const reply = await simulator.handle({ method, url, headers, ...(body === undefined ? {} : { body }) });
    const lower = Object.entries(reply.headers).map(([name, value]) => [name.toLowerCase(), value]);
    return {
      status: reply.status,
      headers: Object.fromEntries(lower),
      body: reply.body ? JSON.parse(reply.body) : undefined,
    };
  };
}

/** Plays one run of the real orchestration against the simulator, on a virtual clock. */
export async function playRun(play: RunToPlay): Promise<SimulatedRun> {
  const start = Date.parse(play.startAt ?? '2026-08-22T02:00:00Z');
  const clock = { now: start };
  const simulator = createSimulator({
    world: play.world,
    seed: 'flows',
    faults: play.faults ?? [],
    clock: { now: () => clock.now, random: () => 0.5, after: () => ({ id: 0 }), cancel: () => undefined },
  });
  const stage = stepStage({
    steps: [...recoveryServicesSteps, ...dataProtectionSteps, ...resourceSteps],
    arm: armOf(simulator),
    clock,
    ...(play.interfere === undefined ? {} : { interfere: play.interfere }),
    ...(play.interfereWatch === undefined ? {} : { interfereWatch: play.interfereWatch }),
  });
  const { request, mayDeleteBackups = false } = play;
  const facts = { acceptedAt: new Date(start).toISOString(), mayDeleteBackups };
  const input = { runId: 'a'.repeat(40), generation: 1, request, facts };
  const { value, tasks } = await playFlow((df) => carryRun(df, input, flowTable), stage);
  return {
    ending: value,
    stepNames: stage.stepNames,
    requests: simulator.log.map(({ method, route }) => `${method} ${route.replace('recoveryServices.', '')}`),
    simulator,
    tookSeconds: (clock.now - start) / 1000,
    tasks,
  };
}
