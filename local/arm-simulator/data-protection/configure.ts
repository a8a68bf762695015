import type { ArmResource } from '../resources.ts';
import { userFacing, type Fault } from './errors.ts';
import { takeForcedError } from './source-faults.ts';
import type { BackupInstance, DataProtectionState } from './state.ts';
import { findProtectionFault } from './validate.ts';

/** Ends ConfiguringProtection (or a sync): ProtectionConfigured, or ProtectionError with the details. */
export function settleProtection(
  state: DataProtectionState,
  vault: ArmResource,
  instance: BackupInstance,
  now: number,
): Fault | undefined {
  // Overtaken by a later PUT, a stop or a delete: those decide.
  if (state.instances.get(instance.id.toLowerCase()) !== instance || !isUnsettled(instance)) return undefined;
  const fault =
    takeForcedError(state, instance.dataSourceInfo.resourceID) ??
    findProtectionFault(state, vault, instance, now);
  instance.state = fault === undefined ? 'ProtectionConfigured' : 'ProtectionError';
  instance.error = fault && userFacing(fault, state.core.seeded);
  return fault;
}

const isUnsettled = ({ state }: BackupInstance) =>
  state === 'ConfiguringProtection' || state === 'UpdatingProtection';
