import type { JsonObject } from '../arm/call.ts';
import type { StepSummary } from '../steps/step.ts';

/** The vault of the backup that a run's steps have started, from the handle in its outcome; undefined before. */
export function vaultOfBackup(steps: readonly StepSummary[]): string | undefined {
  const handles = steps.flatMap(({ outcome }) => (outcome?.kind === 'done' ? [outcome.result] : []));
  const handle = handles.findLast(
    (result): result is JsonObject =>
      typeof result === 'object' && result !== null && 'attemptId' in result && 'vaultId' in result,
  );
  const vaultId = handle?.['vaultId'];
  return typeof vaultId === 'string' ? vaultId : undefined;
}
