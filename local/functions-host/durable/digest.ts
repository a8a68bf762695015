import { eventType, executionCompleted, executionStarted, orchestratorCompleted } from './historyEvents.ts';
import type { Leaf } from './instanceRecord.ts';
import {
  actionType,
  isSatisfied,
  leavesOf,
  nextInput,
  type Action,
  type OrchestratorAnswer,
} from './orchestratorAnswer.ts';
import { actionChanged, actionMissing } from './nonDeterminism.ts';
import { legTowards } from './timerDue.ts';
import {
  closeTask,
  leafAt,
  leafCount,
  openTasks,
  reserve,
  writeScheduled,
  type TurnDraft,
} from './turnDraft.ts';

const CUSTOM_STATUS_LIMIT_BYTES = 16 * 1024;

/** How a turn leaves its instance. */
type Ending =
  | { readonly kind: 'completed'; readonly output: string | null }
  | { readonly kind: 'failed'; readonly output: string; readonly error: string }
  | { readonly kind: 'terminated'; readonly reason: string | null }
  | { readonly kind: 'continued'; readonly input: string };

/** Everything that follows from an orchestrator's answer. */
export function digest(draft: TurnDraft, answer: OrchestratorAnswer): void {
  const { event } = draft.message;
  if (event.EventType === eventType.executionTerminated)
    return end(draft, { kind: 'terminated', reason: event.Input ?? null });
  const refusal = refusalOf(draft, answer);
  if (refusal !== undefined) return fail(draft, refusal);
  if (answer.customStatus !== undefined) draft.head.customStatus = JSON.stringify(answer.customStatus);
  draft.world.hazards.answered(draft, answer.actions);
  const { drift, isOpenGate } = takeLeaves(draft, answer);
  if (drift !== undefined) return end(draft, { kind: 'failed', output: drift, error: drift });
  writeScheduled(draft);
  const ending = endingOf(draft, answer);
  if (ending && isOpenGate && !draft.suspended && isIdle(draft)) return end(draft, ending);
  if (ending && !draft.suspended) draft.world.hazards.finishedWithOpenTasks(draft);
  draft.written.push(orchestratorCompleted(draft.now));
}

/** Why an answer is refused whatever it asks for. */
function refusalOf(draft: TurnDraft, answer: OrchestratorAnswer): string | undefined {
  if (answer.unknown) return answer.error;
  const status = answer.customStatus === undefined ? '' : JSON.stringify(answer.customStatus);
  const bytes = status.length * 2;
  if (bytes > CUSTOM_STATUS_LIMIT_BYTES) {
    draft.world.hazards.customStatusTooLong(draft, bytes);
    return (
      'The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. ' +
      `The current payload size is ${Math.floor(bytes / 1024)} KB.`
    );
  }
  const refused = answer.actions.flatMap(leavesOf).find((action) => kindOf(action) === undefined);
  if (!refused) return answer.broken && leafCount(draft) === 0 ? answer.error : undefined;
  draft.world.hazards.refusedAction(draft, refused);
  return `The local host does not offer action ${refused.actionType} (entities, locks and callHttp).`;
}

function kindOf(action: Action): Leaf['kind'] | undefined {
  switch (action.actionType) {
    case actionType.callActivity:
    case actionType.callActivityWithRetry:
      return 'activity';
    case actionType.callChild:
    case actionType.callChildWithRetry:
      return 'child';
    case actionType.createTimer:
      return 'timer';
    case actionType.waitForEvent:
      return 'event';
    default:
      return undefined;
  }
}

const nameOf = (action: Action): string => action.functionName ?? action.externalEventName ?? '';

/** Compares the known leaves and takes the new ones; `drift` is the text of a mismatch. */
function takeLeaves(draft: TurnDraft, answer: OrchestratorAnswer): { drift?: string; isOpenGate: boolean } {
  const known = draft.record.leaves.length;
  let at = 0;
  let isOpenGate = true;
  for (const entry of answer.actions) {
    const leaves = leavesOf(entry);
    const first = at;
    for (const action of leaves) {
      if (at < known) {
        const drift = checkKnown(draft, at, action);
        if (drift !== undefined) return { drift, isOpenGate };
      } else if (isOpenGate) {
        takeNew(draft, action);
      } else {
        draft.world.hazards.heldByOpenMembers(draft, action);
      }
      at += 1;
    }
    // The host awaits entry after entry, so a Task.all that has failed still waits for its members.
    isOpenGate &&= isSatisfied(
      entry,
      leaves.map((_, k) => leafAt(draft, first + k)?.done ?? false),
    );
  }
  const missing = draft.record.leaves.findIndex((leaf, k) => k >= at && leaf.id !== undefined);
  return missing < 0 ? { isOpenGate } : { drift: actionMissing(draft, missing), isOpenGate };
}

function checkKnown(draft: TurnDraft, at: number, action: Action): string | undefined {
  const leaf = leafAt(draft, at);
  if (!leaf) return undefined;
  const kind = kindOf(action);
  if (kind !== leaf.kind || nameOf(action) !== leaf.name) return actionChanged(draft, leaf, action, kind);
  if (kind === 'timer' && action.isCanceled && !leaf.done) cancelTimer(draft, at);
  return undefined;
}

function cancelTimer(draft: TurnDraft, at: number): void {
  draft.doneLeaves.add(at);
  for (const task of openTasks(draft)) {
    if (task.leaf !== at) continue;
    closeTask(draft, task.id);
    draft.effects.push({ kind: 'drop timer', id: task.id });
  }
}

function takeNew(draft: TurnDraft, action: Action): void {
  const at = leafCount(draft);
  const name = nameOf(action);
  draft.world.hazards.newAction(draft, action);
  const kind = kindOf(action) ?? 'event';
  if (kind === 'event') {
    draft.leaves.push({ kind, name, done: takeBufferedEvent(draft, name) });
    return;
  }
  if (kind !== 'timer' && !draft.world.isRegistered(kind, name)) {
    draft.world.hazards.unregistered(draft, name);
    draft.leaves.push({ kind, name, done: false });
    return;
  }
  const { id } = kind === 'timer' ? takeTimer(draft, at, action) : takeCall(draft, at, kind, action);
  draft.leaves.push({ kind, name, id, done: false });
  if (action.isCanceled) cancelTimer(draft, at);
}

function takeCall(draft: TurnDraft, at: number, kind: 'activity' | 'child', action: Action): { id: number } {
  const input = JSON.stringify(action.input) as string | undefined;
  return reserve(draft, {
    leaf: at,
    kind,
    name: action.functionName ?? '',
    ...(input === undefined ? {} : { input }),
    ...(action.instanceId ? { childInstanceId: action.instanceId } : {}),
    ...(action.retryOptions
      ? { retry: { policy: { ...action.retryOptions }, attempt: 1, startedAt: draft.now } }
      : {}),
  });
}

function takeTimer(draft: TurnDraft, at: number, action: Action): { id: number } {
  const goalAt = new Date(action.fireAt ?? draft.now).getTime();
  const fireAt = legTowards(goalAt, draft.now, draft.world.legs);
  return reserve(draft, {
    leaf: at,
    kind: 'timer',
    name: '',
    fireAt,
    ...(fireAt < goalAt ? { goalAt } : {}),
  });
}

/** Events kept because nobody waited go to the first waiter that comes. */
function takeBufferedEvent(draft: TurnDraft, name: string): boolean {
  const isRaised = (event: { EventType: number; Name?: string }): boolean =>
    event.EventType === eventType.eventRaised && event.Name === name;
  const raised = [...draft.record.history, ...draft.fresh].filter(isRaised).length;
  if (raised === 0) return false;
  let taken = 0;
  for (let at = 0; at < leafCount(draft); at++) {
    const leaf = leafAt(draft, at);
    if (leaf?.kind === 'event' && leaf.name === name && leaf.done) taken += 1;
  }
  return raised > taken;
}

function endingOf(draft: TurnDraft, answer: OrchestratorAnswer): Ending | undefined {
  if (answer.error !== undefined) return failure(draft, answer.error);
  if (!answer.isDone) return undefined;
  const input = nextInput(answer);
  if (input !== undefined) return { kind: 'continued', input };
  return { kind: 'completed', output: (JSON.stringify(answer.output) as string | undefined) ?? null };
}

const isIdle = (draft: TurnDraft): boolean => openTasks(draft).next().done === true;

const failure = (draft: TurnDraft, error: string): Ending => ({
  kind: 'failed',
  output: `Orchestrator function '${draft.record.head.name}' failed: ${error}`,
  error,
});

const fail = (draft: TurnDraft, error: string): void => end(draft, failure(draft, error));

function end(draft: TurnDraft, ending: Ending): void {
  if (ending.kind === 'continued') return beginGeneration(draft, ending.input);
  for (const task of openTasks(draft)) {
    closeTask(draft, task.id);
    if (task.kind === 'timer') draft.effects.push({ kind: 'drop timer', id: task.id });
  }
  const { status, output } = statusOf(ending);
  draft.head.status = status;
  draft.head.output = output;
  draft.written.push(executionCompleted(status, output, draft.now), orchestratorCompleted(draft.now));
  draft.world.hazards.ended(draft);
  if (draft.record.head.parent) draft.effects.push(newsForParent(ending));
}

function statusOf(ending: Exclude<Ending, { kind: 'continued' }>): {
  status: 'Completed' | 'Failed' | 'Terminated';
  output: string | null;
} {
  if (ending.kind === 'terminated') return { status: 'Terminated', output: ending.reason };
  return { status: ending.kind === 'failed' ? 'Failed' : 'Completed', output: ending.output };
}

function newsForParent(ending: Ending): TurnDraft['effects'][number] {
  if (ending.kind === 'terminated') {
    return { kind: 'tell parent', failure: { reason: ending.reason ?? '', details: null } };
  }
  if (ending.kind !== 'failed') return { kind: 'tell parent' };
  const details = `Message: ${ending.error}, StackTrace:    at the local host`;
  return { kind: 'tell parent', failure: { reason: ending.output, details } };
}

function beginGeneration(draft: TurnDraft, input: string): void {
  const { head } = draft.record;
  const executionId = draft.world.newExecutionId();
  draft.world.hazards.newGeneration(draft, input);
  draft.reset = true;
  draft.nextId = 0;
  Object.assign(draft.head, {
    status: 'Running',
    input,
    executionId,
    generation: null,
    continued: true,
    output: null,
  });
  draft.head.createdAt = draft.now;
  const start = { instanceId: head.instanceId, executionId, name: head.name, input, generation: null };
  const event = executionStarted(head.parent ? { ...start, parent: head.parent } : start, draft.now);
  draft.queued.push({ id: draft.world.newMessageId(), at: draft.now, executionId, event });
}
