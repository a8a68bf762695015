import { findingsOf } from './check.ts';
import { faultKinds, type FaultKind, type Fired } from './faultKinds.ts';
import { playWorld } from './play.ts';
import type { Scenario } from './world.ts';

/** What a number of worlds has come to. */
export interface Tally {
  readonly runs: number;
  readonly backups: number;
  readonly deaths: number;
  readonly findings: number;
  readonly fired: Fired;
}

const none: Tally = { runs: 0, backups: 0, deaths: 0, findings: 0, fired: {} };

/** Both together. */
export const addUp = (one: Tally, other: Tally): Tally => ({
  runs: one.runs + other.runs,
  backups: one.backups + other.backups,
  deaths: one.deaths + other.deaths,
  findings: one.findings + other.findings,
  fired: Object.fromEntries(
    faultKinds
      .map((kind) => [kind, (one.fired[kind] ?? 0) + (other.fired[kind] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  ),
});

/** Plays so many worlds; each finding is told with the line that plays its world again. */
export async function playSeeds(
  first: number,
  seeds: number,
  scenario: Scenario,
  say: (line: string) => void,
): Promise<Tally> {
  let tally = none;
  for (let seed = first; seed < first + seeds; seed++)
    tally = addUp(tally, await playOne(seed, scenario, say));
  return tally;
}

async function playOne(seed: number, scenario: Scenario, say: (line: string) => void): Promise<Tally> {
  const again = `npm run sim -- --seeds 1 --first ${seed} --scenario ${scenario} --workers 1`;
  try {
    const evidence = await playWorld(seed, scenario);
    const findings = findingsOf(evidence);
    for (const finding of findings) say(`${again}\n  ${finding}`);
    return {
      runs: evidence.records.length,
      backups: evidence.effects.filter(({ kind }) => kind === 'backup').length,
      ...{ deaths: evidence.deaths, findings: findings.length, fired: evidence.fired },
    };
  } catch (error) {
    say(`${again}\n  the world broke: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
    return { ...none, findings: 1 };
  }
}

/** From so many worlds on, a kind that never happened is a hole in the attack. */
const enoughSeeds = 200;

/** Kinds that the scenario enables and that never happened. */
export function neverFired(fired: Fired, scenario: Scenario, seeds: number): readonly FaultKind[] {
  if (seeds < enoughSeeds || scenario === 'calm') return [];
  const kinds: readonly FaultKind[] =
    scenario === 'deaths'
      ? ['death', 'deathAgain', 'freeze']
      : faultKinds.filter((kind) => kind !== 'clockJump' || scenario === 'clockJumps');
  return kinds.filter((kind) => !fired[kind]);
}
