import type * as z from 'zod';
import { sameId } from '../arm/resourceId.ts';

/** The part of a request that names vaults; typed here because the schemas are built with these rules. */
interface NamesVaults {
  readonly target: { readonly id: string } | { readonly kind: string; readonly vaultId: string };
  readonly vaultId?: string | undefined;
  readonly policyId?: string | undefined;
}

interface WhatToBackUp {
  readonly target?: unknown;
  readonly targets?: unknown;
  readonly rule?: unknown;
}

/** One backup request names one target, or targets, or a rule. */
export function checkWhatToBackUp(body: WhatToBackUp, context: z.RefinementCtx): void {
  const named = (['target', 'targets', 'rule'] as const).filter((field) => body[field] !== undefined);
  if (named.length === 1) return;
  const found = named.length === 0 ? 'none of them' : named.join(' and ');
  context.addIssue({
    code: 'custom',
    path: [named[1] ?? 'target'],
    message: `exactly one of target, targets and rule is needed, found ${found}`,
  });
}

const isItem = (id: string): boolean => /\/(?:protectedItems|backupInstances)\//i.test(id);

/** A datasource's id does not say in which vault it is protected; a named target does, and only once. */
export function checkTargetVault({ target, vaultId }: NamesVaults, context: z.RefinementCtx): void {
  const wrong = (message: string) => context.addIssue({ code: 'custom', path: ['vaultId'], message });
  if ('id' in target) {
    if (vaultId === undefined && !isItem(target.id)) wrong('needed where the target is an ARM id alone');
    return;
  }
  if (vaultId !== undefined && !sameId(vaultId, target.vaultId)) wrong('another vault than target.vaultId');
}

const vaultOf = (id: string): string | undefined => /^.*\/(?:vaults|backupVaults)\/[^/]+/i.exec(id)?.[0];

/** A policy protects items of its own vault only. */
export function checkPolicyVault(body: NamesVaults, context: z.RefinementCtx): void {
  const { target, policyId } = body;
  const vaultId = body.vaultId ?? ('id' in target ? vaultOf(target.id) : target.vaultId);
  if (policyId === undefined || vaultId === undefined || sameId(vaultOf(policyId), vaultId)) return;
  context.addIssue({ code: 'custom', path: ['policyId'], message: `not a policy of the vault ${vaultId}` });
}
