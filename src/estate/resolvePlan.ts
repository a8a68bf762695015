import { idKey } from '../arm/resourceId.ts';
import type { LoadedPlan } from '../plan/loadPlan.ts';
import { nextTimes, type CronLine } from '../plan/dueTimes.ts';
import type { Plan, ResourceKind } from '../plan/schema.ts';
import type { Candidate } from '../plan/select.ts';
import { EstateUnreadable, type EstateServices } from './askArm.ts';
import { compare, indexProtections, orphansAmong, type Finding } from './compare.ts';
import { accountsToList, readEstate, sharesOf } from './readEstate.ts';

/** One resource that a rule selects. */
interface SelectedResource {
  readonly id: string;
  readonly kind: string;
  readonly vaultId: string;
  readonly policyId: string;
  readonly standing: 'missing' | 'protected' | 'drift';
  /** Protected item or backup instance. */
  readonly protectedBy?: string;
  /** What differs from the rule. */
  readonly drift?: string;
}

/** The plan beside what Azure holds. */
export interface ResolvedPlan {
  readonly location: string;
  readonly standing: LoadedPlan['standing'];
  readonly problems: LoadedPlan['problems'];
  readonly inForce: Plan;
  /** The text at its place where that is broken and not in force. */
  readonly lyingThere?: string;
  /** By schedule: the next five times it falls due, ISO 8601 UTC. */
  readonly occurrences: Readonly<Record<string, readonly string[]>>;
  /** The same of drills. */
  readonly drillOccurrences: Readonly<Record<string, readonly string[]>>;
  readonly rules: readonly { readonly rule: string; readonly selected: readonly SelectedResource[] }[];
  readonly skipped: readonly { readonly id: string; readonly kind: string; readonly reason: string }[];
  /** What a rule takes and the service cannot back up, or the rule leaves out. */
  readonly notEligible: readonly {
    readonly id: string;
    readonly kind: ResourceKind;
    readonly rule: string;
    readonly reason: string;
  }[];
  /** What a vault protects and no rule selects. */
  readonly protectedOutsidePlan: readonly {
    readonly id: string;
    readonly kind: ResourceKind;
    readonly protectedBy: string;
    readonly vaultId: string;
    readonly state: string;
    readonly reason: string;
  }[];
  readonly orphans: readonly { readonly item: string; readonly source: string; readonly state: string }[];
  readonly warnings: readonly string[];
}

const shownOccurrences = 5;

const occurrencesOf = (
  lines: readonly (CronLine & { name: string })[],
  now: Date,
): ResolvedPlan['occurrences'] =>
  Object.fromEntries(
    lines.map((line) => [line.name, nextTimes(line, now, shownOccurrences).map((at) => at.toISOString())]),
  );

/** Accounts whose shares are listed for one answer; a sweep lists all. */
const mostAccounts = 300;
const atOnce = 10;

interface Shares {
  readonly found: readonly Candidate[];
  readonly listed: ReadonlySet<string>;
  readonly warnings: readonly string[];
}

async function allShares(services: EstateServices, accounts: readonly Candidate[]): Promise<Shares> {
  const found: Candidate[] = [];
  const listed = new Set<string>();
  const warnings =
    accounts.length > mostAccounts
      ? [`The shares of ${accounts.length - mostAccounts} accounts were not listed: a sweep lists all.`]
      : [];
  const asked = accounts.slice(0, mostAccounts);
  for (let begin = 0; begin < asked.length; begin += atOnce) {
    const listing = asked.slice(begin, begin + atOnce).map(async (account) => {
      try {
        found.push(...(await sharesOf(services, account)));
        listed.add(idKey(account.id));
      } catch (error) {
        if (!(error instanceof EstateUnreadable)) throw error;
        warnings.push(error.message);
      }
    });
    await Promise.all(listing);
  }
  return { found, listed, warnings };
}

type FoundSelected = Extract<Finding, { kind: 'missing' | 'protected' | 'drift' }>;

const isSelected = (one: Finding): one is FoundSelected =>
  one.kind === 'missing' || one.kind === 'protected' || one.kind === 'drift';

function shown(finding: FoundSelected): SelectedResource {
  const { candidate, selection, kind } = finding;
  return {
    id: candidate.id,
    kind: candidate.kind,
    vaultId: selection.vaultId,
    policyId: selection.policyId,
    standing: kind,
    ...(kind === 'missing' ? {} : { protectedBy: finding.by.itemId }),
    ...(kind === 'drift' ? { drift: finding.reason } : {}),
  };
}

/**
 * Resolves the plan against Azure: per rule what it selects and how that is protected, what it passes over and why,
 * protections whose source is gone.
 *
 * @throws EstateUnreadable
 */
export async function resolvePlan(services: EstateServices, loaded: LoadedPlan): Promise<ResolvedPlan> {
  const { plan, location, standing, problems, lyingThere } = loaded;
  const estate = await readEstate(services, plan);
  const shares = await allShares(services, accountsToList(plan, estate.candidates));
  const index = indexProtections(estate.protections);
  const present = [...estate.candidates, ...shares.found];
  const findings = present.map((candidate) => compare(plan, index, candidate));
  const selected = findings.filter(isSelected);
  const orphans = orphansAmong(estate.protections, present, shares.listed, plan.safety.subscriptions);
  return {
    location,
    standing,
    problems,
    inForce: plan,
    ...(lyingThere === undefined ? {} : { lyingThere }),
    occurrences: occurrencesOf(plan.schedules, services.clock()),
    drillOccurrences: occurrencesOf(plan.drills ?? [], services.clock()),
    rules: plan.rules.map(({ name }) => ({
      rule: name,
      selected: selected.filter(({ selection }) => selection.rule.name === name).map(shown),
    })),
    skipped: findings
      .filter((one) => one.kind === 'skipped')
      .map(({ candidate, reason }) => ({ id: candidate.id, kind: candidate.kind, reason })),
    notEligible: findings
      .filter((one) => one.kind === 'notEligible')
      .map(({ candidate, rule, reason }) => ({ id: candidate.id, kind: candidate.kind, rule, reason })),
    protectedOutsidePlan: findings
      .filter((one) => one.kind === 'protectedOutsidePlan')
      .map(({ candidate, by, reason }) => ({
        id: candidate.id,
        kind: candidate.kind,
        protectedBy: by.itemId,
        vaultId: by.vaultId,
        state: by.state,
        reason,
      })),
    orphans: orphans.map(({ itemId, sourceId, state }) => ({ item: itemId, source: sourceId, state })),
    warnings: [...estate.warnings, ...shares.warnings],
  };
}
