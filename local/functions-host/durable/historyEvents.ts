/** Numbers of the history events the local host writes; the official host's own. */
export const eventType = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  childCreated: 7,
  childCompleted: 8,
  childFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventRaised: 15,
  executionSuspended: 19,
  executionResumed: 20,
} as const;

/** One event as the official host writes it; `IsPlayed` is added when a request is built. */
export interface HistoryEvent {
  readonly EventType: number;
  /** The task's sequence number on scheduling events, else -1. */
  readonly EventId: number;
  /** ISO 8601, UTC. */
  readonly Timestamp: string;
  readonly TaskScheduledId?: number;
  readonly TimerId?: number;
  readonly Name?: string;
  readonly Input?: string | null;
  readonly Result?: string | null;
  readonly Reason?: string | null;
  readonly Details?: string | null;
  readonly FireAt?: string;
  readonly [field: string]: unknown;
}

/** Who waits for a child orchestration. */
export interface ParentLink {
  readonly name: string;
  readonly instanceId: string;
  readonly executionId: string;
  /** Sequence number of the child in the parent. */
  readonly taskId: number;
}

/** What an execution begins with. */
export interface ExecutionStart {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  /** JSON text, null when there is none. */
  readonly input: string | null;
  /** 0, 1 and so on for starts by a client; null for children and after continueAsNew. */
  readonly generation: number | null;
  readonly parent?: ParentLink;
}

/** Milliseconds since the epoch as the history has them. */
export const timestamp = (at: number): string => new Date(at).toISOString();

const plain = (type: number, at: number): HistoryEvent => ({
  EventType: type,
  EventId: -1,
  Timestamp: timestamp(at),
});

/** The beginning of a turn at `at`. */
export const orchestratorStarted = (at: number): HistoryEvent => plain(eventType.orchestratorStarted, at);

/** The end of a turn at `at`. */
export const orchestratorCompleted = (at: number): HistoryEvent => plain(eventType.orchestratorCompleted, at);

const parentInstance = (parent: ParentLink | undefined): unknown =>
  parent
    ? {
        Name: parent.name,
        OrchestrationInstance: { InstanceId: parent.instanceId, ExecutionId: parent.executionId },
        TaskScheduleId: parent.taskId,
        Version: null,
      }
    : null;

/** The first event of an execution. */
export const executionStarted = (start: ExecutionStart, at: number): HistoryEvent => ({
  OrchestrationInstance: { InstanceId: start.instanceId, ExecutionId: start.executionId },
  EventType: eventType.executionStarted,
  ParentInstance: parentInstance(start.parent),
  Name: start.name,
  Version: null,
  Input: start.input,
  Tags: null,
  Correlation: null,
  ParentTraceContext: null,
  ScheduledStartTime: null,
  Generation: start.generation,
  GenerateNewTrace: false,
  EventId: -1,
  Timestamp: timestamp(at),
});

/** The last event of an execution; `result` is the output as clients will see it. */
export const executionCompleted = (status: string, result: string | null, at: number): HistoryEvent => ({
  EventType: eventType.executionCompleted,
  OrchestrationStatus: status,
  Result: result,
  FailureDetails: null,
  EventId: -1,
  Timestamp: timestamp(at),
});

/** An activity was asked for. */
export const taskScheduled = (id: number, name: string, at: number): HistoryEvent => ({
  EventType: eventType.taskScheduled,
  Name: name,
  Version: '',
  Input: null,
  ParentTraceContext: null,
  Tags: null,
  EventId: id,
  Timestamp: timestamp(at),
});

/** A child orchestration was asked for. */
export const childCreated = (
  id: number,
  name: string,
  childInstanceId: string,
  at: number,
): HistoryEvent => ({
  EventType: eventType.childCreated,
  Name: name,
  Version: null,
  InstanceId: childInstanceId,
  Input: null,
  ClientSpanId: null,
  Tags: null,
  EventId: id,
  Timestamp: timestamp(at),
});

/** A timer was armed. */
export const timerCreated = (id: number, fireAt: number, at: number): HistoryEvent => ({
  EventType: eventType.timerCreated,
  FireAt: timestamp(fireAt),
  EventId: id,
  Timestamp: timestamp(at),
});

/** A timer fired. The official host stamps it with the time the timer was *created*. */
export const timerFired = (id: number, fireAt: number, createdAt: number): HistoryEvent => ({
  EventType: eventType.timerFired,
  TimerId: id,
  FireAt: timestamp(fireAt),
  EventId: -1,
  Timestamp: timestamp(createdAt),
});

/** An activity or child ended well; `result` is JSON text, null for nothing (an absent or empty one breaks the SDK). */
export const completed = (
  kind: 'activity' | 'child',
  id: number,
  result: string | null,
  at: number,
): HistoryEvent => ({
  EventType: kind === 'activity' ? eventType.taskCompleted : eventType.childCompleted,
  TaskScheduledId: id,
  Result: result,
  EventId: -1,
  Timestamp: timestamp(at),
});

/** An activity or child failed; a child that was terminated has no details, which the SDK cannot read. */
export const failed = (
  kind: 'activity' | 'child',
  id: number,
  failure: { readonly reason: string; readonly details: string | null },
  at: number,
): HistoryEvent => ({
  EventType: kind === 'activity' ? eventType.taskFailed : eventType.childFailed,
  TaskScheduledId: id,
  Reason: failure.reason,
  Details: failure.details,
  FailureDetails: null,
  EventId: -1,
  Timestamp: timestamp(at),
});

/** A client raised an event; `input` is JSON text. */
export const eventRaised = (name: string, input: string, at: number): HistoryEvent => ({
  EventType: eventType.eventRaised,
  Name: name,
  Input: input,
  ParentTraceContext: null,
  EventId: -1,
  Timestamp: timestamp(at),
});

/** A client asked for the end. */
export const executionTerminated = (reason: string | null, at: number): HistoryEvent => ({
  EventType: eventType.executionTerminated,
  Input: reason,
  EventId: -1,
  Timestamp: timestamp(at),
});

/** A client suspended or resumed the instance. */
export const pauseChanged = (
  verb: 'suspend' | 'resume',
  reason: string | null,
  at: number,
): HistoryEvent => ({
  EventType: verb === 'suspend' ? eventType.executionSuspended : eventType.executionResumed,
  Reason: reason,
  EventId: -1,
  Timestamp: timestamp(at),
});
