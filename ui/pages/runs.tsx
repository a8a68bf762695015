import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { ask, Refusal, useLive } from '../api.ts';
import type { Answers } from '../apiTypes.ts';
import { Empty, Heading, Loaded, Problem, StatusMark } from '../parts.tsx';
import { linkTo, setQuery } from '../router.ts';
import { duration, soon, Time, useNow } from '../time.tsx';
import {
  counted,
  kindOfRun,
  runKindNames,
  statuses,
  runName,
  vaultOf,
  nameOf,
  type ListedRun,
} from '../words.ts';

type Page = Answers['RunPage'];

/** The questions that are asked most: name, and the query that answers it. */
const views: readonly (readonly [title: string, query: Readonly<Record<string, string>>])[] = [
  ['All', {}],
  ['Running', { status: 'running' }],
  ['Failed', { status: 'failed' }],
  ['Waiting for the service', { waiting: 'service' }],
  ['Parked by a daily limit', { waiting: 'limit' }],
];

const pathOf = (query: URLSearchParams): string => {
  const asked = ['status', 'kind', 'batch', 'target', 'waiting'].flatMap((name) => {
    const value = query.get(name);
    return value ? [[name, value]] : [];
  });
  return `/api/runs?${new URLSearchParams([['top', '50'], ...asked]).toString()}`;
};

/** A run of its own, or a batch with those of its children that are listed here. */
export interface RunGroup {
  readonly id: string;
  readonly head?: ListedRun;
  readonly children: readonly ListedRun[];
}

/** Puts the children of a batch under it, where the first of them stands. */
export function foldBatches(runs: readonly ListedRun[]): readonly RunGroup[] {
  const groups = new Map<string, { id: string; head?: ListedRun; children: ListedRun[] }>();
  for (const run of runs) {
    const id = run.batch ?? run.id;
    const group = groups.get(id) ?? { id, children: [] };
    groups.set(id, group);
    if (run.batch === undefined) group.head = run;
    else group.children.push(run);
  }
  return [...groups.values()];
}

const tookMs = ({ createdAt, endedAt }: ListedRun, now: number): number =>
  (endedAt ? Date.parse(endedAt) : now) - Date.parse(createdAt);

/** `12 items: 10 completed, 1 failed`. */
function countsSaid({ total = 0, ...parts }: NonNullable<ListedRun['counts']>): string {
  const told = Object.entries(parts).map(
    ([name, count]) => `${count} ${(statuses[name as ListedRun['status']]?.text ?? name).toLowerCase()}`,
  );
  return `${counted(total, 'item')}${told.length > 0 ? `: ${told.join(', ')}` : ''}`;
}

const said = ({ error, job, counts, warnings }: ListedRun): string | undefined =>
  error ? `${error.code}: ${error.message}` : (job?.progress ?? (counts ? countsSaid(counts) : warnings[0]));

interface RowProps {
  readonly run: ListedRun;
  readonly now: number;
  readonly fold?: JSX.Element;
  readonly isChild?: boolean;
}

const RunRow = ({ run, now, fold, isChild }: RowProps): JSX.Element => (
  <tr class={isChild ? 'child' : ''}>
    <th scope="row">
      {fold}
      <a href={linkTo(`runs/${run.id}`)}>
        {runName(run) ?? (run.kind === 'sweep' ? kindOfRun(run.kind) : 'Batch')}
      </a>
      {vaultOf(run.target) && <div class="muted">{nameOf(vaultOf(run.target))}</div>}
    </th>
    <td data-name="Kind">{kindOfRun(run.kind)}</td>
    <td class="nowrap">
      <StatusMark status={run.status} />
    </td>
    <td class="nowrap" data-name="Asked">
      <Time at={run.createdAt} now={now} />
      <div class="muted">
        by {run.requestedBy.source === 'http' ? (run.requestedBy.caller ?? 'http') : run.requestedBy.source}
      </div>
    </td>
    <td class="nowrap" data-name="Took">
      {duration(tookMs(run, now))}
    </td>
    <td class="said">{said(run) ?? <span class="muted">–</span>}</td>
  </tr>
);

function Batch({ group, now }: { group: RunGroup; now: number }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const [all, again] = useLive<Page>(isOpen ? `/api/runs?top=100&batch=${group.id}` : undefined, {
    everySeconds: 5,
  });
  const { head, children } = group;
  const listed = all.data?.value ?? children;
  const fold = (
    <button
      type="button"
      class="quiet fold"
      aria-expanded={isOpen}
      onClick={() => {
        setOpen(!isOpen);
        again();
      }}
      aria-label={`${isOpen ? 'Hide' : 'Show'} the runs of this batch`}
    >
      {isOpen ? '▾' : '▸'}
    </button>
  );
  return (
    <>
      {head ? (
        <RunRow run={head} now={now} fold={fold} />
      ) : (
        <tr>
          <th scope="row" colSpan={6}>
            {fold}
            <a href={linkTo(`runs/${group.id}`)}>Batch</a>{' '}
            <span class="muted">with {counted(children.length, 'run')} in this list</span>
          </th>
        </tr>
      )}
      {isOpen && listed.map((run) => <RunRow key={run.id} run={run} now={now} isChild />)}
    </>
  );
}

function Table({ runs, now }: { runs: readonly ListedRun[]; now: number }): JSX.Element {
  const groups = useMemo(() => foldBatches(runs), [runs]);
  return (
    <table class="stack runs">
      <thead>
        <tr>
          <th scope="col">About</th>
          <th scope="col">Kind</th>
          <th scope="col">Status</th>
          <th scope="col">Asked</th>
          <th scope="col">Took</th>
          <th scope="col">Said</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) =>
          group.children.length > 0 || !group.head?.target ? (
            <Batch key={group.id} group={group} now={now} />
          ) : (
            <RunRow key={group.id} run={group.head} now={now} />
          ),
        )}
      </tbody>
    </table>
  );
}

/** Runs older than those that are followed, read when asked for. */
function Older({ from, now }: { from: string; now: number }): JSX.Element {
  const [older, setOlder] = useState<{ runs: readonly ListedRun[]; next: string | undefined }>({
    runs: [],
    next: from,
  });
  const [problem, setProblem] = useState<Refusal>();
  const more = (): void => {
    const { pathname, search } = new URL(older.next ?? '', location.origin);
    ask<Page>(pathname + search)
      .then(({ value, nextLink }) => setOlder({ runs: [...older.runs, ...value], next: nextLink }))
      .catch((error: unknown) => setProblem(error instanceof Refusal ? error : new Refusal(0, {})));
  };
  return (
    <>
      {older.runs.length > 0 && <Table runs={older.runs} now={now} />}
      {problem && <Problem problem={problem} />}
      {older.next && (
        <button type="button" onClick={more}>
          Older runs
        </button>
      )}
    </>
  );
}

function Filters({ query }: { query: URLSearchParams }): JSX.Element {
  const is = (view: Readonly<Record<string, string>>): boolean =>
    ['status', 'waiting'].every((name) => (query.get(name) ?? '') === (view[name] ?? ''));
  const select = (name: string, values: readonly (readonly [string, string])[]): JSX.Element => (
    <label>
      <span>{name}</span>
      <select
        value={query.get(name) ?? ''}
        onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value, waiting: undefined })}
      >
        <option value="">any</option>
        {values.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div class="filters">
      <ul class="views">
        {views.map(([title, view]) => (
          <li key={title}>
            <a
              href={linkTo('runs', { ...view, kind: query.get('kind') ?? '' })}
              aria-current={is(view) ? 'true' : undefined}
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
      {select(
        'status',
        Object.entries(statuses).map(([name, { text }]) => [name, text]),
      )}
      {select(
        'kind',
        runKindNames.map((kind) => [kind, kindOfRun(kind)]),
      )}
    </div>
  );
}

/** Runs as they go on. */
export function RunsPage({ query }: { query: URLSearchParams }): JSX.Element {
  const [paused, setPaused] = useState(false);
  const path = pathOf(query);
  const [live, again] = useLive<Page>(path, { everySeconds: 2, mostSeconds: 30, paused });
  const now = useNow(paused ? 30 : 1);
  const narrowed = ['batch', 'target'].filter((name) => query.has(name));
  return (
    <>
      <Heading title="Runs">
        <div class="bar">
          <span class="muted">
            {paused ? 'Paused' : live.nextAt ? `Looks again ${soon(live.nextAt, now)}` : ''}
          </span>
          <button type="button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
            {paused ? 'Go on' : 'Pause'}
          </button>
          <button type="button" onClick={again} disabled={paused}>
            Look now
          </button>
        </div>
      </Heading>
      <Filters query={query} />
      {narrowed.map((name) => (
        <p key={name}>
          Only of this {name}: <code>{nameOf(query.get(name) ?? '')}</code>{' '}
          <a href={linkTo('runs')}>Show all</a>
        </p>
      ))}
      <Loaded live={live} what="the runs">
        {({ value, nextLink }) =>
          value.length === 0 ? (
            <Empty title={query.size > 0 ? 'No run is like that.' : 'No runs yet.'}>
              {query.size > 0 ? (
                <a href={linkTo('runs')}>Show all runs</a>
              ) : (
                <>
                  Runs begin when a schedule of the <a href={linkTo('plan')}>plan</a> falls due, when a
                  resource is written, or when somebody asks: choose a{' '}
                  <a href={linkTo('resources')}>resource</a> and back it up.
                </>
              )}
            </Empty>
          ) : (
            <>
              <Table runs={value} now={now} />
              {nextLink && <Older key={path} from={nextLink} now={now} />}
            </>
          )
        }
      </Loaded>
    </>
  );
}
