import type { AnyStep } from '../steps/step.ts';
import { backUpInstance, followInstanceBackup, readInstanceStarter } from './backup.ts';
import {
  changeInstance,
  configureAlone,
  configureProtection,
  resumeProtection,
  stopProtection,
  suspendBackups,
  syncInstance,
  validateForBackup,
} from './instanceChanges.ts';
import {
  awaitDeleted,
  deleteInstance,
  findDeletedInstance,
  findDeletedInstancesOf,
  undeleteInstance,
} from './deletion.ts';
import {
  awaitProtection,
  findInstance,
  findInstanceContent,
  findInstancesBySource,
  findInstancesOf,
} from './instances.ts';
import { findInstanceRestoreGuard, getBackupPolicy, getBackupVault } from './vaults.ts';
import { findInstanceRecoveryPoint } from './recoveryPoints.ts';
import { chooseInstancePoint, restoreInstance, validateRestore } from './restores.ts';

/** Every step of the Data Protection domain: the executor finds them here by name. */
export const dataProtectionSteps: readonly AnyStep[] = [
  awaitDeleted,
  awaitProtection,
  backUpInstance,
  changeInstance,
  chooseInstancePoint,
  configureAlone,
  configureProtection,
  deleteInstance,
  findDeletedInstance,
  findDeletedInstancesOf,
  findInstance,
  findInstanceContent,
  findInstanceRecoveryPoint,
  findInstanceRestoreGuard,
  findInstancesBySource,
  findInstancesOf,
  followInstanceBackup,
  getBackupPolicy,
  getBackupVault,
  readInstanceStarter,
  restoreInstance,
  resumeProtection,
  stopProtection,
  suspendBackups,
  syncInstance,
  undeleteInstance,
  validateForBackup,
  validateRestore,
];
