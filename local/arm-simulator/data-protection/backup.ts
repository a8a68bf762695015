import type { ArmReply } from '../exchange.ts';
import type { ArmResource } from '../resources.ts';
import type { Call, Route } from '../core.ts';
import { accepted, begin } from './accepted.ts';
import { invalidOperation } from './conditions.ts';
import { dailyLimit, type Fault, invalidInput, refusal } from './errors.ts';
import { instanceActions, instancePath, withInstance } from './instances.ts';
import { startJob } from './jobs.ts';
import { findPolicy } from './policies.ts';
import { backupRulesOf, retentionRulesOf } from './policy-rules.ts';
import type { DatasourceKind } from './seed.ts';
import type { BackupInstance, BackupPolicy, DataProtectionState } from './state.ts';

/** Back up now: the answer follows an operation, which names a job, which makes the recovery point. */
export function backupRoutes(state: DataProtectionState): Route[] {
  return [
    {
      name: 'dataProtection.backup',
      method: 'POST',
      path: `${instancePath}/backup`,
      action: `${instanceActions}/backup/action`,
      handle: withInstance(state, (call, instance, vault) => backUp(state, call, instance, vault)),
    },
  ];
}

interface BackupRequest {
  readonly backupRuleOptions?: {
    readonly ruleName?: string;
    readonly triggerOption?: { readonly retentionTagOverride?: string | null };
  };
}

function backUp(
  state: DataProtectionState,
  call: Call,
  instance: BackupInstance,
  vault: ArmResource,
): ArmReply {
  const { core } = state;
  const options = (call.body as BackupRequest | undefined)?.backupRuleOptions;
  const policy = findPolicy(state, vault.id, instance.policyInfo.policyId);
  const fault =
    (instance.state === 'ProtectionConfigured' ? undefined : invalidOperation) ??
    findRuleFault(policy, options) ??
    findLimitFault(state, instance, call.now);
  if (fault !== undefined) return refusal(400, fault, core.seeded);
  // An operation that will fail begins no job, as in the other service.
  const willFail = call.faults.some((found) => found.kind === 'operation' && found.status !== 'Succeeded');
  const job = willFail
    ? undefined
    : startJob(state, call, instance, {
        ruleName: options?.ruleName ?? '',
        retentionTag: options?.triggerOption?.retentionTagOverride ?? 'Default',
      });
  const operation = begin(state, call, {
    kind: job === undefined ? 'failedBackup' : 'backup',
    vault,
    subject: instance.id,
    seconds: state.settings.seconds.backupOperation,
    effect: job === undefined ? 'none' : { id: job.name },
    finish: () => ({
      kind: 'succeeded',
      properties: { jobId: job?.id, objectType: 'OperationJobExtendedInfo' },
    }),
  });
  return accepted(call, vault, operation, 30);
}

function findRuleFault(
  policy: BackupPolicy | undefined,
  options: BackupRequest['backupRuleOptions'],
): Fault | undefined {
  if (policy === undefined) return invalidInput('The policy of the backup instance does not exist.');
  const rules = backupRulesOf(policy);
  if (rules.length === 0) {
    return invalidInput(
      `The policy ${policy.name} has no AzureBackupRule: its datasource has no on-demand backup.`,
    );
  }
  if (!rules.some(({ name }) => name === options?.ruleName)) {
    return invalidInput(
      `The policy ${policy.name} has no AzureBackupRule named '${options?.ruleName ?? ''}'.`,
    );
  }
  const tag = options?.triggerOption?.retentionTagOverride ?? undefined;
  const known = retentionRulesOf(policy).some(({ name }) => name?.toLowerCase() === tag?.toLowerCase());
  return tag === undefined || known
    ? undefined
    : invalidInput(`The policy ${policy.name} has no retention tag '${tag}'.`);
}

const usualLimits: Partial<Record<DatasourceKind, number>> = { disk: 10, aks: 10, blobVaulted: 4, adls: 4 };

function findLimitFault(
  state: DataProtectionState,
  instance: BackupInstance,
  now: number,
): Fault | undefined {
  const jobs = [...state.jobs.values()].filter((job) => job.instance.id === instance.id);
  const runs = jobs.some(({ endedAt, restore }) => endedAt === undefined && restore === undefined);
  if (state.settings.refuseParallelBackups && runs) {
    return {
      code: 'UserErrorMaxConcurrentOperationLimitReached',
      message: 'A backup of the instance is in progress.',
    };
  }
  const limit = state.settings.dailyLimits[instance.kind] ?? usualLimits[instance.kind];
  const today = Math.floor(now / 86_400_000);
  const used = jobs.filter(
    ({ startedAt, userTriggered, restore }) =>
      userTriggered && restore === undefined && Math.floor(startedAt / 86_400_000) === today,
  ).length;
  return limit === undefined || used < limit ? undefined : dailyLimit(limit, 'on-demand backups');
}
