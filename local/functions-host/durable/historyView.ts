import { parseJsonOrKeep } from '../typedData.ts';
import { eventType, type HistoryEvent } from './historyEvents.ts';

/** A history event as clients see it: `EventType` is the event's name. */
export type HistoryViewEvent = Readonly<Record<string, unknown>>;

const NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries({
    ExecutionStarted: eventType.executionStarted,
    ExecutionCompleted: eventType.executionCompleted,
    ExecutionTerminated: eventType.executionTerminated,
    TaskScheduled: eventType.taskScheduled,
    TaskCompleted: eventType.taskCompleted,
    TaskFailed: eventType.taskFailed,
    SubOrchestrationInstanceCreated: eventType.childCreated,
    SubOrchestrationInstanceCompleted: eventType.childCompleted,
    SubOrchestrationInstanceFailed: eventType.childFailed,
    TimerCreated: eventType.timerCreated,
    TimerFired: eventType.timerFired,
    EventRaised: eventType.eventRaised,
    ExecutionSuspended: eventType.executionSuspended,
    ExecutionResumed: eventType.executionResumed,
  }).map(([name, number]) => [number, name]),
);

const HIDDEN_FIELDS: ReadonlySet<string> = new Set([
  'EventType',
  'EventId',
  'Timestamp',
  'TaskScheduledId',
  'TimerId',
  'OrchestrationInstance',
  'ParentInstance',
  'Version',
  'Tags',
]);

const isScheduling = ({ EventType: type }: HistoryEvent): boolean =>
  type === eventType.taskScheduled || type === eventType.childCreated;

/**
 * The history as the management API lists it: turns are left out, an answered task appears once with the time it was
 * scheduled, results only when asked for.
 */
export function historyView(
  history: readonly HistoryEvent[],
  showOutput: boolean,
): readonly HistoryViewEvent[] {
  const scheduled = new Map(history.filter(isScheduling).map((event) => [event.EventId, event]));
  const answered = new Set(history.map((event) => event.TaskScheduledId));
  return history
    .filter((event) => NAMES[event.EventType] !== undefined)
    .filter((event) => !isScheduling(event) || !answered.has(event.EventId))
    .map((event) => viewOf(event, scheduled.get(event.TaskScheduledId ?? -1), showOutput));
}

function viewOf(event: HistoryEvent, asked: HistoryEvent | undefined, showOutput: boolean): HistoryViewEvent {
  const fields = Object.entries(event).filter(
    ([key]) => !HIDDEN_FIELDS.has(key) && (key !== 'Result' || showOutput),
  );
  const own = Object.fromEntries(
    fields.map(([key, value]) => [key, key === 'Result' ? parsed(value) : value]),
  );
  const isNamed = event.EventType === eventType.executionStarted || isScheduling(event);
  const { Name, ...unnamed } = own;
  return {
    EventType: NAMES[event.EventType],
    ...(isNamed ? unnamed : own),
    Timestamp: event.Timestamp,
    ...(isNamed ? { FunctionName: Name } : {}),
    ...(asked
      ? { ScheduledTime: asked.Timestamp.replace('Z', '+00:00'), FunctionName: asked.Name, Input: null }
      : {}),
  };
}

const parsed = (value: unknown): unknown => (typeof value === 'string' ? parseJsonOrKeep(value) : value);
