import { accountOfShare } from '../estate/candidates.ts';
import { snapshotGroupFor, type Candidate } from '../plan/select.ts';
import type { Rule } from '../plan/schema.ts';
import type { RunRequest, Target } from '../runs/request.ts';

type Protect = Extract<RunRequest, { kind: 'protect' }>;

function targetFor({ kind, id, name }: Candidate, vaultId: string): Target {
  switch (kind) {
    case 'fileShare':
      return { kind, vaultId, storageAccountId: accountOfShare(id), share: name };
    case 'virtualMachine':
      return { kind, vaultId, virtualMachineId: id };
    case 'disk':
    case 'blobs':
      return { kind, vaultId, datasourceId: id };
    case 'workload':
      return { id };
  }
}

/** What Backup vaults know and Recovery Services vaults do not. */
function instanceOptions(rule: Rule, { kind, subscriptionId }: Candidate): Partial<Protect> {
  const { containers, autoProtect, grantRoles, identity } = rule.protect;
  const group = kind === 'disk' ? snapshotGroupFor(rule, subscriptionId) : undefined;
  return {
    ...(group === undefined ? {} : { snapshotResourceGroupId: group }),
    ...(containers === undefined ? {} : { containers }),
    ...(autoProtect === undefined ? {} : { autoProtect }),
    ...(identity === undefined ? {} : { identity }),
    ...(grantRoles ? { grantRoles } : {}),
  };
}

/** What is said of the account of a share. */
function shareOptions({ protect }: Rule): Partial<Protect> {
  const { lockStorageAccount, identity, accessType, grantRoles } = protect;
  const isByIdentity = identity !== undefined || accessType === 'identity';
  return {
    ...(lockStorageAccount === undefined ? {} : { lockStorageAccount }),
    ...(identity === undefined ? {} : { identity }),
    ...(accessType === undefined ? {} : { accessType }),
    ...(isByIdentity && grantRoles ? { grantRoles } : {}),
  };
}

function optionsFor(candidate: Candidate, rule: Rule): Partial<Protect> {
  const { kind } = candidate;
  if (kind === 'disk' || kind === 'blobs') return instanceOptions(rule, candidate);
  return kind === 'fileShare' ? shareOptions(rule) : {};
}

/** The request that protects a resource as a rule of the plan says. Vault and policy are the rule's: no tag names them. */
export function protectionRequest(
  candidate: Candidate,
  { rule, vaultId, policyId }: { readonly rule: Rule; readonly vaultId: string; readonly policyId: string },
): RunRequest {
  return {
    kind: 'protect',
    target: targetFor(candidate, vaultId),
    policyId,
    ...optionsFor(candidate, rule),
    ...(rule.protect.backUpAfterwards ? { backUpAfterwards: true } : {}),
  };
}
