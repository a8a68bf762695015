import type { JobSeen } from '../arm/backupJob.ts';
import type { ArmCall, ArmReply, Json } from '../arm/call.ts';
import { memberIn, objectsIn, readInstant, textIn } from '../arm/replyFields.ts';
import { resourcePath } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import { dataProtectionApiVersion } from './datasources.ts';

/** A recovery point as the run record shows it. */
export type InstanceRecoveryPoint = {
  readonly id: string;
  readonly at: string;
  readonly type?: string;
  readonly tiers: readonly { readonly type: string; readonly expiresAt?: string }[];
};

/** Where the recovery point of a job is looked for; a job that does not say its end has ended by now. */
export const madeByInstanceJob = (
  { itemId, sentAt }: { readonly itemId: string; readonly sentAt: string },
  { startedAt, endedAt }: JobSeen,
  now: Date,
) => ({ instanceId: itemId, since: startedAt ?? sentAt, until: endedAt ?? now.toISOString() });

/** Clock difference tolerated between the job and its recovery point. */
const skewMilliseconds = 120_000;

/** The newest point of a span in the list of an instance's points; undefined when the list shows none. */
export function instancePointIn(
  reply: ArmReply,
  { since, until }: { readonly since: string; readonly until: string },
): InstanceRecoveryPoint | undefined {
  const from = Date.parse(since) - skewMilliseconds;
  const to = Date.parse(until) + skewMilliseconds;
  const [newest] = objectsIn(memberIn(reply.body, 'value'))
    .map(readPoint)
    .filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= to)
    .sort((one, other) => other.at.localeCompare(one.at));
  return newest;
}

/** Lists the recovery points of an instance. */
export const pointsCall = (instanceId: string): ArmCall => ({
  action: 'Microsoft.DataProtection/backupVaults/backupInstances/recoveryPoints/read',
  method: 'GET',
  path: resourcePath(instanceId, 'recoveryPoints'),
  apiVersion: dataProtectionApiVersion,
});

/**
 * The newest recovery point made between `since` and `until` (ISO 8601 UTC): the span of a job. Absent where none was;
 * operational blobs have time ranges instead.
 */
export const findInstanceRecoveryPoint: Step<
  { readonly instanceId: string; readonly since: string; readonly until: string },
  { readonly found?: InstanceRecoveryPoint }
> = {
  name: 'dataProtection.findRecoveryPoint',
  describe: ({ instanceId }) => pointsCall(instanceId),
  pages: true,
  read: (reply, made) => {
    const found = instancePointIn(reply, made);
    return { kind: 'done', result: found ? { found } : {} };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 1800,
  goesOnAfterCancel: true,
};

const instantIn = (value: Json | undefined): string | undefined => readInstant(textIn(value))?.toISOString();

function readTier(store: Json | undefined): InstanceRecoveryPoint['tiers'][number] {
  const expiresAt = instantIn(memberIn(store, 'expiryTime'));
  return { type: textIn(memberIn(store, 'type')) ?? '', ...(expiresAt && { expiresAt }) };
}

/** Reads a row of the list of points. */
export function readPoint(row: Json | undefined): InstanceRecoveryPoint {
  const properties = memberIn(row, 'properties');
  const type = textIn(memberIn(properties, 'recoveryPointType'));
  return {
    id: textIn(memberIn(row, 'id')) ?? '',
    at: instantIn(memberIn(properties, 'recoveryPointTime')) ?? '',
    ...(type && { type }),
    tiers: objectsIn(memberIn(properties, 'recoveryPointDataStoresDetails')).map(readTier),
  };
}
