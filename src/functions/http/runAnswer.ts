import type { HttpResponseInit } from '@azure/functions';
import type { RunRecord } from '../../runs/run.ts';
import type { HttpCall } from './answer.ts';
import { runNotFound } from './refusal.ts';
import { hasEnded, readWaitSeconds } from './waiting.ts';

/** Path of a run's record. */
const pathOf = (runId: string): string => `/api/runs/${runId}`;

/** When asking again is worth it. */
const retryAfter = ({ services }: HttpCall): string => String(services.settings.minimumPollSeconds);

/** 202 with where and when to look again while the run goes on, 200 once it has ended, whatever the ending. */
export function answerOfRun(
  call: HttpCall,
  run: RunRecord,
  headers: Readonly<Record<string, string>> = {},
): HttpResponseInit {
  if (hasEnded(run)) return { status: 200, headers: { ...headers }, jsonBody: run };
  const where = { 'Operation-Location': pathOf(run.id), 'Retry-After': retryAfter(call) };
  return { status: 202, headers: { ...headers, ...where }, jsonBody: run };
}

/** A record that was asked for: 200, unless the caller has waited for an ending that did not come. */
export function answerOfRecord(call: HttpCall, run: RunRecord): HttpResponseInit {
  if (hasEnded(run) || readWaitSeconds(call.request.query) !== undefined) return answerOfRun(call, run);
  return { status: 200, headers: { 'Retry-After': retryAfter(call) }, jsonBody: run };
}

/** The run's id in the route. @throws HttpRefusal 404 for a text that can be none. */
export function readRunId({ request }: HttpCall): string {
  const id = request.params['id'] ?? '';
  if (!/^[0-9a-f]{40}$/i.test(id)) throw runNotFound();
  return id.toLowerCase();
}
