import type { AnyStep } from '../steps/step.ts';
import { backUpInstance, followInstanceBackup } from './backup.ts';
import { configureProtection, validateForBackup } from './configure.ts';
import {
  awaitDeleted,
  deleteInstance,
  findDeletedInstance,
  findDeletedInstancesOf,
  undeleteInstance,
} from './deletion.ts';
import { resumeProtection, stopProtection, suspendBackups, syncInstance } from './instanceActions.ts';
import { awaitProtection, findInstance, findInstancesBySource, findInstancesOf } from './instances.ts';
import { getBackupPolicy } from './policies.ts';
import { findInstanceRecoveryPoint } from './recoveryPoints.ts';
import { getBackupVault } from './vaults.ts';

/** Every step of the Data Protection domain: the executor finds them here by name. */
export const dataProtectionSteps: readonly AnyStep[] = [
  awaitDeleted,
  awaitProtection,
  backUpInstance,
  configureProtection,
  deleteInstance,
  findDeletedInstance,
  findDeletedInstancesOf,
  findInstance,
  findInstanceRecoveryPoint,
  findInstancesBySource,
  findInstancesOf,
  followInstanceBackup,
  getBackupPolicy,
  getBackupVault,
  resumeProtection,
  stopProtection,
  suspendBackups,
  syncInstance,
  undeleteInstance,
  validateForBackup,
];
