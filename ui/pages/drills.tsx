import type { JSX } from 'preact';
import { useLive } from '../api.ts';
import type { Answers } from '../apiTypes.ts';
import { useEstate } from '../estate.ts';
import { Empty, Heading, Loaded, Mark, StatusMark } from '../parts.tsx';
import { linkTo } from '../router.ts';
import { duration, Time, useNow } from '../time.tsx';
import {
  counted,
  kindOfResource,
  targetName,
  type CoverageRow,
  type ListedRun,
  type Tone,
} from '../words.ts';

const verdicts: Readonly<Record<string, Tone>> = {
  ...{ proven: 'good', 'proven late': 'warn', provenLate: 'warn', unverified: 'warn' },
  ...{ failed: 'bad', empty: 'bad', mismatch: 'bad', 'left over': 'bad', leftOver: 'bad' },
};

/** `provenLate` as `proven late`. */
const verdictWords = (verdict: string): string =>
  verdict.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

type Drilled = CoverageRow & { readonly drill: NonNullable<CoverageRow['drill']> };

const isDrilled = (row: CoverageRow): row is Drilled => row.drill !== undefined;

const worstFirst = ['bad', 'warn', 'idle', 'good'];
const rank = ({ drill }: Drilled): number => worstFirst.indexOf(verdicts[drill.verdict] ?? 'idle');

const Proofs = ({ rows, now }: { rows: readonly Drilled[]; now: number }): JSX.Element => (
  <table class="stack">
    <thead>
      <tr>
        <th scope="col">Resource</th>
        <th scope="col">Verdict</th>
        <th scope="col">Drilled</th>
        <th scope="col">From the point of</th>
        <th scope="col">Time to restore</th>
      </tr>
    </thead>
    <tbody>
      {rows.map((row) => (
        <tr key={row.kind + row.id}>
          <th scope="row">
            <a href={linkTo('resource', { id: row.id })}>{row.name}</a>
            <div class="muted">
              {kindOfResource(row.kind)} · {row.resourceGroup}
            </div>
          </th>
          <td class="nowrap">
            <Mark tone={verdicts[row.drill.verdict] ?? 'idle'}>{verdictWords(row.drill.verdict)}</Mark>
          </td>
          <td class="nowrap" data-name="Drilled">
            <a href={linkTo(`runs/${row.drill.run}`)}>
              <Time at={row.drill.at} now={now} />
            </a>
          </td>
          <td class="nowrap" data-name="Point">
            <Time at={row.drill.pointAt} now={now} />
          </td>
          <td class="nowrap" data-name="Took">
            {row.drill.restoreSeconds === undefined ? '–' : duration(row.drill.restoreSeconds * 1000)}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Runs = ({ runs, now }: { runs: readonly ListedRun[]; now: number }): JSX.Element => (
  <ol class="events">
    {runs.map((run) => (
      <li key={run.id}>
        <Time at={run.createdAt} now={now} /> <StatusMark status={run.status} />{' '}
        <a href={linkTo(`runs/${run.id}`)}>{targetName(run.target) ?? 'Batch of drills'}</a>
      </li>
    ))}
  </ol>
);

/** The newest proof of each resource that something came back out of its backup. */
export function DrillsPage(): JSX.Element {
  const estate = useEstate();
  const [runs] = useLive<Answers['RunPage']>('/api/runs?kind=drill&top=20', { everySeconds: 10 });
  const now = useNow();
  const newest = runs.data?.value ?? [];
  return (
    <>
      <Heading title="Drills" />
      {newest.length > 0 && (
        <section>
          <h2>Latest drills</h2>
          <Runs runs={newest} now={now} />
        </section>
      )}
      <Loaded live={estate} what="the proofs">
        {({ rows, isWhole }) => {
          const drilled = rows.filter(isDrilled).sort((one, other) => rank(one) - rank(other));
          if (drilled.length === 0)
            return isWhole ? (
              <Empty title="No backup has been proven by a restore yet.">
                A drill restores a sample of resources beside the originals, checks what came back, and
                removes it. Add a section <code>drills</code> to the <a href={linkTo('plan')}>plan</a>, or ask
                for one by <code>POST /api/drills</code>.
              </Empty>
            ) : (
              <></>
            );
          return (
            <section>
              <h2>Newest proof by resource</h2>
              <p>
                {counted(drilled.length, 'resource')} of {rows.length.toLocaleString('en-GB')} have been
                drilled.
              </p>
              <Proofs rows={drilled.slice(0, 500)} now={now} />
            </section>
          );
        }}
      </Loaded>
    </>
  );
}
