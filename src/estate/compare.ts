import { idKey, sameId, accountOfShare } from '../arm/resourceId.ts';
import type { Plan } from '../plan/schema.ts';
import { select, type Candidate, type Selection } from '../plan/select.ts';
import { sourceKey, type Protection } from './protections.ts';

/** One resource beside the plan. */
export type Finding =
  | { readonly kind: 'skipped'; readonly candidate: Candidate; readonly reason: string }
  | { readonly kind: 'missing'; readonly candidate: Candidate; readonly selection: Selected }
  | {
      readonly kind: 'protected';
      readonly candidate: Candidate;
      readonly selection: Selected;
      readonly by: Protection;
    }
  /** A rule takes it, and the service cannot back it up or the rule leaves its kind out. */
  | {
      readonly kind: 'notEligible';
      readonly candidate: Candidate;
      readonly rule: string;
      readonly reason: string;
    }
  /** A vault protects it, and no rule selects it. */
  | {
      readonly kind: 'protectedOutsidePlan';
      readonly candidate: Candidate;
      readonly by: Protection;
      readonly reason: string;
    }
  | {
      readonly kind: 'drift';
      readonly candidate: Candidate;
      readonly selection: Selected;
      readonly by: Protection;
      readonly reason: string;
    };

/** A selection by a rule. */
export type Selected = Extract<Selection, { kind: 'selected' }>;

/** Protections by what they protect. */
export type ProtectionIndex = ReadonlyMap<string, readonly Protection[]>;

/** Groups protections by source. */
export function indexProtections(protections: readonly Protection[]): ProtectionIndex {
  const index = new Map<string, Protection[]>();
  for (const protection of protections) {
    const key = sourceKey(protection.kind, protection.sourceId);
    const held = index.get(key);
    if (held) held.push(protection);
    else index.set(key, [protection]);
  }
  return index;
}

/** The first condition that failed, rule by rule, as one sentence. */
export function reasonOf(selection: Exclude<Selection, { kind: 'selected' }>): string {
  if (selection.kind === 'refused' || selection.kind === 'notEligible') return selection.reason;
  if (selection.reasons.length === 0) return 'the plan has no rules';
  return selection.reasons.map(({ rule, reason }) => `${rule}: ${reason}`).join('; ');
}

const softDeletedReason =
  'ItemSoftDeleted: its backups are deleted and can still be brought back: POST /api/protections/resume with "undelete": true';

function driftOf({ vaultId, policyId }: Selected, by: Protection): string | undefined {
  if (by.standing === 'error') return `its protection is in error (${by.state})`;
  if (by.standing === 'stopped') return `its protection is stopped (${by.state})`;
  if (by.standing === 'softDeleted') return softDeletedReason;
  if (!sameId(by.vaultId, vaultId)) return `it is protected in ${by.vaultId}`;
  return sameId(by.policyId, policyId) ? undefined : `its policy is ${by.policyId}`;
}

/** The protection that counts: a living one before a deleted one, one in the rule's own vault before others. */
function protectionFor(found: readonly Protection[], { vaultId }: Selected): Protection | undefined {
  const living = found.filter(({ standing }) => standing !== 'softDeleted');
  const own = (some: readonly Protection[]) => some.find((one) => sameId(one.vaultId, vaultId));
  return own(living) ?? living[0] ?? own(found) ?? found[0];
}

function unselected(
  candidate: Candidate,
  selection: Exclude<Selection, Selected>,
  found: readonly Protection[],
): Finding {
  const reason = reasonOf(selection);
  const by = found.find(({ standing }) => standing !== 'softDeleted');
  if (by) return { kind: 'protectedOutsidePlan', candidate, by, reason };
  if (selection.kind === 'notEligible')
    return { kind: 'notEligible', candidate, rule: selection.rule.name, reason };
  return { kind: 'skipped', candidate, reason };
}

/** Compares one resource with the plan and with what protects it. Drift is said, never mended. */
export function compare(plan: Plan, index: ProtectionIndex, candidate: Candidate): Finding {
  const selection = select(plan, candidate);
  const found = index.get(sourceKey(candidate.kind, candidate.id)) ?? [];
  if (selection.kind !== 'selected') return unselected(candidate, selection, found);
  const by = protectionFor(found, selection);
  if (!by) return { kind: 'missing', candidate, selection };
  const reason = driftOf(selection, by);
  return reason
    ? { kind: 'drift', candidate, selection, by, reason }
    : { kind: 'protected', candidate, selection, by };
}

/**
 * Protections whose source is gone. A share counts only when its account is gone or has been listed without it; a
 * source in a subscription that was not read proves nothing.
 *
 * @param present candidates, shares included.
 * @param listedAccounts keys of the accounts whose shares are all among them.
 */
export function orphansAmong(
  protections: readonly Protection[],
  present: readonly Candidate[],
  listedAccounts: ReadonlySet<string>,
  subscriptions: readonly string[],
): readonly Protection[] {
  const there = new Set(present.map(({ kind, id }) => sourceKey(kind, id)));
  const wasRead = new Set(subscriptions.map((id) => id.toLowerCase()));
  const isThere = ({ kind, sourceId }: Protection): boolean => {
    if (there.has(sourceKey(kind, sourceId))) return true;
    const account = accountOfShare(sourceId);
    return (
      kind === 'fileShare' && there.has(sourceKey('blobs', account)) && !listedAccounts.has(idKey(account))
    );
  };
  return protections.filter(
    (one) =>
      one.kind !== 'workload' &&
      one.standing !== 'softDeleted' &&
      wasRead.has(idKey(one.sourceId).split('/')[2] ?? '') &&
      !isThere(one),
  );
}
