import type * as z from 'zod';
import type { HttpResponseInit } from '@azure/functions';
import type { Json } from '../arm/call.ts';
import { acceptRun, startAccepted, type Acceptance } from '../runs/acceptRun.ts';
import type { Target } from '../runs/request.ts';
import type { AcceptedRequest, RequestedBy, RunRecord } from '../runs/run.ts';
import { placeOfRun, digestOf } from '../runs/runRow.ts';
import type { GuardedRoute, HttpCall } from './access.ts';
import { answer } from './answer.ts';
import { idempotencyHeader, readBody, readIdempotencyKey } from './body.ts';
import { checkCoolDown, countAgainstLimit, checkTargets } from './limits.ts';
import { HttpRefusal } from './refusal.ts';
import { answerOfRun, readWaitSeconds, recordAfter } from './runAnswer.ts';

const keyReused = (run: RunRecord): HttpRefusal =>
  new HttpRefusal(409, {
    code: 'IdempotencyKeyReused',
    message: `The key belongs to run ${run.id}, which was asked for with another body.`,
    target: idempotencyHeader,
  });

/** The run is safe once its row is written: a flow that cannot be started now is started by the watchdog. */
async function start({ runs, context }: HttpCall, acceptance: Acceptance): Promise<void> {
  try {
    await startAccepted(runs, acceptance);
  } catch (error) {
    const { id } = acceptance.run;
    context.warn(
      `The flow of run ${id} was not started, or not noted so: the watchdog will see to it.`,
      error,
    );
  }
}

async function accept(
  call: HttpCall,
  request: AcceptedRequest,
  requestedBy: RequestedBy,
): Promise<Acceptance> {
  const acceptance = await acceptRun(call.runs, request, requestedBy);
  if (acceptance.kind === 'keyReused') throw keyReused(acceptance.run);
  await start(call, acceptance);
  return acceptance;
}

/** The record to answer with: a run that was made just now has no more to tell, but for the items of a batch. */
async function answerable(
  call: HttpCall,
  { kind, run }: Acceptance,
  waitSeconds: number,
): Promise<RunRecord> {
  if (kind === 'accepted' && run.target && waitSeconds === 0) return run;
  return (await recordAfter(call, run.id, waitSeconds)) ?? run;
}

/** What is written before a new run is accepted: the items of a batch, under the id and digest the run will have. */
export type BeforeRun<T> = (
  call: HttpCall,
  body: T,
  run: { readonly id: string; readonly digest: string },
) => Promise<void>;

/** Asked only of what makes a new run. @throws HttpRefusal */
export type CheckOfNew<T> = (body: T, call: HttpCall) => Promise<void>;

/** A request that was accepted before is answered with its run, whatever the allow-list and the plan have become. */
async function checkNew<T extends object>(
  call: HttpCall,
  body: T,
  requestedBy: RequestedBy,
  check: CheckOfNew<T> | undefined,
): Promise<void> {
  try {
    await checkTargets(call, body);
    await check?.(body, call);
  } catch (refusal) {
    if (!(await placeOfRun(call.runs, requestedBy)).found) throw refusal;
  }
}

async function prepare<T>(
  call: HttpCall,
  before: BeforeRun<T> | undefined,
  body: T,
  request: AcceptedRequest,
  requestedBy: RequestedBy,
): Promise<void> {
  if (!before || request.kind !== 'batch') return;
  const { id, found } = await placeOfRun(call.runs, requestedBy);
  if (found) return;
  await before(call, body, { id, digest: digestOf(request as unknown as Json) });
}

/** What a request backs up by name; what the plan names is spaced by its schedules. */
function backedUp(request: AcceptedRequest, body: object): readonly Target[] {
  if (request.kind === 'backUp') return [request.target];
  return request.kind === 'batch' && 'targets' in body ? (body.targets as readonly Target[]) : [];
}

/** A request for a run, its body checked. */
interface AskedRun<T> {
  readonly body: T;
  readonly key: string;
  readonly waitSeconds: number;
}

/** What becomes of a body. */
interface RunMaking<T> {
  /** Makes of a body what the run keeps, and nothing else: the same body must give the same request. */
  readonly requestOf: (body: T, call: HttpCall) => AcceptedRequest;
  readonly before?: BeforeRun<T>;
  readonly check?: CheckOfNew<T>;
}

/** Accepts a run once per key of its caller and starts it. @returns its record as it stands, or as the wait has found it. */
export async function acceptRequest<T extends object>(
  call: HttpCall,
  { body, key, waitSeconds }: AskedRun<T>,
  { requestOf, before, check }: RunMaking<T>,
): Promise<RunRecord> {
  const wanted = requestOf(body, call);
  const requestedBy: RequestedBy = { source: 'http', caller: call.caller.name, key };
  await checkNew(call, body, requestedBy, check);
  const takeBack = await countAgainstLimit(call, requestedBy);
  await checkCoolDown(call, backedUp(wanted, body), requestedBy);
  await prepare(call, before, body, wanted, requestedBy);
  const acceptance = await accept(call, wanted, requestedBy);
  if (acceptance.kind !== 'accepted') takeBack();
  return answerable(call, acceptance, waitSeconds);
}

type AcceptingOptions<T> = Omit<RunMaking<T>, 'requestOf'> & { readonly ifEmpty?: T };

/**
 * An HTTP handler that turns a body into a run: accepted once per idempotency key, started, held for `?wait=`.
 *
 * @param schemaOf gives the body's schema, asked for with the first request: at the start of the app it is not built.
 * @param options `ifEmpty` is what a request without a body asks for; where it is missing a body is needed.
 */
export const acceptingRuns = <T extends object>(
  route: GuardedRoute,
  schemaOf: () => z.ZodType<T>,
  requestOf: RunMaking<T>['requestOf'],
  { ifEmpty, ...making }: AcceptingOptions<T> = {},
) =>
  answer(route, async (call): Promise<HttpResponseInit> => {
    const { request, services } = call;
    const waitSeconds = readWaitSeconds(request) ?? 0;
    const key = readIdempotencyKey(request.headers, services.newId);
    const body = await readBody(request, schemaOf(), ifEmpty);
    const record = await acceptRequest(call, { body, key, waitSeconds }, { requestOf, ...making });
    return answerOfRun(call, record, { [idempotencyHeader]: key });
  });
