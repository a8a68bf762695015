import { memberIn, objectsIn, textIn } from '../arm/replyFields.ts';
import { resourcePath } from '../arm/resourceId.ts';
import {
  identitiesIn,
  restoreGuardStep,
  type RestoreGuard,
  type VaultIdentity,
} from '../arm/vaultIdentities.ts';
import type { Step } from '../steps/step.ts';
import { dataProtectionApiVersion } from './datasources.ts';

/** What a flow needs to know of a backup policy. */
export type BackupPolicy = {
  readonly id: string;
  readonly datasourceTypes: readonly string[];
  /** Names of the rules a backup on demand may name (`AzureBackupRule`); empty for operational blobs. */
  readonly backupRules: readonly string[];
  /** Tags of the retention rules. */
  readonly retentionTags: readonly string[];
  /** `OperationalStore`, `VaultStore`, …: every store a rule writes to or keeps in. */
  readonly dataStores: readonly string[];
};

/** Reads a policy with its rules. Source: recorded policies; a rule's kind is its `objectType`. */
export const getBackupPolicy: Step<{ readonly policyId: string }, BackupPolicy> = {
  name: 'dataProtection.getBackupPolicy',
  describe: ({ policyId }) => ({
    action: 'Microsoft.DataProtection/backupVaults/backupPolicies/read',
    method: 'GET',
    path: resourcePath(policyId),
    apiVersion: dataProtectionApiVersion,
  }),
  read: (reply, { policyId }) => {
    const rules = objectsIn(memberIn(reply.body, 'properties', 'policyRules'));
    const named = (objectType: string) =>
      rules.filter((rule) => rule.objectType === objectType).flatMap((rule) => textIn(rule.name) ?? []);
    const stores = rules.flatMap((rule) => [
      textIn(memberIn(rule, 'dataStore', 'dataStoreType')),
      ...objectsIn(rule.lifecycles).map((cycle) =>
        textIn(memberIn(cycle, 'sourceDataStore', 'dataStoreType')),
      ),
    ]);
    const types = memberIn(reply.body, 'properties', 'datasourceTypes');
    return {
      kind: 'done',
      result: {
        id: policyId,
        datasourceTypes: Array.isArray(types) ? types.flatMap((type) => textIn(type) ?? []) : [],
        backupRules: named('AzureBackupRule'),
        retentionTags: named('AzureRetentionRule'),
        dataStores: [...new Set(stores.flatMap((store) => store ?? []))],
      },
    };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

/** What a flow needs to know of a Backup vault. */
export type BackupVault = {
  readonly id: string;
  /** Region word as the service writes it. */
  readonly location: string;
  /** The system-assigned identity first, where the vault has one; empty when it has none at all. */
  readonly identities: readonly VaultIdentity[];
  readonly guarded: boolean;
  /** `Off`, `On`, `AlwaysOn`; absent where not sent. */
  readonly softDelete?: string;
};

/** Reads a Backup vault. */
export const getBackupVault: Step<{ readonly vaultId: string }, BackupVault> = {
  name: 'dataProtection.getBackupVault',
  describe: ({ vaultId }) => ({
    action: 'Microsoft.DataProtection/backupVaults/read',
    method: 'GET',
    path: resourcePath(vaultId),
    apiVersion: dataProtectionApiVersion,
  }),
  read: (reply, { vaultId }) => {
    const softDelete = textIn(
      memberIn(reply.body, 'properties', 'securitySettings', 'softDeleteSettings', 'state'),
    );
    return {
      kind: 'done',
      result: {
        id: vaultId,
        location: textIn(memberIn(reply.body, 'location')) ?? '',
        identities: identitiesIn(memberIn(reply.body, 'identity')),
        guarded: memberIn(reply.body, 'properties', 'isVaultProtectedByResourceGuard') === true,
        ...(softDelete && { softDelete }),
      },
    };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

/** Whether a Resource Guard guards restores of the vault. */
export const findInstanceRestoreGuard: Step<{ readonly vaultId: string }, RestoreGuard> = restoreGuardStep(
  'dataProtection.findRestoreGuard',
  {
    action: 'Microsoft.DataProtection/backupVaults/backupResourceGuardProxies/read',
    apiVersion: dataProtectionApiVersion,
  },
);
