import type { JSX } from 'preact';
import { useLive } from '../api.ts';
import type { Answers } from '../apiTypes.ts';
import { Empty, Facts, Heading, Id, Loaded, Mark, StateMark, StatusMark, VerdictMark } from '../parts.tsx';
import { linkTo } from '../router.ts';
import { useMay } from '../session.ts';
import { bothClocks, duration, isoWords, Time, useNow } from '../time.tsx';
import {
  kindOfResource,
  kindOfRun,
  nameOf,
  states,
  statuses,
  type Run,
  type CoverageRow,
  type ListedRun,
  type Proof,
} from '../words.ts';

type History = Answers['CoverageResource']['history'];

const sources: Readonly<Record<string, string>> = {
  recoveryPoints: 'read from the list of recovery points',
  lastRecoveryPoint: "read from the vault's list of items",
  jobs: 'begin of the last good backup job',
  restorableTimeRange: 'continuous backup',
};

function Point({ point, now }: { point: CoverageRow['lastGoodPoint']; now: number }): JSX.Element {
  if (!point) return <span>none</span>;
  return (
    <>
      <Time at={point.at} now={now} /> (<Time at={point.at} as="age" now={now} />)
      {point.tier && `, ${point.tier}`}
      {point.expiresAt && (
        <>
          , kept until <Time at={point.expiresAt} now={now} />
        </>
      )}
      <div class="muted">{sources[point.source]}</div>
    </>
  );
}

/** What the newest drill has shown. */
const Drill = ({ proof, now }: { proof: Proof; now: number }): JSX.Element => (
  <>
    <VerdictMark verdict={proof.verdict} />,{' '}
    <a href={linkTo(`runs/${proof.run}`)}>
      <Time at={proof.at} now={now} />
    </a>
    {proof.pointAt && (
      <div class="muted">
        from the point of <Time at={proof.pointAt} now={now} />
        {proof.restoreSeconds !== undefined && `, restored in ${duration(proof.restoreSeconds * 1000)}`}
      </div>
    )}
    {proof.reason && <q class="service">{proof.reason}</q>}
  </>
);

const whyNoRule = ({ excludedBy }: CoverageRow): string =>
  excludedBy ? `Taken out by ${excludedBy}.` : 'No rule selects it.';

function FactsOf({ row, now }: { row: CoverageRow; now: number }): JSX.Element {
  const { expect, lastRun, nextOccurrence, drill } = row;
  return (
    <Facts
      of={[
        ['Last good point', <Point point={row.lastGoodPoint} now={now} />],
        [
          'Expected',
          expect &&
            `every ${isoWords(expect.every)}, ${isoWords(expect.grace)} of grace (from the ${expect.from === 'default' ? 'usual' : expect.from})`,
        ],
        [
          'Next occurrence',
          nextOccurrence && (
            <>
              <Time at={nextOccurrence.at} now={now} /> by schedule {nextOccurrence.schedule}
            </>
          ),
        ],
        [
          'Last run here',
          lastRun && (
            <a href={linkTo(`runs/${lastRun.id}`)}>
              {kindOfRun(lastRun.kind)} · {statuses[lastRun.status as Run['status']]?.text ?? lastRun.status}{' '}
              · <Time at={lastRun.createdAt} now={now} />
            </a>
          ),
        ],
        ['Newest restore drill', drill ? <Drill proof={drill} now={now} /> : 'none'],
        ['Kept until', row.keptUntil && <Time at={row.keptUntil} now={now} />],
        ['Rule', row.rule ? <a href={linkTo('plan')}>{row.rule}</a> : whyNoRule(row)],
        ['Policy', row.policyId && <span title={row.policyId}>{nameOf(row.policyId)}</span>],
        [
          'Vault',
          row.vaultId && (
            <a href={linkTo('resources', { vault: row.vaultId.toLowerCase() })} title={row.vaultId}>
              {nameOf(row.vaultId)}
            </a>
          ),
        ],
        ['Region', row.region],
        ['Resource group', row.resourceGroup],
        ['Subscription', <code>{row.subscriptionId}</code>],
        ['Resource id', <Id id={row.id} />],
        ['Protected item', row.itemId && <Id id={row.itemId} />],
        ['Azure was read', <Time at={row.readAt} now={now} />],
      ]}
    />
  );
}

/** States as a band over time, the newest at the right. */
function Band({ history, now }: { history: History; now: number }): JSX.Element | null {
  const oldest = history.at(-1);
  if (!oldest) return null;
  const begin = Date.parse(oldest.at);
  const whole = Math.max(1, now - begin);
  const at = (instant: string): number => ((Date.parse(instant) - begin) / whole) * 1000;
  return (
    <svg
      class="band"
      viewBox="0 0 1000 24"
      preserveAspectRatio="none"
      role="img"
      aria-label="States over time, listed below"
    >
      {history.map((change, index) => {
        const end = index === 0 ? 1000 : at(history[index - 1]!.at);
        return (
          <rect
            key={change.at}
            class={states[change.state].tone}
            x={at(change.at)}
            width={Math.max(2, end - at(change.at))}
            height="24"
          >
            <title>{`${states[change.state].text} from ${bothClocks(new Date(change.at))}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}

const Changes = ({ history, now }: { history: History; now: number }): JSX.Element => (
  <section>
    <h2>States</h2>
    {history.length === 0 ? (
      <p class="muted">No change has been seen since the app began to look.</p>
    ) : (
      <>
        <Band history={history} now={now} />
        <ol class="events">
          {history.map(({ at, state, reason }) => (
            <li key={at}>
              <Time at={at} now={now} /> <StateMark state={state} /> <span>{reason}</span>
            </li>
          ))}
        </ol>
      </>
    )}
  </section>
);

const RunsOf = ({ runs, now }: { runs: readonly ListedRun[]; now: number }): JSX.Element => (
  <table class="stack">
    <thead>
      <tr>
        <th scope="col">Run</th>
        <th scope="col">Status</th>
        <th scope="col">Recovery point</th>
        <th scope="col">Said</th>
      </tr>
    </thead>
    <tbody>
      {runs.map((run) => (
        <tr key={run.id}>
          <th scope="row">
            <a href={linkTo(`runs/${run.id}`)}>
              {kindOfRun(run.kind)}, <Time at={run.createdAt} now={now} />
            </a>
          </th>
          <td class="nowrap">
            <StatusMark status={run.status} />
          </td>
          <td data-name="Point">
            <Time at={run.recoveryPoint?.at} now={now} />
            {run.recoveryPoint?.tiers.map(({ type, expiresAt }) => (
              <div class="muted" key={type}>
                {type}
                {expiresAt && (
                  <>
                    {' until '}
                    <Time at={expiresAt} now={now} />
                  </>
                )}
              </div>
            ))}
          </td>
          <td>
            {run.result?.verdict && <VerdictMark verdict={run.result.verdict} />}{' '}
            {run.error
              ? `${run.error.code}: ${run.error.message}`
              : !run.result?.verdict && <span class="muted">–</span>}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** Whether a backup of it can be asked for. */
const canBackUp = ({ itemId, state }: CoverageRow): boolean =>
  itemId !== undefined && !['softDeleted', 'orphan', 'stopped'].includes(state);

function Verdict({ row, now }: { row: CoverageRow; now: number }): JSX.Element {
  const mayRun = useMay('Backups.Run');
  return (
    <div class="verdict">
      <div>
        <StateMark state={row.state} />
        <span class="muted">
          since <Time at={row.since} now={now} />
        </span>
        {mayRun && canBackUp(row) && (
          <a class="button" href={linkTo('backup', { id: row.id })}>
            Back up now
          </a>
        )}
      </div>
      <p>{row.reason}</p>
      {row.serviceWords && <q class="service">{row.serviceWords}</q>}
      {row.advice && (
        <p>
          <Mark tone="idle">{row.advice}</Mark>
        </p>
      )}
    </div>
  );
}

/** One resource: its verdict and everything that led to it. */
export function ResourcePage({ id }: { id: string }): JSX.Element {
  const [live] = useLive<Answers['CoverageResource']>(`/api/coverage/resource?id=${encodeURIComponent(id)}`, {
    everySeconds: 15,
  });
  const target = live.data?.resource.id;
  const [runs] = useLive<Answers['RunPage']>(
    target && `/api/runs?top=20&target=${encodeURIComponent(target)}`,
    { everySeconds: 10 },
  );
  const now = useNow();
  return (
    <>
      <Heading title={live.data?.resource.name ?? nameOf(id)}>
        {live.data && (
          <span class="muted">
            {kindOfResource(live.data.resource.kind)} in {live.data.resource.resourceGroup}
          </span>
        )}
      </Heading>
      <Loaded live={live} what="the resource">
        {({ resource, history }) => (
          <>
            <Verdict row={resource} now={now} />
            <div class="columns">
              <section>
                <h2>Facts</h2>
                <FactsOf row={resource} now={now} />
              </section>
              <Changes history={history} now={now} />
            </div>
            <h2>Runs and recovery points</h2>
            <Loaded live={runs} what="the runs">
              {({ value }) =>
                value.length === 0 ? (
                  <Empty title="No run of this app yet.">
                    Backups by the vault's own policy show in the last good point above.
                  </Empty>
                ) : (
                  <RunsOf runs={value} now={now} />
                )
              }
            </Loaded>
          </>
        )}
      </Loaded>
    </>
  );
}
