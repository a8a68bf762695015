import { begin, endOf, placeOf, publicClient } from './callsOfPeers.ts';
import { subscriptionId } from './fleetWorld.ts';
import { pause, tokens } from './paceOfPeers.ts';
import { untilSettled, type Peer, type PeerStage } from './peerStage.ts';

/** Looks into the simulator for the job that a backup began: no request. */
const jobBegunFor = ({ simulator }: PeerStage, itemId: string): string =>
  simulator.effects
    .all()
    .findLast(({ kind, subject }) => kind === 'backup' && subject === itemId.toLowerCase())?.id ?? '';

/** Starts at the bucket's pace, and reads each job once, at its end. */
async function foresee(stage: PeerStage): Promise<void> {
  const client = publicClient(stage.simulator, subscriptionId, 0);
  const [write, read] = [tokens(200, 10), tokens(250, 25)];
  const followed = stage.itemIds.map(async (itemId, index) => {
    const place = placeOf(itemId);
    await write();
    await begin(client, place);
    const jobId = jobBegunFor(stage, itemId);
    await pause((stage.seconds[index] ?? 0) * 1000);
    await read();
    if ((await endOf(client, place, jobId)) === undefined) return;
    stage.endings.push({ jobId: jobId.toLowerCase(), knownAt: Date.now() });
  });
  await Promise.allSettled(followed);
}

/** The floor for whoever reads each job: one write and one read a backup, no wait. */
export const oraclePeer: Peer = {
  name: 'oracle that knows the ends: the floor',
  // A read per job is no floor where 150 an hour are allowed.
  fits: ({ quota }) => quota === 'bucket',
  begin: (stage) => untilSettled(foresee(stage)),
};
