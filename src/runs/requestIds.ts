import * as z from 'zod';
import { parseResourceId, segmentObstacle, type IdReading } from '../arm/resourceId.ts';
import * as kinds from '../arm/resourceKinds.ts';

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
  return /\/backupInstances\//i.test(text) ? kinds.backupInstanceId(text) : parseResourceId(text);
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
  resourceGroup: idOf(kinds.resourceGroupId),
};

/** A name that becomes one segment of a path: of a container or a database, as the service spells it. */
export const segmentName = z
  .string()
  .min(1)
  .max(260)
  .superRefine((name, context) => {
    const obstacle = segmentObstacle(name);
    if (obstacle) context.addIssue({ code: 'custom', message: `the name ${obstacle}` });
  });
