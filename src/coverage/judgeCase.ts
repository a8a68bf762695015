import { idKey, sameId } from '../arm/resourceId.ts';
import type { Protection } from '../estate/protections.ts';
import type { Plan, Rule } from '../plan/schema.ts';
import { select, type Candidate, type Selection } from '../plan/select.ts';
import {
  durationText,
  expectationOf,
  nextOccurrence,
  rhythmOf,
  schedulesFor,
  type Expectation,
  type Rhythm,
} from './expectation.ts';
import type { Gathered } from './gatherEstate.ts';
import type { NextRow, Prior, Unsent } from './keptRows.ts';
import type { PolicyClock } from './policies.ts';
import { newer } from './readVault.ts';
import type { CoverageRow } from './schema.ts';
import { eventOf, isBetter, judge, levelOf, type BackupFacts, type Case, type Verdict } from './verdict.ts';

/** One resource before its points are looked at. */
export interface Sighting {
  readonly candidate: Candidate;
  readonly isGone?: boolean;
  readonly protections: readonly Protection[];
}

/** A case with what the plan and Azure say about it. */
export interface Prepared {
  readonly one: Case;
  readonly rule?: Rule;
  readonly policy?: PolicyClock;
  readonly rhythms: readonly Rhythm[];
  /** What the case rests on could not be read as a whole: nothing about it may turn good. */
  readonly isBlind: boolean;
}

/** What every case of one refresh is judged by. */
export interface Judge {
  prepare(sighting: Sighting, prior: Prior | undefined): Prepared;
  verdictOf(prepared: Prepared): Verdict;
  rowOf(prepared: Prepared, verdict: Verdict, prior: Prior | undefined): Omit<NextRow, 'checkedAt'>;
}

const ruleOf = (selection: Selection): Rule | undefined =>
  selection.kind === 'skipped' ? undefined : selection.rule;

/** The protection that counts: a living one in the rule's own vault, then any living one, then what is left. */
function protectionFor(found: readonly Protection[], selection: Selection): Protection | undefined {
  const living = found.filter(({ standing }) => standing !== 'softDeleted');
  const own = (some: readonly Protection[]) =>
    selection.kind === 'selected'
      ? some.find(({ vaultId }) => sameId(vaultId, selection.vaultId))
      : undefined;
  return own(living) ?? living[0] ?? own(found) ?? found[0];
}

const isPast = (at: string | undefined, now: Date): boolean => at !== undefined && at <= now.toISOString();

/** What was known of the newest point stays until it has expired: lists forget it before the service does. */
const stillKept = (prior: Prior | undefined, now: Date) =>
  prior?.point && !isPast(prior.point.expiresAt, now) ? prior.point : undefined;

/** @param readAt the instant of the refresh: states that begin with it have it as their `since`. */
export function createJudge(plan: Plan, gathered: Gathered, readAt: Date): Judge {
  const rhythms = new Map<string, Rhythm>();
  const rhythm = (schedule: Plan['schedules'][number]): Rhythm => {
    const known = rhythms.get(schedule.name) ?? rhythmOf(schedule, readAt);
    rhythms.set(schedule.name, known);
    return known;
  };
  const policies = new Map(
    [...gathered.vaults.values()].flatMap((vault) =>
      vault.policies.map((policy) => [idKey(policy.id), policy]),
    ),
  );
  const isBlindTo = (vaultId: string | undefined): boolean =>
    !gathered.sawProtections ||
    (vaultId !== undefined && (gathered.vaults.get(idKey(vaultId))?.problems.length ?? 0) > 0);

  function factsOf(by: Protection | undefined, prior: Prior | undefined): BackupFacts {
    const found = by && gathered.vaults.get(idKey(by.vaultId))?.facts.get(idKey(by.itemId));
    // Of the same point the earlier reading may know more: tier and expiry.
    const point = newer(by && stillKept(prior, readAt), found?.point);
    const deleted =
      by && gathered.vaults.get(idKey(by.vaultId))?.deleted.find(({ id }) => sameId(id, by.itemId));
    return { ...found, ...(point && { point }), ...(deleted?.purgedAt && { keptUntil: deleted.purgedAt }) };
  }

  return {
    prepare({ candidate, isGone, protections }, prior) {
      const selection = select(plan, candidate);
      const by = protectionFor(protections, selection);
      const rule = ruleOf(selection);
      const mine = rule ? schedulesFor(plan, rule, candidate).map(rhythm) : [];
      const policy = by && policies.get(idKey(by.policyId));
      const vaultId = by?.vaultId ?? (selection.kind === 'selected' ? selection.vaultId : undefined);
      return {
        one: {
          candidate,
          selection,
          ...(by && { by }),
          ...(isGone && { isGone }),
          facts: factsOf(by, prior),
          expect: expectationOf(rule ?? {}, mine, policy),
        },
        ...(rule && { rule }),
        ...(policy && { policy }),
        rhythms: mine,
        isBlind: isBlindTo(vaultId),
      };
    },
    verdictOf: ({ one }) => judge(one, readAt),
    rowOf(prepared, found, prior) {
      const { one } = prepared;
      const verdict = heldBack(prepared, found, prior);
      const since = prior?.state === verdict.state ? prior.since : readAt.toISOString();
      const row = { ...shownOf(prepared, readAt), ...verdict, since };
      return { row, level: levelOf(verdict.state, since, one.expect, readAt) };
    },
  };
}

/** A case that could not be read as a whole keeps its state where the new one would be better. */
function heldBack({ isBlind }: Prepared, verdict: Verdict, prior: Prior | undefined): Verdict {
  if (!isBlind || !prior || !isBetter(verdict.state, prior.state)) return verdict;
  return {
    state: prior.state,
    reason: 'What it rests on could not be read as a whole: the state stays as it was.',
  };
}

const shownExpectation = ({ everyMs, graceMs, from }: Expectation): CoverageRow['expect'] => ({
  every: durationText(everyMs),
  grace: durationText(graceMs),
  from,
});

type Shown = Omit<NextRow['row'], 'state' | 'since' | 'reason'>;

function shownOf({ one, rule, policy, rhythms }: Prepared, now: Date): Shown {
  const { candidate, selection, by, facts, expect, isGone } = one;
  const isExpected = selection.kind === 'selected' && !isGone;
  const next = isExpected ? nextOccurrence(rhythms, policy, now) : undefined;
  const vaultId = by?.vaultId ?? (selection.kind === 'selected' ? selection.vaultId : undefined);
  const policyId = by?.policyId ?? (selection.kind === 'selected' ? selection.policyId : undefined);
  return {
    id: candidate.id,
    kind: candidate.kind,
    name: candidate.name,
    subscriptionId: candidate.subscriptionId,
    resourceGroup: candidate.resourceGroup,
    ...(candidate.region !== '' && { region: candidate.region }),
    ...(rule && { rule: rule.name }),
    ...(vaultId && { vaultId }),
    ...(policyId && { policyId }),
    ...(by && { itemId: by.itemId }),
    ...(isExpected && { expect: shownExpectation(expect) }),
    ...(by && facts.point && { lastGoodPoint: facts.point }),
    ...(keptUntilOf(one) && { keptUntil: keptUntilOf(one) }),
    ...(next && { nextOccurrence: next }),
  };
}

const keptUntilOf = ({ facts, isGone }: Case): string | undefined =>
  facts.keptUntil ?? (isGone ? facts.point?.expiresAt : undefined);

/** What is told of a row whose level has changed; nothing where nobody need hear of it. */
export function unsentOf(row: NextRow, prior: Prior | undefined): Unsent | undefined {
  const event = eventOf(prior?.level, row.level);
  if (!event) return undefined;
  const { id, kind, name, state, since, reason, serviceWords, advice, rule, vaultId, lastGoodPoint } =
    row.row;
  const shown = { id, kind, name, state, since, reason, serviceWords, advice, rule, vaultId, lastGoodPoint };
  return {
    event,
    row: Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined)) as never,
  };
}
