import type { HistoryEvent, ParentLink } from './historyEvents.ts';

/** Status words of the management API. */
export type RuntimeStatus = 'Pending' | 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated';

/** Whether nothing will happen any more, short of a new start. */
export const isFinished = (status: RuntimeStatus): boolean =>
  status === 'Completed' || status === 'Failed' || status === 'Terminated';

/** Retry policy of an action, in milliseconds, as the SDK writes it. */
export interface RetryPolicy {
  readonly firstRetryIntervalInMilliseconds: number;
  readonly maxNumberOfAttempts: number;
  readonly backoffCoefficient?: number;
  readonly maxRetryIntervalInMilliseconds?: number;
  readonly retryTimeoutInMilliseconds?: number;
}

/** One thing the orchestrator asked for, in the order of its asking; the k-th leaf never changes. */
export interface Leaf {
  readonly kind: 'activity' | 'child' | 'timer' | 'event';
  /** Function or event name; empty for timers. */
  readonly name: string;
  /** Its first sequence number; absent for event waits. */
  readonly id?: number;
  readonly done: boolean;
}

/** An attempt of a leaf that has been handed out and has not answered. */
export interface OpenTask {
  readonly id: number;
  readonly leaf: number;
  readonly kind: 'activity' | 'child' | 'timer';
  readonly name: string;
  /** Milliseconds since the epoch: when it was scheduled, or last handed to a worker. */
  readonly since: number;
  /** Held back while the instance is suspended; no scheduling event yet. */
  readonly held?: boolean;
  /** JSON text of the activity's or child's input as the action has it; absent for undefined. */
  readonly input?: string;
  readonly childInstanceId?: string;
  /** Timers: the moment asked for and the moment chosen. */
  readonly fireAt?: number;
  readonly dueAt?: number;
  /** The goal of a long timer that runs in legs; absent for every other. */
  readonly goalAt?: number;
  /** Retried tasks: the policy, which attempt this is (from 1) and when the first one began. */
  readonly retry?: { readonly policy: RetryPolicy; readonly attempt: number; readonly startedAt: number };
  /** A timer between attempts: what to run when it fires, `last` when no attempt is left. */
  readonly pause?: { readonly of: OpenTask; readonly last: boolean };
}

/** Something an instance has yet to be told. */
export interface Message {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The execution it is meant for; null reaches whichever is current. */
  readonly executionId: string | null;
  readonly event: HistoryEvent;
}

/** The scalar part of an instance. Times are milliseconds since the epoch; texts are JSON unless a plain string. */
export interface InstanceHead {
  readonly instanceId: string;
  readonly name: string;
  readonly status: RuntimeStatus;
  readonly input: string | null;
  readonly output: string | null;
  readonly customStatus: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly executionId: string;
  readonly generation: number | null;
  readonly parent: ParentLink | null;
  /** Whether this execution began with continueAsNew. */
  readonly continued: boolean;
  readonly nextId: number;
  /** The latest turn's time; never goes back. */
  readonly clockAt: number;
}

/** An instance as it stands after its last commit. */
export interface InstanceRecord {
  head: InstanceHead;
  readonly history: HistoryEvent[];
  readonly leaves: Leaf[];
  readonly open: Map<number, OpenTask>;
  readonly inbox: Message[];
  /** Work that was sent although the turn that sent it was never written. */
  readonly strays: OpenTask[];
}

/** One atomic step of an instance, plain JSON; fields apply in the order listed here. */
export interface Change {
  /** Empties history, leaves and open tasks first; the inbox stays. */
  readonly reset?: true;
  /** The whole head of a new instance or the fields that changed. */
  readonly head?: Partial<InstanceHead>;
  readonly history?: readonly HistoryEvent[];
  readonly leaves?: readonly Leaf[];
  /** Positions of leaves that are done from now on. */
  readonly doneLeaves?: readonly number[];
  readonly closed?: readonly number[];
  readonly opened?: readonly OpenTask[];
  /** Ids of messages that leave the inbox. */
  readonly taken?: readonly string[];
  readonly queued?: readonly Message[];
  /** Replaces the stray work. */
  readonly strays?: readonly OpenTask[];
}

/** A record to which no change has been applied. */
export const emptyRecord = (instanceId: string): InstanceRecord => ({
  head: {
    instanceId,
    name: '',
    status: 'Pending',
    input: null,
    output: null,
    customStatus: null,
    createdAt: 0,
    updatedAt: 0,
    executionId: '',
    generation: 0,
    parent: null,
    continued: false,
    nextId: 0,
    clockAt: 0,
  },
  history: [],
  leaves: [],
  open: new Map(),
  inbox: [],
  strays: [],
});

/** Brings a record up to date in place. */
export function applyChange(record: InstanceRecord, change: Change): void {
  if (change.reset) clear(record);
  if (change.head) record.head = { ...record.head, ...change.head };
  if (change.history) record.history.push(...change.history);
  if (change.leaves) record.leaves.push(...change.leaves);
  for (const at of change.doneLeaves ?? []) markDone(record, at);
  for (const id of change.closed ?? []) record.open.delete(id);
  for (const task of change.opened ?? []) record.open.set(task.id, task);
  for (const id of change.taken ?? []) removeMessage(record.inbox, id);
  if (change.queued) record.inbox.push(...change.queued);
  if (change.strays) record.strays.splice(0, record.strays.length, ...change.strays);
}

function clear(record: InstanceRecord): void {
  record.history.length = 0;
  record.leaves.length = 0;
  record.open.clear();
}

function markDone(record: InstanceRecord, at: number): void {
  const leaf = record.leaves[at];
  if (leaf) record.leaves[at] = { ...leaf, done: true };
}

function removeMessage(inbox: Message[], id: string): void {
  const at = inbox.findIndex((message) => message.id === id);
  if (at >= 0) inbox.splice(at, 1);
}

/**
 * Rows that the official host's history table holds of an instance: one for each event of its generation, and the
 * sentinel that the storage provider keeps beside them.
 */
export const storedRows = ({ history }: InstanceRecord): number => history.length + 1;

/** Whether what came before a change is no longer needed one by one: a new generation or the end. */
export const isTurningPoint = (change: Change): boolean =>
  change.reset === true || (change.head?.status !== undefined && isFinished(change.head.status));

/** One change that builds the same record from nothing. */
export const snapshot = (record: InstanceRecord): Change => ({
  reset: true,
  head: record.head,
  history: [...record.history],
  leaves: [...record.leaves],
  opened: [...record.open.values()],
  queued: [...record.inbox],
  strays: [...record.strays],
});
