import type { JSX } from 'preact';
import { duration, Time } from './time.tsx';
import { counted, stepWords, type Run, type Tone } from './words.ts';

/** One bar of the timeline; times in milliseconds. `to` is absent for what goes on. */
interface Bar {
  readonly name: string;
  readonly tone: Tone;
  readonly from: number;
  readonly to: number | undefined;
  readonly words: string;
  readonly detail?: string | undefined;
}

const tones: Readonly<Record<string, Tone>> = {
  ...{ done: 'good', refused: 'bad', failed: 'bad', unknown: 'bad', timedOut: 'warn' },
  ...{ ordered: 'busy', claimed: 'busy', checking: 'busy', waiting: 'busy' },
};

const stepStates: Readonly<Record<string, string>> = {
  ...{ ordered: 'ordered', claimed: 'being sent', checking: 'looking for an earlier effect' },
  ...{ waiting: 'waiting for the service', done: 'done', refused: 'refused' },
};

const instant = (at: string | undefined): number | undefined =>
  at === undefined ? undefined : Date.parse(at);

function stepBar({ name, status, startedAt, endedAt, asks, detail }: Run['steps'][number]): Bar {
  const state = stepStates[status] ?? status;
  return {
    name: stepWords(name),
    tone: tones[status] ?? 'idle',
    from: Date.parse(startedAt),
    to: instant(endedAt),
    words: asks > 1 ? `${state}, asked ${counted(asks, 'time')}` : state,
    detail,
  };
}

function jobBar({ job, steps }: Run): Bar | undefined {
  if (!job) return undefined;
  const tone: Tone = /^completed$/i.test(job.status)
    ? 'good'
    : /warn/i.test(job.status)
      ? 'warn'
      : /fail/i.test(job.status)
        ? 'bad'
        : /cancel/i.test(job.status)
          ? 'idle'
          : 'busy';
  const began = instant(job.startedAt) ?? instant(steps.at(-1)?.startedAt);
  if (began === undefined) return undefined;
  return {
    name: 'Job',
    tone,
    from: began,
    to: instant(job.endedAt),
    words: job.status,
    detail: job.progress,
  };
}

/** Steps in their order, the job and the proof where they begin. */
export function barsOf(run: Run): readonly Bar[] {
  const job = jobBar(run);
  const proof = run.recoveryPoint && Date.parse(run.recoveryPoint.at);
  const bars = [...run.steps.map(stepBar), ...(job ? [job] : [])].sort((one, other) => one.from - other.from);
  return proof === undefined
    ? bars
    : [
        ...bars,
        {
          name: 'Recovery point',
          tone: 'good',
          from: proof,
          to: proof,
          words: run.recoveryPoint?.type ?? 'proof',
        },
      ];
}

interface Span {
  readonly begin: number;
  readonly whole: number;
  /** Short ones are told to the second. */
  readonly as: 'clock' | 'seconds';
}

function BarRow({ bar, span, now }: { bar: Bar; span: Span; now: number }): JSX.Element {
  const { name, tone, from, to, words, detail } = bar;
  const end = to ?? now;
  const x = Math.min(992, Math.max(0, ((from - span.begin) / span.whole) * 1000));
  const width = Math.min(1000 - x, Math.max(8, ((end - from) / span.whole) * 1000));
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="bars">
        <svg viewBox="0 0 1000 16" preserveAspectRatio="none" aria-hidden="true">
          <rect
            class={`${tone}${to === undefined ? ' going' : ''}`}
            x={x}
            y="2"
            width={width}
            height="12"
            rx="2"
          />
        </svg>
      </td>
      <td class="nowrap" data-name="Begun">
        <Time at={from} now={now} as={span.as} />
      </td>
      <td class="nowrap" data-name="Took">
        {from === to ? '–' : duration(end - from)}
      </td>
      <td>
        {words}
        {detail && <q class="service">{detail}</q>}
      </td>
    </tr>
  );
}

const shortMs = 10 * 60_000;

/** What a run did, as bars over its time. */
export function Timeline({ run, now }: { run: Run; now: number }): JSX.Element {
  const bars = barsOf(run);
  const begin = Math.min(Date.parse(run.createdAt), ...bars.map(({ from }) => from));
  const end = Math.max(instant(run.endedAt) ?? now, ...bars.map(({ to }) => to ?? now));
  const whole = Math.max(1, end - begin);
  const span: Span = { begin, whole, as: whole < shortMs ? 'seconds' : 'clock' };
  return (
    <section>
      <h2>Timeline</h2>
      <table class="stack timeline">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">
              <span class="ends">
                <Time at={begin} now={now} as={span.as} />
                <Time at={end} now={now} as={span.as} />
              </span>
            </th>
            <th scope="col">Begun</th>
            <th scope="col">Took</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <BarRow key={bar.name + bar.from} bar={bar} span={span} now={now} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
