import { createSimulator, type Simulator } from '../local/arm-simulator/simulator.ts';
import { createVirtualClock, type VirtualClock } from '../local/functions-host/clock/virtualClock.ts';
import { itemsOf, lengths, startAt, trueEnds, worldOf, type FleetCase } from './fleetWorld.ts';

/** What a peer learnt of one backup: its job, and when it knew that the job had ended (milliseconds). */
export interface PeerEnding {
  readonly jobId: string;
  readonly knownAt: number;
}

/** What a peer is put on: the world of one fleet, its items in the order of `seconds`. */
export interface PeerStage {
  readonly fleet: FleetCase;
  readonly clock: VirtualClock;
  readonly simulator: Simulator;
  readonly itemIds: readonly string[];
  /** Seconds of each item's job. */
  readonly seconds: readonly number[];
  /** Filled by the peer as it learns of ends. A backup that the peer has lost has none. */
  readonly endings: PeerEnding[];
}

/** What durable orchestrations of one fleet made of storage, counted as ours are. */
export interface StorageUse {
  /** Operations per backup. */
  readonly operations: number;
  /** Of the last generation of each, on average. */
  readonly historyRows: number;
  /** Of the largest episode: its request with the history, and its answer. */
  readonly replayKilobytes: number;
  /** Per backup. */
  readonly episodes: number;
}

/** A peer at work. */
export interface PeerAtWork {
  isOver(): boolean;
  storage?(): StorageUse;
}

/** A way of backing a fleet up that is not ours. */
export interface Peer {
  readonly name: string;
  /** Whether it is run on this fleet; absent: on every one. */
  fits?(fleet: FleetCase): boolean;
  /** Whether one seed has to do on this fleet, for it takes minutes; absent: never. */
  isOnce?(fleet: FleetCase): boolean;
  begin(stage: PeerStage): PeerAtWork | Promise<PeerAtWork>;
}

/** What a peer's run left behind. */
export interface Played {
  readonly endings: readonly PeerEnding[];
  readonly log: Simulator['log'];
  readonly ends: ReadonlyMap<string, number>;
  readonly storage?: StorageUse;
}

/** Whatever has not ended by then counts as lost. */
const mostHours = 240;

/** Runs a peer on a fleet: the same world, buckets, jobs and seeds as ours, under its own timers. */
export async function play(peer: Peer, fleet: FleetCase): Promise<Played> {
  const clock = createVirtualClock({ startAt, seed: fleet.seed ?? 1 });
  const seconds = lengths(fleet);
  const simulator = createSimulator({ world: worldOf(fleet, seconds), seed: 'embedded', clock, faults: [] });
  const itemIds = await itemsOf(simulator, fleet);
  const asked = simulator.log.length;
  const endings: PeerEnding[] = [];
  const restore = clock.replaceGlobals();
  try {
    const atWork = await peer.begin({ fleet, clock, simulator, itemIds, seconds, endings });
    await clock.runUntil(() => atWork.isOver(), mostHours * 3_600_000);
    const storage = atWork.storage?.();
    const log = simulator.log.slice(asked);
    return { endings, log, ends: await trueEnds(simulator, fleet.vaults), ...(storage && { storage }) };
  } finally {
    restore();
  }
}

/** A peer at work as long as a promise is open. */
export function untilSettled(work: Promise<unknown>): PeerAtWork {
  let isOver = false;
  void work.finally(() => (isOver = true));
  return { isOver: () => isOver };
}
