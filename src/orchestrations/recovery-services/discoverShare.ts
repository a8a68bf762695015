import { inquireContainer } from '../../recovery-services/containers.ts';
import { findProtectableShare, type Protectable } from '../../recovery-services/protectableItems.ts';
import type { Difference } from '../../recovery-services/itemChanges.ts';
import type { Flow, FlowContext } from '../flow.ts';
import { orAsFound, takeStep } from '../takeStep.ts';
import { explainMissingShare } from './explainMissing.ts';
import type { ShareSought } from './itemTarget.ts';
import { registeredContainer, type RegistrationAsked } from './registerAccount.ts';

/** A share as the vault offers it, and in what the registration of its account had to be changed. */
interface Discovered {
  readonly offered: Protectable;
  readonly differences: readonly Difference[];
}

/**
 * Makes the vault see a share that it does not protect yet: registers the account on a miss, inquires on a miss.
 *
 * @throws FlowEnded with the reason when the share cannot be found; StepFailed when the service refuses a step.
 */
export function* discoverShare(
  context: FlowContext,
  sought: ShareSought,
  asked: RegistrationAsked,
): Flow<Discovered> {
  const { name: containerName, differences } = yield* registeredContainer(context, sought, asked);
  const { vaultId, storageAccountId, share } = sought;
  const look = () => takeStep(context, findProtectableShare, { vaultId, storageAccountId, share });
  const { found } = yield* look();
  if (found) return { offered: found, differences };
  const inquiring = takeStep(context, inquireContainer, { vaultId, storageAccountId, containerName });
  yield* orAsFound(context, inquiring, function* () {
    return (yield* look()).found ? null : undefined;
  });
  const again = yield* look();
  if (again.found) return { offered: again.found, differences };
  throw yield* explainMissingShare(context, sought, again.seen);
}
