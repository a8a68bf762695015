import type { ArmReply, Failure, Json } from './call.ts';
import { readErrorIn, readFailure } from './outcomes.ts';
import { objectIn, textIn, readRetryAfter } from './replyFields.ts';

/** Which URL of an acceptance is polled: `status` = `Azure-AsyncOperation`, `result` = `Location`. */
export type Follow = 'status' | 'result';

/** What ARM says about work it has just been asked for. */
export type Acceptance =
  /** Nothing to follow: the reply is the result. */
  | { readonly kind: 'finished' }
  | {
      readonly kind: 'running';
      /** Exactly as sent: signed, up to 4 KB, secret. Goes through the URL gate before it is used. */
      readonly pollUrl: string;
      /** How `pollUrl` is to be read: the wanted kind, or the other where only that header came. */
      readonly which: Follow;
      /** The URL of the other kind, when both came. */
      readonly otherUrl?: string;
      /** Last path segment of the URL; absent when it cannot be told. */
      readonly operationId?: string;
      /** `Retry-After`, not clamped; absent when the header is. */
      readonly waitSeconds?: number;
    }
  /** A 202 that names nothing to follow: it may have been applied. Never a success. */
  | { readonly kind: 'lost'; readonly failure: Failure };

/** The first URL of a header that came once, twice (joined with a comma) or not at all. */
function urlIn(header: string | undefined): string | undefined {
  const first = header?.split(/,\s*(?=https?:\/\/)/i)[0]?.trim();
  return first === '' ? undefined : first;
}

function lastSegment(url: string): string | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  const segment = path.split('/').findLast((one) => one !== '');
  try {
    return segment && decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/**
 * Reads a 2xx reply to the request that may have begun an operation; polls are for {@link readPoll}.
 *
 * Running when a 200, 201 or 202 carries `Azure-AsyncOperation`, or a 202 carries only `Location`.
 * A 204 is always finished. Refusals (3xx, 4xx, 5xx) come back as `lost` with the service's failure: ask `readFailure` first.
 */
export function readAcceptance(reply: ArmReply, follow: Follow, now?: Date): Acceptance {
  const status = urlIn(reply.headers['azure-asyncoperation'] ?? reply.headers['operation-location']);
  const result = reply.status === 202 || status ? urlIn(reply.headers['location']) : undefined;
  if (reply.status >= 300) return { kind: 'lost', failure: readFailure(reply) };
  if (reply.status === 204) return { kind: 'finished' };
  const which = (follow === 'status' ? status : result) ? follow : status ? 'status' : 'result';
  const [pollUrl, otherUrl] = which === 'status' ? [status, result] : [result, status];
  if (pollUrl) return running(pollUrl, otherUrl, which, readRetryAfter(reply.headers, now));
  return reply.status === 202 ? { kind: 'lost', failure: acceptanceLost(reply) } : { kind: 'finished' };
}

function running(
  pollUrl: string,
  otherUrl: string | undefined,
  which: Follow,
  waitSeconds: number | undefined,
): Acceptance {
  const operationId = lastSegment(pollUrl);
  return {
    kind: 'running',
    pollUrl,
    which,
    ...(otherUrl && { otherUrl }),
    ...(operationId && { operationId }),
    ...(waitSeconds !== undefined && { waitSeconds }),
  };
}

function acceptanceLost({ headers }: ArmReply): Failure {
  const correlationId = headers['x-ms-correlation-request-id'] ?? headers['x-ms-request-id'];
  return {
    code: 'AcceptanceLost',
    message: 'The service accepted the request (202) and named no operation to follow.',
    ...(correlationId && { correlationId }),
    class: 'adopt',
  };
}

/** What one poll of an operation says. */
export type PollReading =
  | {
      readonly kind: 'running';
      /** The service's word; absent when it said none. */
      readonly status?: string;
      readonly waitSeconds?: number;
      /** A freshly signed URL of the same kind, where the reply brings one. */
      readonly nextUrl?: string;
    }
  | {
      readonly kind: 'succeeded';
      readonly status?: string;
      readonly body: Json | undefined;
      /** An error beside Succeeded: seen once; the job or the resource decides. */
      readonly error?: Failure;
    }
  | { readonly kind: 'failed'; readonly status?: string; readonly failure: Failure }
  /** The poll could not be read: says nothing about the operation. */
  | { readonly kind: 'unreadable'; readonly httpStatus: number; readonly failure: Failure };

/** The refusals of a result URL that are not the operation's own ending: not ours to read, not there yet, too often. */
const aboutThePoll = [401, 403, 404, 408, 425, 429];

/**
 * Reads the reply to one poll.
 *
 * A status document ends with Succeeded, Failed, Canceled in any case; every other word, or none, is running.
 * A result URL answers 202 until done, then 200 with a body, 204, or the operation's own 4xx.
 * Poll headers on a result are not a new operation. A result URL may answer with the status document.
 */
export function readPoll(reply: ArmReply, which: Follow, now?: Date): PollReading {
  const { status, body } = reply;
  if (status >= 300) return readRefusedPoll(reply, which);
  if (status === 204) return { kind: 'succeeded', body: undefined };
  if (status === 202 || which === 'status' || isStatusDocument(body)) return readStatus(reply, which, now);
  return { kind: 'succeeded', body };
}

function readRefusedPoll(reply: ArmReply, which: Follow): PollReading {
  const { status } = reply;
  const failure = readFailure(reply);
  const isEnding = which === 'result' && status >= 400 && status < 500 && !aboutThePoll.includes(status);
  if (isEnding && failure.class !== 'transient') return { kind: 'failed', failure };
  return { kind: 'unreadable', httpStatus: status, failure };
}

/** Told from a resource by its word: resources keep theirs under `properties`. */
function isStatusDocument(body: Json | undefined): boolean {
  const { status, type, properties } = objectIn(body);
  const hasTimes = 'startTime' in objectIn(body) || 'endTime' in objectIn(body);
  return textIn(status) !== undefined && type === undefined && (hasTimes || properties === undefined);
}

function readStatus(reply: ArmReply, which: Follow, now: Date | undefined): PollReading {
  const { status: word, error } = objectIn(reply.body);
  const status = textIn(word);
  const failure = readErrorIn(error);
  switch (status?.toLowerCase()) {
    case 'succeeded':
      return { kind: 'succeeded', ...said(status), body: reply.body, ...(failure && { error: failure }) };
    case 'failed':
    case 'canceled':
    case 'cancelled':
      return { kind: 'failed', ...said(status), failure: failure ?? endedWithoutReason(status ?? '') };
    default:
      return stillRunning(reply, which, status, now);
  }
}

const said = (status: string | undefined) => (status === undefined ? {} : { status });

function stillRunning(
  { status: httpStatus, headers }: ArmReply,
  which: Follow,
  status: string | undefined,
  now: Date | undefined,
): PollReading {
  const waitSeconds = readRetryAfter(headers, now);
  const nextUrl = which === 'result' && httpStatus === 202 ? urlIn(headers['location']) : undefined;
  return {
    kind: 'running',
    ...said(status),
    ...(waitSeconds !== undefined && { waitSeconds }),
    ...(nextUrl && { nextUrl }),
  };
}

function endedWithoutReason(status: string): Failure {
  const code = status.toLowerCase() === 'failed' ? 'OperationFailed' : 'OperationCanceled';
  return { code, message: `The operation ended ${status} without a reason.`, class: 'user' };
}
