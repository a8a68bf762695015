import type { ClockTimer } from '../clock/clock.ts';
import type { InvocationOutcome } from '../invoke.ts';
import { activityFailure, activityInput, resultText } from './activityCall.ts';
import { createActivityPool, type ActivityItem, type ActivityPool } from './activityPool.ts';
import type { EngineOptions, NewInstance } from './engine.ts';
import type { Fault, FaultPoint } from './faultPoints.ts';
import { completed, failed, timerFired, type HistoryEvent, type ParentLink } from './historyEvents.ts';
import { isFinished, type InstanceRecord, type OpenTask } from './instanceRecord.ts';
import type { LiveInstance } from './liveInstance.ts';
import type { Effect } from './turnDraft.ts';

/** A queue, a worker and its function need a moment, which differs: work ends in another order than it began. */
const LONGEST_DISPATCH_MS = 10;

/** The part of the engine that handing out needs. */
export interface HandOutHost {
  readonly options: EngineOptions;
  record(instanceId: string): InstanceRecord | undefined;
  create(asked: NewInstance): void;
  deliver(instanceId: string, event: HistoryEvent, executionId: string): void;
  later(delayMs: number, work: () => void): ClockTimer;
  witness(): () => boolean;
  faultAt(point: FaultPoint, subject: string): Fault;
  crashAt(point: FaultPoint, subject: string): void;
  trace(component: string, event: string, subject: string): void;
}

type News = Extract<Effect, { kind: 'tell parent' }>;

/** Starts what turns have asked for, within one life of the process, and brings the answers back as messages. */
export class WorkHandOut {
  readonly #host: HandOutHost;
  readonly #pool: ActivityPool;

  constructor(host: HandOutHost) {
    this.#host = host;
    this.#pool = createActivityPool(host.options.concurrentActivities, (item) => this.#runActivity(item));
  }

  /** Starts no further activity; resolves when none is running. */
  close(): Promise<void> {
    this.#pool.close();
    return this.#pool.idle();
  }

  /** Does what a committed turn asked for. */
  perform(instance: LiveInstance, effect: Effect): void {
    const { record } = instance;
    switch (effect.kind) {
      case 'hand out':
        return this.handOut(instance, effect.task);
      case 'drop timer':
        return this.#dropTimer(instance, effect.id);
      case 'tell parent':
        return this.tellParent(record, record.head.output, effect);
      case 'run unasked':
        return this.#dispatch({ ...itemOf(record, { id: -1, ...effect }), unasked: true });
    }
  }

  /** Starts one task; starting it twice does no harm that the platform would not do. */
  handOut(instance: LiveInstance, task: OpenTask): void {
    if (task.kind === 'timer') this.#armTimer(instance, task);
    else if (task.kind === 'child') this.#startChild(instance.record, task);
    else this.#dispatch(itemOf(instance.record, task));
  }

  /** Reports the end of a child; its parent may be gone. @param output the child's output. */
  tellParent(child: InstanceRecord, output: string | null, news: News): void {
    const { parent } = child.head;
    if (!parent) return;
    const now = this.#host.options.clock.now();
    const event = news.failure
      ? failed('child', parent.taskId, news.failure, now)
      : completed('child', parent.taskId, output, now);
    this.#host.deliver(parent.instanceId, event, parent.executionId);
  }

  #dispatch(item: ActivityItem): void {
    const delayMs = 1 + this.#host.options.clock.random() * (LONGEST_DISPATCH_MS - 1);
    this.#host.later(delayMs, () => this.#pool.add(item));
  }

  #armTimer(instance: LiveInstance, task: OpenTask): void {
    const delayMs = (task.dueAt ?? 0) - this.#host.options.clock.now();
    instance.timers.set(
      task.id,
      this.#host.later(delayMs, () => this.#fire(instance, task)),
    );
  }

  #fire(instance: LiveInstance, task: OpenTask): void {
    const { instanceId, executionId } = instance.record.head;
    const fault = this.#host.faultAt('timer fired', `${instanceId}/${task.id}`);
    if (fault === 'crash') return this.#host.crashAt('timer fired', instanceId);
    const tell = (): void => {
      instance.timers.delete(task.id);
      this.#host.deliver(instanceId, timerFired(task.id, task.fireAt ?? 0, task.since), executionId);
    };
    if (typeof fault === 'object') return void this.#host.later(fault.delayMs, tell);
    if (fault === 'duplicate') tell();
    tell();
  }

  #dropTimer(instance: LiveInstance, id: number): void {
    const timer = instance.timers.get(id);
    if (timer) this.#host.options.clock.cancel(timer);
    instance.timers.delete(id);
  }

  #startChild({ head }: InstanceRecord, task: OpenTask): void {
    const { name, instanceId, executionId } = head;
    const parent: ParentLink = { name, instanceId, executionId, taskId: task.id };
    const childId = task.childInstanceId ?? '';
    const existing = this.#host.record(childId);
    if (existing && isChildOf(existing, parent)) return this.#tellAgain(existing);
    // A start over a running instance is dropped by the platform.
    if (existing && !isFinished(existing.head.status)) return;
    this.#host.create({
      instanceId: childId,
      name: task.name,
      input: task.input ?? null,
      generation: null,
      parent,
    });
  }

  /** After a restart: the child may have ended and its parent may never have heard. */
  #tellAgain(child: InstanceRecord): void {
    const { status, output } = child.head;
    if (!isFinished(status)) return;
    if (status === 'Completed') return this.tellParent(child, output, { kind: 'tell parent' });
    const reason = output ?? '';
    const details = status === 'Terminated' ? null : `Message: ${reason}, StackTrace:    at the local host`;
    this.tellParent(child, output, { kind: 'tell parent', failure: { reason, details } });
  }

  async #runActivity(item: ActivityItem): Promise<void> {
    const { functions, invoke, form } = this.#host.options;
    const subject = `${item.instanceId}/${item.task.name}`;
    const fault = this.#host.faultAt('activity before run', subject);
    if (fault === 'crash') return this.#host.crashAt('activity before run', subject);
    const fn = functions.activity(item.task.name);
    if (!fn) return;
    this.#host.trace('activity', 'run', subject);
    const isAlive = this.#host.witness();
    const outcome: InvocationOutcome =
      fault === 'fail'
        ? { ok: false, error: new Error('The function was made to fail.') }
        : await invoke(fn, activityInput(fn, item.instanceId, item.task.input, form.short));
    if (isAlive() && !item.unasked) this.#answer(item, outcome);
  }

  #answer(item: ActivityItem, outcome: InvocationOutcome): void {
    const { instanceId, executionId, task } = item;
    const { clock, hazards, workItemVisibilityMs } = this.#host.options;
    const point = 'activity after run, result not stored';
    const subject = `${instanceId}/${task.name}`;
    const fault = this.#host.faultAt(point, subject);
    if (fault === 'crash') return this.#host.crashAt(point, subject);
    if (fault === 'lose') return void this.#host.later(workItemVisibilityMs, () => this.#dispatch(item));
    const event = outcome.ok
      ? completed('activity', task.id, resultText(outcome.returnValue), clock.now())
      : failed('activity', task.id, activityFailure(task.name, outcome), clock.now());
    hazards.payload(task.name, 'a result', event.Result);
    this.#host.deliver(instanceId, event, executionId);
    if (fault === 'duplicate') this.#host.deliver(instanceId, event, executionId);
  }
}

const itemOf = ({ head }: InstanceRecord, task: ActivityItem['task']): ActivityItem => ({
  instanceId: head.instanceId,
  executionId: head.executionId,
  task,
});

const isChildOf = ({ head }: InstanceRecord, parent: ParentLink): boolean =>
  head.parent?.instanceId === parent.instanceId &&
  head.parent.executionId === parent.executionId &&
  head.parent.taskId === parent.taskId;
