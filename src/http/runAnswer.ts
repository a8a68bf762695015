import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import { plainText } from '../arm/words.ts';
import { readResource } from '../coverage/readCoverage.ts';
import type { coverageResourceSchema } from '../coverage/schema.ts';
import { writeAlert } from '../notifications/alert.ts';
import { resourceKindSchema } from '../plan/schema.ts';
import { closeRun } from '../runs/changeRun.ts';
import { listRuns } from '../runs/listRuns.ts';
import { closeSchema } from '../runs/request.ts';
import type { RunRecord } from '../runs/run.ts';
import { getRunRecord } from '../runs/runRecord.ts';
import type { RunServices } from '../runs/runServices.ts';
import type { HttpCall } from './access.ts';
import { longestWaitSeconds, readBody } from './body.ts';
import { readNoQuery, readQuery } from './query.ts';
import { badRequest, HttpRefusal, runNotFound, runNotUnknown } from './refusal.ts';

type Found = z.infer<typeof coverageResourceSchema>;

/** A resource with its newest run as it stands now: what was noted with the last read may have ended since. */
async function withNewestRun(runs: RunServices, found: Found): Promise<Found> {
  const { id, itemId, lastRun } = found.resource;
  const targets = [id, ...(itemId === undefined ? [] : [itemId])];
  const lists = await Promise.all(targets.map((target) => listRuns(runs, { target }, { top: 1 })));
  const [newest] = lists
    .flatMap((list) => list.runs)
    .sort((one, other) => other.createdAt.localeCompare(one.createdAt));
  if (!newest || (lastRun && lastRun.createdAt > newest.createdAt)) return found;
  const { id: runId, kind, status, createdAt, endedAt } = newest;
  const run = { id: runId, kind, status, createdAt, ...(endedAt !== undefined && { endedAt }) };
  return { ...found, resource: { ...found.resource, lastRun: run } };
}

/** A resource, the changes of its state and its newest run. @throws HttpRefusal 404 for one that no read has seen. */
export async function resourceAnswer({ services, runs }: HttpCall, id: string): Promise<Found> {
  const { tables, clock } = services;
  const found = await readResource(tables.coverage, id, resourceKindSchema.options, clock());
  if (found) return withNewestRun(runs, found);
  const message = 'No read of the estate has seen this resource.';
  throw new HttpRefusal(404, { code: 'ResourceNotSeen', message, target: 'id' });
}

const lookEveryMilliseconds = 1000;

const isWait = (text: string): boolean => /^\d{1,3}$/.test(text) && Number(text) <= longestWaitSeconds;
const waitWords = `wait is whole seconds from 0 to ${longestWaitSeconds}.`;

const waitSchema = z.strictObject({ wait: z.string().optional() });

/** `?wait=`: whole seconds; undefined when it is not given. @throws HttpRefusal 400 outside 0–200, and for any other parameter. */
export function readWaitSeconds(request: HttpRequest): number | undefined {
  readQuery(request, waitSchema);
  const text = request.query.get('wait');
  if (text === null) return undefined;
  if (isWait(text)) return Number(text);
  throw badRequest('InvalidWait', waitWords, 'wait');
}

/** The same as an argument of a tool. */
export const waitArgument = z.string().refine(isWait, waitWords).transform(Number).optional();

/** Whether a run has an ending, also one that may still turn into another (`timedOut`). */
const hasEnded = ({ status }: Pick<RunRecord, 'status'>): boolean =>
  status !== 'accepted' && status !== 'running';

/** The record as soon as the run has ended, or as it stands after the given seconds; undefined when there is no run. */
export async function recordAfter(
  { services, runs }: HttpCall,
  runId: string,
  waitSeconds: number,
): Promise<RunRecord | undefined> {
  const until = services.clock().getTime() + waitSeconds * 1000;
  for (;;) {
    const record = await getRunRecord(runs, runId);
    const left = until - services.clock().getTime();
    if (!record || hasEnded(record) || left <= 0) return record;
    await services.pause(Math.min(lookEveryMilliseconds, left));
  }
}

/** As {@link recordAfter}. @throws HttpRefusal 404 when there is no run. */
export async function existingRecord(call: HttpCall, runId: string, waitSeconds: number): Promise<RunRecord> {
  const record = await recordAfter(call, runId, waitSeconds);
  if (!record) throw runNotFound();
  return record;
}

/** Path of a run's record. */
const pathOf = (runId: string): string => `/api/runs/${runId}`;

/** When asking again is worth it. */
const retryAfter = ({ services }: HttpCall): string => String(services.settings.minimumPollSeconds);

/** How the run stands, for callers that look at heads alone: the HTTP status says only whether it goes on. */
export const statusOf = ({ status }: Pick<RunRecord, 'status'>) => ({ 'x-run-status': status });

/** 202 with where and when to look again while the run goes on, 200 once it has ended, whatever the ending. */
export function answerOfRun(
  call: HttpCall,
  run: RunRecord,
  headers: Readonly<Record<string, string>> = {},
): HttpResponseInit {
  if (hasEnded(run)) return { status: 200, headers: { ...headers, ...statusOf(run) }, jsonBody: run };
  const where = { 'Operation-Location': pathOf(run.id), 'Retry-After': retryAfter(call) };
  return { status: 202, headers: { ...headers, ...statusOf(run), ...where }, jsonBody: run };
}

/** A record that was asked for: 200, unless the caller has waited for an ending that did not come. */
export function answerOfRecord(call: HttpCall, run: RunRecord): HttpResponseInit {
  if (hasEnded(run) || readWaitSeconds(call.request) !== undefined) return answerOfRun(call, run);
  return { status: 200, headers: { ...statusOf(run), 'Retry-After': retryAfter(call) }, jsonBody: run };
}

/** A run's id. @throws HttpRefusal 404 for a text that can be none. */
export function runIdOf(text: string): string {
  if (!/^[0-9a-f]{40}$/i.test(text)) throw runNotFound();
  return text.toLowerCase();
}

/** The run's id in the route. @throws HttpRefusal 404 for a text that can be none. */
export const readRunId = ({ request }: HttpCall): string => runIdOf(request.params['id'] ?? '');

/** A person closes a run that ended `unknown`: the record says so, and whoever watches the log hears of it. */
export async function answerOfClosing(call: HttpCall): Promise<HttpResponseInit> {
  const runId = readRunId(call);
  readNoQuery(call.request);
  const { reason } = await readBody(call.request, closeSchema);
  const closed = await closeRun(call.runs, runId, reason, call.caller.name);
  const record = closed === 'missing' ? undefined : await getRunRecord(call.runs, runId);
  if (!record) throw runNotFound();
  const what = `${call.caller.name} has closed it: ${plainText(reason)}`;
  if (closed === 'closed') writeAlert(call.context, 'closedRun', what, { runId });
  // Closing twice is the same wish: the answer to the first may have been lost.
  if (closed === 'notUnknown' && record.error?.code !== 'ClosedByPerson') throw runNotUnknown(record.status);
  return answerOfRun(call, record);
}
