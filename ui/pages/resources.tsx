import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { useEstate, type Estate } from '../estate.ts';
import { csvOf, download } from '../csv.ts';
import { Empty, Heading, Loaded, StateMark } from '../parts.tsx';
import { VirtualTable, type Column } from '../virtualTable.tsx';
import { linkTo, setQuery } from '../router.ts';
import { Time, useNow } from '../time.tsx';
import {
  counted,
  kindOfResource,
  nameOf,
  stateNames,
  states,
  type CoverageRow,
  type CoverageState,
} from '../words.ts';

const filters = ['kind', 'subscription', 'region', 'rule', 'vault'] as const;
type FilterName = (typeof filters)[number];

const valueOf: Readonly<Record<FilterName, (row: CoverageRow) => string>> = {
  kind: ({ kind }) => kind,
  subscription: ({ subscriptionId }) => subscriptionId,
  region: ({ region = '' }) => region,
  rule: ({ rule = '' }) => rule,
  vault: ({ vaultId = '' }) => vaultId.toLowerCase(),
};
const shownOf: Partial<Record<FilterName, (value: string) => string>> = {
  kind: kindOfResource,
  vault: nameOf,
};

/** Rows that a query leaves; worst and oldest first unless it says otherwise. */
export function filterRows(rows: readonly CoverageRow[], query: URLSearchParams): readonly CoverageRow[] {
  const text = (query.get('q') ?? '').trim().toLowerCase();
  const wanted = new Set((query.get('state') ?? '').split(',').filter(Boolean));
  const others = filters.flatMap((name) => {
    const value = query.get(name);
    return value ? [{ of: valueOf[name], value }] : [];
  });
  const left = rows.filter(
    (row) =>
      (wanted.size === 0 || wanted.has(row.state)) &&
      others.every(({ of, value }) => of(row) === value) &&
      (text === '' || row.id.toLowerCase().includes(text) || row.name.toLowerCase().includes(text)),
  );
  return sorted(left, query.get('sort'));
}

const pointAge = ({ lastGoodPoint }: CoverageRow): string => lastGoodPoint?.at ?? '';

function sorted(rows: readonly CoverageRow[], by: string | null): readonly CoverageRow[] {
  if (by === 'name') return rows.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  if (by === 'age') return rows.toSorted((one, other) => (pointAge(one) < pointAge(other) ? -1 : 1));
  return rows;
}

interface FilterProps {
  readonly name: FilterName;
  readonly rows: readonly CoverageRow[];
  readonly query: URLSearchParams;
}

function Filter({ name, rows, query }: FilterProps): JSX.Element {
  const values = useMemo(() => [...new Set(rows.map(valueOf[name]))].filter(Boolean).sort(), [rows, name]);
  const chosen = query.get(name) ?? '';
  const all = chosen && !values.includes(chosen) ? [chosen, ...values] : values;
  return (
    <label>
      <span>{name}</span>
      <select value={chosen} onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value })}>
        <option value="">any</option>
        {all.map((value) => (
          <option key={value} value={value}>
            {(shownOf[name] ?? String)(value)}
          </option>
        ))}
      </select>
    </label>
  );
}

function StateFilter({ rows, query }: Omit<FilterProps, 'name'>): JSX.Element {
  const counts = useMemo(() => {
    const found = new Map<string, number>();
    for (const { state } of rows) found.set(state, (found.get(state) ?? 0) + 1);
    return found;
  }, [rows]);
  const chosen = new Set((query.get('state') ?? '').split(',').filter(Boolean));
  const toggle = (state: CoverageState): void => {
    const next = new Set(chosen);
    if (!next.delete(state)) next.add(state);
    setQuery({ state: [...next].join(',') });
  };
  return (
    <div role="group" aria-label="State" class="chips">
      {stateNames
        .filter((state) => counts.has(state) || chosen.has(state))
        .map((state) => (
          <label key={state} title={states[state].means} class={chosen.has(state) ? 'chosen' : ''}>
            <input type="checkbox" checked={chosen.has(state)} onChange={() => toggle(state)} />
            <StateMark state={state} /> <b>{(counts.get(state) ?? 0).toLocaleString('en-GB')}</b>
          </label>
        ))}
    </div>
  );
}

/** How long ago or how soon, and when. */
const Instant = ({ at, now }: { at: string | undefined; now: number }): JSX.Element => (
  <>
    <Time at={at} as="age" now={now} />
    {at && (
      <small>
        <Time at={at} now={now} />
      </small>
    )}
  </>
);

const columnsAt = (now: number): readonly Column<CoverageRow>[] => [
  {
    ...{ name: 'Resource', size: 'minmax(10rem, 2.6fr)', sort: 'name' },
    cell: (row) => (
      <>
        <a href={linkTo('resource', { id: row.id })}>{row.name}</a>
        <small>{row.resourceGroup}</small>
      </>
    ),
  },
  { ...{ name: 'Kind', size: '7rem' }, cell: ({ kind }) => kindOfResource(kind) },
  {
    ...{ name: 'State', size: '8.2rem', narrow: true },
    cell: ({ state }) => <StateMark state={state} />,
  },
  {
    ...{ name: 'Rule or reason', size: 'minmax(6.5rem, 1.6fr)' },
    cell: ({ rule, reason, state }) => (
      <span title={reason}>
        {rule ?? reason}
        {rule && state !== 'ok' && <small>{reason}</small>}
      </span>
    ),
  },
  {
    ...{ name: 'Where', size: 'minmax(5.5rem, .7fr)' },
    cell: ({ region, subscriptionId }) => (
      <>
        {region ?? '–'}
        <small title={`Subscription ${subscriptionId}`}>{subscriptionId.slice(0, 8)}…</small>
      </>
    ),
  },
  {
    ...{ name: 'Vault', size: 'minmax(5rem, .8fr)' },
    cell: ({ vaultId }) => <span title={vaultId}>{vaultId ? nameOf(vaultId) : '–'}</span>,
  },
  {
    ...{ name: 'Last good point', size: '6.2rem', sort: 'age', narrow: true },
    cell: ({ lastGoodPoint }) => <Instant at={lastGoodPoint?.at} now={now} />,
  },
  {
    ...{ name: 'Next', size: '5.6rem' },
    cell: ({ nextOccurrence }) => <Instant at={nextOccurrence?.at} now={now} />,
  },
];

function Table({ estate, query }: { estate: Estate; query: URLSearchParams }): JSX.Element {
  const now = useNow(60);
  const text = query.toString();
  const shown = useMemo(() => filterRows(estate.rows, new URLSearchParams(text)), [estate.rows, text]);
  const columns = useMemo(() => columnsAt(now), [now]);
  const isFiltered = [...query.keys()].some((name) => name !== 'sort');
  return (
    <>
      <div class="bar">
        <p role="status">
          {isFiltered
            ? `${shown.length.toLocaleString('en-GB')} of ${counted(estate.rows.length, 'resource')}`
            : counted(shown.length, 'resource')}
          {!estate.isWhole && ', more are being read …'}
        </p>
        {isFiltered && <a href={linkTo('resources')}>Clear filters</a>}
        <button
          type="button"
          onClick={() => download('resources.csv', csvOf(shown))}
          disabled={shown.length === 0}
        >
          CSV of these {shown.length.toLocaleString('en-GB')}
        </button>
      </div>
      {shown.length === 0 && isFiltered ? (
        <Empty title="No resource is like that.">
          <a href={linkTo('resources')}>Clear the filters</a> to see all.
        </Empty>
      ) : (
        <VirtualTable
          label="Resources"
          rows={shown}
          columns={columns}
          keyOf={(row) => row.kind + row.id}
          sortedBy={query.get('sort') ?? ''}
          onSort={(sort) => setQuery({ sort })}
        />
      )}
    </>
  );
}

/** Every resource, filtered as the URL says. */
export function ResourcesPage({ query }: { query: URLSearchParams }): JSX.Element {
  const live = useEstate();
  return (
    <>
      <Heading title="Resources" />
      <Loaded live={live} what="the resources">
        {(estate) =>
          estate.rows.length === 0 && estate.isWhole ? (
            <Empty title="No resources yet.">
              They appear after the app has read Azure; the <a href={linkTo('')}>overview</a> says when that
              was.
            </Empty>
          ) : (
            <>
              <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
                <label class="wide">
                  <span>name or id</span>
                  <input
                    type="search"
                    value={query.get('q') ?? ''}
                    onInput={({ currentTarget }) => setQuery({ q: currentTarget.value })}
                  />
                </label>
                {filters.map((name) => (
                  <Filter key={name} name={name} rows={estate.rows} query={query} />
                ))}
              </form>
              <StateFilter rows={estate.rows} query={query} />
              <Table estate={estate} query={query} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
