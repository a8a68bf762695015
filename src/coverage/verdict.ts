import { reasonOf } from '../estate/compare.ts';
import type { Protection } from '../estate/protections.ts';
import type { Candidate, Selection } from '../plan/select.ts';
import { durationWords, type Expectation } from './expectation.ts';
import type { CoverageRow, CoverageState } from './schema.ts';

/** What Azure says about the backups of one protected item or backup instance. */
export interface BackupFacts {
  readonly point?: NonNullable<CoverageRow['lastGoodPoint']>;
  /** The last attempt, where it ended without a point. ISO 8601 UTC. */
  readonly failure?: { readonly at: string; readonly code: string; readonly message: string };
  /** When the backups of a deleted item or source are gone for good. */
  readonly keptUntil?: string;
}

/** Everything one verdict is made from. */
export interface Case {
  readonly candidate: Candidate;
  readonly selection: Selection;
  /** What protects it, if anything. */
  readonly by?: Protection;
  /** The source is gone; what protects it remains. */
  readonly isGone?: boolean;
  readonly facts: BackupFacts;
  readonly expect: Expectation;
}

/** A state with its reason. */
export interface Verdict {
  readonly state: CoverageState;
  readonly reason: string;
  readonly serviceWords?: string;
  readonly advice?: string;
  readonly excludedBy?: string;
}

function unselected({ selection, by }: Case): Verdict | undefined {
  if (selection.kind === 'selected') return undefined;
  const reason = reasonOf(selection);
  if (by && by.standing !== 'softDeleted') {
    return {
      state: 'protectedOutsidePlan',
      reason: `It is protected, and no rule selects it: ${reason}.`,
      serviceWords: by.state,
    };
  }
  if (selection.kind !== 'skipped') return { state: 'notEligible', reason };
  const excluding = selection.reasons.find(({ reason: why }) => why.startsWith('excluded'));
  if (!excluding) return { state: 'notSelected', reason };
  return { state: 'excluded', reason, excludedBy: `${excluding.rule}: ${excluding.reason}` };
}

const standings: Readonly<
  Record<Protection['standing'], (Pick<Verdict, 'reason' | 'advice'> & { state: CoverageState }) | undefined>
> = {
  protected: undefined,
  error: {
    state: 'protectionError',
    reason: 'Its protection is in error: no backup will be made.',
    advice: 'Mend what the service names, then protect it again.',
  },
  stopped: {
    state: 'stopped',
    reason: 'Its backups are stopped; what was kept remains.',
    advice: 'Resume the protection, or exclude the resource in the plan.',
  },
  softDeleted: {
    state: 'softDeleted',
    reason: 'Its backups are deleted and can still be brought back.',
    advice: 'Undelete with POST /api/protections/resume and "undelete": true.',
  },
};

function unprotected({ by }: Case): Verdict | undefined {
  if (!by) {
    return {
      state: 'notProtected',
      reason: 'A rule selects it and nothing protects it.',
      advice: 'The next sweep protects it; POST /api/sweeps does so now.',
    };
  }
  const standing = standings[by.standing];
  return standing && { ...standing, serviceWords: by.state };
}

const failureWords = ({ failure }: BackupFacts): string | undefined =>
  failure && `${failure.code}: ${failure.message}`;

/** A failure counts while it is newer than the newest point. */
function failedSince({ failure, point }: BackupFacts): boolean {
  return failure !== undefined && (point === undefined || failure.at > point.at);
}

/** `2026-08-21 02:00 UTC`. */
const minuteOf = (at: string): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** The verdict on something that is protected as it should be: by the age of its newest point and what failed since. */
export function verdictOfAge({ facts, expect }: Pick<Case, 'facts' | 'expect'>, now: Date): Verdict {
  const { point } = facts;
  const failing = failedSince(facts);
  const words = failing ? failureWords(facts) : undefined;
  const said = words === undefined ? {} : { serviceWords: words };
  if (!point) {
    return failing
      ? {
          state: 'failing',
          reason: 'Its attempts fail, and there is no recovery point.',
          ...said,
          advice: mend,
        }
      : { state: 'neverBackedUp', reason: 'It is protected and has no recovery point yet.', advice: wait };
  }
  const ageMs = now.getTime() - Date.parse(point.at);
  const every = durationWords(expect.everyMs).replace(/^1 (\w+)$/, '$1');
  const age = `The newest recovery point is of ${minuteOf(point.at)}; one every ${every} is expected`;
  if (ageMs > expect.everyMs + expect.graceMs) {
    const over = `${age}, and the grace of ${durationWords(expect.graceMs)} is over.`;
    return { state: 'down', reason: over, ...said, advice: failing ? mend : look };
  }
  if (failing)
    return { state: 'failing', reason: `${age}; the attempts since then failed.`, ...said, advice: mend };
  if (ageMs > expect.everyMs) return { state: 'late', reason: `${age}.`, advice: look };
  return { state: 'ok', reason: `${age}.` };
}

const mend = 'Mend what the service names, then back it up: POST /api/backups.';
const wait = 'The first backup comes with the next occurrence; POST /api/backups makes one now.';
const look =
  'See why no backup was made (schedule, policy, jobs of the vault), or back it up: POST /api/backups.';

/** The one state of one resource, and why. */
export function judge(one: Case, now: Date): Verdict {
  if (one.isGone) {
    const words = one.by === undefined ? {} : { serviceWords: one.by.state };
    const reason = 'The source is gone; its backups remain.';
    return {
      state: 'orphan',
      reason,
      ...words,
      advice: 'Keep them until they expire, or stop the protection.',
    };
  }
  return unselected(one) ?? unprotected(one) ?? verdictOfAge(one, now);
}

/** Verdicts from good to bad: a read that was not whole changes none to a better one. */
const badness: Readonly<Record<CoverageState, number>> = {
  ok: 0,
  excluded: 1,
  notSelected: 1,
  notEligible: 1,
  protectedOutsidePlan: 1,
  orphan: 1,
  neverBackedUp: 2,
  late: 3,
  failing: 4,
  softDeleted: 4,
  stopped: 4,
  protectionError: 4,
  notProtected: 4,
  down: 5,
};

/** Whether a change from one state to another would be a change to the better. */
export const isBetter = (next: CoverageState, before: CoverageState): boolean =>
  badness[next] < badness[before];

/** What a state means to those who are told; `new` and `none` are told to nobody. */
export type Level = 'new' | 'none' | 'ok' | 'late' | 'down' | 'failing' | 'unprotected';

const levels: Readonly<Partial<Record<CoverageState, Level>>> = {
  ok: 'ok',
  late: 'late',
  down: 'down',
  failing: 'failing',
  protectionError: 'unprotected',
  stopped: 'unprotected',
  softDeleted: 'unprotected',
};

/**
 * The level of a resource. What is new gets the time that any backup gets: `neverBackedUp` and `notProtected` are told
 * once they have lasted as long as a point may be old.
 */
export function levelOf(state: CoverageState, since: string, expect: Expectation, now: Date): Level {
  const known = levels[state];
  if (known) return known;
  if (state !== 'neverBackedUp' && state !== 'notProtected') return 'none';
  const lastedMs = now.getTime() - Date.parse(since);
  if (lastedMs <= expect.everyMs) return 'new';
  if (state === 'notProtected') return 'unprotected';
  return lastedMs > expect.everyMs + expect.graceMs ? 'down' : 'late';
}

const bad: readonly Level[] = ['late', 'down', 'failing', 'unprotected'];

/** What is told when a level changes: the bad news, or `ok` when bad news is over. */
export function eventOf(
  before: Level | undefined,
  next: Level,
): 'late' | 'down' | 'failing' | 'unprotected' | 'ok' | undefined {
  if (before === next) return undefined;
  if (next === 'late' || next === 'down' || next === 'failing' || next === 'unprotected') return next;
  return next === 'ok' && before !== undefined && bad.includes(before) ? 'ok' : undefined;
}
