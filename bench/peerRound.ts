import { azPeers } from './azPeers.ts';
import { durablePeers } from './durablePeers.ts';
import type { FleetCase } from './fleetWorld.ts';
import { oraclePeer } from './oraclePeer.ts';
import { oursOf, theirsOf, type PeerFigures } from './peerFigures.ts';
import { sdkPeers } from './sdkPeers.ts';

/** A fleet as the peers' bench runs it. */
export interface PeerCase extends FleetCase {
  /** Leaves out whoever would take minutes. */
  readonly fewPeers?: true;
}

/** One seed of one fleet. */
export interface PeerRound {
  readonly fleet: PeerCase;
  readonly seed: number;
  /** Whoever is run once is run now. */
  readonly isFirst: boolean;
}

/** Figures of one subject with one seed. */
export interface SubjectRun {
  readonly name: string;
  readonly figures: PeerFigures;
}

/** What our own runs are called. */
export const ours = '**ours**';
const few = ['SDK, token limiter, ten retries', oraclePeer.name];

/** Ours and then every peer that fits, one after the other, with one seed. */
export async function playSeed({ fleet, seed, isFirst }: PeerRound): Promise<readonly SubjectRun[]> {
  const seeded = { ...fleet, seed };
  const runs: SubjectRun[] = [{ name: ours, figures: await oursOf(seeded) }];
  for (const peer of [...sdkPeers, ...azPeers, ...durablePeers, oraclePeer]) {
    const isAsked = (peer.fits?.(fleet) ?? true) && (!fleet.fewPeers || few.includes(peer.name));
    if (!isAsked || (!isFirst && peer.isOnce?.(fleet))) continue;
    runs.push({ name: peer.name, figures: await theirsOf(peer, seeded) });
  }
  return runs;
}
