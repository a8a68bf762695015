import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useLive } from '../api.ts';
import type { Answers } from '../apiTypes.ts';
import { Empty, Heading, Loaded, Notice, StateMark } from '../parts.tsx';
import { linkTo } from '../router.ts';
import { useMay } from '../session.ts';
import { Time, useNow } from '../time.tsx';
import {
  counted,
  exceptions,
  kindNames,
  kindOfResource,
  selectedExceptions,
  states,
  type CoverageRow,
  type CoverageState,
  type CoverageSummary,
} from '../words.ts';

type History = Answers['CoverageHistory'];

const sumOf = ({ counts }: CoverageSummary, names: readonly CoverageState[]): number =>
  names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);

/** The answer to "is everything backed up?" in one sentence. */
export function sentenceOf(summary: CoverageSummary): string {
  const covered = summary.counts.ok ?? 0;
  const rest = selectedExceptions
    .filter((name) => summary.counts[name])
    .map((name) => `${summary.counts[name]?.toLocaleString('en-GB')} ${states[name].text.toLowerCase()}`);
  const selected = summary.selected.toLocaleString('en-GB');
  const first = `${covered.toLocaleString('en-GB')} of ${selected} selected resources ${covered === 1 ? 'has' : 'have'} a recovery point younger than their rule asks`;
  const orphans = summary.counts.orphan ?? 0;
  const gone =
    orphans > 0
      ? ` Backups remain of ${counted(orphans, 'resource')} that ${orphans === 1 ? 'is' : 'are'} gone.`
      : '';
  return `${first}${rest.length > 0 ? `; ${rest.join(', ')}` : ''}.${gone}`;
}

const numbers: readonly (readonly [title: string, states: readonly CoverageState[], tone: string])[] = [
  ['Covered', ['ok'], 'good'],
  ['Late or down', ['down', 'late'], 'warn'],
  ['Failing or in error', ['failing', 'protectionError'], 'bad'],
  ['Not backed up at all', ['neverBackedUp', 'notProtected'], 'bad'],
];

const Numbers = ({ summary }: { summary: CoverageSummary }): JSX.Element => (
  <ul class="numbers">
    {numbers.map(([title, names, tone]) => (
      <li key={title}>
        <a
          href={linkTo('resources', { state: names.join(',') })}
          class={sumOf(summary, names) > 0 ? tone : ''}
        >
          <b>{sumOf(summary, names).toLocaleString('en-GB')}</b> <span>{title}</span>
        </a>
      </li>
    ))}
  </ul>
);

type DayCounts = Readonly<Partial<Record<CoverageState, number>>>;

function DayCell({ counts, day }: { counts: DayCounts | undefined; day: string }): JSX.Element {
  if (!counts)
    return (
      <td title={`${day}: no complete read`} class="unread">
        <span class="visually-hidden">no complete read</span>
      </td>
    );
  const of = (names: readonly CoverageState[]): number =>
    names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
  const good = of(['ok']);
  const warn = exceptions.filter((name) => states[name].tone === 'warn');
  const bad = exceptions.filter((name) => states[name].tone === 'bad');
  const [late, worse] = [of(warn), of(bad)];
  const all = good + late + worse;
  const told = exceptions
    .filter((name) => counts[name])
    .map((name) => `${counts[name]} ${states[name].text}`);
  const title = `${day}: ${good} covered${told.length > 0 ? `, ${told.join(', ')}` : ''}`;
  const height = (part: number): number => (part === 0 ? 0 : Math.max(3, (part / all) * 28));
  return (
    <td title={title}>
      <span class="visually-hidden">{title}</span>
      <svg viewBox="0 0 28 28" preserveAspectRatio="none" aria-hidden="true">
        <rect class={all === 0 ? 'track' : 'good'} width="28" height="28" />
        <rect class="warn" width="28" y={28 - height(late) - height(worse)} height={height(late)} />
        <rect class="bad" width="28" y={28 - height(worse)} height={height(worse)} />
      </svg>
    </td>
  );
}

const dayName = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', timeZone: 'UTC' });

function Strip({ days }: History): JSX.Element | null {
  const kinds = kindNames.filter((kind) => days.some((day) => kind in day.kinds));
  const scrolls = useRef<HTMLDivElement>(null);
  // Where there is little room, the newest days are seen first.
  useLayoutEffect(() => scrolls.current?.scrollTo({ left: scrolls.current.scrollWidth }), []);
  if (kinds.length === 0) return null;
  return (
    <div
      class="scroll"
      ref={scrolls}
      tabIndex={0}
      role="region"
      aria-label="Coverage of the last 14 days by kind"
    >
      <table class="strip">
        <thead>
          <tr>
            <th scope="col">Kind</th>
            {days.map(({ date }) => (
              <th key={date} scope="col">
                {dayName.format(new Date(date)).replace(' ', '\u00a0')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => (
            <tr key={kind}>
              <th scope="row">{kindOfResource(kind)}</th>
              {days.map(({ date, kinds: found }) => (
                <DayCell key={date} day={date} counts={(found as Record<string, DayCounts>)[kind]} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What may be done about a state from here. */
function NextAction({ row }: { row: CoverageRow }): JSX.Element {
  const mayRun = useMay('Backups.Run');
  const canBackUp =
    mayRun && row.itemId !== undefined && !['softDeleted', 'orphan', 'stopped'].includes(row.state);
  return (
    <>
      {row.advice && <div>{row.advice}</div>}
      {canBackUp && <a href={linkTo('backup', { id: row.id })}>Back up now</a>}
    </>
  );
}

const Exceptions = ({ rows, now }: { rows: readonly CoverageRow[]; now: number }): JSX.Element => (
  <table class="stack">
    <thead>
      <tr>
        <th scope="col">Resource</th>
        <th scope="col">State</th>
        <th scope="col">Since</th>
        <th scope="col">Rule</th>
        <th scope="col">Reason</th>
        <th scope="col">Next action</th>
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
            <StateMark state={row.state} />
          </td>
          <td class="nowrap" data-name="Since">
            <Time at={row.since} as="age" now={now} />
          </td>
          <td data-name="Rule">{row.rule ?? <span class="muted">–</span>}</td>
          <td>
            {row.reason}
            {row.serviceWords && <q class="service">{row.serviceWords}</q>}
          </td>
          <td class="next">
            <NextAction row={row} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

function Completeness({ summary, now }: { summary: CoverageSummary; now: number }): JSX.Element {
  const { readAt, complete, incompleteReasons, refreshing } = summary;
  return (
    <>
      <p class="muted">
        {readAt ? (
          <>
            Azure was read <Time at={readAt} as="age" now={now} />,{' '}
            {complete ? 'completely' : 'not completely'}.
          </>
        ) : (
          'Azure has not been read yet.'
        )}
        {refreshing && ` A new read goes on: ${counted(refreshing.rows, 'resource')} so far.`}
      </p>
      {readAt && !complete && (
        <Notice tone="warn">
          <strong>This is not the whole picture.</strong> What could not be read is unknown, and no verdict
          has turned good:
          <ul>
            {incompleteReasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

const Newcomer = ({ summary }: { summary: CoverageSummary }): JSX.Element =>
  summary.readAt === undefined ? (
    <Empty title="Nothing has been read yet.">
      The app reads the subscriptions that the <a href={linkTo('plan')}>plan</a> names, the first time within
      minutes; without a plan it reads nothing. It needs the Reader role there.
    </Empty>
  ) : (
    <Empty title="No resource was found.">
      The identity of the app sees no disk, virtual machine, storage account or share. Give it the Reader role
      on a subscription, and name that subscription in the <a href={linkTo('plan')}>plan</a>.
    </Empty>
  );

const mostExceptions = 25;

/** "Is everything backed up?" on one page. */
export function OverviewPage(): JSX.Element {
  const [coverage] = useLive<Answers['CoveragePage']>(`/api/coverage?top=${mostExceptions}`, {
    everySeconds: 15,
  });
  const [history] = useLive<History>('/api/coverage/history?days=14', {
    everySeconds: 120,
    mostSeconds: 600,
  });
  const now = useNow();
  return (
    <>
      <Heading title="Overview" />
      <Loaded live={coverage} what="the coverage">
        {({ summary, value }) => {
          const bad = value.filter(({ state }) => exceptions.includes(state));
          const all = sumOf(summary, exceptions);
          if (summary.total === 0) return <Newcomer summary={summary} />;
          return (
            <>
              <p class="sentence">{sentenceOf(summary)}</p>
              <Completeness summary={summary} now={now} />
              <Numbers summary={summary} />
              <h2>Last 14 days</h2>
              <Loaded live={history} what="the last days">
                {(read) => <Strip {...read} />}
              </Loaded>
              <h2>
                {all === 0 ? 'Nothing needs attention' : `Needs attention: ${all.toLocaleString('en-GB')}`}
              </h2>
              {bad.length > 0 && <Exceptions rows={bad} now={now} />}
              {all > bad.length && (
                <p>
                  <a href={linkTo('resources', { state: exceptions.join(',') })}>
                    All {all.toLocaleString('en-GB')}, in the list of resources
                  </a>
                </p>
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}
