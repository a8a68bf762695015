import { createSimulator } from '../local/arm-simulator/simulator.ts';
import { createVirtualClock } from '../local/functions-host/clock/virtualClock.ts';
import { runFleet } from './fleetCase.ts';
import { p99 } from './fleetFigures.ts';
import {
  idealSeconds,
  itemsOf,
  lengths,
  retryAfterSeconds,
  startAt,
  subscriptionId,
  trueEnds,
  worldOf,
  type FleetCase,
} from './fleetWorld.ts';
import type { BenchReport } from './report.ts';
import { peers, runPeer, type Peer, type PeerEnding } from './sdkPeers.ts';

const seeds = [1, 2, 3, 4, 5];
const mostHours = 72;

const fleetOf = (
  backups: number,
  jobSeconds: FleetCase['jobSeconds'],
  quota: FleetCase['quota'],
): FleetCase => ({
  ...{ backups, jobSeconds, quota, vaults: 1 },
  name:
    `${backups.toLocaleString('en')} × ${jobSeconds === 'logNormal' ? 'log-normal' : '10 min'}` +
    (quota === 'hourly' ? ', hourly' : ''),
});

const cases: readonly FleetCase[] = [
  fleetOf(200, 600, 'bucket'),
  fleetOf(200, 'logNormal', 'bucket'),
  fleetOf(200, 'logNormal', 'hourly'),
  fleetOf(1000, 600, 'bucket'),
  fleetOf(1000, 'logNormal', 'hourly'),
];

/** A thousand naive loops against 150 reads an hour send requests by the hundred thousand: left out. */
const peersOf = ({ backups, quota }: FleetCase): readonly Peer[] =>
  peers.filter(({ stubborn }) => !(stubborn && quota === 'hourly' && backups > 200));

/** One run of one subject; latencies in seconds. */
interface Figures {
  readonly lost: number;
  readonly throttled: number;
  readonly requests: number;
  readonly latencyMean: number;
  readonly latencyP99: number;
  readonly makespan: number;
}

async function ours(fleet: FleetCase): Promise<Figures> {
  const figures = await runFleet(fleet);
  return {
    ...{ lost: figures.lost, throttled: figures.throttled, makespan: figures.makespanRatio },
    requests: figures.followRequestsPerBackup,
    latencyMean: figures.detectionMean * retryAfterSeconds,
    latencyP99: figures.detectionP99 * retryAfterSeconds,
  };
}

/** The same world, buckets and seeds as ours, under the public client's own timers. */
async function theirs(peer: Peer, fleet: FleetCase): Promise<Figures> {
  const clock = createVirtualClock({ startAt, seed: fleet.seed ?? 1 });
  const world = worldOf(fleet, lengths(fleet));
  const simulator = createSimulator({ world, seed: 'embedded', clock, faults: [] });
  const items = await itemsOf(simulator, fleet);
  const asked = simulator.log.length;
  const restore = clock.replaceGlobals();
  try {
    const endings: PeerEnding[] = [];
    let isOver = false;
    void runPeer(peer, simulator, subscriptionId, items, endings).finally(() => (isOver = true));
    await clock.runUntil(() => isOver, mostHours * 3_600_000);
    const log = simulator.log.slice(asked);
    return figuresOf(fleet, endings, log, await trueEnds(simulator, fleet.vaults));
  } finally {
    restore();
  }
}

function figuresOf(
  fleet: FleetCase,
  endings: readonly PeerEnding[],
  log: readonly { readonly status: number }[],
  ends: ReadonlyMap<string, number>,
): Figures {
  const late = endings.map(({ jobId, knownAt }) => (knownAt - (ends.get(jobId) ?? Number.NaN)) / 1000);
  const last = Math.max(...endings.map(({ knownAt }) => knownAt));
  return {
    lost: fleet.backups - endings.length,
    throttled: log.filter(({ status }) => status === 429).length,
    requests: log.length / fleet.backups,
    latencyMean: late.reduce((total, value) => total + value, 0) / late.length,
    latencyP99: p99(late),
    makespan: (last - Date.parse(startAt)) / 1000 / idealSeconds(fleet, lengths(fleet)),
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

const spread = (values: readonly number[], digits: number): string =>
  values.every((value) => Number.isFinite(value))
    ? `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)} … ${Math.max(...values).toFixed(digits)})`
    : '–';

/** One subject's runs beside ours of the same seeds. */
function rowOf(
  fleet: FleetCase,
  name: string,
  runs: readonly Figures[],
  own: readonly Figures[],
): readonly string[] {
  const of = (pick: keyof Figures) => runs.map((run) => run[pick]);
  const ratio = (pick: keyof Figures) => runs.map((run, at) => run[pick] / (own[at]?.[pick] ?? Number.NaN));
  return [
    fleet.name,
    name,
    ...[spread(of('lost'), 0), spread(of('throttled'), 0)],
    ...[median(of('requests')).toFixed(2), spread(ratio('requests'), 1)],
    `${median(of('latencyMean')).toFixed(0)} / ${median(of('latencyP99')).toFixed(0)}`,
    spread(ratio('latencyP99'), 2),
    ...[median(of('makespan')).toFixed(3), spread(ratio('makespan'), 2)],
  ];
}

/** Scripts on the public client beside the app: same simulator, buckets and seeds, A-B-A-B over five seeds. */
export async function peersBeside({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const rows: (readonly string[])[] = [];
  const data: unknown[] = [];
  for (const fleet of cases.filter(({ backups }) => !quick || backups <= 200)) {
    const own: Figures[] = [];
    const subjects = peersOf(fleet);
    const others = subjects.map((): Figures[] => []);
    for (const seed of seeds) {
      own.push(await ours({ ...fleet, seed }));
      for (const [at, peer] of subjects.entries()) others[at]?.push(await theirs(peer, { ...fleet, seed }));
    }
    console.error(fleet.name, process.uptime().toFixed(0), 's');
    data.push({ fleet, own, others });
    rows.push(rowOf(fleet, '**ours**', own, own));
    subjects.forEach(({ name }, at) => rows.push(rowOf(fleet, name, others[at] ?? [], own)));
  }
  return {
    title: 'Peers',
    layer:
      'b for ours (the whole app on the local runner), the public client @azure/arm-recoveryservicesbackup 12.0.0 in ' +
      'a script for the others; both on the virtual clock against the simulator in the same process, with the same ' +
      'buckets, jobs and seeds, five of them interleaved. Medians (min … max); ratios are peer ÷ ours of one seed',
    columns: [
      ...['fleet', 'subject', 'lost or not ended in 72 h', '429', 'requests per backup', '÷ ours'],
      ...['latency in s, mean / p99', 'p99 ÷ ours', 'makespan ÷ ideal', '÷ ours'],
    ],
    rows,
    data,
  };
}
