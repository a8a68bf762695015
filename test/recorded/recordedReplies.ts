import type { ArmReply, Json } from '../../src/arm/call.ts';
import { member, textAt } from './looseFields.ts';

/*
 * What recorded replies say, read without the client's own readers: a reader that is wrong would agree with itself.
 */

/** Whether a poll URL answers with a status document, or with the operation's result. */
export type Family = 'status' | 'result';

/** Whether a status says nothing about the request: too many, or a fault of the service. */
export const isPassing = (status: number): boolean => status === 429 || status >= 500;

/** The service's code for a refusal or a failed operation: of `error`, or of the body itself. */
export function codeIn(body: Json | undefined): string {
  const [listed] = [member(body, 'error', 'details')].flat();
  const codes = [textAt(body, 'error', 'code'), textAt(listed ?? undefined, 'code'), textAt(body, 'code')];
  return codes.find((code) => code !== undefined) ?? 'no code';
}

/** Refusals because of work that is on its way already, which a run of ours joins. */
const busyCodes =
  /(?:AlreadyInProgress|OperationInProgress|OperationAlreadyRunning|OngoingOperation|Conflict)/i;

/** Whether a write was refused because the service is at it already. */
export const isBusy = ({ status, body }: ArmReply): boolean =>
  status === 409 || status === 412 || busyCodes.test(codeIn(body));

/** What a write began: an operation, by its id; or nothing, for the reply was all. */
export type Begun = { readonly kind: 'finished' } | { readonly kind: 'operation'; readonly id: string };

/** Reads what a write that was not refused began. */
export function begunBy({ status, headers }: ArmReply): Begun {
  const followed = headers['azure-asyncoperation'] ?? (status === 202 ? headers['location'] : undefined);
  if (status === 204 || (followed === undefined && status !== 202)) return { kind: 'finished' };
  const [path = ''] = (followed ?? '').split(/[?,]/, 1);
  return { kind: 'operation', id: decodeURIComponent(path.split('/').at(-1) ?? '').toLowerCase() };
}

/** What a poll says of its operation. */
export type Poll =
  { readonly kind: 'running' | 'succeeded' | 'silent' } | { readonly kind: 'failed'; readonly code: string };

const endings: Readonly<Record<string, Poll['kind']>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
  cancelled: 'failed',
};

/** Reads a poll: a status document by its word, a result by its HTTP status. */
export function pollOf({ status, body }: ArmReply, family: Family): Poll {
  if (isPassing(status)) return { kind: 'silent' };
  if (status >= 400) return family === 'result' ? { kind: 'failed', code: codeIn(body) } : { kind: 'silent' };
  if (status === 204) return { kind: 'succeeded' };
  const word = textAt(body, 'status')?.toLowerCase();
  const isDocument = family === 'status' || (word !== undefined && member(body, 'type') === undefined);
  if (!isDocument) return { kind: status === 202 ? 'running' : 'succeeded' };
  const kind = endings[word ?? ''] ?? 'running';
  return kind === 'failed' ? { kind, code: codeIn(body) } : { kind };
}

/** The job that the end of an operation names, by its bare name in lower case. */
export function jobNamedIn(body: Json | undefined): string | undefined {
  const named = textAt(body, 'properties', 'jobId') ?? textAt(body, 'jobId');
  return named?.split('/').at(-1)?.toLowerCase();
}
