import type { RunRequest } from '../../runs/request.ts';
import { backUpItem, backupOrder } from './backUp.ts';
import type { Flow, FlowContext, FlowEnding } from '../flow.ts';
import { nameOfTarget } from './itemTarget.ts';
import { lookUpToday } from './listedItem.ts';
import { protectAsListed, type Protected } from './protectItem.ts';
import { kindOfTarget, readProtection } from './protectionRequest.ts';
import { skip } from '../refusals.ts';

type Protect = Extract<RunRequest, { kind: 'protect' }>;

const protectionResult = ({ item, change, differences }: Protected, policyId: string) => ({
  protectedItemId: item.id,
  protectionState: item.protectionState,
  policyId,
  change,
  ...(differences.length > 0 ? { differences } : {}),
});

/** Protects a share, machine or database by a policy; a protection that is there already ends the run `skipped`. */
export function* protectSource(context: FlowContext, request: Protect): Flow<FlowEnding> {
  const target = readProtection(context, request);
  const { policyId } = request;
  const made = yield* protectAsListed(context, target, yield* lookUpToday(context, target), request);
  const result = protectionResult(made, policyId);
  if (request.backUpAfterwards) {
    const ending = yield* backUpItem(context, backupOrder(context, made.item, kindOfTarget(target), {}));
    return { ...ending, result: { ...result, ...(ending.result as object) } };
  }
  if (made.change === 'none') {
    throw skip('AlreadyProtected', `${nameOfTarget(target)} is protected with this policy already.`);
  }
  return { status: 'completed', result };
}
