import { resourcePath, sameId, nameIn } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import { textIn } from '../arm/replyFields.ts';
import { backupCall, filterOf, namesSeen, rowsIn, sameName } from './paths.ts';

/** Where a source would be protected: the id of the protected item that would be made of it. */
export type Protectable = { readonly protectedItemId: string };

/** The source if the vault offers it for protection, else the friendly names it does offer (at most 20). */
export type ProtectableFound = { readonly found: Protectable | null; readonly seen: readonly string[] };

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
