import { resourcePath } from '../arm/resourceId.ts';
import { memberIn, textIn } from '../arm/jsonFields.ts';
import type { Step } from '../steps/step.ts';
import { dataProtectionApiVersion } from './apiVersion.ts';

/** What a flow needs to know of a Backup vault. */
export type BackupVault = {
  readonly id: string;
  /** Region word as the service writes it. */
  readonly location: string;
  /** Object id of the vault's identity; absent when it has none. */
  readonly principalId?: string;
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
    const principalId = textIn(memberIn(reply.body, 'identity', 'principalId'));
    const softDelete = textIn(
      memberIn(reply.body, 'properties', 'securitySettings', 'softDeleteSettings', 'state'),
    );
    return {
      kind: 'done',
      result: {
        id: vaultId,
        location: textIn(memberIn(reply.body, 'location')) ?? '',
        ...(principalId && { principalId }),
        guarded: memberIn(reply.body, 'properties', 'isVaultProtectedByResourceGuard') === true,
        ...(softDelete && { softDelete }),
      },
    };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};
