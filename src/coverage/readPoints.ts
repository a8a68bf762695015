import type { ArmCall, ArmReply } from '../arm/call.ts';
import {
  findTimeRangesCall,
  lastRestorableIn,
  listInstancePointsCall,
  newestInstancePointIn,
} from '../data-protection/instanceAges.ts';
import { askArm, EstateUnreadable, askPages, type EstateServices } from '../estate/askArm.ts';
import type { Protection } from '../estate/protections.ts';
import { listPointsCall, newestPointIn } from '../recovery-services/itemAges.ts';
import { readFailure } from '../arm/outcomes.ts';
import { isBackupVault, newer } from './readVault.ts';
import type { BackupFacts } from './verdict.ts';

type Point = NonNullable<BackupFacts['point']>;

const day = 86_400_000;
/** How far back points are looked for: longer than any policy spaces them. */
const lookBackMs = 400 * day;

interface PointSeen {
  readonly id: string;
  readonly at: string;
  readonly tiers: readonly { readonly type: string; readonly expiresAt?: string }[];
}

/** The tier that keeps a point longest. */
function pointOf(seen: PointSeen | undefined): Point | undefined {
  if (!seen) return undefined;
  const [tier] = [...seen.tiers].sort((one, other) =>
    (other.expiresAt ?? '').localeCompare(one.expiresAt ?? ''),
  );
  return {
    at: seen.at,
    id: seen.id,
    ...(tier && { tier: tier.type }),
    ...(tier?.expiresAt !== undefined && { expiresAt: tier.expiresAt }),
    source: 'recoveryPoints',
  };
}

/** The newest point of all pages: nothing promises that the first page has it. */
async function newestOf(
  services: EstateServices,
  call: ArmCall,
  read: (reply: ArmReply) => PointSeen | undefined,
): Promise<Point | undefined> {
  let newest: Point | undefined;
  for await (const page of askPages(services, call)) newest = newer(newest, pointOf(read(page)));
  return newest;
}

async function lastRestorable(
  services: EstateServices,
  instanceId: string,
  now: Date,
): Promise<Point | undefined> {
  const reply = await askArm(
    services,
    findTimeRangesCall(instanceId, new Date(now.getTime() - lookBackMs), now),
  );
  if (reply.status !== 200) {
    const { code, message } = readFailure(reply);
    throw new EstateUnreadable(code, message);
  }
  const at = lastRestorableIn(reply);
  return at === undefined ? undefined : { at, source: 'restorableTimeRange' };
}

/**
 * Reads the newest recovery point of one item or instance: a call for each, for those about which the lists are silent.
 *
 * @param continuous there are no points, only times that can be restored.
 * @throws EstateUnreadable
 */
export function readNewestPoint(
  services: EstateServices,
  { itemId, vaultId }: Pick<Protection, 'itemId' | 'vaultId'>,
  continuous: boolean,
): Promise<Point | undefined> {
  const now = services.clock();
  if (continuous) return lastRestorable(services, itemId, now);
  if (isBackupVault(vaultId))
    return newestOf(services, listInstancePointsCall(itemId), newestInstancePointIn);
  const since = new Date(now.getTime() - lookBackMs);
  return newestOf(services, listPointsCall(itemId, since, new Date(now.getTime() + day)), newestPointIn);
}
