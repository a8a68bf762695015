import { useEffect, useState } from 'preact/hooks';
import { ask, Refusal, useLive, type Live } from './api.ts';
import type { Answers } from './apiTypes.ts';
import type { CoverageRow, CoverageSummary } from './words.ts';

type Page = Answers['CoveragePage'];

/** Every resource as the app last read it. `isWhole` is false while pages still arrive. */
export interface Estate {
  readonly rows: readonly CoverageRow[];
  readonly summary: CoverageSummary;
  readonly isWhole: boolean;
}

const firstPage = '/api/coverage?top=1000';

/** Kept while the reader goes from page to page. */
let known: Estate | undefined;

/** A link as this page asks for it: the app may be behind another name than it thinks. */
const below = (link: string): string => {
  const { pathname, search } = new URL(link, location.origin);
  return pathname + search;
};

async function readPages(signal: AbortSignal, take: (estate: Estate) => void): Promise<void> {
  const rows: CoverageRow[] = [];
  let next: string | undefined = firstPage;
  while (next !== undefined) {
    const page: Page = await ask<Page>(next, { signal });
    rows.push(...page.value);
    next = page.nextLink === undefined ? undefined : below(page.nextLink);
    take({ rows: rows.slice(), summary: page.summary, isWhole: next === undefined });
  }
}

/** All resources, read again when the app has read Azure again. */
export function useEstate(): Live<Estate> {
  const [heads] = useLive<Page>('/api/coverage?top=1', { everySeconds: 30, mostSeconds: 120 });
  const [live, setLive] = useState<Live<Estate>>({ isReading: true, ...(known ? { data: known } : {}) });
  const readAt = heads.data && (heads.data.summary.readAt ?? 'never');

  useEffect(() => {
    if (readAt === undefined || (known?.isWhole && known.summary.readAt === readAt)) return;
    const abort = new AbortController();
    const hadWhole = known?.isWhole === true;
    const take = (estate: Estate): void => {
      if (hadWhole && !estate.isWhole) return;
      known = estate;
      setLive({ data: estate, isReading: !estate.isWhole, readAt: Date.now() });
    };
    readPages(abort.signal, take).catch((problem: unknown) => {
      if (abort.signal.aborted) return;
      const shown = problem instanceof Refusal ? problem : new Refusal(0, { message: String(problem) });
      setLive((before) => ({ ...before, isReading: false, problem: shown }));
    });
    return () => abort.abort();
  }, [readAt]);

  const problem = live.problem ?? heads.problem;
  return {
    ...live,
    ...(problem ? { problem } : {}),
    ...(heads.nextAt && heads.problem ? { nextAt: heads.nextAt } : {}),
  };
}
