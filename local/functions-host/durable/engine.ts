import type { Clock } from '../clock/clock.ts';
import type { Invoke } from '../invoke.ts';
import type { DurableFunctions } from './durableFunctions.ts';
import type { Faults } from './faultPoints.ts';
import type { HazardReport } from './turnDraft.ts';
import type { HistoryEvent, ParentLink } from './historyEvents.ts';
import type { InstanceRecord } from './instanceRecord.ts';
import type { InstanceStore } from './instanceStore.ts';
import type { RequestForm } from './requestText.ts';

/** Names what happened, for a trace: component, event, subject. */
export type TraceSink = (component: string, event: string, subject: string) => void;

/** What an engine is built from. */
export interface EngineOptions {
  readonly clock: Clock;
  readonly store: InstanceStore;
  readonly functions: DurableFunctions;
  readonly invoke: Invoke;
  readonly hazards: HazardReport;
  readonly form: RequestForm;
  /** Milliseconds until an orchestrator's message in flight at a crash is seen again. */
  readonly controlVisibilityMs: number;
  /** Milliseconds until an activity in flight at a crash runs again. */
  readonly workItemVisibilityMs: number;
  readonly concurrentActivities: number;
  readonly newGuid: () => string;
  readonly faults?: Faults;
  /** Runs every turn twice under two clocks and fails the instance when its actions differ. */
  readonly checkDeterminism?: boolean;
  readonly trace?: TraceSink;
}

/** What a start creates. */
export interface NewInstance {
  readonly instanceId: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string | null;
  /** Null for children. */
  readonly generation: number | null;
  readonly parent?: ParentLink;
}

/** The running engine. */
export interface Engine {
  /** Loads the store and goes on with what it holds. */
  start(): void;
  /** Takes no new work; resolves when what runs has been written. */
  stop(): Promise<void>;
  /** Drops every piece of memory; the store survives. */
  crash(): void;
  record(instanceId: string): InstanceRecord | undefined;
  records(): Iterable<InstanceRecord>;
  /** Starts an instance, over a finished one of that id if there is one. */
  create(instance: NewInstance): void;
  /** Puts an event into an instance's inbox; an unknown instance is ignored. */
  deliver(instanceId: string, event: HistoryEvent, executionId?: string): void;
  /** Forgets an instance whatever its state. */
  remove(instanceId: string): void;
  /** Ids of Running instances that nothing can move any more. */
  stuck(): readonly string[];
}
