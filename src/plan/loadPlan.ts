import { plainText, withoutQueries } from '../arm/words.ts';
import { readPlan, type PlanProblem } from './problems.ts';
import type { Plan } from './schema.ts';
import type { TextSource, VersionedText, KeptText } from '../storage/textSource.ts';

/** The plan in force, and what is wrong with the text that lies at its place now. */
export interface LoadedPlan {
  readonly plan: Plan;
  /** `current`: as it lies there; `lastGood`: the text there is broken or out of reach; `empty`: there is none, nothing is allowed. */
  readonly standing: 'current' | 'lastGood' | 'empty';
  readonly location: string;
  /** Errors of a broken text, else warnings. */
  readonly problems: readonly PlanProblem[];
  /** The broken text itself. */
  readonly lyingThere?: string;
}

/** A plan that selects and allows nothing. */
export const emptyPlan: Plan = {
  rules: [],
  schedules: [],
  notifications: [],
  channels: [],
  safety: { subscriptions: [], vaults: [], deleteBackups: false },
};

const reasonOf = (error: unknown): string =>
  withoutQueries(plainText(error instanceof Error ? error.message : String(error), 300));

/** Without the cause: that may name the place with its signature. */
function refuse(reason: string): never {
  throw new Error(`The plan is out of reach: ${reason}`);
}

/** For how long a plan is taken as read, in milliseconds. */
const freshMs = 30_000;

const problem = (path: string, message: string): PlanProblem => ({ severity: 'error', path, message });

interface Known {
  readonly loaded: LoadedPlan;
  readonly version?: string;
  readonly readAtMs: number;
}

function readText(text: string): ReturnType<typeof readPlan> {
  try {
    return readPlan(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'broken', problems: [problem('(plan)', `not JSON: ${message}`)] };
  }
}

/**
 * Loads the plan at most every 30 s and keeps the last good one when a new text is broken, gone, or out of reach.
 *
 * @param kept where the last good text lies for processes that have never read it.
 * @returns a function that never throws for a broken text, and throws what the source throws when no plan is known.
 */
export function createPlanLoader(
  source: TextSource,
  clock: () => Date,
  kept?: KeptText,
): () => Promise<LoadedPlan> {
  const location = source.name;
  let known: Known | undefined;

  const keep = (loaded: LoadedPlan, version: string | undefined): LoadedPlan => {
    known = { loaded, readAtMs: clock().getTime(), ...(version === undefined ? {} : { version }) };
    return loaded;
  };

  /** The last good plan: of this process, else the kept one. */
  async function lastGood(): Promise<Plan | undefined> {
    if (known && known.loaded.standing !== 'empty') return known.loaded.plan;
    const text = await kept?.read();
    const reading = text === undefined ? undefined : readText(text);
    return reading?.kind === 'plan' ? reading.plan : undefined;
  }

  async function fallBack(problems: readonly PlanProblem[], text?: string): Promise<LoadedPlan> {
    const lyingThere = text === undefined ? {} : { lyingThere: text };
    const plan = await lastGood();
    return plan
      ? { plan, standing: 'lastGood', location, problems, ...lyingThere }
      : { plan: emptyPlan, standing: 'empty', location, problems, ...lyingThere };
  }

  /** A plan in force that cannot be kept is in force nevertheless, and says so. */
  async function keepGood(text: string): Promise<readonly PlanProblem[]> {
    try {
      await kept?.keep(text);
      return [];
    } catch (error) {
      return [{ severity: 'warning', path: '(plan)', message: `it could not be kept: ${reasonOf(error)}` }];
    }
  }

  async function takeAbsent(): Promise<LoadedPlan> {
    const fallen = await fallBack([problem('(plan)', 'there is none at its place any more')]);
    return fallen.standing === 'empty' ? { ...fallen, problems: [] } : fallen;
  }

  async function take(read: VersionedText): Promise<LoadedPlan> {
    if (read.kind === 'unchanged' && known) return keep(known.loaded, known.version);
    if (read.kind !== 'text') return keep(await takeAbsent(), undefined);
    const reading = readText(read.text);
    if (reading.kind === 'broken') return keep(await fallBack(reading.problems, read.text), read.version);
    const problems = [...reading.warnings, ...(await keepGood(read.text))];
    return keep({ plan: reading.plan, standing: 'current', location, problems }, read.version);
  }

  return async () => {
    if (known && clock().getTime() - known.readAtMs < freshMs) return known.loaded;
    try {
      return await take(await source.read(known?.version));
    } catch (error) {
      const reason = reasonOf(error);
      const fallen = await fallBack([problem('(plan)', `out of reach: ${reason}`)]);
      return !known && fallen.standing === 'empty' ? refuse(reason) : fallen;
    }
  };
}
