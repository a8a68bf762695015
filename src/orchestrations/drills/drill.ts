import type { JobSeen, PointChoice, PointWish } from '../../arm/backupJob.ts';
import type { Failure } from '../../arm/call.ts';
import type { WebhookQuestion, WebhookVerdict } from '../../runs/activities.ts';
import { daysWithin, secondsOfSpan, type DrillVerdict } from '../../plan/drillParts.ts';
import type { DrillRequest, DrillThing } from '../../runs/request.ts';
import { beats, type Flow, type FlowContext, type FlowEnding } from '../flow.ts';
import { FlowEnded, StepFailed, refuse } from '../refusals.ts';
import { callUntilAnswered, sleep } from '../takeStep.ts';
import { cleanUp, countRestore, recordDrill } from './cleanUp.ts';

/** What has come back, and what is wrong with it. */
export interface Restored {
  /** Seconds from the request to the end of the job. */
  readonly seconds: number;
  readonly verdict: 'good' | 'empty' | 'mismatch';
  /** Counts or size, for the record. */
  readonly counts: { readonly [name: string]: string | number };
  /** What is wrong, in a sentence. */
  readonly message?: string;
}

type Chosen = NonNullable<PointChoice['chosen']>;

/** Something that a drill makes, as a dry run tells it; what that costs is for its reader to say. */
export type Creation = {
  readonly what: string;
  /** Absent where nobody tells before. */
  readonly gigabytes?: number;
};

/** One resource as its kind is drilled: every member is a part of the flow, in this order. */
export interface Drilled {
  /** ARM id of the source: what the coverage calls the resource. */
  readonly resourceId: string;
  readonly itemId: string;
  /** What comes back, by its ARM ids: what a webhook looks at. */
  readonly restoredTo: readonly string[];
  /** What the drill will have made; a restore may add what it has left beside. */
  readonly things: readonly DrillThing[];
  choose(wish: PointWish): Flow<PointChoice>;
  /** Sees that the place is fit and that nothing of that name is there; writes nothing. */
  look(): Flow<readonly string[]>;
  /** Requests of a Resource Guard by which restores of the vault would pass; empty where none guards them. */
  guards(): Flow<readonly string[]>;
  /** What would be made, for a dry run. */
  creates(): Flow<readonly Creation[]>;
  /** Has the service validate, where it can; grants roles where that was asked for. */
  validate(point: Chosen, isDry: boolean): Flow<readonly string[]>;
  /** Makes what is restored into, restores, and follows the job. @throws StepFailed, FlowEnded */
  restore(point: Chosen): Flow<Restored>;
}

/** Seconds from the sending of a restore to the end of its job: the time to restore. */
export function secondsToRestore(
  context: FlowContext,
  { sentAt }: { readonly sentAt: string },
  { endedAt }: JobSeen,
): number {
  const until = endedAt === undefined ? context.df.currentUtcDateTime.getTime() : Date.parse(endedAt);
  return Math.max(0, Math.round((until - Date.parse(sentAt)) / 1000));
}

const dayMilliseconds = 86_400_000;

/** Counted from the acceptance of the run, so that a replay asks for the same. */
function wishOf({ runId, facts }: FlowContext, request: DrillRequest, itemId: string): PointWish {
  const { point, seed = runId } = request;
  const within = point && 'within' in point ? point.within : undefined;
  const notAfter = facts.acceptedAt;
  const spanMs = daysWithin(within ?? 'P30D') * dayMilliseconds;
  return {
    choose: point && 'choose' in point ? point.choose : 'latest',
    notBefore: new Date(Date.parse(notAfter) - spanMs).toISOString(),
    notAfter,
    seed: `${seed}|${itemId.toLowerCase()}`,
    ...(point && 'name' in point ? { name: point.name } : {}),
  };
}

function noPoint({ passedOver }: PointChoice, { itemId }: Drilled): FlowEnded {
  const others = passedOver > 0 ? ` ${passedOver} are in the archive or in another store.` : '';
  return refuse(
    'NoEligiblePoint',
    `No recovery point of ${itemId} can be restored.${others}`,
    'Widen point.within, or see why there are no backups.',
  );
}

/** The failure of a flow that could not go on; undefined for a mistake of ours. */
function failureOf(error: unknown): Failure | undefined {
  if (error instanceof FlowEnded) return error.failure;
  if (!(error instanceof StepFailed)) return undefined;
  if (error.outcome.kind === 'cancelled') return { code: 'RunCancelled', message: 'The run was cancelled.' };
  return { ...error.outcome.failure, message: error.message };
}

interface Outcome {
  readonly verdict: DrillVerdict;
  readonly restored?: Restored;
  readonly failure?: Failure;
  readonly isCancelled?: boolean;
}

function outcomeOf({ restoreWithin }: DrillRequest, restored: Restored): Outcome {
  const { verdict, seconds, message = '' } = restored;
  if (verdict !== 'good') {
    const code = verdict === 'empty' ? 'DrillEmpty' : 'DrillMismatch';
    return { verdict, restored, failure: { code, message } };
  }
  const isLate = restoreWithin !== undefined && seconds > secondsOfSpan(restoreWithin);
  return { verdict: isLate ? 'proven late' : 'proven', restored };
}

/** The activity that asks a webhook. Input: `WebhookQuestion`. Answer: `WebhookVerdict`. */
export const askDrillWebhookActivity = 'askDrillWebhook';

/** Pauses between questions grow to this many beats, so that a long wait costs little history. */
const longestPauseBeats = 60;

/** Asks the webhook of the plan until it has a verdict or its time is over: no verdict is none that proves. */
function* verified(
  context: FlowContext,
  { resourceId, restoredTo }: Drilled,
  { check }: DrillRequest,
  point: Chosen,
  outcome: Outcome,
): Flow<Outcome> {
  if (check?.webhook === undefined || !outcome.verdict.startsWith('proven')) return outcome;
  const question: WebhookQuestion = {
    ...{ url: check.webhook, run: context.runId, resourceId },
    ...{ restoredTo, pointAt: point.at },
  };
  const untilMs = context.df.currentUtcDateTime.getTime() + secondsOfSpan(check.within ?? 'PT2H') * 1000;
  for (let asked = 0; ; asked++) {
    const answer = yield* callUntilAnswered<WebhookVerdict>(context.df, askDrillWebhookActivity, question);
    if (answer === 'good') return outcome;
    if (answer === 'bad') {
      const failure = { code: 'DrillRefused', message: 'The webhook finds what came back wrong.' };
      return { ...outcome, verdict: 'mismatch', failure };
    }
    if (context.df.currentUtcDateTime.getTime() >= untilMs) break;
    yield* sleep(context, beats(context, Math.min(3 * 2 ** asked, longestPauseBeats)));
  }
  const message = `The webhook gave no verdict within ${check.within ?? 'PT2H'}.`;
  return { ...outcome, verdict: 'unverified', failure: { code: 'DrillUnverified', message } };
}

/** Whether the restore may go on without us: nobody could say how it ended. */
const isUnsettled = (error: unknown): boolean =>
  error instanceof StepFailed && (error.outcome.kind === 'timedOut' || error.outcome.kind === 'unknown');

const isCancelled = (error: unknown): boolean =>
  (error instanceof StepFailed && error.outcome.kind === 'cancelled') ||
  (error instanceof FlowEnded && error.status === 'cancelled');

function* restoreAndKeep(
  context: FlowContext,
  drilled: Drilled,
  request: DrillRequest,
  point: Chosen,
): Flow<Outcome> {
  try {
    const restored = yield* drilled.restore(point);
    yield* recordDrill(context, { moment: 'settled', run: context.runId });
    const outcome = yield* verified(context, drilled, request, point, outcomeOf(request, restored));
    if (request.keepFor !== undefined && outcome.verdict.startsWith('proven'))
      yield* sleep(context, secondsOfSpan(request.keepFor));
    return outcome;
  } catch (error) {
    const failure = failureOf(error);
    if (!failure) throw error;
    if (!isUnsettled(error)) yield* recordDrill(context, { moment: 'settled', run: context.runId });
    return { verdict: 'failed', failure, ...(isCancelled(error) ? { isCancelled: true } : {}) };
  }
}

function resultOf(context: FlowContext, drilled: Drilled, point: Chosen, outcome: Outcome) {
  const ageMs = Date.parse(context.facts.acceptedAt) - Date.parse(point.at);
  return {
    verdict: outcome.verdict,
    resourceId: drilled.resourceId,
    point: { id: point.id, at: point.at, ageSeconds: Math.max(0, Math.round(ageMs / 1000)) },
    restoredTo: drilled.restoredTo,
    ...(outcome.restored
      ? { restoreSeconds: outcome.restored.seconds, counts: outcome.restored.counts }
      : {}),
  };
}

function endingOf({ verdict, failure, isCancelled, restored }: Outcome, request: DrillRequest): FlowEnding {
  if (isCancelled) return { status: 'cancelled', ...(failure ? { error: failure } : {}) };
  if (verdict === 'proven') return { status: 'completed' };
  if (verdict === 'proven late') {
    const message = `The restore took ${restored?.seconds ?? 0} s, more than ${request.restoreWithin ?? ''}.`;
    return { status: 'completedWithWarnings', error: { code: 'DrillLate', message } };
  }
  return { status: 'failed', error: failure ?? { code: 'DrillFailed', message: 'Nothing came back.' } };
}

/** A proof lies in one property of a row, beside others. */
const longestReason = 500;

function* prove(
  context: FlowContext,
  { resourceId }: Drilled,
  point: Chosen,
  { verdict, restored, failure, isCancelled }: Outcome,
): Flow<void> {
  if (isCancelled) return;
  const at = context.df.currentUtcDateTime.toISOString();
  const seconds = restored ? { restoreSeconds: restored.seconds } : {};
  const why = failure ? { reason: `${failure.code}: ${failure.message}`.slice(0, longestReason) } : {};
  const proof = { run: context.runId, at, verdict, pointAt: point.at, ...seconds, ...why };
  yield* recordDrill(context, { moment: 'proved', resourceId, proof });
}

/** Restores, checks, cleans up whatever came of it, and records. The row that names what is made comes first of all. */
function* carryOut(
  context: FlowContext,
  drilled: Drilled,
  request: DrillRequest,
  point: Chosen,
): Flow<FlowEnding> {
  const { things } = drilled;
  yield* recordDrill(context, { moment: 'planned', run: context.runId, things });
  const before = yield* restoreAndKeep(context, drilled, request, point);
  const left = yield* cleanUp(context, { run: context.runId, things });
  const message = left.map(({ id, reason }) => `${id}: ${reason}`).join('; ');
  const outcome: Outcome =
    left.length === 0
      ? before
      : { ...before, verdict: 'left over', failure: { code: 'DrillLeftOver', message } };
  yield* prove(context, drilled, point, outcome);
  const result = { ...resultOf(context, drilled, point, outcome), ...(left.length > 0 ? { left } : {}) };
  return { ...endingOf(outcome, request), result };
}

/** Why a vault would hold a restore back until a second person has approved it. */
function* heldBack(drilled: Drilled, { guardRequest }: DrillRequest): Flow<readonly string[]> {
  if (guardRequest !== undefined) return [];
  const requests = yield* drilled.guards();
  if (requests.length === 0) return [];
  const named = requests.join(', ');
  return [
    `a Resource Guard holds restores of the vault back: have one approved there, and name its request in guardRequest (${named})`,
  ];
}

/** How long what a drill makes is there, in words. */
function keptWords({ check, keepFor }: DrillRequest): string {
  const checked =
    check?.webhook === undefined
      ? 'until it is checked'
      : `until the webhook has a verdict, at most ${check.within ?? 'PT2H'}`;
  return keepFor === undefined ? checked : `${checked}, and ${keepFor} more when it is good`;
}

function* foretold(
  drilled: Drilled,
  request: DrillRequest,
  point: Chosen,
  obstacles: readonly string[],
): Flow<FlowEnding> {
  const creates = yield* drilled.creates();
  const kept = keptWords(request);
  const wouldRestore = { point, to: drilled.restoredTo, creates, kept, obstacles };
  return { status: obstacles.length === 0 ? 'completed' : 'completedWithWarnings', result: { wouldRestore } };
}

/**
 * A restore drill of one resource: a backup is proven when something came back out of it, and nothing is left behind.
 *
 * @throws FlowEnded when drills are not allowed, no point can be restored, or the place is not fit; nothing was made then.
 */
export function* drill(context: FlowContext, drilled: Drilled, request: DrillRequest): Flow<FlowEnding> {
  const isDry = request.dryRun === true;
  if (!context.facts.mayDrill && !isDry)
    throw refuse('DrillNotAllowed', 'This deployment restores nothing.', 'Set RESTORE_DRILLS to true.');
  const choice = yield* drilled.choose(wishOf(context, request, drilled.itemId));
  const { chosen } = choice;
  if (!chosen) throw noPoint(choice, drilled);
  const unfit = yield* drilled.look();
  if (unfit.length > 0 && !isDry) throw refuse('DrillTargetNotFit', unfit.join('; '));
  const held = yield* heldBack(drilled, request);
  if (held.length > 0 && !isDry) throw refuse('RestoreGuarded', held.join('; '));
  const obstacles = [...unfit, ...held, ...(yield* drilled.validate(chosen, isDry))];
  if (isDry) return yield* foretold(drilled, request, chosen, obstacles);
  // What belongs to a drill of the plan was counted when its batch began it.
  const reached = request.drill === undefined ? yield* countRestore(context, drilled.itemId) : null;
  if (reached !== null) throw refuse('DailyLimit', reached, 'Ask again on the next day (UTC).');
  return yield* carryOut(context, drilled, request, chosen);
}
