import { nameBasedGuid, type Failure, type JsonObject } from '../arm/call.ts';
import type { Follow } from '../arm/longRunning.ts';
import { columnsOf, membersOf, type Row, type StoredRow, type Table } from '../storage/table.ts';
import type { EarlierAttempts, StepOutcome, StepSummary, AnyStep } from './step.ts';
import { later, settleSeconds } from './timings.ts';

/** How an accepted operation is polled. The URL is signed and secret: it is in the row and nowhere else. */
export interface PollPlace {
  /** Exactly as the service sent it; absent once it has proved unusable. */
  readonly url?: string;
  readonly which: Follow;
  /** Action and path of the request whose reply named the URL: what the URL gate compares with. */
  readonly action: string;
  readonly path: string;
  readonly operationId?: string;
  /** Id of the attempt that was accepted, and when it was sent. */
  readonly attemptId: string;
  readonly sentAt: string;
}

/** How often something went wrong since it last went right; each kind has its own bound. */
export interface FailureCounts {
  /** Known not to have been applied, or harmless to repeat. */
  readonly transient?: number;
  /** May have been applied. */
  readonly doubtful?: number;
  /** The service was busy with something else. */
  readonly busy?: number;
  /** Polls that gave no answer to read. */
  readonly poll?: number;
}

/** A step as its row keeps it. Instants are ISO 8601 UTC. */
export interface StepState {
  readonly runId: string;
  readonly stepId: string;
  readonly name: string;
  readonly input: JsonObject;
  /** n of the event `job-<n>` that will tell the end of the job which the step starts. */
  readonly jobEvent?: number;
  /** Generation and number of the ask that is to be answered. */
  readonly generation: number;
  readonly ask: number;
  /** How often the flow has asked. */
  readonly asks: number;
  readonly state: StepSummary['state'];
  /** What a waiting step does next: poll what was accepted, or send again what was not. */
  readonly resume?: 'poll' | 'send';
  /** Ask that was told to wait. */
  readonly toldAsk?: number;
  /** k: attempts granted so far. */
  readonly attempt: number;
  readonly firstAt: string;
  readonly firstClaimAt?: string;
  readonly lastClaimAt?: string;
  /** End of the last send window. */
  readonly sendBy?: string;
  /** Until when `owner` keeps other workers away. */
  readonly until?: string;
  readonly owner?: string;
  readonly notBefore?: string;
  /** The pacer's ticket for the next request, in its own time: looked at again before the request leaves. */
  readonly slotAt?: string;
  /** First look after the last attempt that found nothing. */
  readonly emptyLookAt?: string;
  readonly joinForeign?: boolean;
  /** End of the send window of the step that had the item before. */
  readonly otherSentBy?: string;
  readonly failures?: FailureCounts;
  readonly lastFailure?: Failure;
  readonly poll?: PollPlace;
  readonly operationStatus?: string;
  readonly waitSeconds?: number;
  readonly detail?: JsonObject;
  readonly reason?: string;
  readonly requests: number;
  /** Ids of the last reply, by which Azure's support finds it. */
  readonly correlationId?: string;
  readonly armRequestId?: string;
  readonly outcome?: StepOutcome;
  readonly changedAt: string;
  readonly settledAt?: string;
  /** Random per write of the executor: tells a lost answer from another writer. Recording an ask leaves it alone. */
  readonly writer?: string;
}

const structured = ['input', 'failures', 'lastFailure', 'poll', 'detail', 'outcome'];

/** The row of a step. */
export const rowOfStep = ({ runId, stepId, ...members }: StepState): Row => ({
  ...columnsOf(members, structured),
  ...{ partitionKey: runId, rowKey: stepId },
});

/** The step in a row that {@link rowOfStep} has made. */
export function stepOfRow({ partitionKey, rowKey, etag: _etag, ...columns }: StoredRow): StepState {
  const members = membersOf(columns, structured);
  return { ...members, runId: partitionKey, stepId: rowKey } as unknown as StepState;
}

/** Id of an attempt, sent as `x-ms-client-request-id`: a plain GUID, because the service echoes no other. */
export const attemptIdOf = (
  { runId, stepId }: Pick<StepState, 'runId' | 'stepId'>,
  attempt: number,
): string => nameBasedGuid(`${runId}/${stepId}/${attempt}`);

/** From here on absence from a list may be believed. */
export const settledAt = (step: StepState): Date => later(step.sendBy ?? step.firstAt, settleSeconds);

/** Every attempt of a step so far: what a look at an instant may match a job with. */
export const attemptsOf = (step: StepState, lookedAt: Date): EarlierAttempts => ({
  attemptIds: Array.from({ length: step.attempt }, (_, index) => attemptIdOf(step, index + 1)),
  firstClaimAt: step.firstClaimAt ?? step.firstAt,
  lastSendBy: step.sendBy ?? step.firstAt,
  joinForeign: step.joinForeign ?? false,
  isSettled: lookedAt >= settledAt(step),
  ...(step.lastClaimAt === undefined ? {} : { lastClaimAt: step.lastClaimAt }),
  ...(step.otherSentBy === undefined ? {} : { otherSentBy: step.otherSentBy }),
});

function dueAt({ changedAt, until, notBefore }: StepState): string {
  return (
    [changedAt, until, notBefore]
      .filter((instant) => instant !== undefined)
      .sort()
      .at(-1) ?? changedAt
  );
}

function summaryOf(step: StepState): StepSummary {
  const { stepId, name, state, asks, requests } = step;
  return {
    ...{ stepId, name, state, asks, requests, startedAt: step.firstAt, dueAt: dueAt(step) },
    ...(step.outcome ? { outcome: step.outcome } : {}),
    ...(step.settledAt === undefined ? {} : { endedAt: step.settledAt }),
    ...(step.operationStatus === undefined ? {} : { operationStatus: step.operationStatus }),
    ...(step.detail ? { detail: step.detail } : {}),
    ...(step.reason === undefined ? {} : { reason: step.reason }),
    ...(step.jobEvent === undefined ? {} : { startsJob: true as const }),
    ...(step.state !== 'settled' && step.lastFailure?.class === 'hours' ? { parked: true } : {}),
  };
}

/** The steps of a run in the order in which its flow took them; never holds a poll URL. */
export async function listSteps(steps: Table, runId: string): Promise<readonly StepSummary[]> {
  const { rows } = await steps.page(runId);
  return rows.map((row) => summaryOf(stepOfRow(row)));
}

/** The item a step acts on alone, as an ARM id; undefined when it locks nothing. */
export const itemOf = (step: StepState, definition: AnyStep): string | undefined =>
  definition.itemOf?.(step.input as never);
