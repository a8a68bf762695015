import type { Clock } from '../clock/clock.ts';
import { childCreated, taskScheduled, timerCreated, type HistoryEvent } from './historyEvents.ts';
import type { Change, InstanceHead, InstanceRecord, Leaf, Message, OpenTask } from './instanceRecord.ts';
import type { Action, OrchestratorAnswer } from './orchestratorAnswer.ts';
import { timerDueAt, type TimerLegs } from './timerDue.ts';

/** What has to happen once a turn has been committed. */
export type Effect =
  | { readonly kind: 'hand out'; readonly task: OpenTask }
  | { readonly kind: 'drop timer'; readonly id: number }
  /** The activity a changed orchestrator asked for runs although the instance has failed. */
  | { readonly kind: 'run unasked'; readonly name: string; readonly input?: string }
  | {
      readonly kind: 'tell parent';
      readonly failure?: { readonly reason: string; readonly details: string | null };
    };

/** Notices, turn by turn, what would go wrong on Azure; each remark becomes a numbered warning. */
export interface HazardReport {
  answered(draft: TurnDraft, entries: readonly Action[]): void;
  newAction(draft: TurnDraft, action: Action): void;
  heldByOpenMembers(draft: TurnDraft, action: Action): void;
  finishedWithOpenTasks(draft: TurnDraft): void;
  customStatusTooLong(draft: TurnDraft, bytes: number): void;
  /** A falsy status never leaves the SDK. */
  customStatusDropped(draft: TurnDraft): void;
  refusedAction(draft: TurnDraft, action: Action): void;
  unregistered(draft: TurnDraft, name: string): void;
  nonDeterminism(draft: TurnDraft, text: string): void;
  newGeneration(draft: TurnDraft, input: string): void;
  ended(draft: TurnDraft): void;
  /** A value on its way into or out of an instance; JSON text. */
  payload(subject: string, what: string, json: string | null | undefined): void;
  /** An instance that nothing can move any more. */
  stuck(draft: TurnDraft, answer: OrchestratorAnswer): void;
}

/** What a turn may ask of its surroundings. */
export interface TurnWorld {
  readonly clock: Clock;
  readonly legs: TimerLegs;
  isRegistered(kind: 'activity' | 'child', name: string): boolean;
  newExecutionId(): string;
  newMessageId(): string;
  readonly hazards: HazardReport;
}

/** A turn being worked out; the record stays as committed until the change is written. */
export interface TurnDraft {
  readonly record: InstanceRecord;
  readonly world: TurnWorld;
  readonly message: Message;
  /** The turn's own time. */
  readonly now: number;
  /** Events of this turn that the orchestrator sees. */
  readonly fresh: HistoryEvent[];
  /** Events written after the orchestrator has run. */
  readonly written: HistoryEvent[];
  readonly leaves: Leaf[];
  readonly doneLeaves: Set<number>;
  readonly opened: Map<number, OpenTask>;
  readonly closed: Set<number>;
  /** Tasks whose scheduling events are due at the end of this turn, in order. */
  readonly scheduled: OpenTask[];
  readonly queued: Message[];
  readonly effects: Effect[];
  head: { -readonly [K in keyof InstanceHead]?: InstanceHead[K] };
  nextId: number;
  suspended: boolean;
  reset: boolean;
}

/** A draft in which nothing has happened yet. */
export function beginDraft(record: InstanceRecord, message: Message, world: TurnWorld): TurnDraft {
  return {
    record,
    world,
    message,
    now: Math.max(world.clock.now(), record.head.clockAt),
    fresh: [],
    written: [],
    leaves: [],
    doneLeaves: new Set(),
    opened: new Map(),
    closed: new Set(),
    scheduled: [],
    queued: [],
    effects: [],
    head: {},
    nextId: record.head.nextId,
    suspended: record.head.status === 'Suspended',
    reset: false,
  };
}

/** An open task as the draft has it. */
export const openTask = (draft: TurnDraft, id: number): OpenTask | undefined =>
  draft.closed.has(id) ? undefined : (draft.opened.get(id) ?? draft.record.open.get(id));

/** Every open task as the draft has it, in no order. */
export function* openTasks(draft: TurnDraft): Generator<OpenTask> {
  for (const task of draft.record.open.values())
    if (!draft.closed.has(task.id) && !draft.opened.has(task.id)) yield task;
  for (const task of draft.opened.values()) if (!draft.closed.has(task.id)) yield task;
}

/** How many leaves are known, the draft's included. */
export const leafCount = (draft: TurnDraft): number => draft.record.leaves.length + draft.leaves.length;

/** The k-th leaf as the draft has it. */
export function leafAt(draft: TurnDraft, at: number): Leaf | undefined {
  const known = draft.record.leaves.length;
  const leaf = at < known ? draft.record.leaves[at] : draft.leaves[at - known];
  return leaf && draft.doneLeaves.has(at) ? { ...leaf, done: true } : leaf;
}

/** Closes a task; a closed id never opens again. */
export const closeTask = (draft: TurnDraft, id: number): void => void draft.closed.add(id);

/** Gives a task the next sequence number and queues its scheduling event. */
export function reserve(draft: TurnDraft, task: Omit<OpenTask, 'id' | 'since' | 'held'>): OpenTask {
  const id = draft.nextId++;
  const childInstanceId =
    task.kind === 'child' ? (task.childInstanceId ?? `${draft.record.head.executionId}:${id}`) : undefined;
  const reserved: OpenTask = {
    ...task,
    id,
    since: draft.now,
    ...(childInstanceId === undefined ? {} : { childInstanceId }),
    ...(draft.suspended ? { held: true } : {}),
  };
  draft.opened.set(id, reserved);
  if (!draft.suspended) draft.scheduled.push(reserved);
  return reserved;
}

/** Lets go what was held back while the instance was suspended, in the order it was asked for. */
export function releaseHeld(draft: TurnDraft): void {
  const held = [...openTasks(draft)].filter((task) => task.held).sort((a, b) => a.id - b.id);
  for (const { held: _held, ...task } of held) {
    const released: OpenTask = { ...task, since: draft.now };
    draft.opened.set(task.id, released);
    draft.scheduled.push(released);
  }
}

/** Writes the scheduling events and turns the scheduled tasks into effects. */
export function writeScheduled(draft: TurnDraft): void {
  for (const task of draft.scheduled) {
    draft.written.push(schedulingEvent(task, draft.now));
    if (draft.closed.has(task.id)) continue;
    const ready =
      task.fireAt === undefined ? task : { ...task, dueAt: timerDueAt(task.fireAt, draft.world.clock) };
    draft.opened.set(task.id, ready);
    draft.effects.push({ kind: 'hand out', task: ready });
  }
}

function schedulingEvent(task: OpenTask, now: number): HistoryEvent {
  if (task.kind === 'activity') return taskScheduled(task.id, task.name, now);
  if (task.kind === 'child') return childCreated(task.id, task.name, task.childInstanceId ?? '', now);
  return timerCreated(task.id, task.fireAt ?? now, now);
}

/** The one change a draft amounts to. */
export function draftChange(draft: TurnDraft): Change {
  const opened = [...draft.opened.values()].filter((task) => !draft.closed.has(task.id));
  const head = { nextId: draft.nextId, clockAt: draft.now, updatedAt: draft.now, ...draft.head };
  const common = { head, taken: [draft.message.id], queued: draft.queued };
  if (draft.reset) return { reset: true, ...common };
  return {
    ...common,
    history: [...draft.fresh, ...draft.written],
    leaves: draft.leaves,
    doneLeaves: [...draft.doneLeaves],
    closed: [...draft.closed],
    opened,
  };
}
