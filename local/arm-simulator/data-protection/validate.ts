import type { ArmReply } from '../exchange.ts';
import type { OperationOutcome } from '../operations.ts';
import type { ArmResource } from '../resources.ts';
import type { Call, Route } from '../core.ts';
import { accepted, begin } from './accepted.ts';
import { type Fault, invalidInput, operationError, refusal } from './errors.ts';
import { readInstanceRequest } from './instance-request.ts';
import { instanceActions, instancePath, withInstance } from './instances.ts';
import { findParameterFault } from './parameter-faults.ts';
import { findProtector } from './protected-already.ts';
import { findSourceFault, type Protectable } from './source-faults.ts';
import type { DataProtectionState } from './state.ts';
import { findRoleFault } from './vault-roles.ts';
import { vaultPath, withVault } from './vault-scope.ts';

/** Validation before protecting and before changing an instance: 202, the verdict is in the polled status. */
export function validateRoutes(state: DataProtectionState): Route[] {
  return [
    {
      name: 'dataProtection.validateForBackup',
      method: 'POST',
      path: `${vaultPath}/validateForBackup`,
      action: 'Microsoft.DataProtection/backupVaults/validateForBackup/action',
      handle: withVault((call, vault) => validateForBackup(state, call, vault)),
    },
    {
      name: 'dataProtection.validateForModifyBackup',
      method: 'POST',
      path: `${instancePath}/validateForModifyBackup`,
      action: `${instanceActions}/validateForModifyBackup/action`,
      handle: withInstance(state, (call, instance, vault) => {
        const read = readInstanceRequest(state, vault.id, wanted(call, 'backupInstance'));
        if ('fault' in read) return refusal(400, read.fault, state.core.seeded);
        const fault = findParameterFault(state, vault.id, read.request, call.apiVersion, instance);
        if (fault !== undefined) return refusal(400, fault, state.core.seeded);
        return follow(state, call, vault, read.request);
      }),
    },
  ];
}

const wanted = (call: Call, key: string): unknown =>
  (call.body as Record<string, unknown> | undefined)?.[key];

function validateForBackup(state: DataProtectionState, call: Call, vault: ArmResource): ArmReply {
  const sent = wanted(call, 'backupInstance');
  const { seeded } = state.core;
  if (sent === undefined) return refusal(400, invalidInput('backupInstance is missing.'), seeded);
  const read = readInstanceRequest(state, vault.id, sent);
  if ('fault' in read) return refusal(400, read.fault, seeded);
  const fault =
    findProtector(state, vault.id, read.request.dataSourceInfo.resourceID) ??
    findParameterFault(state, vault.id, read.request, call.apiVersion);
  if (fault !== undefined) return refusal(400, fault, seeded);
  return follow(state, call, vault, read.request);
}

function follow(state: DataProtectionState, call: Call, vault: ArmResource, request: Protectable): ArmReply {
  const operation = begin(state, call, {
    kind: 'validate',
    vault,
    subject: request.dataSourceInfo.resourceID,
    seconds: state.settings.seconds.validate,
    effect: 'none',
    finish: (now) => outcomeOf(state, findProtectionFault(state, vault, request, now)),
  });
  return accepted(call, vault, operation, 10);
}

/** Whether the source, as it is at `now`, can be protected by this vault. */
export function findProtectionFault(
  state: DataProtectionState,
  vault: ArmResource,
  request: Protectable,
  now: number,
): Fault | undefined {
  const sourceFault = findSourceFault(state.core, request);
  if (sourceFault !== undefined || !state.settings.requireVaultRoles) return sourceFault;
  return findRoleFault(state.core, vault, request, now);
}

/** Succeeded without properties, or failed with the fault. */
export const outcomeOf = (state: DataProtectionState, fault: Fault | undefined): OperationOutcome =>
  fault === undefined
    ? { kind: 'succeeded' }
    : { kind: 'failed', error: operationError(fault, state.core.seeded) };
