import { findDisk, findStorageAccount, type SourceResource } from '../../resources/sources.ts';
import type { ProtectByPlanRequest } from '../../runs/run.ts';
import type { RunRequest } from '../../runs/request.ts';
import type { PlanChoice, ResourceWatch, ResourceWatched, WrittenResource } from '../../runs/planWork.ts';
import {
  choosePlanActivity,
  watchResourceActivity,
  type Flow,
  type FlowContext,
  type FlowEnding,
} from '../flow.ts';
import { reported, throughShards } from './carryBatch.ts';
import { callUntilAnswered, sleep, takeStep } from '../takeStep.ts';
import { FlowEnded, StepFailed, refuse, skip } from '../refusals.ts';

/** The flow of a request that names its target. */
type FlowOfRequest = (request: RunRequest) => Flow<FlowEnding>;

/** A resource that was announced and cannot be read after this long has gone again. */
const longestUnreadableSeconds = 900;
/** A resource that is still being made after this long is left to the sweep. */
const longestMakingSeconds = 3600;
/** Looks at a resource that is being made lie further and further apart: its history must not grow with its making. */
const longestPauseSeconds = 300;
/** Looks at one resource by one run: what is written more often than that is left to the next event. */
const mostRounds = 5;

function* watch(
  context: FlowContext,
  resourceId: string,
  moment: ResourceWatch['moment'],
): Flow<ResourceWatched> {
  const { runId } = context;
  return yield* callUntilAnswered<ResourceWatched>(context.df, watchResourceActivity, {
    runId,
    resourceId,
    moment,
  });
}

/** The disk or storage account that an id names, or the account that its share lies in. */
const readable = (resourceId: string): string => resourceId.replace(/\/fileServices\/.*$/i, '');

const isReady = ({ provisioningState }: SourceResource): boolean =>
  provisioningState === '' || provisioningState.toLowerCase() === 'succeeded';

/** Whether the service has given up making the resource. */
const hasFailed = ({ provisioningState }: SourceResource): boolean =>
  /^(failed|canceled|deleting)$/i.test(provisioningState);

/** Waits until the resource can be read and is there for good. */
function* readyResource(context: FlowContext, resourceId: string): Flow<SourceResource> {
  const begunAt = context.df.currentUtcDateTime.getTime();
  const step = /\/providers\/Microsoft\.Compute\/disks\//i.test(resourceId) ? findDisk : findStorageAccount;
  for (let look = 0; ; look++) {
    const { waitSeconds } = yield* watch(context, resourceId, 'waiting');
    yield* sleep(context, Math.min(waitSeconds * 2 ** look, longestPauseSeconds));
    yield* watch(context, resourceId, 'reading');
    const { found } = yield* takeStep(context, step, { resourceId: readable(resourceId) });
    if (found && isReady(found)) return found;
    if (found && hasFailed(found)) {
      throw skip('ResourceNotMade', `The state of ${resourceId} is ${found.provisioningState}.`);
    }
    const seconds = (context.df.currentUtcDateTime.getTime() - begunAt) / 1000;
    if (!found && seconds > longestUnreadableSeconds) {
      throw skip('ResourceGone', `${resourceId} cannot be read: it has gone again, or the app lacks Reader.`);
    }
    if (seconds > longestMakingSeconds) {
      throw refuse(
        'ResourceNotReady',
        `The state of ${resourceId} is ${found?.provisioningState ?? ''} still.`,
      );
    }
  }
}

function* carryOut(
  flowOf: FlowOfRequest,
  context: FlowContext,
  choice: Exclude<PlanChoice, { kind: 'skipped' }>,
): Flow<FlowEnding> {
  if (choice.kind === 'one') return yield* flowOf(choice.request);
  yield* throughShards(context, choice.shards, choice.concurrency);
  return yield* reported(context);
}

/** One look at the resource and what the plan makes of it; an ending of the flow's own is an answer, too. */
function* applyPlan(
  flowOf: FlowOfRequest,
  context: FlowContext,
  { resourceId }: ProtectByPlanRequest,
): Flow<FlowEnding> {
  try {
    const { location: region, tags } = yield* readyResource(context, resourceId);
    const written: WrittenResource = { runId: context.runId, resourceId, region, tags };
    const choice = yield* callUntilAnswered<PlanChoice>(context.df, choosePlanActivity, written);
    if (choice.kind === 'skipped') throw skip('NotSelected', choice.message);
    return yield* carryOut(flowOf, context, choice);
  } catch (error) {
    if (error instanceof FlowEnded) return { status: error.status, error: error.failure };
    throw error;
  }
}

/** A later round that found nothing to do changes nothing about what an earlier one has done. */
const summed = (before: FlowEnding | undefined, now: FlowEnding): FlowEnding =>
  before && before.status !== 'skipped' && now.status === 'skipped' ? before : now;

/** A step that failed is answered, not thrown: an event that came meanwhile still gets its look. */
function* attempted(flow: () => Flow<FlowEnding>): Flow<FlowEnding | StepFailed> {
  try {
    return yield* flow();
  } catch (error) {
    if (error instanceof StepFailed) return error;
    throw error;
  }
}

/**
 * Applies the plan to a resource that was written. At most one run looks after a resource at a time; writes that come
 * meanwhile make it look again.
 */
export function* protectByPlan(
  flowOf: FlowOfRequest,
  context: FlowContext,
  request: ProtectByPlanRequest,
): Flow<FlowEnding> {
  let before: FlowEnding | undefined;
  for (let round = 1; ; round++) {
    const now = yield* attempted(() => applyPlan(flowOf, context, request));
    const { lookAgain } = yield* watch(context, request.resourceId, 'leaving');
    const isLast = !lookAgain || round === mostRounds;
    if (isLast && now instanceof StepFailed) throw now;
    if (!(now instanceof StepFailed)) before = summed(before, now);
    if (isLast && before) return before;
  }
}
