import type { AnyStep } from '../steps/step.ts';
import { backUpNow, followBackupOperation } from './backup.ts';
import {
  findContainer,
  findProtectableContainer,
  inquireContainer,
  refreshContainers,
  registerContainer,
} from './containers.ts';
import { cancelJob, readJob, readStarter } from './jobs.ts';
import {
  findRestoreGuard,
  readBackupStatus,
  readPolicy,
  readVault,
  findProtectableShare,
  findProtectableVirtualMachine,
} from './vaults.ts';
import { deleteItem, protectItem, stopProtection, undeleteItem } from './itemChanges.ts';
import {
  awaitProtected,
  awaitStanding,
  findItemById,
  findProtectedItem,
  readProtectedItem,
} from './protectedItems.ts';
import { findRecoveryPoint } from './recoveryPoints.ts';
import { readMachinePoint, validateMachineRestore } from './restoreRequests.ts';
import { chooseItemPoint, readRestoreCounts, restoreMachine, restoreShare } from './restores.ts';

/** Every step of Recovery Services: this domain's part of the step catalogue, names unique. */
export const recoveryServicesSteps: readonly AnyStep[] = [
  awaitProtected,
  awaitStanding,
  backUpNow,
  cancelJob,
  chooseItemPoint,
  deleteItem,
  findContainer,
  findItemById,
  findProtectableContainer,
  findProtectableShare,
  findProtectableVirtualMachine,
  findProtectedItem,
  findRecoveryPoint,
  findRestoreGuard,
  followBackupOperation,
  inquireContainer,
  protectItem,
  readBackupStatus,
  readJob,
  readMachinePoint,
  readPolicy,
  readProtectedItem,
  readRestoreCounts,
  readStarter,
  readVault,
  refreshContainers,
  registerContainer,
  restoreMachine,
  restoreShare,
  stopProtection,
  undeleteItem,
  validateMachineRestore,
];
