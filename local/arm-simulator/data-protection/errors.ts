import type { ArmReply } from '../exchange.ts';
import { json, type ArmError } from '../replies.ts';
import type { Seeded } from '../seeded.ts';

/** What goes wrong in Data Protection, before it is dressed as a reply, a failed operation or a protection error. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  /** The real reason, which the service hides in `innerError`. */
  readonly detail?: string;
  readonly recommendedAction?: readonly string[];
}

/** The service's own error object as `protectionErrorDetails` shows it; its two flags are always false. */
export interface UserFacingError {
  readonly message: string;
  readonly recommendedAction: readonly string[];
  readonly code: string;
  readonly innerError?: unknown;
  readonly isRetryable: false;
  readonly isUserError: false;
  readonly properties: { readonly ActivityId: string };
}

/** Adds an activity id and the fixed flags to a fault. */
export function userFacing(fault: Fault, seeded: Seeded): UserFacingError {
  const { code, message, detail, recommendedAction = [] } = fault;
  return {
    message,
    recommendedAction,
    code,
    ...(detail !== undefined && {
      innerError: { code: 'Success', additionalInfo: { DetailedNonLocalisedMessage: detail } },
    }),
    isRetryable: false,
    isUserError: false,
    properties: { ActivityId: seeded.guid() },
  };
}

/** The `error` of a failed operation's status document: code, message and the user-facing error inside. */
export function operationError(fault: Fault, seeded: Seeded): ArmError {
  return {
    additionalInfo: [{ type: 'UserFacingError', info: userFacing(fault, seeded) }],
    code: fault.code,
    message: fault.message,
  };
}

/** A refusal with the user-facing error inside (shape 3 of the service's errors). */
export function refusal(status: number, fault: Fault, seeded: Seeded): ArmReply {
  return json(status, { error: { ...operationError(fault, seeded), target: null, details: null } });
}

/** 404 of the service itself for an instance, job, policy or operation that it does not know. */
export const notThere = (): ArmReply =>
  json(404, {
    error: {
      code: 'UserErrorGenericResourceNotFound',
      message:
        'Azure resource does not exist. Please make sure required resources exist. If the issue persists, contact Microsoft support.',
      target: null,
      details: null,
    },
  });

/** Our request is wrong: nothing about the resources, only about the body. */
export const invalidInput = (why: string): Fault => ({
  code: 'BMSUserErrorInvalidInput',
  message: `Input provided for the call is invalid. ${why}`,
  recommendedAction: ['Please check the inputs and retry the operation.'],
});

/** 400 of a daily limit that is used up. */
export const dailyLimit = (limit: number, what: string): Fault => ({
  code: 'CloudDosAbsoluteLimitReached',
  message: `The limit of ${limit} ${what} within 24 hours has been reached.`,
  recommendedAction: ['Please try again after 24 hours.'],
});
