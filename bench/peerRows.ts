import { voidReason, type PeerFigures } from './peerFigures.ts';
import { median, spread } from './spread.ts';

/** Heads of the columns that {@link rowOf} fills. */
export const columns: readonly string[] = [
  ...['fleet', 'subject', 'seeds', 'lost or not ended in 240 h', '429'],
  ...['requests per backup: to follow it / all', 'to follow ÷ ours'],
  ...['latency in s, mean / p99', 'p99 ÷ ours', 'makespan ÷ ideal', '÷ ours'],
  ...['storage operations per backup', '÷ ours', 'history rows', 'episodes', 'KB of the largest'],
  ...['CPU-ms per backup, whole process', 'geometric mean of ratios (rows)'],
];

/** Runs of one subject and, seed by seed, ours beside them. */
export interface Comparison {
  readonly fleet: string;
  readonly subject: string;
  readonly runs: readonly PeerFigures[];
  readonly own: readonly PeerFigures[];
}

const middle = (values: readonly (number | undefined)[], digits: number): string => {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? median(known).toFixed(digits) : '–';
};

type Ratio = (theirs: PeerFigures, ours: PeerFigures) => number;

const over =
  (pick: keyof PeerFigures): Ratio =>
  (theirs, ours) =>
    (theirs[pick] ?? Number.NaN) / (ours[pick] ?? Number.NaN);

const geometric = (values: readonly number[]): number =>
  Math.exp(values.reduce((total, value) => total + Math.log(value), 0) / values.length);

/** Rows of the target table that have a ratio. Row 14, memory, is not measured for anyone here. */
const headlineRows: Readonly<Record<string, Ratio>> = {
  1: over('followRequests'),
  3: (theirs, ours) => geometric([over('latencyMean')(theirs, ours), over('latencyP99')(theirs, ours)]),
  9: over('makespan'),
  // Only who runs on the same runner as ours: a script's process has no host in it.
  10: (theirs, ours) => (theirs.operations === undefined ? Number.NaN : over('cpuMs')(theirs, ours)),
  11: over('operations'),
};

function headline({ runs, own }: Comparison): string {
  const measured = Object.entries(headlineRows).flatMap(([row, ratio]) => {
    const values = runs.map((run, at) => ratio(run, own[at] ?? run));
    return values.every((value) => Number.isFinite(value) && value > 0) ? [{ row, values }] : [];
  });
  if (measured.length === 0) return '–';
  const means = runs.map((_, at) => geometric(measured.map(({ values }) => values[at] ?? Number.NaN)));
  return `${spread(means, 2)} (${measured.map(({ row }) => row).join(', ')})`;
}

function whyVoid({ runs, own }: Comparison): string | undefined {
  const firstOf = (all: readonly PeerFigures[]) => all.map(voidReason).find((found) => found !== undefined);
  const ours = firstOf(own);
  return firstOf(runs) ?? (ours && `beside ours, ${ours}`);
}

/** One row. A run that is void, or stands beside one of ours that is, says why in place of every figure. */
export function rowOf(comparison: Comparison): readonly string[] {
  const { fleet, subject, runs, own } = comparison;
  const of = (pick: keyof PeerFigures) => runs.map((run) => run[pick]);
  const numbers = (pick: 'lost' | 'throttled') =>
    spread(
      runs.map((run) => run[pick]),
      0,
    );
  const head = [fleet, subject, String(runs.length), numbers('lost'), numbers('throttled')];
  const reason = whyVoid(comparison);
  if (reason !== undefined)
    return [...head, `void: ${reason}`, ...columns.slice(head.length + 1).map(() => 'void')];
  const ratio = (pick: keyof PeerFigures, digits: number) =>
    spread(
      runs.map((run, at) => over(pick)(run, own[at] ?? run)),
      digits,
    );
  return [
    ...head,
    `${middle(of('followRequests'), 2)} / ${middle(of('allRequests'), 2)}`,
    ratio('followRequests', 1),
    `${middle(of('latencyMean'), 0)} / ${middle(of('latencyP99'), 0)}`,
    ratio('latencyP99', 2),
    ...[middle(of('makespan'), 3), ratio('makespan', 2)],
    ...[middle(of('operations'), 0), ratio('operations', 1)],
    ...[middle(of('historyRows'), 0), middle(of('episodes'), 0), middle(of('replayKilobytes'), 1)],
    middle(of('cpuMs'), 1),
    headline(comparison),
  ];
}
