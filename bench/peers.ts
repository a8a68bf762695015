import { inOwnProcess } from './ownProcess.ts';
import { inParallel } from './paceOfPeers.ts';
import { columns, rowOf } from './peerRows.ts';
import { ours, type PeerCase, type PeerRound, type SubjectRun } from './peerRound.ts';
import type { BenchOptions, BenchReport } from './report.ts';

const program = new URL('./peerProcess.ts', import.meta.url);

const base = { backups: 200, vaults: 1, jobSeconds: 600, jitterSeconds: 60, quota: 'bucket' } as const;
const logNormal = { ...base, jobSeconds: 'logNormal' } as const;

/** Ten minutes and two hours mean up to a minute more, by seed. The headline is read at 1,000 × log-normal. */
const cases: readonly PeerCase[] = [
  { ...base, name: '200 × 10 min' },
  { ...logNormal, name: '200 × log-normal' },
  { ...logNormal, quota: 'hourly', name: '200 × log-normal, hourly' },
  { ...base, backups: 50, jobSeconds: 7200, name: '50 × 2 h' },
  { ...base, backups: 1000, name: '1,000 × 10 min' },
  { ...base, backups: 1000, jobSeconds: 7200, fewPeers: true, name: '1,000 × 2 h' },
  { ...logNormal, backups: 1000, name: '1,000 × log-normal' },
  { ...logNormal, backups: 1000, quota: 'hourly', name: '1,000 × log-normal, hourly' },
];

interface Played extends PeerRound {
  readonly runs: readonly SubjectRun[];
}

/** Every seed of every fleet, two processes at a time; in the order of the fleets, then of the seeds. */
async function playAll(fleets: readonly PeerCase[], seeds: readonly number[]): Promise<readonly Played[]> {
  const rounds = fleets.flatMap((fleet) =>
    seeds.map((seed) => ({ fleet, seed, isFirst: seed === seeds[0] })),
  );
  const played: Played[] = [];
  await inParallel(rounds, 2, async (round, at) => {
    const runs = await inOwnProcess<readonly SubjectRun[]>(program, round);
    played[at] = { ...round, runs };
    console.error(round.fleet.name, 'seed', round.seed, process.uptime().toFixed(0), 's');
  });
  return played;
}

/** Rows of one fleet: a subject's runs beside ours of the same seeds. */
function rowsOf(fleet: PeerCase, played: readonly Played[]): readonly (readonly string[])[] {
  const seeds = played.filter((one) => one.fleet === fleet);
  const names = seeds[0]?.runs.map(({ name }) => name) ?? [];
  return names.map((subject) => {
    const pairs = seeds.flatMap(({ runs }) => {
      const [run, own] = [subject, ours].map((name) => runs.find((one) => one.name === name)?.figures);
      return run && own ? [{ run, own }] : [];
    });
    const [runs, own] = [pairs.map(({ run }) => run), pairs.map(({ own }) => own)];
    return rowOf({ fleet: fleet.name, subject, runs, own });
  });
}

const layer =
  'b for ours (the whole app on the local runner) and for durable peers (real durable-functions orchestrations on the ' +
  'same engine); the public client @azure/arm-recoveryservicesbackup 12.0.0 in a script for the others. `az` is a model ' +
  'of its published calls and pauses, not the command line itself. All on the virtual clock against the simulator in ' +
  'the same process, with the same buckets, jobs and seeds, ours and each peer in turn for every seed; two seeds run ' +
  'beside each other, so CPU is that of a busy machine. Medians (min … max); ratios are peer ÷ ours of one seed. ' +
  'Operations of Durable by formula from counted events; history rows are those of the last generation, KB those of ' +
  'the largest episode. Who lost a backup in any run is void. Rows of the geometric mean: 1 requests to follow, 3 ' +
  'latency (mean and p99), 9 makespan, 10 CPU (same runner only), 11 storage operations (where there are any); 14, ' +
  'memory, is not measured';

/** Others beside the app: same simulator, buckets, jobs and seeds, one after the other for each seed. */
export async function peersBeside({ quick, only }: BenchOptions): Promise<BenchReport> {
  const fleets = cases.filter(({ backups, name }) => (!quick || backups <= 200) && name.includes(only));
  const played = await playAll(fleets, quick ? [1, 2] : [1, 2, 3, 4, 5]);
  return {
    title: 'Peers',
    layer,
    columns,
    rows: fleets.flatMap((fleet) => rowsOf(fleet, played)),
    data: played,
  };
}
