import { startEnvironment, type Environment } from '../../local/environment.ts';
import { startIssuer, type LocalIssuer } from '../../local/issuer/issuer.ts';

export const demoGroup = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/backup-demo';

/** A share of the simulated Azure that the bundle starts with, as a target; also one that is not there. */
export const demoShare = (share: string) => ({
  kind: 'fileShare',
  vaultId: `${demoGroup}/providers/Microsoft.RecoveryServices/vaults/demo-vault`,
  storageAccountId: `${demoGroup}/providers/Microsoft.Storage/storageAccounts/demofiles`,
  share,
});

/** The bundle as processes of their own, that lets nobody in without a token, and who issues those. */
export interface ClosedApp extends Environment {
  readonly issuer: LocalIssuer;
}

/** @param timeScale by what Azure's durations are divided. */
export async function startClosedApp(timeScale: number): Promise<ClosedApp> {
  const issuer = await startIssuer();
  const environment = await startEnvironment({ timeScale, settings: issuer.settings });
  return {
    ...environment,
    issuer,
    stop: async () => {
      await environment.stop();
      await issuer.close();
    },
  };
}
