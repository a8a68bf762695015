import type { RunRecord } from '../../src/runs/run.ts';
import type { Effect } from '../simulatorControl.ts';
import type { StoryEnding } from './story.ts';

function missingSteps(wanted: readonly string[], record: RunRecord): string[] {
  const taken = record.steps.map(({ name }) => name);
  let from = 0;
  return wanted.flatMap((name) => {
    const at = taken.indexOf(name, from);
    if (at < 0) return [`the step ${name} was not taken in its place`];
    from = at + 1;
    return [];
  });
}

function otherEffects(wanted: StoryEnding['effects'], effects: readonly Effect[]): string[] {
  return Object.entries(wanted).flatMap(([kind, times]) => {
    const found = effects.filter((effect) => effect.kind === kind).length;
    return found === times ? [] : [`${kind} had its effect ${found} times, not ${times}`];
  });
}

/** Everything about a run that is not as its story tells; empty when all is. */
export function deviations(ending: StoryEnding, record: RunRecord, effects: readonly Effect[]): string[] {
  const { status, job } = ending;
  return [
    ...(record.status === status ? [] : [`the run is ${record.status}, not ${status}`]),
    ...(job === undefined || record.job?.status === job
      ? []
      : [`the job is ${record.job?.status}, not ${job}`]),
    ...(job === undefined || record.recoveryPoint ? [] : ['there is no recovery point']),
    ...missingSteps(ending.steps, record),
    ...otherEffects(ending.effects, effects),
  ];
}
