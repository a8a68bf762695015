import { runFleet } from './fleetCase.ts';
import { followRoutes, p99 } from './fleetFigures.ts';
import { idealSeconds, lengths, retryAfterSeconds, startAt, type FleetCase } from './fleetWorld.ts';
import { play, type Peer, type Played } from './peerStage.ts';

/** One run of one subject; per backup but for the first two and the makespan, latencies in seconds. */
export interface PeerFigures {
  readonly lost: number;
  readonly throttled: number;
  /** To start a backup and to follow its job; the other one counts look-ups and recovery points too. */
  readonly followRequests: number;
  readonly allRequests: number;
  readonly latencyMean: number;
  readonly latencyP99: number;
  readonly makespan: number;
  /** Of the whole process: simulator, runner and subject. */
  readonly cpuMs: number;
  /** Storage operations; absent when the subject has no storage, as are the next three. */
  readonly operations?: number;
  readonly historyRows?: number;
  readonly replayKilobytes?: number;
  readonly episodes?: number;
}

type WithoutCpu = Omit<PeerFigures, 'cpuMs'>;

async function withCpu(backups: number, run: () => Promise<WithoutCpu>): Promise<PeerFigures> {
  const before = process.cpuUsage();
  const figures = await run();
  const { user, system } = process.cpuUsage(before);
  return { ...figures, cpuMs: (user + system) / 1000 / backups };
}

/** One run of the whole app. */
export const oursOf = (fleet: FleetCase): Promise<PeerFigures> =>
  withCpu(fleet.backups, async () => {
    const figures = await runFleet(fleet);
    const { storage, flows } = figures;
    return {
      ...{ lost: figures.lost, throttled: figures.throttled, makespan: figures.makespanRatio },
      followRequests: figures.followRequestsPerBackup,
      allRequests: figures.requestsPerBackup,
      latencyMean: figures.detectionMean * retryAfterSeconds,
      latencyP99: figures.detectionP99 * retryAfterSeconds,
      operations: (storage.queue + storage.table) / fleet.backups,
      historyRows: figures.historyRowsPerRun,
      replayKilobytes: (flows['run']?.largest.bytes ?? Number.NaN) / 1024,
      episodes: (flows['run']?.episodes ?? Number.NaN) / fleet.backups,
    };
  });

/** One run of a peer. */
export const theirsOf = (peer: Peer, fleet: FleetCase): Promise<PeerFigures> =>
  withCpu(fleet.backups, async () => read(fleet, await play(peer, fleet)));

function read(fleet: FleetCase, { endings, log, ends, storage }: Played): WithoutCpu {
  const late = endings.map(({ jobId, knownAt }) => (knownAt - (ends.get(jobId) ?? Number.NaN)) / 1000);
  const last = Math.max(...endings.map(({ knownAt }) => knownAt));
  return {
    lost: fleet.backups - endings.length,
    throttled: log.filter(({ status }) => status === 429).length,
    followRequests: log.filter(({ route }) => followRoutes.test(route)).length / fleet.backups,
    allRequests: log.length / fleet.backups,
    latencyMean: late.reduce((total, value) => total + value, 0) / late.length,
    latencyP99: p99(late),
    makespan: (last - Date.parse(startAt)) / 1000 / idealSeconds(lengths(fleet)),
    ...storage,
  };
}

/** Why a run gives no figure: what survivors show is no measurement, nor is an end known before it came. */
export function voidReason({ lost, latencyMean, latencyP99, makespan }: PeerFigures): string | undefined {
  if (lost > 0) return `${lost} lost`;
  if (![latencyMean, latencyP99, makespan].every(Number.isFinite)) return 'an end has no job';
  return latencyMean < 0 ? 'ends known before they came' : undefined;
}
