import type { Json } from '../arm/call.ts';
import { memberIn, objectsIn, textIn } from '../arm/jsonFields.ts';
import { resourcePath } from '../arm/resourceId.ts';
import { readInstant } from '../arm/serviceTimes.ts';
import type { Step } from '../steps/step.ts';
import { dataProtectionApiVersion } from './apiVersion.ts';

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
    const points = objectsIn(memberIn(reply.body, 'value')).map(readPoint);
    const made = points
      .filter((point) => Date.parse(point.at) >= Date.parse(since) - 120_000)
      .sort((a, b) => (a.at < b.at ? 1 : -1));
    return { kind: 'done', result: made[0] ? { found: made[0] } : {} };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
};

const instantIn = (value: Json | undefined): string | undefined => readInstant(textIn(value))?.toISOString();

function readTier(store: Json | undefined): InstanceRecoveryPoint['tiers'][number] {
  const expiresAt = instantIn(memberIn(store, 'expiryTime'));
  return { type: textIn(memberIn(store, 'type')) ?? '', ...(expiresAt && { expiresAt }) };
}

function readPoint(row: Json | undefined): InstanceRecoveryPoint {
  const properties = memberIn(row, 'properties');
  const type = textIn(memberIn(properties, 'recoveryPointType'));
  return {
    id: textIn(memberIn(row, 'id')) ?? '',
    at: instantIn(memberIn(properties, 'recoveryPointTime')) ?? '',
    ...(type && { type }),
    tiers: objectsIn(memberIn(properties, 'recoveryPointDataStoresDetails')).map(readTier),
  };
}
