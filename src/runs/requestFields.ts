import * as z from 'zod';
import { parseResourceId, sameId, type IdReading } from '../arm/resourceId.ts';
import * as kinds from '../arm/resourceKinds.ts';

/** The most of each unit that 99 years hold. */
const most: Readonly<Record<string, number>> = { D: 36_159, W: 5_165, M: 1_188, Y: 99 };

function isInRange(text: string): boolean {
  const [, count = '0', unit = ''] = /^P(\d{1,5})([DWMY])$/.exec(text) ?? [];
  return Number(count) >= 1 && Number(count) <= (most[unit] ?? 0);
}

/** How long a backup is kept: an ISO 8601 duration of one unit (`P30D`, `P6W`, `P12M`, `P2Y`), from 1 day to 99 years. */
export const keepForSchema = z
  .string()
  .regex(/^P\d{1,5}[DWMY]$/, {
    error: 'an ISO 8601 duration in days, weeks, months or years, such as P30D',
    abort: true,
  })
  .refine(isInRange, 'from 1 day to 99 years');

const idOf = (check: (text: string) => IdReading) =>
  z
    .string()
    .min(1)
    .max(2048)
    .superRefine((text, context) => {
      const reading = check(text);
      if (reading.kind === 'refused') context.addIssue({ code: 'custom', message: reading.reason });
    });

const isBackupVault = (id: string): boolean => /\/providers\/Microsoft\.DataProtection\//i.test(id);

/** A protected item and a backup instance are checked for what they are; anything else is a datasource. */
function targetId(text: string): IdReading {
  if (/\/protectedItems\//i.test(text)) return kinds.protectedItemId(text);
  return /\/backupInstances\//i.test(text) ? kinds.backupInstanceId(text) : datasourceId(text);
}

/** A subscription, a group or a list of resources is nothing that is backed up. */
function datasourceId(text: string): IdReading {
  const reading = parseResourceId(text);
  const isResource =
    reading.kind === 'refused' ||
    (reading.id.names.length > 0 && reading.id.names.length === reading.id.types.length);
  return isResource
    ? reading
    : {
        kind: 'refused',
        reason: 'the id of a resource was expected: it names a subscription, a group or a list',
      };
}

/** ARM ids as a request may spell them, each checked for its kind of resource; a problem says what was expected. */
export const requestIds = {
  any: idOf(parseResourceId),
  target: idOf(targetId),
  recoveryServicesVault: idOf(kinds.recoveryServicesVaultId),
  backupVault: idOf(kinds.backupVaultId),
  vault: idOf((text) =>
    isBackupVault(text) ? kinds.backupVaultId(text) : kinds.recoveryServicesVaultId(text),
  ),
  policy: idOf(kinds.policyId),
  storageAccount: idOf(kinds.storageAccountId),
  virtualMachine: idOf(kinds.virtualMachineId),
  disk: idOf(kinds.diskId),
  userAssignedIdentity: idOf(kinds.userAssignedIdentityId),
  resourceGroup: idOf(kinds.resourceGroupId),
};

/** A name that is compared with what replies say and sent nowhere, of a container or a database: any text of one line. */
const comparedName = z
  .string()
  .min(1)
  .max(260)
  .regex(/^\P{Cc}*$/u, 'the name contains a control character');

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

/** Keys and an identity are two ways to one account. */
export function checkAccess(
  {
    accessType,
    identity,
  }: { readonly accessType?: string | undefined; readonly identity?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (accessType !== 'keys' || identity === undefined) return;
  context.addIssue({ code: 'custom', path: ['identity'], message: 'not beside accessType "keys"' });
}

const share = z.string().regex(/^[A-Za-z0-9$][A-Za-z0-9-]{0,62}$/, 'the name of a file share');

const namedTarget = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fileShare'),
    vaultId: requestIds.recoveryServicesVault,
    storageAccountId: requestIds.storageAccount,
    share,
  }),
  z.strictObject({
    kind: z.literal('virtualMachine'),
    vaultId: requestIds.recoveryServicesVault,
    virtualMachineId: requestIds.virtualMachine,
  }),
  z.strictObject({
    kind: z.literal('workload'),
    vaultId: requestIds.recoveryServicesVault,
    container: comparedName,
    database: comparedName,
  }),
  z.strictObject({ kind: z.literal('disk'), vaultId: requestIds.backupVault, datasourceId: requestIds.disk }),
  z.strictObject({
    kind: z.literal('blobs'),
    vaultId: requestIds.backupVault,
    datasourceId: requestIds.storageAccount,
  }),
]);

/** What a request acts on: a named thing in a vault, or the ARM id of a protected item, backup instance or datasource. */
export const targetSchema = z.union([namedTarget, z.strictObject({ id: requestIds.target })]);

/** @see targetSchema */
export type Target = z.infer<typeof targetSchema>;
