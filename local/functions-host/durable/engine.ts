/*
 * The durable engine: instances, their inboxes and the work they hand out.
 *
 * It owns the memory of every instance; the store owns what survives. It promises, like the platform it stands for:
 *
 * I1  One message is one turn; a turn of one instance never overlaps another.
 * I2  Commit, then act: history, inbox, open work and status change in one write, before anything is started.
 * I3  Work is handed out at least once. After a crash it comes back when the queues would show it again.
 * I4  An answer to a task that is not open (a duplicate, an earlier execution) changes nothing.
 * I5  After a crash nothing of the earlier life has any effect.
 */
import type { Clock, ClockTimer } from '../clock/clock.ts';
import type { Invoke, InvocationOutcome } from '../invoke.ts';
import { activityFailure, activityInput, resultText } from './activityCall.ts';
import { createActivityPool, type ActivityItem, type ActivityPool } from './activityPool.ts';
import { repeatsItself } from './determinism.ts';
import { digest } from './digest.ts';
import type { DurableFunctions } from './durableFunctions.ts';
import { noFaults, type Fault, type FaultPoint, type Faults } from './faultPoints.ts';
import type { HazardReport } from './hazards.ts';
import {
  completed,
  executionStarted,
  failed,
  timerFired,
  type HistoryEvent,
  type ParentLink,
} from './historyEvents.ts';
import {
  applyChange,
  emptyRecord,
  isFinished,
  type Change,
  type InstanceRecord,
  type Message,
  type OpenTask,
} from './instanceRecord.ts';
import type { InstanceStore } from './instanceStore.ts';
import { readAnswer, type OrchestratorAnswer } from './orchestratorAnswer.ts';
import { admit, receive } from './receive.ts';
import { orchestrationInput, type RequestForm } from './requestText.ts';
import { beginDraft, draftChange, type Effect, type TurnDraft, type TurnWorld } from './turnDraft.ts';

/** A client's start needs about this long to reach its first turn (recorded: 17 to 24 ms). */
const START_DELAY_MS = 20;

/** A queue, a worker and its function need a moment, which differs: work ends in another order than it began. */
const LONGEST_DISPATCH_MS = 10;

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
  /** Milliseconds until a message in flight at a crash is seen again. */
  readonly controlVisibilityMs: number;
  readonly workItemVisibilityMs: number;
  readonly concurrentActivities: number;
  readonly newGuid: () => string;
  readonly faults?: Faults;
  /** Runs every turn twice, see {@link repeatsItself}. */
  readonly checkDeterminism?: boolean;
  readonly trace?: TraceSink;
}

/** What a start creates. */
export interface NewInstance {
  readonly instanceId: string;
  readonly name: string;
  readonly input: string | null;
  readonly generation: number | null;
  readonly parent?: ParentLink;
}

/** The running engine. */
export interface Engine {
  start(): void;
  stop(): Promise<void>;
  crash(): void;
  record(instanceId: string): InstanceRecord | undefined;
  records(): Iterable<InstanceRecord>;
  create(instance: NewInstance): void;
  /** Puts an event into an instance's inbox; an unknown instance is ignored. */
  deliver(instanceId: string, event: HistoryEvent, executionId?: string): void;
  /** Forgets an instance whatever its state. */
  remove(instanceId: string): void;
  /** Ids of Running instances that nothing can move any more. */
  stuck(): readonly string[];
}

interface Instance {
  readonly record: InstanceRecord;
  busy: boolean;
  /** Messages that are not visible yet. */
  readonly hidden: Set<string>;
  readonly timers: Map<number, ClockTimer>;
}

const newInstance = (record: InstanceRecord): Instance => ({
  record,
  busy: false,
  hidden: new Set(),
  timers: new Map(),
});

/** Whether nothing inside or outside can move a Running instance any more. */
export const isStuck = ({ head, open, leaves, inbox }: InstanceRecord): boolean =>
  head.status === 'Running' &&
  open.size === 0 &&
  inbox.length === 0 &&
  !leaves.some((leaf) => leaf.kind === 'event' && !leaf.done);

/** An engine that has not been started. */
export function createEngine(options: EngineOptions): Engine {
  const { clock, store } = options;
  const faults = options.faults ?? noFaults;
  const trace = options.trace ?? ((): void => undefined);
  const instances = new Map<string, Instance>();
  let life = 0;
  let accepting = false;
  let lastMessage = 0;
  let pool: ActivityPool = createActivityPool(0, async () => undefined);
  const turns = new Set<Promise<void>>();

  const world: TurnWorld = {
    clock,
    legs: options.form.legs,
    isRegistered: (kind, name) =>
      (kind === 'activity' ? options.functions.activity(name) : options.functions.orchestrator(name)) !==
      undefined,
    newExecutionId: () => options.newGuid().replaceAll('-', ''),
    newMessageId: () => `${life}.${++lastMessage}`,
    hazards: options.hazards,
  };

  function commit(record: InstanceRecord, change: Change): void {
    store.commit(record.head.instanceId, change);
    applyChange(record, change);
  }

  /** Runs `work` later, unless the process has died meanwhile. */
  function later(delayMs: number, work: () => void): ClockTimer {
    const own = life;
    return clock.after(Math.max(0, delayMs), () => {
      if (own === life) work();
    });
  }

  function crashAt(point: FaultPoint, subject: string): void {
    trace('engine', 'crash', `${point} ${subject}`);
    crash();
    faults.crashed(point, subject);
  }

  /** True when the point ended this life. */
  function crashes(point: FaultPoint, subject: string): boolean {
    if (!options.faults || faults.at(point, subject) !== 'crash') return false;
    crashAt(point, subject);
    return true;
  }

  function message(event: HistoryEvent, executionId: string | null): Message {
    return { id: world.newMessageId(), at: clock.now(), executionId, event };
  }

  function deliver(instanceId: string, event: HistoryEvent, executionId: string | null = null): void {
    const instance = instances.get(instanceId);
    if (!instance) return;
    commit(instance.record, { queued: [message(event, executionId)] });
    pumpSoon(instance);
  }

  function pumpSoon(instance: Instance): void {
    const own = life;
    queueMicrotask(() => {
      if (own === life) pump(instance);
    });
  }

  /** Starts the next turn if there is one to start. */
  function pump(instance: Instance): void {
    if (instance.busy || !accepting) return;
    const next = nextMessage(instance);
    if (!next) return;
    instance.busy = true;
    const turn = runTurn(instance, next).finally(() => turns.delete(turn));
    turns.add(turn);
  }

  function nextMessage(instance: Instance): Message | undefined {
    const { record, hidden } = instance;
    for (const candidate of [...record.inbox]) {
      if (hidden.has(candidate.id)) continue;
      const admission = isFinished(record.head.status) ? 'drop' : admit(record, candidate);
      if (admission === 'work') return candidate;
      if (admission === 'drop') commit(record, { taken: [candidate.id] });
    }
    return undefined;
  }

  async function runTurn(instance: Instance, next: Message): Promise<void> {
    const own = life;
    const { instanceId } = instance.record.head;
    if (crashes('turn before run', instanceId)) return;
    const draft = beginDraft(instance.record, next, world);
    receive(draft);
    const answer = await ask(draft);
    if (own !== life || instances.get(instanceId) !== instance) return;
    digest(draft, answer);
    trace('turn', String(next.event.EventType), instanceId);
    if (crashesUncommitted(draft)) return;
    commit(instance.record, draftChange(draft));
    if (crashes('turn committed, effects not started', instanceId)) return;
    for (const effect of draft.effects) perform(instance, effect);
    if (crashes('turn effects started', instanceId)) return;
    instance.busy = false;
    if (isStuck(instance.record)) options.hazards.stuck(draft, answer);
    pump(instance);
  }

  /** The platform sends before it writes: what was sent stays sent although the turn is lost. */
  function crashesUncommitted(draft: TurnDraft): boolean {
    const point = 'turn after run, effects sent, not committed';
    const { record } = draft;
    if (!options.faults || faults.at(point, record.head.instanceId) !== 'crash') return false;
    const strays = draft.effects.flatMap((effect) => (effect.kind === 'hand out' ? [effect.task] : []));
    commit(record, { strays: [...record.strays, ...strays] });
    for (const effect of draft.effects)
      if (effect.kind === 'tell parent') tellParent(draft.record, draft.head.output ?? null, effect);
    crashAt(point, record.head.instanceId);
    return true;
  }

  async function ask(draft: TurnDraft): Promise<OrchestratorAnswer> {
    const { name } = draft.record.head;
    const fn = options.functions.orchestrator(name);
    if (!fn) return unknownOrchestrator(name, options.functions.orchestratorNames());
    const input = orchestrationInput(fn, draft.record, draft.fresh, options.form);
    const answer = readAnswer(await options.invoke(fn, input));
    if (!options.checkDeterminism) return answer;
    if (await repeatsItself(options.invoke, fn, draft, options.form, answer.actions)) return answer;
    const error = 'The orchestrator asks for something else under another clock or random generator.';
    options.hazards.nonDeterminism(draft, error);
    return { isDone: false, actions: [], error, unknown: true };
  }

  function perform(instance: Instance, effect: Effect): void {
    const { record } = instance;
    switch (effect.kind) {
      case 'hand out':
        return handOut(instance, effect.task);
      case 'drop timer':
        return dropTimer(instance, effect.id);
      case 'tell parent':
        return tellParent(record, record.head.output, effect);
      case 'run unasked':
        return dispatch({ ...itemOf(record, { id: -1, ...effect }), unasked: true });
    }
  }

  function dispatch(item: ActivityItem): void {
    later(1 + clock.random() * (LONGEST_DISPATCH_MS - 1), () => pool.add(item));
  }

  const itemOf = (record: InstanceRecord, task: ActivityItem['task']): ActivityItem => ({
    instanceId: record.head.instanceId,
    executionId: record.head.executionId,
    task,
  });

  function handOut(instance: Instance, task: OpenTask): void {
    if (task.kind === 'timer') armTimer(instance, task);
    else if (task.kind === 'child') startChild(instance.record, task);
    else dispatch(itemOf(instance.record, task));
  }

  function armTimer(instance: Instance, task: OpenTask): void {
    const { head } = instance.record;
    const fire = (): void => {
      const fault = faultAt('timer fired', `${head.instanceId}/${task.id}`);
      if (fault === 'crash') return crashAt('timer fired', head.instanceId);
      if (typeof fault === 'object') return void later(fault.delayMs, deliverIt);
      if (fault === 'duplicate') deliverIt();
      deliverIt();
    };
    const deliverIt = (): void => {
      instance.timers.delete(task.id);
      deliver(head.instanceId, timerFired(task.id, task.fireAt ?? 0, task.since), head.executionId);
    };
    instance.timers.set(task.id, later((task.dueAt ?? 0) - clock.now(), fire));
  }

  const faultAt = (point: FaultPoint, subject: string): Fault =>
    options.faults ? faults.at(point, subject) : 'go';

  function dropTimer(instance: Instance, id: number): void {
    const timer = instance.timers.get(id);
    if (timer) clock.cancel(timer);
    instance.timers.delete(id);
  }

  function startChild(parent: InstanceRecord, task: OpenTask): void {
    const { head } = parent;
    const link: ParentLink = {
      name: head.name,
      instanceId: head.instanceId,
      executionId: head.executionId,
      taskId: task.id,
    };
    const instanceId = task.childInstanceId ?? '';
    const existing = instances.get(instanceId)?.record;
    if (existing && isChildOf(existing, link)) {
      if (isFinished(existing.head.status)) tellAgain(existing);
      return;
    }
    if (existing && !isFinished(existing.head.status)) return;
    create({ instanceId, name: task.name, input: task.input ?? null, generation: null, parent: link });
  }

  /** After a restart: the child has ended and its parent may never have heard. */
  function tellAgain(child: InstanceRecord): void {
    const { status, output } = child.head;
    if (status === 'Completed') return tellParent(child, output, { kind: 'tell parent' });
    const reason = output ?? '';
    const details = status === 'Terminated' ? null : `Message: ${reason}, StackTrace:    at the local host`;
    tellParent(child, output, { kind: 'tell parent', failure: { reason, details } });
  }

  function tellParent(
    child: InstanceRecord,
    output: string | null,
    news: Extract<Effect, { kind: 'tell parent' }>,
  ): void {
    const { parent } = child.head;
    if (!parent) return;
    const event = news.failure
      ? failed('child', parent.taskId, news.failure, clock.now())
      : completed('child', parent.taskId, output, clock.now());
    deliver(parent.instanceId, event, parent.executionId);
  }

  function create(asked: NewInstance): void {
    const now = clock.now();
    const guid = options.newGuid();
    const executionId = asked.generation === null ? guid.replaceAll('-', '') : guid;
    const { instanceId, name, input, generation } = asked;
    const event = executionStarted({ ...asked, executionId }, now);
    const start: Message = { ...message(event, executionId), at: now };
    const old = instances.get(instanceId);
    if (old) for (const timer of old.timers.values()) clock.cancel(timer);
    const record = emptyRecord(instanceId);
    const instance = newInstance(record);
    instances.set(instanceId, instance);
    const head = {
      ...record.head,
      name,
      input,
      generation,
      executionId,
      parent: asked.parent ?? null,
      createdAt: now,
      updatedAt: now,
    };
    if (old) store.remove(instanceId);
    commit(record, { reset: true, head, queued: [start] });
    trace('instance', 'created', instanceId);
    if (asked.generation === null) return pumpSoon(instance);
    hideUntil(instance, start, now + START_DELAY_MS);
  }

  function hideUntil(instance: Instance, hiddenMessage: Message, at: number): void {
    instance.hidden.add(hiddenMessage.id);
    later(at - clock.now(), () => {
      instance.hidden.delete(hiddenMessage.id);
      pump(instance);
    });
  }

  async function runActivity(item: ActivityItem): Promise<void> {
    const own = life;
    const { instanceId, task } = item;
    const subject = `${instanceId}/${task.name}`;
    const before = faultAt('activity before run', subject);
    if (before === 'crash') return crashAt('activity before run', subject);
    const fn = options.functions.activity(task.name);
    if (!fn) return;
    trace('activity', 'run', subject);
    const outcome: InvocationOutcome =
      before === 'fail'
        ? { ok: false, error: new Error('The function was made to fail.') }
        : await options.invoke(fn, activityInput(fn, instanceId, task.input));
    if (own !== life || item.unasked) return;
    answerActivity(item, outcome);
  }

  function answerActivity(item: ActivityItem, outcome: InvocationOutcome): void {
    const { instanceId, executionId, task } = item;
    const point = 'activity after run, result not stored';
    const fault = faultAt(point, `${instanceId}/${task.name}`);
    if (fault === 'crash') return crashAt(point, `${instanceId}/${task.name}`);
    if (fault === 'lose') return void later(options.workItemVisibilityMs, () => dispatch(item));
    const event = outcome.ok
      ? completed('activity', task.id, resultText(outcome.returnValue), clock.now())
      : failed('activity', task.id, activityFailure(task.name, outcome), clock.now());
    options.hazards.payload(task.name, 'a result', event.Result);
    deliver(instanceId, event, executionId);
    if (fault === 'duplicate') deliver(instanceId, event, executionId);
  }

  function start(): void {
    life += 1;
    accepting = true;
    pool = createActivityPool(options.concurrentActivities, runActivity);
    instances.clear();
    const records = [...store.loadAll()].sort((a, b) => a.head.createdAt - b.head.createdAt);
    for (const record of records) instances.set(record.head.instanceId, newInstance(record));
    for (const instance of [...instances.values()]) takeUp(instance);
  }

  /** What a stored instance goes on with: timers at once, work in flight when its message is visible again. */
  function takeUp(instance: Instance): void {
    const { record } = instance;
    for (const waiting of record.inbox)
      hideUntil(instance, waiting, waiting.at + options.controlVisibilityMs);
    const strays = [...record.strays];
    if (strays.length > 0) commit(record, { strays: [] });
    for (const stray of strays) handOut(instance, stray);
    for (const task of record.open.values()) if (!task.held) takeUpTask(instance, task);
  }

  function takeUpTask(instance: Instance, task: OpenTask): void {
    const isAnswered = instance.record.inbox.some((each) => each.event.TaskScheduledId === task.id);
    if (isAnswered) return;
    if (task.kind !== 'activity') return handOut(instance, task);
    later(task.since + options.workItemVisibilityMs - clock.now(), () => {
      if (!instance.record.open.has(task.id)) return;
      const again = { ...task, since: clock.now() };
      commit(instance.record, { opened: [again] });
      handOut(instance, again);
    });
  }

  async function stop(): Promise<void> {
    accepting = false;
    pool.close();
    await pool.idle();
    await Promise.all(turns);
    life += 1;
    for (const instance of instances.values())
      for (const timer of instance.timers.values()) clock.cancel(timer);
    instances.clear();
  }

  function crash(): void {
    life += 1;
    accepting = false;
    pool.close();
    for (const instance of instances.values())
      for (const timer of instance.timers.values()) clock.cancel(timer);
    instances.clear();
    turns.clear();
  }

  return {
    start,
    stop,
    crash,
    record: (instanceId) => instances.get(instanceId)?.record,
    *records() {
      for (const instance of instances.values()) yield instance.record;
    },
    create,
    deliver,
    remove(instanceId) {
      const instance = instances.get(instanceId);
      if (!instance) return;
      for (const timer of instance.timers.values()) clock.cancel(timer);
      instances.delete(instanceId);
      store.remove(instanceId);
    },
    stuck: () =>
      [...instances.values()]
        .filter((each) => isStuck(each.record))
        .map((each) => each.record.head.instanceId),
  };
}

const isChildOf = ({ head }: InstanceRecord, link: ParentLink): boolean =>
  head.parent?.instanceId === link.instanceId &&
  head.parent.executionId === link.executionId &&
  head.parent.taskId === link.taskId;

const unknownOrchestrator = (name: string, known: readonly string[]): OrchestratorAnswer => ({
  isDone: false,
  actions: [],
  unknown: true,
  error:
    `The function '${name}' doesn't exist, is disabled, or is not an orchestrator function. Additional info: ` +
    `The following are the known orchestrator functions: ${known.map((each) => `'${each}'`).join(', ')}.`,
});
