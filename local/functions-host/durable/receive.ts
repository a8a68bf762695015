import { eventType, orchestratorCompleted, orchestratorStarted, type HistoryEvent } from './historyEvents.ts';
import type { InstanceRecord, Message, OpenTask } from './instanceRecord.ts';
import { afterFailedAttempt, legTowards } from './timerDue.ts';
import { closeTask, leafAt, leafCount, openTask, releaseHeld, reserve, type TurnDraft } from './turnDraft.ts';

/** What to do with a message: work on it, keep it until the task it answers is known, or drop it. */
export type Admission = 'work' | 'keep' | 'drop';

/** The task a message answers; undefined when it answers none. */
export function answeredTask(event: HistoryEvent): number | undefined {
  return event.TaskScheduledId ?? event.TimerId;
}

/**
 * Judges a message before its turn: an answer to an earlier execution or to a closed task is a duplicate; an answer
 * that came before the turn that asked was written has to wait.
 */
export function admit(record: InstanceRecord, message: Message): Admission {
  const { head, history, open } = record;
  const isStart = message.event.EventType === eventType.executionStarted;
  if (message.executionId !== null && message.executionId !== head.executionId) return 'drop';
  if (isStart) return history.length === 0 ? 'work' : 'drop';
  if (history.length === 0) return 'keep';
  const id = answeredTask(message.event);
  if (id === undefined || open.has(id)) return 'work';
  return id >= head.nextId ? 'keep' : 'drop';
}

/** Everything that happens to an instance before its code runs: the events of the turn and the host's own retries. */
export function receive(draft: TurnDraft): void {
  const { event } = draft.message;
  draft.fresh.push(orchestratorStarted(draft.now), event);
  switch (event.EventType) {
    case eventType.executionStarted:
      draft.head.status = 'Running';
      if (draft.record.head.continued) draft.fresh.push(orchestratorCompleted(draft.now));
      return;
    case eventType.taskCompleted:
    case eventType.childCompleted:
      return settle(draft, takeTask(draft));
    case eventType.taskFailed:
    case eventType.childFailed:
      return onFailedAttempt(draft, takeTask(draft));
    case eventType.timerFired:
      return onTimer(draft, takeTask(draft));
    case eventType.eventRaised:
      return onEvent(draft, event.Name ?? '');
    case eventType.executionSuspended:
      return pause(draft, event.Reason ?? null);
    case eventType.executionResumed:
      return goOn(draft);
    default:
      return;
  }
}

function takeTask(draft: TurnDraft): OpenTask {
  const id = answeredTask(draft.message.event);
  const task = id === undefined ? undefined : openTask(draft, id);
  if (!task) throw new Error(`The message ${draft.message.id} answers no open task.`);
  closeTask(draft, task.id);
  return task;
}

const settle = (draft: TurnDraft, task: OpenTask): void => void draft.doneLeaves.add(task.leaf);

function onFailedAttempt(draft: TurnDraft, task: OpenTask): void {
  if (!task.retry) return settle(draft, task);
  const next = afterFailedAttempt(task.retry, draft.now);
  if (next.kind === 'hang') return;
  reserve(draft, {
    leaf: task.leaf,
    kind: 'timer',
    name: '',
    fireAt: next.fireAt,
    pause: { of: task, last: next.kind === 'last' },
  });
}

function onTimer(draft: TurnDraft, task: OpenTask): void {
  if (task.pause) return task.pause.last ? settle(draft, task) : nextAttempt(draft, task.pause.of);
  // The SDK asks the clock, not the host: a last leg that fired early is followed by another one.
  if (task.goalAt === undefined || task.goalAt <= draft.now) return settle(draft, task);
  const fireAt = legTowards(task.goalAt, draft.now, draft.world.legs);
  reserve(draft, { leaf: task.leaf, kind: 'timer', name: '', fireAt, goalAt: task.goalAt });
}

function nextAttempt(draft: TurnDraft, of: OpenTask): void {
  if (!of.retry) return;
  const { id: _id, since: _since, held: _held, childInstanceId, ...task } = of;
  const isOwnName =
    childInstanceId !== undefined && !childInstanceId.startsWith(`${draft.record.head.executionId}:`);
  reserve(draft, {
    ...task,
    retry: { ...of.retry, attempt: of.retry.attempt + 1 },
    ...(isOwnName ? { childInstanceId } : {}),
  });
}

/** The SDK gives an event to the waiter that came last. */
function onEvent(draft: TurnDraft, name: string): void {
  for (let at = leafCount(draft) - 1; at >= 0; at--) {
    const leaf = leafAt(draft, at);
    if (leaf?.kind === 'event' && leaf.name === name && !leaf.done) {
      draft.doneLeaves.add(at);
      return;
    }
  }
}

function pause(draft: TurnDraft, reason: string | null): void {
  draft.suspended = true;
  draft.head.status = 'Suspended';
  draft.head.output = reason;
}

function goOn(draft: TurnDraft): void {
  draft.suspended = false;
  draft.head.status = 'Running';
  draft.head.output = null;
  releaseHeld(draft);
}
