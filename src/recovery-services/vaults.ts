import type { Json } from '../arm/call.ts';
import { memberIn, objectIn, textIn } from '../arm/replyFields.ts';
import { resourcePath, nameIn, sameId } from '../arm/resourceId.ts';
import {
  identitiesIn,
  restoreGuardStep,
  type RestoreGuard,
  type VaultIdentity,
} from '../arm/vaultIdentities.ts';
import type { Step } from '../steps/step.ts';
import {
  backupApiVersion,
  backupCall,
  resourceIn,
  vaultApiVersion,
  filterOf,
  namesSeen,
  rowsIn,
  sameName,
} from './paths.ts';

/** A backup policy as far as a flow needs it; `backupManagementType` says for which kind of item it is. */
type Policy = { readonly name: string; readonly backupManagementType: string };

/** A policy by its id; null when the vault has none of that name. */
export const readPolicy: Step<{ readonly policyId: string }, Policy | null> = {
  name: 'recoveryServices.readPolicy',
  describe: ({ policyId }) => backupCall('GET', 'backupPolicies/read', resourcePath(policyId)),
  read: (reply) => {
    const { name, properties } = resourceIn(reply.body);
    return {
      kind: 'done',
      result: { name, backupManagementType: textIn(properties['backupManagementType']) ?? '' },
    };
  },
  readRefusal: (_failure, status) => (status === 404 ? { kind: 'done', result: null } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** Where a vault lies, in Azure's region word (`westeurope`), and by which identities it may reach accounts; absent: by none. */
type VaultSeen = {
  readonly region: string;
  readonly identities?: readonly VaultIdentity[];
  /** Whether it restores into other subscriptions than its own; absent where it does not say. */
  readonly restoresElsewhere?: boolean;
};

/** `Enabled`, `Disabled` or `PermanentlyDisabled`; recorded in 2025. */
const crossSubscription = (properties: Json | undefined): string | undefined =>
  textIn(
    memberIn(
      properties,
      ...['restoreSettings', 'crossSubscriptionRestoreSettings', 'crossSubscriptionRestoreState'],
    ),
  );

/** A Recovery Services vault; null when there is none of that id. */
export const readVault: Step<{ readonly vaultId: string }, VaultSeen | null> = {
  name: 'recoveryServices.readVault',
  describe: ({ vaultId }) => ({
    action: 'Microsoft.RecoveryServices/vaults/read',
    method: 'GET',
    path: resourcePath(vaultId),
    apiVersion: vaultApiVersion,
  }),
  read: (reply) => {
    const { location, identity, properties } = objectIn(reply.body);
    // Written `West Europe` as well, which is no path segment that the service takes.
    const region = (textIn(location) ?? '').toLowerCase().replaceAll(' ', '');
    const identities = identitiesIn(identity);
    const elsewhere = crossSubscription(properties);
    return {
      kind: 'done',
      result: {
        region,
        ...(identities.length > 0 ? { identities } : {}),
        ...(elsewhere === undefined ? {} : { restoresElsewhere: sameName(elsewhere, 'Enabled') }),
      },
    };
  },
  readRefusal: (_failure, status) => (status === 404 ? { kind: 'done', result: null } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** Which vault protects a source, if any; `unknown` when the app may not ask (the action needs a role per subscription). */
type ProtectedWhere =
  | { readonly kind: 'protected'; readonly vaultId: string }
  | { readonly kind: 'notProtected' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What is asked about: a share of an account, or a virtual machine. */
type ProtectionQuestion = {
  readonly resourceId: string;
  readonly region: string;
  readonly share?: string;
};

/** Asks the service which vault of the region protects a source. */
export const readBackupStatus: Step<ProtectionQuestion, ProtectedWhere> = {
  name: 'recoveryServices.readBackupStatus',
  describe: ({ resourceId, region, share }) => ({
    action: 'Microsoft.RecoveryServices/locations/backupStatus/action',
    method: 'POST',
    path: resourcePath(
      `/subscriptions/${nameIn(resourceId, 'subscriptions')}`,
      ...['providers', 'Microsoft.RecoveryServices', 'locations', region, 'backupStatus'],
    ),
    apiVersion: backupApiVersion,
    body:
      share === undefined
        ? { resourceType: 'VM', resourceId }
        : { resourceType: 'AzureFileShare', resourceId, poLogicalName: share },
  }),
  read: (reply) => {
    const { vaultId } = objectIn(reply.body);
    const id = textIn(vaultId);
    return { kind: 'done', result: id ? { kind: 'protected', vaultId: id } : { kind: 'notProtected' } };
  },
  readRefusal: (failure, status) =>
    status === 403 ? { kind: 'done', result: { kind: 'unknown', reason: failure.message } } : undefined,
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** Where a source would be protected: the id of the protected item that would be made of it. */
export type Protectable = { readonly protectedItemId: string };

/** The source if the vault offers it for protection, else the friendly names it does offer (at most 20). */
type ProtectableFound = { readonly found: Protectable | null; readonly seen: readonly string[] };

/** The service's own id with one type exchanged: an item's `name` may differ from the id's last segment. */
const protectableOf = (id: string): Protectable => ({
  protectedItemId: id.replace(/\/protectableItems\//i, '/protectedItems/'),
});

/** A share that is not protected yet. A protected share is missing from this list. */
export const findProtectableShare: Step<
  { readonly vaultId: string; readonly storageAccountId: string; readonly share: string },
  ProtectableFound
> = {
  name: 'recoveryServices.findProtectableShare',
  describe: ({ vaultId }) =>
    backupCall('GET', 'backupProtectableItems/read', resourcePath(vaultId, 'backupProtectableItems'), {
      query: { $filter: filterOf({ backupManagementType: 'AzureStorage', workloadType: 'AzureFileShare' }) },
    }),
  pages: true,
  read: (reply, { storageAccountId, share }) => {
    const ofAccount = rowsIn(reply).filter(({ properties }) =>
      sameId(textIn(properties['parentContainerFabricId']), storageAccountId),
    );
    const found = ofAccount.find(({ properties }) => sameName(textIn(properties['friendlyName']), share));
    const seen = namesSeen(ofAccount.map(({ properties }) => textIn(properties['friendlyName'])));
    return { kind: 'done', result: { found: found ? protectableOf(found.id) : null, seen } };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** A virtual machine that is not protected yet. */
export const findProtectableVirtualMachine: Step<
  { readonly vaultId: string; readonly virtualMachineId: string },
  ProtectableFound
> = {
  name: 'recoveryServices.findProtectableVirtualMachine',
  describe: ({ vaultId }) =>
    backupCall('GET', 'backupProtectableItems/read', resourcePath(vaultId, 'backupProtectableItems'), {
      query: { $filter: filterOf({ backupManagementType: 'AzureIaasVM' }) },
    }),
  pages: true,
  read: (reply, { virtualMachineId }) => {
    const rows = rowsIn(reply);
    const found = rows.find(({ properties }) =>
      sameId(textIn(properties['virtualMachineId']), virtualMachineId),
    );
    const seen = namesSeen(rows.map(({ properties }) => textIn(properties['friendlyName'])));
    return { kind: 'done', result: { found: found ? protectableOf(found.id) : null, seen } };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/**
 * Where a machine would be protected that the vault's lists cannot show: one of another subscription. A fallback: names
 * are otherwise never built. Source: the service's own clients, since July 2026.
 */
export function documentedMachine(vaultId: string, virtualMachineId: string): Protectable {
  const names = `iaasvmcontainerv2;${nameIn(virtualMachineId, 'resourceGroups')};${nameIn(virtualMachineId, 'virtualMachines')}`;
  const container = `${vaultId}/backupFabrics/Azure/protectionContainers/IaasVMContainer;${names}`;
  return { protectedItemId: `${container}/protectedItems/VM;${names}` };
}

/** Whether a Resource Guard guards restores of the vault. */
export const findRestoreGuard: Step<{ readonly vaultId: string }, RestoreGuard> = restoreGuardStep(
  'recoveryServices.findRestoreGuard',
  {
    action: 'Microsoft.RecoveryServices/vaults/backupResourceGuardProxies/read',
    apiVersion: backupApiVersion,
  },
);
