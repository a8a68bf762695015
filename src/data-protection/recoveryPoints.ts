import { resourcePath } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import { dataProtectionApiVersion } from './apiVersion.ts';
import { rows, text, within } from './replies.ts';

/** A recovery point as the run record shows it. */
export type InstanceRecoveryPoint = {
  readonly id: string;
  readonly at: string;
  readonly type?: string;
  readonly tiers: readonly { readonly type: string; readonly expiresAt?: string }[];
};

/** The newest recovery point made since `since` (ISO 8601 UTC); absent for operational blobs, which have time ranges instead. */
export const findInstanceRecoveryPoint: Step<
  { readonly instanceId: string; readonly since: string },
  { readonly found?: InstanceRecoveryPoint }
> = {
  name: 'dataProtection.findRecoveryPoint',
  describe: ({ instanceId }) => ({
    action: 'Microsoft.DataProtection/backupVaults/backupInstances/recoveryPoints/read',
    method: 'GET',
    path: resourcePath(instanceId, 'recoveryPoints'),
    apiVersion: dataProtectionApiVersion,
  }),
  pages: true,
  read: (reply, { since }) => {
    const points = rows(within(reply.body, 'value')).map(readPoint);
    const made = points
      .filter((point) => Date.parse(point.at) >= Date.parse(since) - 120_000)
      .sort((a, b) => (a.at < b.at ? 1 : -1));
    return { kind: 'done', result: made[0] ? { found: made[0] } : {} };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

function readPoint(row: Parameters<typeof within>[0]): InstanceRecoveryPoint {
  const type = text(within(row, 'properties', 'recoveryPointType'));
  return {
    id: text(within(row, 'id')) ?? '',
    at: text(within(row, 'properties', 'recoveryPointTime')) ?? '',
    ...(type && { type }),
    tiers: rows(within(row, 'properties', 'recoveryPointDataStoresDetails')).map((store) => {
      const expiresAt = text(store.expiryTime);
      return { type: text(store.type) ?? '', ...(expiresAt && { expiresAt }) };
    }),
  };
}
