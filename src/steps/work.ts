import type { ArmCall, ArmReply, Failure, JsonObject } from '../arm/call.ts';
import type { HeldStep } from './heldStep.ts';
import type { AnyStep, LookBeforeRepeat, ReadContext, StepReading } from './step.ts';
import { attemptIdOf, type PollPlace, type StepState } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import type { Json } from '../arm/call.ts';
import { pollSeconds } from './waits.ts';

/** A step in the hands of this invocation, with its definition. */
export interface Work {
  readonly held: HeldStep;
  readonly definition: AnyStep;
}

/** `lost`: another worker owns the step now; what is to be done follows from its row. */
export type Progress = 'moved' | 'lost';

/** The same work with requests counted; written with the next change. */
export function withRequests({ held, definition }: Work, requests: number): Work {
  const step = { ...held.step, requests: held.step.requests + requests };
  return { held: { step, etag: held.etag }, definition };
}

// The ledger keeps the input that the flow gave to this very step, so its type is the step's own.
const inputOf = (step: StepState): never => step.input as never;

/** The call that a step describes. @throws whatever the description throws for an input it cannot use. */
export const callOf = ({ held, definition }: Work): ArmCall => definition.describe(inputOf(held.step));

/** The call that a step describes; undefined for an input it cannot use. */
export function describedCall(definition: AnyStep, input: JsonObject): ArmCall | undefined {
  try {
    return definition.describe(input as never);
  } catch {
    return undefined;
  }
}

/** How an earlier effect is looked for; undefined for a step that may be sent twice. */
export const lookOf = ({ definition }: Work): LookBeforeRepeat<never, Json> | undefined =>
  definition.repeat === 'safe' ? undefined : definition.repeat;

/** The unsigned path of an operation, if the step knows one. */
export function unsignedCall(
  { held, definition }: Work,
  operationId: string | undefined,
): ArmCall | undefined {
  if (operationId === undefined) return undefined;
  return definition.longRunning?.unsigned?.(inputOf(held.step), operationId);
}

/** The earlier step of the run whose operation this one polls. */
export const followedStepId = ({ held, definition }: Work): string | undefined =>
  definition.followsStep?.(inputOf(held.step)) || undefined;

function contextOf(
  services: StepServices,
  { held, definition }: Work,
  waitSeconds: number | undefined,
  place: PollPlace | undefined,
): ReadContext {
  const { step } = held;
  const seconds = waitSeconds ?? step.waitSeconds ?? definition.longRunning?.defaultWaitSeconds ?? 60;
  return {
    now: services.clock(),
    attemptId: place?.attemptId ?? attemptIdOf(step, step.attempt),
    sentAt: place?.sentAt ?? services.clock().toISOString(),
    ...(place?.operationId === undefined ? {} : { operationId: place.operationId }),
    waitSeconds: pollSeconds(seconds, services.minimumPollSeconds),
    stepId: step.stepId,
    firstAt: step.firstAt,
  };
}

/** What a reply means to the step; undefined when it cannot be read, which is no answer at all. */
export function readingOf(
  services: StepServices,
  work: Work,
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
  { held, definition }: Work,
  failure: Failure,
  status: number,
): StepReading<Json> | undefined => definition.readRefusal?.(failure, status, inputOf(held.step));
