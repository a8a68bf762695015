import { findDisk, findStorageAccount, type SourceResource } from '../../resources/sources.ts';
import type { ProtectByPlanRequest } from '../../runs/run.ts';
import type { RunRequest } from '../../runs/request.ts';
import type { PlanChoice, ResourceWatch, ResourceWatched, WrittenResource } from '../../runs/activities.ts';
import {
  choosePlanActivity,
  watchResourceActivity,
  type Flow,
  type FlowContext,
  type FlowEnding,
} from '../flow.ts';
import { carryShards, writeReport } from './carryBatch.ts';
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
const mostLooks = 5;

/** Records where this run stands with the resource; answers whether the resource was written since the last look. */
function* record(
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
    const { waitSeconds } = yield* record(context, resourceId, 'beforeLook');
    yield* sleep(context, Math.min(waitSeconds * 2 ** look, longestPauseSeconds));
    yield* record(context, resourceId, 'look');
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
  yield* carryShards(context, choice.shards, choice.concurrency);
  return yield* writeReport(context);
}

function seenIn({
  location: region,
  tags,
  ...source
}: SourceResource): Omit<WrittenResource, 'runId' | 'resourceId'> {
  const { sku, kind: accountKind, managedBy, hierarchicalNamespace, obstacles } = source;
  return { region, tags, shown: { sku, accountKind, managedBy, hierarchicalNamespace, obstacles } };
}

/** One look at the resource and what the plan makes of it; an ending of the flow's own is an answer, too. */
function* applyPlan(
  flowOf: FlowOfRequest,
  context: FlowContext,
  { resourceId }: ProtectByPlanRequest,
): Flow<FlowEnding> {
  try {
    const source = yield* readyResource(context, resourceId);
    const written: WrittenResource = { runId: context.runId, resourceId, ...seenIn(source) };
    const choice = yield* callUntilAnswered<PlanChoice>(context.df, choosePlanActivity, written);
    if (choice.kind === 'skipped') throw skip('NotSelected', choice.message);
    return yield* carryOut(flowOf, context, choice);
  } catch (error) {
    if (error instanceof FlowEnded) return { status: error.status, error: error.failure };
    throw error;
  }
}

/** One look as an ending: a step that failed is one, too, because a write that came meanwhile still gets its look. */
function* lookOnce(
  flowOf: FlowOfRequest,
  context: FlowContext,
  request: ProtectByPlanRequest,
): Flow<FlowEnding | StepFailed> {
  try {
    return yield* applyPlan(flowOf, context, request);
  } catch (error) {
    if (error instanceof StepFailed) return error;
    throw error;
  }
}

/** What two looks come to: a later one that found nothing to do changes nothing about what an earlier one did. */
const summed = (before: FlowEnding | undefined, now: FlowEnding): FlowEnding =>
  before && before.status !== 'skipped' && now.status === 'skipped' ? before : now;

/**
 * Applies the plan to a resource that was written: looks, does what the plan says, and looks once more if the resource was
 * written meanwhile. At most one run looks after a resource at a time; a write that another run's event tells of is left
 * to the run that is there. The other side is `triggers/resourceWatch.ts`; docs/protocols.md draws both.
 */
export function* protectByPlan(
  flowOf: FlowOfRequest,
  context: FlowContext,
  request: ProtectByPlanRequest,
): Flow<FlowEnding> {
  let ending: FlowEnding | undefined;
  for (let looks = 1; ; looks++) {
    const now = yield* lookOnce(flowOf, context, request);
    const { writtenSince } = yield* record(context, request.resourceId, 'afterLook');
    const isLast = !writtenSince || looks === mostLooks;
    if (!(now instanceof StepFailed)) ending = summed(ending, now);
    else if (isLast) throw now;
    if (isLast && ending) return ending;
  }
}
