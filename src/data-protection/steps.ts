import type { AnyStep } from '../steps/step.ts';
import { backUpInstance, followInstanceBackup } from './backup.ts';
import {
  awaitDeleted,
  awaitProtection,
  configureProtection,
  deleteInstance,
  findDeletedInstance,
  findInstance,
  findInstancesBySource,
  findInstancesOf,
  resumeProtection,
  stopProtection,
  suspendBackups,
  syncInstance,
  undeleteInstance,
  validateForBackup,
} from './instances.ts';
import { followInstanceJob } from './jobs.ts';
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
  findInstance,
  findInstanceRecoveryPoint,
  findInstancesBySource,
  findInstancesOf,
  followInstanceBackup,
  followInstanceJob,
  getBackupPolicy,
  getBackupVault,
  resumeProtection,
  stopProtection,
  suspendBackups,
  syncInstance,
  undeleteInstance,
  validateForBackup,
];
