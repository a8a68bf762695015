import type { JSX } from 'preact';
import { useLive } from '../api.ts';
import type { Answers } from '../apiTypes.ts';
import { useEstate } from '../estate.ts';
import { Empty, Heading, Loaded, Shortened, StatusMark, VerdictMark } from '../parts.tsx';
import { linkTo } from '../router.ts';
import { duration, Time, useNow } from '../time.tsx';
import {
  counted,
  drillVerdicts,
  kindOfResource,
  runName,
  type CoverageRow,
  type ListedRun,
  type Proof,
} from '../words.ts';

type Drilled = CoverageRow & { readonly drill: Proof };

const isDrilled = (row: CoverageRow): row is Drilled => row.drill !== undefined;

const worstFirst = Object.keys(drillVerdicts);
const rank = ({ drill }: Drilled): number => worstFirst.indexOf(drill.verdict);

/** How many of the drilled resources are proven, and what the others are. */
export function proofsSentence(verdicts: readonly Proof['verdict'][], resources: number): string {
  const count = (verdict: string): number => verdicts.filter((one) => one === verdict).length;
  const proven = count('proven') + count('proven late');
  const others = Object.entries(drillVerdicts)
    .filter(([verdict]) => verdict !== 'proven' && count(verdict) > 0)
    .map(([verdict, { text }]) => `${count(verdict).toLocaleString('en-GB')} ${text.toLowerCase()}`);
  const first = `The newest drill has proven the backups of ${proven.toLocaleString('en-GB')} of ${counted(verdicts.length, 'drilled resource')}`;
  const rest = others.length > 0 ? `; ${others.join(', ')}` : '';
  return `${first}${rest}. ${(resources - verdicts.length).toLocaleString('en-GB')} were never drilled.`;
}

/** How old the point was when it was restored. */
const pointAge = ({ at, pointAt }: Proof): string | undefined =>
  pointAt && `${duration(Date.parse(at) - Date.parse(pointAt))} old at the drill`;

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
          <td>
            <VerdictMark verdict={row.drill.verdict} />
            {row.drill.reason && <q class="service">{row.drill.reason}</q>}
          </td>
          <td class="nowrap" data-name="Drilled">
            <a href={linkTo(`runs/${row.drill.run}`)}>
              <Time at={row.drill.at} now={now} />
            </a>
          </td>
          <td class="nowrap" data-name="Point">
            <Time at={row.drill.pointAt} now={now} />
            <div class="muted">{pointAge(row.drill)}</div>
          </td>
          <td class="nowrap" data-name="Restored in">
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
        <a href={linkTo(`runs/${run.id}`)}>{runName(run) ?? 'Batch of drills'}</a>
        {run.error && <span>{run.error.code}</span>}
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
                {proofsSentence(
                  drilled.map(({ drill }) => drill.verdict),
                  rows.length,
                )}
              </p>
              <Shortened of={drilled}>{(some) => <Proofs rows={some} now={now} />}</Shortened>
            </section>
          );
        }}
      </Loaded>
    </>
  );
}
