import { acceptRun } from '../runs/acceptRun.ts';
import { startRun } from '../runs/startRun.ts';
import type { TriggerServices } from './triggerServices.ts';

/** Starts the sweep of this UTC day, once, whatever the number of ticks; a plan without rules needs none. */
export async function startNightlySweep({ clock, loadPlan, runs }: TriggerServices): Promise<void> {
  const { plan } = await loadPlan();
  if (plan.rules.length === 0) return;
  const key = `sweep/${clock().toISOString().slice(0, 10)}`;
  const { run } = await acceptRun(runs, { kind: 'sweep', dryRun: false }, { source: 'sweep', key });
  await startRun(runs, run.id);
}
