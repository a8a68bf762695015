import type { ArmReply, Failure, FailureClass, Json, JsonObject } from './call.ts';
import { codeFamilies, knownCodes, type CodeMeaning } from './outcomeTable.ts';
import { filledObjectIn, objectIn, objectsIn, textIn, textsIn, readRetryAfter } from './replyFields.ts';
import { plainText } from './words.ts';

const longestThrottleSeconds = 3600;

const clamp = (seconds: number, least: number, most: number): number =>
  Math.ceil(Math.min(Math.max(seconds, least), most));

const longestAdvice = 1000;

/** What the outcome table says of a code; undefined when neither the code nor its family is known. */
export function meaningOf(code: string, message: string): CodeMeaning | undefined {
  const known = knownCodes.get(code.toLowerCase());
  if (known) return known;
  return codeFamilies.find((family) => family.code.test(code) && (family.message?.test(message) ?? true))
    ?.meaning;
}

/** A conflict counts as other work only where something says so: a lock or a name that is taken does not end by itself. */
const namesOtherWork = /in progress|another operation|conflicting operation|concurrent/i;

/** The class of a code nobody knows, by HTTP status; 2xx stands for a failed operation. */
function classOfStatus(status: number, { code, message }: Pick<Failure, 'code' | 'message'>): FailureClass {
  if ([401, 408, 425, 429].includes(status) || status >= 500) return 'transient';
  if (status === 403) return 'permission';
  if (status === 409) return code === 'HTTP_409' || namesOtherWork.test(message) ? 'adopt' : 'user';
  return status === 412 ? 'adopt' : 'user';
}

/**
 * What a failure asks of us.
 *
 * @param status HTTP status of the reply; 200 for failed operations and jobs.
 * @param method of the request that was refused: what is gone need not be deleted.
 */
export function classify(
  { code, message }: Pick<Failure, 'code' | 'message'>,
  status: number,
  method?: string,
): FailureClass {
  const meaning = meaningOf(code, message);
  if (!meaning) return classOfStatus(status, { code, message });
  return (method === 'DELETE' && meaning.onDelete) || meaning.class;
}

/** The parts of an error that the service spreads over several shapes. */
interface ErrorParts {
  readonly code: string | undefined;
  readonly message: string | undefined;
  /** The reason in `innerError`, deeper and truer than the message. */
  readonly reason: string | undefined;
  readonly recommended: readonly string[];
  readonly activityId: string | undefined;
}

/** The reason in the innermost `DetailedNonLocalisedMessage`. Recorded: protectionErrorDetails of 2024. */
function deepReason(innerError: Json | undefined, depth = 0): string | undefined {
  const inner = filledObjectIn(innerError);
  if (!inner || depth > 5) return undefined;
  const deeper = deepReason(inner['embeddedInnerError'] ?? inner['innerError'], depth + 1);
  return deeper ?? textIn(objectIn(inner['additionalInfo'])['DetailedNonLocalisedMessage']);
}

/** Data Protection's own part of a gateway error: `additionalInfo[].info` of type `UserFacingError`. */
const userFacing = (error: JsonObject): JsonObject =>
  objectIn(
    objectsIn(error['additionalInfo']).find((info) => textIn(info['type']) === 'UserFacingError')?.['info'],
  );

function partsOf(error: JsonObject): ErrorParts {
  const info = userFacing(error);
  const detail = objectsIn(error['details'])[0] ?? {};
  return {
    code:
      textIn(error['code']) ?? textIn(error['errorCode']) ?? textIn(detail['code']) ?? textIn(info['code']),
    message:
      textIn(error['message']) ??
      textIn(error['errorString']) ??
      textIn(error['errorTitle']) ??
      textIn(info['message']) ??
      textIn(detail['message']),
    reason: deepReason(info['innerError'] ?? error['innerError']),
    recommended: textsIn(info['recommendedAction'] ?? error['recommendedAction'] ?? error['recommendations']),
    activityId: textIn(objectIn(info['properties'] ?? error['properties'])['ActivityId']),
  };
}

/** The older shape of both services: `{ ErrorCode, Message: { Value } }`. */
function legacyParts(body: JsonObject): ErrorParts {
  const message = textIn(objectIn(body['Message'])['Value']) ?? textIn(body['Message']);
  return {
    code: textIn(body['ErrorCode']),
    message,
    reason: undefined,
    recommended: [],
    activityId: undefined,
  };
}

/** The error in any of the service's four shapes; a text instead of an object counts as its message. */
function findParts(body: Json | undefined): ErrorParts {
  const root = objectIn(body);
  if ('ErrorCode' in root) return legacyParts(root);
  const error = objectsIn(root['error'])[0] ?? (textIn(root['error']) ? { message: root['error'] } : root);
  return partsOf(error);
}

// Said beside codes that name a missing role, where waiting does not help.
const emptyAdvice = /^wait for a few minutes/i;

function adviceOf(meaning: CodeMeaning | undefined, recommended: readonly string[]): string | undefined {
  const service = recommended.filter((text) => !meaning?.advice || !emptyAdvice.test(text.trim()));
  const advice = [...(meaning?.advice ? [meaning.advice] : []), ...service].join(' ');
  return advice === '' ? undefined : plainText(advice, longestAdvice);
}

const messageOf = ({ message, reason }: ErrorParts): string =>
  reason && !message?.includes(reason) ? [message, reason].filter(Boolean).join(' ') : (message ?? '');

function failureOf(
  parts: ErrorParts,
  status: number,
  correlationId: string | undefined,
  method?: string,
): Failure {
  const code = plainText(parts.code ?? `HTTP_${status}`, 200);
  const message = plainText(messageOf(parts)) || 'The service gave no message.';
  const advice = adviceOf(meaningOf(code, message), parts.recommended);
  const id = correlationId ?? parts.activityId;
  return {
    code,
    message,
    ...(advice && { advice }),
    ...(id && { correlationId: plainText(id, 100) }),
    class: classify({ code, message }, status, method),
  };
}

/** Some refusals carry their code in `x-ms-error-code` alone, with an empty body. */
const withCodeHeader = (parts: ErrorParts, header: string | undefined): ErrorParts =>
  parts.code === undefined && header !== undefined ? { ...parts, code: header } : parts;

/**
 * Reads why a request was refused or an operation failed, from any of the service's four error shapes.
 *
 * Also for a status document that says Failed at HTTP 200, and for `{ error: errorDetails }` of jobs and instances.
 * `isRetryable` and `isUserError` are not read: recorded as always false.
 *
 * @param method of the request, where known: a DELETE of something that is gone is done.
 */
export const readFailure = (reply: ArmReply, method?: string): Failure =>
  failureOf(
    withCodeHeader(findParts(reply.body), reply.headers['x-ms-error-code']),
    reply.status,
    reply.headers['x-ms-correlation-request-id'] ?? reply.headers['x-ms-request-id'],
    method,
  );

/**
 * Reads an error that stands in a body by itself: `error` of an operation, an entry of a job's `errorDetails`
 * (code as a number in Recovery Services, nested in Data Protection), `protectionErrorDetails` of an instance.
 *
 * @returns undefined for null, an empty object or list, and anything that says neither code nor message.
 */
export function readErrorIn(error: Json | undefined): Failure | undefined {
  const first = objectsIn(error).find((one) => Object.keys(one).length > 0);
  if (!first) return undefined;
  const parts = findParts('error' in first ? first : { error: first });
  if (parts.code === undefined && parts.message === undefined && parts.reason === undefined) return undefined;
  return failureOf({ ...parts, code: parts.code ?? 'OperationFailed' }, 200, undefined);
}

/** What is wrong with something that is there is no mistake of a request, whatever its code means as an answer to one. */
export function asState(failure: Failure): Failure {
  if (failure.class !== 'ours') return failure;
  const { advice: _, ...said } = failure;
  return { ...said, class: 'user' };
}

/** The number of seconds in `try again after '324' seconds`; undefined when the message has none. */
export function secondsInMessage(message: string): number | undefined {
  const found = /\bafter\s+['"]?(\d{1,9})['"]?\s+seconds?\b/i.exec(message)?.[1];
  return found === undefined ? undefined : Number(found);
}

/**
 * Whole seconds to keep quiet after a 429: the larger of `Retry-After` and the number in the message, within [1, 3600].
 *
 * The header was recorded as absent beside `try again after '324' seconds`. Without either: `defaultSeconds`.
 */
export function throttleSeconds(reply: ArmReply, now?: Date, defaultSeconds = 60): number {
  const said = [readRetryAfter(reply.headers, now), secondsInMessage(readFailure(reply).message)];
  const known = said.filter((seconds) => seconds !== undefined);
  return clamp(known.length > 0 ? Math.max(...known) : defaultSeconds, 1, longestThrottleSeconds);
}
