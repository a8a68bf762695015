import type { JSX } from 'preact';
import { useContext } from 'preact/hooks';
import { Boundary, Empty, Heading } from './parts.tsx';
import { BackUpPage } from './pages/backUp.tsx';
import { DrillsPage } from './pages/drills.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { PlanPage } from './pages/plan.tsx';
import { ResourcePage } from './pages/resource.tsx';
import { ResourcesPage } from './pages/resources.tsx';
import { RunPage } from './pages/run.tsx';
import { RunsPage } from './pages/runs.tsx';
import { VaultsPage } from './pages/vaults.tsx';
import { linkTo, usePlace, type Place } from './router.ts';
import { SessionContext } from './session.ts';

const pages: readonly (readonly [path: string, title: string])[] = [
  ['', 'Overview'],
  ['resources', 'Resources'],
  ['runs', 'Runs'],
  ['plan', 'Plan'],
  ['vaults', 'Vaults'],
  ['drills', 'Drills'],
];

function pageOf({ segments, query }: Place): JSX.Element {
  const [first = '', second] = segments;
  const id = query.get('id') ?? '';
  switch (first) {
    case '':
      return <OverviewPage />;
    case 'resources':
      return <ResourcesPage query={query} />;
    case 'resource':
      return <ResourcePage id={id} key={id} />;
    case 'backup':
      return <BackUpPage id={id} key={id} />;
    case 'runs':
      return second ? <RunPage id={second} key={second} /> : <RunsPage query={query} />;
    case 'plan':
      return <PlanPage />;
    case 'vaults':
      return <VaultsPage />;
    case 'drills':
      return <DrillsPage />;
    default:
      return (
        <>
          <Heading title="Not found" />
          <Empty title="There is no such page.">
            <a href={linkTo('')}>Go to the overview</a>
          </Empty>
        </>
      );
  }
}

/** The page on which a place lies, for the navigation. */
const under: Readonly<Record<string, string>> = { resource: 'resources', backup: 'resources' };

const Logo = (): JSX.Element => (
  <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
    <rect width="32" height="32" rx="7" fill="#0b5cad" />
    <path
      d="M9 17l5 5 9-11"
      fill="none"
      stroke="#fff"
      stroke-width="3.5"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>
);

function Account(): JSX.Element | null {
  const { name, isOpen, roles, signOut } = useContext(SessionContext);
  if (isOpen) return <div class="account muted">Open for development</div>;
  return (
    <div class="account">
      <span title={roles.join('\n')}>{name}</span>
      <button type="button" class="quiet" onClick={signOut}>
        Sign out
      </button>
    </div>
  );
}

/** The frame of every page. */
export function App(): JSX.Element {
  const place = usePlace();
  const [first = ''] = place.segments;
  const current = under[first] ?? first;
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <div class="frame">
        <header class="side">
          <a class="brand" href={linkTo('')}>
            <Logo /> Backups
          </a>
          <nav aria-label="Pages">
            {pages.map(([path, title]) => (
              <a key={path} href={linkTo(path)} aria-current={path === current ? 'page' : undefined}>
                {title}
              </a>
            ))}
          </nav>
          <Account />
        </header>
        <main id="main">
          <Boundary key={place.segments.join('/')}>{pageOf(place)}</Boundary>
        </main>
      </div>
    </>
  );
}
