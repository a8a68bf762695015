import type { JsonObject } from '../../arm/call.ts';
import { findProtectableContainer } from '../../recovery-services/containers.ts';
import { findProtectableShare, findProtectableVirtualMachine } from '../../recovery-services/vaults.ts';
import type { ProtectedItem, MachineSought, ShareSought } from '../../recovery-services/protectedItems.ts';
import { differencesOf, type Difference } from '../../recovery-services/itemChanges.ts';
import { inSameSubscription } from '../../recovery-services/paths.ts';
import type { RunRequest } from '../../runs/request.ts';
import type { Flow, FlowContext, FlowEnding } from '../flow.ts';
import {
  nameOfTarget,
  vaultOfTarget,
  asksAccess,
  checkPolicy,
  kindOfTarget,
  readProtection,
  type ItemTarget,
  type RegistrationAsked,
} from './itemTarget.ts';
import { lookUpToday, refuseResting } from './listedItem.ts';
import { shareOf } from './protectItem.ts';
import { readRegistration, type RegistrationSeen } from './registerAccount.ts';
import { rolesMissing } from '../roleGrants.ts';
import { notProtected, unknownItem } from '../refusals.ts';
import { takeStep } from '../takeStep.ts';

type Validate = Extract<RunRequest, { kind: 'validate' }>;

/** What would be done, and why; and which roles lack where an identity is asked for. */
interface Findings {
  readonly wouldDo: readonly string[];
  readonly wouldChange?: readonly Difference[];
  readonly missingRoles?: readonly JsonObject[];
}

/** The roles that the identity lacks by which the account is to be reached. */
function* rolesLacking(
  context: FlowContext,
  { wanted }: RegistrationSeen,
): Flow<Pick<Findings, 'missingRoles'>> {
  if (!wanted?.roles) return {};
  const { principalId } = wanted.roles;
  const missing = yield* rolesMissing(context, wanted.roles);
  return { missingRoles: missing.map((role) => ({ ...role, principalId })) };
}

/** What protecting an account's share would have to do first, as far as reads can tell. */
function* stepsForShare(context: FlowContext, sought: ShareSought, asked: RegistrationAsked): Flow<Findings> {
  const { vaultId, storageAccountId, share } = sought;
  const account = { vaultId, storageAccountId };
  const seen = yield* readRegistration(context, account, asked);
  const roles = yield* rolesLacking(context, seen);
  if (!seen.container) {
    const known = yield* takeStep(context, findProtectableContainer, account);
    const wouldDo = [...(known ? [] : ['discover']), 'register', 'inquire where needed', 'protect'];
    return { wouldDo, ...roles };
  }
  const { found } = yield* takeStep(context, findProtectableShare, { ...account, share });
  const again = againOf(seen);
  return { wouldDo: [...again.wouldDo, ...(found ? [] : ['inquire']), 'protect'], ...again.why, ...roles };
}

const againOf = ({ differences }: RegistrationSeen) => ({
  wouldDo: differences.length > 0 ? ['register again'] : [],
  why: differences.length > 0 ? { wouldChange: differences } : {},
});

function* stepsForMachine(context: FlowContext, sought: MachineSought): Flow<string[]> {
  const { vaultId, virtualMachineId } = sought;
  if (!inSameSubscription(vaultId, virtualMachineId)) return ['protect under the documented names'];
  const { found } = yield* takeStep(context, findProtectableVirtualMachine, { vaultId, virtualMachineId });
  return [...(found ? [] : ['discover']), 'protect'];
}

const deedOf = (differences: readonly Difference[]): string[] => {
  if (differences.length === 0) return [];
  return [differences.some(({ what }) => what === 'standing') ? 'protect' : 'change policy'];
};

/** What would be done with an item that is there, and why. */
function* changesOf(
  context: FlowContext,
  target: ItemTarget,
  item: ProtectedItem,
  request: Validate,
): Flow<Findings> {
  refuseResting(context, item, nameOfTarget(target));
  const ofItem = differencesOf(item, request.policyId);
  const share = asksAccess(request) ? shareOf(target, item) : undefined;
  const seen = share && (yield* readRegistration(context, share, request));
  const wouldChange = [...(seen?.differences ?? []), ...ofItem];
  return {
    wouldDo: [...(seen ? againOf(seen).wouldDo : []), ...deedOf(ofItem)],
    ...(wouldChange.length > 0 ? { wouldChange } : {}),
    ...(seen ? yield* rolesLacking(context, seen) : {}),
  };
}

function* stepsFor(
  context: FlowContext,
  target: ItemTarget,
  names: readonly string[],
  request: Validate,
): Flow<Findings> {
  if (target.by === 'id') throw unknownItem(target.itemId);
  if (target.sought.kind === 'workload') throw notProtected(nameOfTarget(target), names);
  return target.sought.kind === 'fileShare'
    ? yield* stepsForShare(context, target.sought, request)
    : { wouldDo: yield* stepsForMachine(context, target.sought) };
}

/** Says what protecting a target would do, without any write: `result.wouldDo` is empty when all is as wanted. */
export function* validate(context: FlowContext, request: Validate): Flow<FlowEnding> {
  const target = readProtection(context, request);
  const { policyId } = request;
  yield* checkPolicy(context, { policyId, vaultId: vaultOfTarget(target), kind: kindOfTarget(target) });
  const { item, seen } = yield* lookUpToday(context, target);
  const findings = item
    ? yield* changesOf(context, target, item, request)
    : yield* stepsFor(context, target, seen, request);
  return { status: 'completed', result: { ...findings } };
}
