import type { Task } from 'durable-functions';
import type { Durable, Flow } from '../../src/orchestrations/flow.ts';

/** An event as it was raised. */
export interface Raised {
  readonly name: string;
  readonly payload: unknown;
}

/** What the flow plays against: activities, and events that arrive by themselves. */
export interface Stage {
  readonly now: () => number;
  /** Moves the clock to an instant, in milliseconds since the epoch. */
  readonly advanceTo: (milliseconds: number) => void;
  readonly activity: (name: string, input: unknown) => Promise<unknown>;
  /** Takes the next event raised so far, whoever waits for it. */
  readonly nextEvent: () => Raised | undefined | Promise<Raised | undefined>;
}

/** Thrown by a stage's activity: the flow meets the failure. Anything else that it throws ends the play. */
export class ActivityFails extends Error {}

interface Planned extends Task {
  isCompleted: boolean;
  result?: unknown;
  readonly says: string;
  readonly activity?: { readonly name: string; readonly input: unknown };
  readonly event?: string;
  readonly fireAt?: number;
  readonly any?: readonly Planned[];
  /** Whether a race has it already. */
  races?: boolean;
  cancelled?: boolean;
  fails?: true | undefined;
  isCanceled: boolean;
  cancel: () => void;
}

interface Answer {
  readonly task: number;
  readonly result: unknown;
  readonly at: number;
  readonly fails?: true;
}

/** @throws Error for a task of an earlier race: the platform would schedule it once more, and lose count of all that follows. */
function racersOf(any: readonly Planned[]): readonly Planned[] {
  const twice = any.find(({ races }) => races);
  if (twice) throw new Error(`A task is raced twice: ${twice.says}.`);
  for (const task of any) task.races = true;
  return any;
}

/** The part of `context.df` that flows use, for one replay; every task is noted in order. */
function durable(tasks: Planned[], time: { now: number }): Durable {
  const plan = (says: string, more: Partial<Planned>): Planned => {
    const task: Planned = {
      isCompleted: false,
      isFaulted: false,
      isCanceled: false,
      says,
      ...more,
      cancel() {
        task.cancelled = true;
      },
    };
    tasks.push(task);
    return task;
  };
  return {
    get currentUtcDateTime() {
      return new Date(time.now);
    },
    callActivity: (name: string, input: unknown) =>
      plan(`activity ${name} ${JSON.stringify(input)}`, { activity: { name, input } }),
    waitForExternalEvent: (name: string) => plan(`event ${name}`, { event: name }),
    callSubOrchestrator: () => {
      throw new Error('The player knows no sub-orchestration.');
    },
    createTimer: (fireAt: Date) => plan(`timer ${fireAt.toISOString()}`, { fireAt: fireAt.getTime() }),
    Task: {
      any: (any: Task[]) => plan('any', { any: racersOf(any as Planned[]) }),
      all: () => {
        throw new Error('The player knows no Task.all.');
      },
    },
  };
}

const outcomeOf = (task: Planned): { done: boolean; value?: unknown } => {
  const winner = task.any?.find((one) => one.isCompleted);
  if (task.any) return winner ? { done: true, value: winner } : { done: false };
  return task.isCompleted ? { done: true, value: task.result } : { done: false };
};

interface Replay<T> {
  readonly tasks: readonly Planned[];
  readonly ended?: { readonly value: T };
}

/** Runs the flow from the top with the answers known so far. */
function replay<T>(flow: (df: Durable) => Flow<T>, start: number, answers: readonly Answer[]): Replay<T> {
  const tasks: Planned[] = [];
  const time = { now: start };
  const generator = flow(durable(tasks, time));
  let step = generator.next();
  for (let next = 0; !step.done;) {
    const outcome = outcomeOf(step.value as Planned);
    if (outcome.done) {
      const { fails, result } = step.value as Planned;
      step = fails ? generator.throw(result) : generator.next(outcome.value);
      continue;
    }
    const answer = answers[next++];
    if (!answer) return { tasks };
    const task = tasks[answer.task];
    if (!task) throw new Error(`An answer for task ${answer.task}, which this replay has not planned.`);
    Object.assign(task, { isCompleted: true, result: answer.result, fails: answer.fails });
    time.now = answer.at;
  }
  return { tasks, ended: { value: step.value } };
}

function compare(before: readonly string[], tasks: readonly Planned[]): void {
  before.forEach((says, at) => {
    if (tasks[at]?.says !== says) {
      throw new Error(
        `Not deterministic: task ${at} was "${says}", is now "${tasks[at]?.says ?? 'absent'}".`,
      );
    }
  });
}

/** The next thing that happens: an activity's answer, else an event somebody waits for, else the earliest timer. */
async function nextAnswer(tasks: readonly Planned[], open: readonly number[], stage: Stage): Promise<Answer> {
  const isOpen = (at: number) => open.includes(at) && !tasks[at]?.cancelled;
  const activity = tasks.findIndex((task, at) => task.activity && isOpen(at));
  if (activity >= 0) {
    const { name, input } = tasks[activity]!.activity!;
    try {
      const answer = await stage.activity(name, JSON.parse(JSON.stringify(input)));
      return { task: activity, result: JSON.parse(JSON.stringify(answer ?? null)), at: stage.now() };
    } catch (error) {
      if (!(error instanceof ActivityFails)) throw error;
      return { task: activity, result: error, at: stage.now(), fails: true };
    }
  }
  for (let event = await stage.nextEvent(); event; event = await stage.nextEvent()) {
    const { name, payload } = event;
    // Of two open waits for one name the last gets it, as on the platform.
    const waiting = tasks.findLastIndex((task, at) => task.event === name && isOpen(at));
    if (waiting >= 0) return { task: waiting, result: payload, at: stage.now() };
  }
  const timers = tasks.flatMap((task, at) =>
    task.fireAt !== undefined && isOpen(at) ? [{ at, due: task.fireAt }] : [],
  );
  const [earliest] = timers.sort((a, b) => a.due - b.due);
  if (!earliest) throw new Error('The flow waits for something that never comes.');
  stage.advanceTo(earliest.due);
  return { task: earliest.at, result: null, at: stage.now() };
}

/** What a played flow left behind: its end, and the tasks it planned, as text. */
export interface Play<T> {
  readonly value: T;
  readonly tasks: readonly string[];
}

/**
 * Plays a flow to its end on a virtual clock, from the top for every answer.
 *
 * @throws Error when a replay plans other tasks than the one before, or when nothing can happen any more.
 */
export async function playFlow<T>(flow: (df: Durable) => Flow<T>, stage: Stage): Promise<Play<T>> {
  const start = stage.now();
  const answers: Answer[] = [];
  let before: readonly string[] = [];
  for (;;) {
    const { tasks, ended } = replay(flow, start, answers);
    compare(before, tasks);
    before = tasks.map(({ says }) => says);
    if (ended) return { value: ended.value, tasks: before };
    const answered = new Set(answers.map(({ task }) => task));
    const open = tasks.map((_, at) => at).filter((at) => !answered.has(at));
    answers.push(await nextAnswer(tasks, open, stage));
  }
}
