import type { BackupPolicy } from './state.ts';

interface PolicyRule {
  readonly objectType?: string;
  readonly name?: string;
  readonly isDefault?: boolean;
  readonly dataStore?: { readonly dataStoreType?: string };
  readonly backupParameters?: { readonly backupType?: string };
  readonly trigger?: {
    readonly taggingCriteria?: readonly {
      readonly isDefault?: boolean;
      readonly tagInfo?: { readonly tagName?: string };
    }[];
  };
  readonly lifecycles?: readonly {
    readonly deleteAfter?: { readonly duration?: string };
    readonly sourceDataStore?: { readonly dataStoreType?: string };
  }[];
}

const rulesOf = (policy: BackupPolicy) => (policy.properties['policyRules'] ?? []) as readonly PolicyRule[];

/** Rules that make backups; without one nothing can be backed up on demand. */
export const backupRulesOf = (policy: BackupPolicy): readonly PolicyRule[] =>
  rulesOf(policy).filter((rule) => rule.objectType === 'AzureBackupRule');

/** Rules that say how long; found by tag name without case. */
export const retentionRulesOf = (policy: BackupPolicy): readonly PolicyRule[] =>
  rulesOf(policy).filter((rule) => rule.objectType === 'AzureRetentionRule');
