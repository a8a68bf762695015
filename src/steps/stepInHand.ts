import type { ArmAnswer, ArmCall, ArmReply, Failure, Json, JsonObject } from '../arm/call.ts';
import { plainText } from '../arm/words.ts';
import { RowRefused, type StoredRow } from '../storage/table.ts';
import type { AnyStep, Attempt, LookBeforeRepeat, ReadContext, StepOutcome, StepReading } from './step.ts';
import { attemptIdOf, rowOfStep, stepOfRow, type PollPlace, type StepState } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { pollSeconds } from './timings.ts';

/** A step as this invocation last read or wrote it. */
export interface StoredStep {
  readonly step: StepState;
  readonly etag: string;
}

/** Columns to set; undefined clears one. */
type StepChange = Partial<{ [K in keyof StepState]: StepState[K] | undefined }>;

/** The step of a message or order; undefined when no order has written it. */
export async function readStep(
  services: Pick<StepServices, 'steps'>,
  { runId, stepId }: { readonly runId: string; readonly stepId: string },
): Promise<StoredStep | undefined> {
  const row = await services.steps.read(runId, stepId);
  return row && held(row);
}

const held = (row: StoredRow): StoredStep => ({ step: stepOfRow(row), etag: row.etag });

/** Only asks may have been recorded: the flow's own columns are taken over, everything else is still as it was. */
const withAsk = (step: StepState, { generation, ask, asks, jobEvent }: StepState): StepState => ({
  ...step,
  ...{ generation, ask, asks },
  ...(jobEvent === undefined ? {} : { jobEvent }),
});

/**
 * Writes a change to a step under its ETag.
 *
 * A conflict or a lost answer is settled by reading again: our own write is recognised by its writer, an ask recorded
 * meanwhile is taken over and the change written again.
 *
 * @returns the step as it is now; undefined when another worker has changed it, which then is the owner.
 */
export async function changeStep(
  services: StepServices,
  { step, etag }: StoredStep,
  change: StepChange,
  triesLeft = 10,
): Promise<StoredStep | undefined> {
  if (triesLeft === 0) throw new Error(`Step ${step.runId}/${step.stepId} could not be written.`);
  const changedAt = services.clock().toISOString();
  const next = { ...step, ...change, changedAt, writer: services.newId() } as StepState;
  const written = await attempt(services, next, etag).catch((error: unknown) => {
    if (error instanceof RowRefused && !isLean(change)) return 'refused' as const;
    throw error;
  });
  if (written === 'refused') return changeStep(services, { step, etag }, lean(step, change), triesLeft - 1);
  if (written !== undefined) return { step: next, etag: written };
  const fresh = await readStep(services, step);
  if (fresh?.step.writer === next.writer) return fresh;
  if (!fresh || fresh.step.writer !== step.writer) return undefined;
  return changeStep(services, { step: withAsk(step, fresh.step), etag: fresh.etag }, change, triesLeft - 1);
}

const rowRefused = (name: string): StepOutcome => ({
  kind: 'failed',
  failure: { code: 'RowRefused', message: `${name}: what it has come to does not fit into its row.` },
});

const isLean = ({ detail, reason, outcome }: StepChange): boolean =>
  detail === undefined && reason === undefined && outcome?.kind !== 'done';

/** The change without what may be long: a step whose row is refused moves on, or ends as an error, once. */
const lean = ({ name }: StepState, change: StepChange): StepChange => ({
  ...change,
  ...{ detail: undefined, reason: undefined, lastFailure: undefined },
  ...(change.outcome === undefined ? {} : { outcome: rowRefused(name) }),
});

/** The new ETag; undefined when the row must be read again to know. */
async function attempt(services: StepServices, next: StepState, etag: string): Promise<string | undefined> {
  try {
    const written = await services.steps.replace(rowOfStep(next), etag);
    return written.kind === 'written' ? written.etag : undefined;
  } catch (error) {
    if (error instanceof RowRefused) throw error;
    services.log('warning', `The ledger's answer was lost: ${String(error)}`, {
      runId: next.runId,
      stepId: next.stepId,
    });
    return undefined;
  }
}

/** A step in the hands of this invocation, with its definition. */
export interface StepInHand {
  readonly held: StoredStep;
  readonly definition: AnyStep;
}

/** `lost`: another worker owns the step now; what is to be done follows from its row. */
export type Progress = 'moved' | 'lost';

const longestId = 100;

function idsIn(answer: ArmAnswer | undefined): Pick<StepState, 'correlationId' | 'armRequestId'> {
  if (answer?.kind !== 'reply') return {};
  const id = (name: string) => plainText(answer.reply.headers[name] ?? '', longestId) || undefined;
  const [correlationId, armRequestId] = [id('x-ms-correlation-request-id'), id('x-ms-request-id')];
  return {
    ...(correlationId !== undefined && { correlationId }),
    ...(armRequestId !== undefined && { armRequestId }),
  };
}

/** The same work with requests counted; written with the next change. */
export function withRequests(
  { held, definition }: StepInHand,
  requests: number,
  answer?: ArmAnswer,
): StepInHand {
  const step = { ...held.step, requests: held.step.requests + requests, ...idsIn(answer) };
  return { held: { step, etag: held.etag }, definition };
}

// The ledger keeps the input that the flow gave to this very step, so its type is the step's own.
const inputOf = (step: StepState): never => step.input as never;

/** The call that a step describes. @throws whatever the description throws for an input it cannot use. */
export const callOf = ({ held, definition }: StepInHand): ArmCall => definition.describe(inputOf(held.step));

/** The call that a step describes; undefined for an input it cannot use. */
export function describedCall(
  definition: AnyStep,
  input: JsonObject,
  attempt?: Attempt,
): ArmCall | undefined {
  try {
    return definition.describe(input as never, attempt);
  } catch {
    return undefined;
  }
}

/** What must be read before the step's call is sent, and what the replies mean; undefined for a step that asks nothing. */
export function preconditionOf({ held, definition }: StepInHand) {
  const { precondition } = definition;
  const input = inputOf(held.step);
  return (
    precondition && {
      reads: precondition.describe(input),
      read: (replies: readonly ArmReply[]) => precondition.read(replies, input),
    }
  );
}

/** How an earlier effect is looked for; undefined for a step that may be sent twice. */
export const lookOf = ({ definition }: StepInHand): LookBeforeRepeat<never, Json> | undefined =>
  definition.repeat === 'safe' ? undefined : definition.repeat;

/** The unsigned path of an operation, if the step knows one. */
export function unsignedCall(
  { held, definition }: StepInHand,
  operationId: string | undefined,
): ArmCall | undefined {
  if (operationId === undefined) return undefined;
  return definition.longRunning?.unsigned?.(inputOf(held.step), operationId);
}

/** The earlier step of the run whose operation this one polls. */
export const followedStepId = ({ held, definition }: StepInHand): string | undefined =>
  definition.followsStep?.(inputOf(held.step)) || undefined;

function contextOf(
  services: StepServices,
  { held, definition }: StepInHand,
  waitSeconds: number | undefined,
  place: PollPlace | undefined,
): ReadContext {
  const { step } = held;
  const seconds = waitSeconds ?? step.waitSeconds ?? definition.longRunning?.defaultWaitSeconds ?? 60;
  return {
    now: services.clock(),
    attemptId: place?.attemptId ?? attemptIdOf(step, step.attempt),
    sentAt: place?.sentAt ?? services.clock().toISOString(),
    ...(step.lastClaimAt === undefined ? {} : { claimedAt: step.lastClaimAt }),
    ...(step.otherSentBy === undefined ? {} : { otherSentBy: step.otherSentBy }),
    ...(place?.operationId === undefined ? {} : { operationId: place.operationId }),
    waitSeconds: pollSeconds(seconds, services.minimumPollSeconds),
    stepId: step.stepId,
    firstAt: step.firstAt,
  };
}

/** What a reply means to the step; undefined when it cannot be read, which is no answer at all. */
export function readingOf(
  services: StepServices,
  work: StepInHand,
  reply: ArmReply,
  seen: { readonly waitSeconds?: number | undefined; readonly place?: PollPlace | undefined } = {},
): StepReading<Json> | undefined {
  const context = contextOf(services, work, seen.waitSeconds, seen.place);
  try {
    return work.definition.read(reply, inputOf(work.held.step), context);
  } catch (error) {
    const { runId, stepId, name } = work.held.step;
    services.log('warning', `${name} cannot read a reply: ${String(error)}`, { runId, stepId });
    return undefined;
  }
}

/** The reading of a refusal that the step expects; undefined leaves it a failure. */
export const expectedRefusal = (
  { held, definition }: StepInHand,
  failure: Failure,
  status: number,
): StepReading<Json> | undefined => definition.readRefusal?.(failure, status, inputOf(held.step));
