import type { Json } from '../../src/arm/call.ts';
import type { RunServices } from '../../src/runs/runServices.ts';
import type { StoredRow } from '../../src/storage/table.ts';
import type { StepSummary } from '../../src/steps/step.ts';
import { memoryTable, type MemoryTable } from './memoryStorage.ts';

/** The rows of runs, without those of the lists they stand in. */
export const runRows = (runs: MemoryTable): readonly StoredRow[] =>
  runs.rows().filter(({ rowKey }) => !rowKey.includes('|'));

/** Where run records are kept in a test: memory tables, a clock to move, flows that only remember. */
export interface RunDesk {
  readonly services: RunServices;
  readonly clock: { now: number };
  readonly runs: MemoryTable;
  readonly started: { readonly instanceId: string; readonly input: Json }[];
  /** What the platform says of each instance; set by the test. */
  readonly flowStatus: Map<string, 'pending' | 'running' | 'completed' | 'failed' | 'terminated'>;
  readonly steps: Map<string, readonly StepSummary[]>;
  readonly reminded: string[];
  pass(minutes: number): void;
}

/** A desk that opens on 2026-08-22 at 02:00 UTC. */
export function runDesk(): RunDesk {
  const clock = { now: Date.parse('2026-08-22T02:00:00Z') };
  const runs = memoryTable('runs');
  const started: { instanceId: string; input: Json }[] = [];
  const flowStatus: RunDesk['flowStatus'] = new Map();
  const steps: RunDesk['steps'] = new Map();
  const reminded: string[] = [];
  const services: RunServices = {
    clock: () => new Date(clock.now),
    ...{ runs, orchestration: 'run', mayDeleteBackups: false },
    flows: {
      start: (_orchestration, instanceId, input) => {
        if (flowStatus.has(instanceId)) return Promise.resolve('exists');
        started.push({ instanceId, input });
        flowStatus.set(instanceId, 'pending');
        return Promise.resolve('started');
      },
      status: (instanceId) => Promise.resolve(flowStatus.get(instanceId)),
    },
    listSteps: (runId) => Promise.resolve(steps.get(runId) ?? []),
    sendStepAgain: (_runId, stepId) => Promise.resolve(void reminded.push(stepId)),
  };
  return {
    ...{ services, clock, runs, started, flowStatus, steps, reminded },
    pass: (minutes) => void (clock.now += minutes * 60_000),
  };
}
