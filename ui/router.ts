import { useEffect, useState } from 'preact/hooks';

/** Where the reader is: the path below `/ui/` in segments, and the query. */
export interface Place {
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

const root = '/ui/';
const moved = 'moved';

const here = (): Place => ({
  segments: location.pathname.slice(root.length).split('/').filter(Boolean).map(decodeURIComponent),
  query: new URLSearchParams(location.search),
});

/** A link into the page: `linkTo('resources', { state: 'late' })`; empty values are left out. */
export function linkTo(path: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value);
  const text = new URLSearchParams(given as [string, string][]).toString();
  return `${root}${path}${text ? `?${text}` : ''}`;
}

/** Goes to a place of the page. */
export function goTo(href: string): void {
  history.pushState(undefined, '', href);
  dispatchEvent(new Event(moved));
}

/** Changes the query in place, without an entry in the history: filters are typed letter by letter. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  history.replaceState(undefined, '', `${location.pathname}${text ? `?${text}` : ''}`);
  dispatchEvent(new Event(moved));
}

/** The present place; the component is drawn again when it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const update = (): void => setPlace(here());
    addEventListener('popstate', update);
    addEventListener(moved, update);
    return () => {
      removeEventListener('popstate', update);
      removeEventListener(moved, update);
    };
  }, []);
  return place;
}

const isPlain = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** Makes every plain click on a link into the page a move without a reload. */
export function followLinks(): void {
  addEventListener('click', (event) => {
    const link = (event.target as Element | null)?.closest?.('a[href]') as HTMLAnchorElement | null;
    const isOurs = link?.origin === location.origin && link.pathname.startsWith(root);
    if (!link || !isOurs || !isPlain(event) || link.hasAttribute('download')) return;
    event.preventDefault();
    goTo(link.href);
  });
}
