/*
 * The durable engine: instances, their inboxes and turns.
 *
 * It owns the memory of every instance; the store owns what survives. It promises, like the platform it stands for:
 *
 * I1  One message is one turn; a turn of one instance never overlaps another.
 * I2  Commit, then act: history, inbox, open work and status change in one write, before anything is started.
 * I3  Work is handed out at least once. After a crash it comes back when the queues would show it again.
 * I4  An answer to a task that is not open (a duplicate, an earlier execution) changes nothing.
 * I5  After a crash nothing of the earlier life has any effect.
 */
import type { ClockTimer } from '../clock/clock.ts';
import { repeatsItself } from './determinism.ts';
import { digest } from './digest.ts';
import { watchStatus } from './droppedStatus.ts';
import type { Engine, EngineOptions, NewInstance } from './engine.ts';
import { noFaults, type Fault, type FaultPoint } from './faultPoints.ts';
import { executionStarted, type HistoryEvent } from './historyEvents.ts';
import {
  applyChange,
  emptyRecord,
  isFinished,
  type Change,
  type InstanceRecord,
  type Message,
  type OpenTask,
} from './instanceRecord.ts';
import { disarm, isStuck, liveInstance, type LiveInstance } from './liveInstance.ts';
import { readAnswer, type OrchestratorAnswer } from './orchestratorAnswer.ts';
import { admit, receive } from './receive.ts';
import { forgetText, orchestrationInput } from './requestText.ts';
import { beginDraft, draftChange, type TurnDraft, type TurnWorld } from './turnDraft.ts';
import { WorkHandOut } from './workHandOut.ts';

/** A client's start needs about this long to reach its first turn (recorded: 17 to 24 ms). */
const START_DELAY_MS = 20;

/** The engine; not started yet. */
export class LocalEngine implements Engine {
  readonly options: EngineOptions;
  readonly #instances = new Map<string, LiveInstance>();
  readonly #turns = new Set<Promise<void>>();
  readonly #world: TurnWorld;
  #work: WorkHandOut;
  /** Keeps the message ids of one process apart from those another one left in the store. */
  #startedAt = 0;
  #life = 0;
  #accepting = false;
  #lastMessage = 0;

  constructor(options: EngineOptions) {
    this.options = options;
    this.#world = this.#turnWorld();
    this.#work = new WorkHandOut(this);
  }

  #turnWorld(): TurnWorld {
    const { clock, form, functions, hazards, newGuid } = this.options;
    return {
      clock,
      legs: form.legs,
      hazards,
      isRegistered: (kind, name) =>
        (kind === 'activity' ? functions.activity(name) : functions.orchestrator(name)) !== undefined,
      newExecutionId: () => newGuid().replaceAll('-', ''),
      newMessageId: () => this.#newMessageId(),
    };
  }

  #newMessageId(): string {
    this.#lastMessage += 1;
    return `${this.#startedAt}.${this.#life}.${this.#lastMessage}`;
  }

  start(): void {
    this.#startedAt = this.options.clock.now();
    this.#life += 1;
    this.#accepting = true;
    this.#work = new WorkHandOut(this);
    this.#instances.clear();
    const records = [...this.options.store.loadAll()].sort((a, b) => a.head.createdAt - b.head.createdAt);
    for (const record of records) this.#instances.set(record.head.instanceId, liveInstance(record));
    for (const instance of [...this.#instances.values()]) this.#takeUp(instance);
  }

  async stop(): Promise<void> {
    this.#accepting = false;
    await this.#work.close();
    await Promise.all(this.#turns);
    this.#dropMemory();
  }

  crash(): void {
    this.#accepting = false;
    void this.#work.close();
    this.#dropMemory();
  }

  #dropMemory(): void {
    this.#life += 1;
    for (const instance of this.#instances.values()) disarm(instance, this.options.clock);
    this.#instances.clear();
    this.#turns.clear();
  }

  record(instanceId: string): InstanceRecord | undefined {
    return this.#instances.get(instanceId)?.record;
  }

  *records(): Generator<InstanceRecord> {
    for (const instance of this.#instances.values()) yield instance.record;
  }

  stuck(): readonly string[] {
    return [...this.records()].filter(isStuck).map((record) => record.head.instanceId);
  }

  remove(instanceId: string): void {
    const instance = this.#instances.get(instanceId);
    if (!instance) return;
    disarm(instance, this.options.clock);
    this.#instances.delete(instanceId);
    this.options.store.remove(instanceId);
  }

  create(asked: NewInstance): void {
    const { instanceId, name, input, generation } = asked;
    const now = this.options.clock.now();
    const executionId = generation === null ? this.#world.newExecutionId() : this.options.newGuid();
    const old = this.#instances.get(instanceId);
    if (old) disarm(old, this.options.clock);
    const record = emptyRecord(instanceId);
    const instance = liveInstance(record);
    this.#instances.set(instanceId, instance);
    const start = this.#message(executionStarted({ ...asked, executionId }, now), executionId);
    const times = { createdAt: now, updatedAt: now };
    const head = {
      ...record.head,
      name,
      input,
      generation,
      executionId,
      parent: asked.parent ?? null,
      ...times,
    };
    const taken = old?.record.inbox.map((message) => message.id) ?? [];
    this.#commit(record, { reset: true, head, taken, queued: [start], strays: [] });
    this.trace('instance', 'created', instanceId);
    if (generation === null) this.#pumpSoon(instance);
    else this.#hideUntil(instance, start, now + START_DELAY_MS);
  }

  deliver(instanceId: string, event: HistoryEvent, executionId: string | null = null): void {
    const instance = this.#instances.get(instanceId);
    if (!instance) return;
    this.options.hazards.payload(instance.record.head.name, 'an event', event.Input);
    this.#commit(instance.record, { queued: [this.#message(event, executionId)] });
    this.#pumpSoon(instance);
  }

  /** Runs `work` later, unless the process has died meanwhile (keeps I5). */
  later(delayMs: number, work: () => void): ClockTimer {
    const own = this.#life;
    return this.options.clock.after(Math.max(0, delayMs), () => {
      if (own === this.#life) work();
    });
  }

  /** A question that answers whether this life is still the one it was asked in. */
  witness(): () => boolean {
    const own = this.#life;
    return () => own === this.#life;
  }

  faultAt(point: FaultPoint, subject: string): Fault {
    return (this.options.faults ?? noFaults).at(point, subject);
  }

  crashAt(point: FaultPoint, subject: string): void {
    this.trace('engine', 'crash', `${point} ${subject}`);
    this.crash();
    this.options.faults?.crashed(point, subject);
  }

  trace(component: string, event: string, subject: string): void {
    this.options.trace?.(component, event, subject);
  }

  #message(event: HistoryEvent, executionId: string | null): Message {
    return { id: this.#newMessageId(), at: this.options.clock.now(), executionId, event };
  }

  #commit(record: InstanceRecord, change: Change): void {
    this.options.store.commit(record.head.instanceId, change);
    applyChange(record, change);
  }

  #hideUntil(instance: LiveInstance, message: Message, at: number): void {
    instance.hidden.add(message.id);
    this.later(at - this.options.clock.now(), () => {
      instance.hidden.delete(message.id);
      this.#pump(instance);
    });
  }

  #pumpSoon(instance: LiveInstance): void {
    const isAlive = this.witness();
    queueMicrotask(() => {
      if (isAlive()) this.#pump(instance);
    });
  }

  /** Starts the next turn if there is one to start (keeps I1). */
  #pump(instance: LiveInstance): void {
    if (instance.busy || !this.#accepting) return;
    const next = this.#nextMessage(instance);
    if (!next) return;
    instance.busy = true;
    const turn = this.#runTurn(instance, next).finally(() => this.#turns.delete(turn));
    this.#turns.add(turn);
  }

  #nextMessage({ record, hidden }: LiveInstance): Message | undefined {
    for (const candidate of [...record.inbox]) {
      if (hidden.has(candidate.id)) continue;
      const admission = isFinished(record.head.status) ? 'drop' : admit(record, candidate);
      if (admission === 'work') return candidate;
      if (admission === 'drop') this.#commit(record, { taken: [candidate.id] });
    }
    return undefined;
  }

  async #runTurn(instance: LiveInstance, next: Message): Promise<void> {
    const isAlive = this.witness();
    const { instanceId } = instance.record.head;
    if (this.#crashes('turn before run', instanceId)) return;
    const draft = beginDraft(instance.record, next, this.#world);
    receive(draft);
    const answer = await this.#ask(draft);
    if (!isAlive() || this.#instances.get(instanceId) !== instance) return;
    digest(draft, answer);
    this.trace('turn', String(next.event.EventType), instanceId);
    if (this.#crashesUncommitted(draft)) return;
    this.#commit(instance.record, draftChange(draft));
    if (this.#crashes('turn committed, effects not started', instanceId)) return;
    for (const effect of draft.effects) this.#work.perform(instance, effect);
    if (this.#crashes('turn effects started', instanceId)) return;
    this.#endTurn(instance, draft, answer);
  }

  #endTurn(instance: LiveInstance, draft: TurnDraft, answer: OrchestratorAnswer): void {
    instance.busy = false;
    if (isFinished(instance.record.head.status)) forgetText(instance.record);
    if (isStuck(instance.record)) this.options.hazards.stuck(draft, answer);
    this.#pump(instance);
  }

  async #ask(draft: TurnDraft): Promise<OrchestratorAnswer> {
    const { functions, invoke, form, hazards, checkDeterminism } = this.options;
    const { name } = draft.record.head;
    const registered = functions.orchestrator(name);
    if (!registered) return unknownOrchestrator(name, functions.orchestratorNames());
    const { fn, isStatusDropped } = watchStatus(registered);
    const answer = readAnswer(await invoke(fn, orchestrationInput(fn, draft.record, draft.fresh, form)));
    if (isStatusDropped()) hazards.customStatusDropped(draft);
    if (!checkDeterminism || (await repeatsItself(invoke, fn, draft, form, answer.actions))) return answer;
    const error = 'The orchestrator asks for something else under another clock or random generator.';
    hazards.nonDeterminism(draft, error);
    return { isDone: false, actions: [], error, unknown: true };
  }

  /** True when the point ended this life. */
  #crashes(point: FaultPoint, subject: string): boolean {
    if (this.faultAt(point, subject) !== 'crash') return false;
    this.crashAt(point, subject);
    return true;
  }

  /** The platform sends before it writes: what was sent stays sent although the turn is lost. */
  #crashesUncommitted({ record, effects, head }: TurnDraft): boolean {
    const point = 'turn after run, effects sent, not committed';
    if (this.faultAt(point, record.head.instanceId) !== 'crash') return false;
    const strays = effects.flatMap((effect) => (effect.kind === 'hand out' ? [effect.task] : []));
    this.#commit(record, { strays: [...record.strays, ...strays] });
    for (const effect of effects)
      if (effect.kind === 'tell parent') this.#work.tellParent(record, head.output ?? null, effect);
    this.crashAt(point, record.head.instanceId);
    return true;
  }

  /** What a stored instance goes on with: timers at once, work in flight when its message is visible again. */
  #takeUp(instance: LiveInstance): void {
    const { record } = instance;
    for (const waiting of record.inbox)
      this.#hideUntil(instance, waiting, waiting.at + this.options.controlVisibilityMs);
    const strays = [...record.strays];
    if (strays.length > 0) this.#commit(record, { strays: [] });
    for (const stray of strays) this.#work.handOut(instance, stray);
    for (const task of record.open.values()) if (!task.held) this.#takeUpTask(instance, task);
  }

  #takeUpTask(instance: LiveInstance, task: OpenTask): void {
    const { record } = instance;
    if (record.inbox.some((each) => each.event.TaskScheduledId === task.id)) return;
    if (task.kind !== 'activity') return this.#work.handOut(instance, task);
    const { clock, workItemVisibilityMs } = this.options;
    this.later(task.since + workItemVisibilityMs - clock.now(), () => {
      if (!record.open.has(task.id)) return;
      const again = { ...task, since: clock.now() };
      this.#commit(record, { opened: [again] });
      this.#work.handOut(instance, again);
    });
  }
}

const unknownOrchestrator = (name: string, known: readonly string[]): OrchestratorAnswer => ({
  isDone: false,
  actions: [],
  unknown: true,
  error:
    `The function '${name}' doesn't exist, is disabled, or is not an orchestrator function. Additional info: ` +
    `The following are the known orchestrator functions: ${known.map((each) => `'${each}'`).join(', ')}.`,
});
