import { refreshContainers } from '../recovery-services/containers.ts';
import { findProtectableVirtualMachine, type Protectable } from '../recovery-services/protectableItems.ts';
import type { Flow, FlowContext } from './flow.ts';
import type { MachineSought } from './itemTarget.ts';
import { refuse } from './refusals.ts';
import { takeStep } from './takeStep.ts';

/**
 * Makes the vault see a virtual machine that it does not protect yet: a discovery on a miss.
 *
 * @throws FlowEnded when the vault does not offer it after that either.
 */
export function* discoverVirtualMachine(context: FlowContext, sought: MachineSought): Flow<Protectable> {
  const { vaultId, virtualMachineId } = sought;
  const known = yield* takeStep(context, findProtectableVirtualMachine, { vaultId, virtualMachineId });
  if (known.found) return known.found;
  yield* takeStep(context, refreshContainers, { vaultId, backupManagementType: 'AzureIaasVM' });
  const again = yield* takeStep(context, findProtectableVirtualMachine, { vaultId, virtualMachineId });
  if (again.found) return again.found;
  const seen = again.seen.length > 0 ? again.seen.join(', ') : 'none';
  throw refuse(
    'VirtualMachineNotFound',
    `The vault does not offer the virtual machine ${virtualMachineId}. Machines seen: ${seen}.`,
    "It must exist, lie in the vault's region and subscription, and not be protected by another vault.",
  );
}
