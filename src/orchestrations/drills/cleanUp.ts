import type { DrillEntry } from '../../runs/activities.ts';
import { deleteDrillTarget, findDrillTarget, tagDrillTarget } from '../../resources/drillTargets.ts';
import type { CleanUpRequest, DrillThing } from '../../runs/request.ts';
import { beats, type Flow, type FlowContext, type FlowEnding } from '../flow.ts';
import { StepFailed } from '../refusals.ts';
import { callUntilAnswered, sleep, takeStep } from '../takeStep.ts';

/** The activity that writes down what a drill has come to. Input: `DrillEntry`. */
export const recordDrillActivity = 'noteDrill';

/** Has the clean-up row or the proof of a drill written. */
export function* recordDrill(context: FlowContext, note: DrillEntry): Flow<void> {
  yield* callUntilAnswered(context.df, recordDrillActivity, note);
}

/** Counts a restore that no batch has counted. @returns why it may not begin today. */
export const countRestore = (context: FlowContext, itemId: string): Flow<string | null> =>
  callUntilAnswered<string | null>(context.df, recordDrillActivity, {
    ...{ moment: 'begun', run: context.runId, itemId },
  } satisfies DrillEntry);

type Left = { readonly id: string; readonly reason: string };

/** Looks, a beat apart, at what the service has taken the deletion of. */
const mostLooks = 12;

function* untilGone(context: FlowContext, targetId: string, runId: string): Flow<string | undefined> {
  for (let looks = 1; ; looks++) {
    const { found } = yield* takeStep(context, findDrillTarget, { targetId, runId });
    if (!found) return undefined;
    if (looks === mostLooks)
      return `it is still there, its state is ${found.provisioningState ?? 'not told'}`;
    yield* sleep(context, beats(context, looks < 4 ? 1 : 3));
  }
}

/** Why a thing that is there stays; undefined when it is the drill's and may go. */
const whyKept = (taggedBy: string, runId: string, { mayBeUntagged }: DrillThing): string | undefined => {
  if (taggedBy.toLowerCase() === runId) return undefined;
  if (taggedBy !== '') return `its tag names another run, ${taggedBy}`;
  return mayBeUntagged ? undefined : 'it has no tag of this drill';
};

/** @returns why it is not shown to be gone; undefined when it is. */
function* cleanOne(context: FlowContext, runId: string, thing: DrillThing): Flow<string | undefined> {
  const target = { targetId: thing.id, runId };
  const { found } = yield* takeStep(context, findDrillTarget, target);
  if (!found) return undefined;
  const kept = whyKept(found.taggedBy, runId, thing);
  if (kept !== undefined) return kept;
  if (found.taggedBy === '') yield* takeStep(context, tagDrillTarget, target);
  yield* takeStep(context, deleteDrillTarget, target);
  return yield* untilGone(context, thing.id, runId);
}

function* leftOf(context: FlowContext, runId: string, thing: DrillThing): Flow<readonly Left[]> {
  try {
    const reason = yield* cleanOne(context, runId, thing);
    return reason === undefined ? [] : [{ id: thing.id, reason }];
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    return [{ id: thing.id, reason: error.message.slice(0, 400) }];
  }
}

/** Deletes what is the drill's, shows that it is gone, and has the row written so. @returns what is left, and why. */
export function* cleanUp(
  context: FlowContext,
  { run, things }: Pick<CleanUpRequest, 'run' | 'things'>,
): Flow<readonly Left[]> {
  const left: Left[] = [];
  for (const thing of things) left.push(...(yield* leftOf(context, run, thing)));
  yield* recordDrill(context, { moment: 'cleaned', run, left });
  return left;
}

/** A run of its own that cleans up what a drill has left. */
export function* cleanUpAfter(context: FlowContext, request: CleanUpRequest): Flow<FlowEnding> {
  const left = yield* cleanUp(context, request);
  const result = { cleanedUpAfter: request.run, left };
  if (left.length === 0) return { status: 'completed', result };
  const message = left.map(({ id, reason }) => `${id}: ${reason}`).join('; ');
  return { status: 'failed', error: { code: 'DrillLeftOver', message }, result };
}
