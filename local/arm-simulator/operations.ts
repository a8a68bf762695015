import type { Fault } from './faults.ts';
import type { ArmError } from './replies.ts';
import type { Timeline } from './timeline.ts';

/** How an operation ends; `properties` and `result` are what the status document and the result URL then show. */
export type OperationOutcome =
  | {
      readonly kind: 'succeeded';
      readonly properties?: unknown;
      readonly result?: unknown;
      readonly error?: ArmError;
    }
  | { readonly kind: 'failed' | 'canceled'; readonly error: ArmError; readonly properties?: unknown };

/** A long-running operation; its state at any moment follows from the clock alone. */
export interface Operation {
  readonly id: string;
  /** The route's last word: `protect`, `backup`, `refresh`. */
  readonly kind: string;
  /** Lower-case id of the vault it belongs to. */
  readonly vaultId: string;
  /** Lower-case id of the resource it works on. */
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endsAt: number;
  /** Set when the operation has ended. */
  outcome?: OperationOutcome;
  /** Set when polling it is to fail for ever. */
  readonly polls?: Bend['polls'];
  /** How often it was polled. */
  polled: number;
}

/** A fault that decides how an operation ends. */
type OperationFault = Extract<Fault, { kind: 'operation' }>;

/** Faults of one call that shape the operation it starts. */
export interface Bend {
  readonly ending?: OperationFault | undefined;
  readonly polls?: Extract<Fault, { kind: 'polls' }> | undefined;
}

/** What starts an operation. */
interface OperationStart extends Pick<
  Operation,
  'id' | 'kind' | 'vaultId' | 'subject' | 'startedAt' | 'endsAt'
> {
  /** Applies the operation's last effects at `endsAt` and says how it ended. */
  readonly finish: (now: number) => OperationOutcome;
  /** Undoes what acceptance began, when a fault makes the operation fail; `finish` is then not called. */
  readonly abandon?: (now: number) => void;
  /** The outcome of a success whose effect a fault has taken away; absent: without properties. */
  readonly unchanged?: () => OperationOutcome;
}

/** Operations of all providers, by id without case. */
export interface OperationStore {
  start(start: OperationStart): Operation;
  /** Shapes every operation started until the next call of `bend`; `{}` stops it. */
  bend(bend: Bend): void;
  find(id: string): Operation | undefined;
  /** Operations on `subject` that have not ended. */
  running(subject: string): Operation[];
  /** Operations in a vault that have not ended. */
  runningIn(vaultId: string): Operation[];
}

/** An empty store; endings are put on the timeline. */
export function createOperationStore(timeline: Timeline): OperationStore {
  const byId = new Map<string, Operation>();
  let bent: Bend = {};
  const unfinished = () => [...byId.values()].filter(({ outcome }) => outcome === undefined);
  return {
    start({ finish, abandon, unchanged, ...start }) {
      const { ending: fault, polls } = bent;
      const operation: Operation = {
        ...start,
        subject: start.subject.toLowerCase(),
        vaultId: start.vaultId.toLowerCase(),
        polled: 0,
        polls,
        ...(fault?.seconds !== undefined && { endsAt: start.startedAt + fault.seconds * 1000 }),
      };
      byId.set(operation.id.toLowerCase(), operation);
      timeline.at(operation.endsAt, (dueAt) => {
        if (fault !== undefined && fault.status !== 'Succeeded') abandon?.(dueAt);
        const done = fault?.withoutEffect === true ? (unchanged ?? succeeded) : finish;
        operation.outcome = fault === undefined ? finish(dueAt) : bentOutcome(fault, done, dueAt);
      });
      return operation;
    },
    bend: (bend) => void (bent = bend),
    find: (id) => byId.get(id.toLowerCase()),
    running: (subject) => unfinished().filter((o) => o.subject === subject.toLowerCase()),
    runningIn: (vaultId) => unfinished().filter((o) => o.vaultId === vaultId.toLowerCase()),
  };
}

const succeeded = (): OperationOutcome => ({ kind: 'succeeded' });

function bentOutcome(
  fault: OperationFault,
  finish: (now: number) => OperationOutcome,
  dueAt: number,
): OperationOutcome {
  const error = { code: fault.code, message: fault.message };
  if (fault.status !== 'Succeeded') return { kind: fault.status === 'Failed' ? 'failed' : 'canceled', error };
  const { properties, ...outcome } = finish(dueAt);
  return {
    ...outcome,
    ...(!fault.withoutProperties && properties !== undefined && { properties }),
    ...(fault.withError && { error }),
  } as OperationOutcome;
}
