import * as z from 'zod';
import { runStatusSchema, runKindSchema } from './recordSchema.ts';
import { requestIds } from './requestFields.ts';
import type { RunRecord } from './run.ts';
import { listPage, namesOfRun, runIdIn, createdAtOf, type ListPage, type RunFilter } from './runIndex.ts';
import { recordOf, waitsFor } from './runRecord.ts';
import { findRun, type RunState } from './runRow.ts';
import type { RunServices } from './runServices.ts';

/** A run in a list: the record without its steps and a batch's report. */
type ListedRun = Omit<RunRecord, 'steps' | 'operation' | 'failures' | 'report' | 'wouldDo' | 'nextLink'>;

/** One page, newest first; `continuation` is opaque and absent after the last. A page may hold fewer than asked for. */
interface RunPage {
  readonly runs: readonly ListedRun[];
  readonly continuation?: string;
}

/** Which page: at most `top` runs (1–100, 50 unless given). */
export interface RunPaging {
  readonly top?: number;
  readonly continuation?: string;
}

/** A continuation is the list key of the last run seen: it stays good whatever is written meanwhile. */
const listKeyGrammar = /^\d{13}-[0-9a-f]{40}$/;
/** Pages read for one answer when a filter passes rows over. */
const mostPages = 5;

/** Whether a text may be given back as a continuation. */
const isContinuation = (text: string): boolean => listKeyGrammar.test(text);

const sameText = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function matches(run: RunState, { status, kind, target, batch, waiting }: RunFilter): boolean {
  return (
    (waiting === undefined || run.status === 'running') &&
    (status === undefined || run.status === status) &&
    (kind === undefined || run.kind === kind) &&
    (batch === undefined || run.batch === batch) &&
    (target === undefined || namesOfRun(run).some((name) => sameText(name, target)))
  );
}

/** The run of a list key; undefined when it has moved on since the list was read, or the filter excludes it. */
async function listed(
  services: RunServices,
  listKey: string,
  filter: RunFilter,
): Promise<RunState | undefined> {
  const run = (await findRun(services, runIdIn(listKey)))?.run;
  if (!run || !matches(run, filter)) return undefined;
  const { waiting } = filter;
  return waiting === undefined || waitsFor(run, await services.listSteps(run.id)) === waiting
    ? run
    : undefined;
}

function listedRecord(run: RunState): ListedRun {
  const { steps: _steps, operation: _operation, ...shown } = recordOf(run, []);
  const { failures: _failures, report: _report, wouldDo: _wouldDo, nextLink: _nextLink, ...record } = shown;
  return record;
}

// '!' sorts before every character of a list key: the first key after the given one.
const after = (key: string | undefined): string => (key === undefined ? '' : `${key}!`);

/**
 * One page of runs; reads a number of rows that does not grow with the table.
 *
 * @throws RangeError for a continuation that is none of ours.
 */
export async function listRuns(
  services: RunServices,
  filter: RunFilter,
  { top = 50, continuation }: RunPaging = {},
): Promise<RunPage> {
  if (continuation !== undefined && !isContinuation(continuation)) {
    throw new RangeError('The continuation is not one that a list of runs has given.');
  }
  const runs: ListedRun[] = [];
  let seen = continuation;
  for (let pages = 0; pages < mostPages && runs.length < top; pages++) {
    const page: ListPage = await listPage(services.runs, filter, {
      from: after(seen),
      top: top - runs.length,
    });
    const found = await Promise.all(page.listKeys.map((listKey) => listed(services, listKey, filter)));
    runs.push(...found.filter((run) => run !== undefined).map(listedRecord));
    if (page.continuation === undefined) return { runs };
    seen = page.listKeys.at(-1) ?? seen;
  }
  return { runs, ...(seen === undefined ? {} : { continuation: seen }) };
}

const top = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, 'a number from 1 to 100')
  .transform(Number)
  .refine((count) => count <= 100, 'a number from 1 to 100');

const instant = z.iso
  .datetime({ offset: true, error: 'an instant such as 2026-11-21T02:00:00Z' })
  .transform((text) => new Date(text).toISOString());

/** Query of `GET /api/runs`; an empty value counts as absent. */
export const listQuerySchema = z.strictObject({
  status: runStatusSchema.optional(),
  kind: runKindSchema.optional(),
  waiting: z
    .enum(['service', 'limit'])
    .optional()
    .describe("Runs that go on and wait for the service's work, or for the end of one of its limits."),
  target: requestIds.any.optional(),
  batch: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'the id of a batch')
    .optional(),
  since: instant.optional().describe('Runs that were asked for at this instant or later, ISO 8601.'),
  until: instant.optional().describe('Runs that were asked for before this instant, ISO 8601.'),
  top: top.optional(),
  continuation: z.string().refine(isContinuation, 'a continuation as a nextLink has it').optional(),
});

/** A run about one resource, in short. */
interface RunAboutResource {
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
