import type { RunRecord } from './run.ts';
import { createdAtOf, listPage, namesOfRun, runIdIn } from './runIndex.ts';
import { findRun } from './runRow.ts';
import type { RunServices } from './runServices.ts';

/** A run about one resource, in short. */
export interface RunAboutResource {
  /** ARM id of what the run names. */
  readonly id: string;
  readonly run: Pick<RunRecord, 'id' | 'kind' | 'status' | 'createdAt' | 'endedAt'>;
}

/** Runs looked at in one go; older ones are left out. */
const mostRuns = 2000;
const atOnce = 20;

/** Runs about single resources made since an instant (ISO 8601 UTC), newest first, at most 2,000. */
export async function runsSince(services: RunServices, since: string): Promise<readonly RunAboutResource[]> {
  const found: RunAboutResource[] = [];
  let continuation: string | undefined;
  for (let seen = 0; seen < mostRuns;) {
    const page = await listPage(services.runs, {}, { top: 500, ...(continuation && { continuation }) });
    const keys = page.listKeys.filter((key) => createdAtOf(key) >= since);
    for (let begin = 0; begin < keys.length; begin += atOnce) {
      const some = await Promise.all(keys.slice(begin, begin + atOnce).map((key) => about(services, key)));
      found.push(...some.filter((one) => one !== undefined));
    }
    seen += keys.length;
    continuation = page.continuation;
    if (continuation === undefined || keys.length < page.listKeys.length) break;
  }
  return found;
}

async function about(services: RunServices, listKey: string): Promise<RunAboutResource | undefined> {
  const run = (await findRun(services, runIdIn(listKey)))?.run;
  // Of a share the account is named too; the last name is the thing itself.
  const id = run && namesOfRun(run).at(-1);
  if (!run || id === undefined) return undefined;
  const { id: runId, kind, status, createdAt, endedAt } = run;
  return { id, run: { id: runId, kind, status, createdAt, ...(endedAt !== undefined && { endedAt }) } };
}
