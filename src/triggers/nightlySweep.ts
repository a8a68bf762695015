import { acceptRun } from '../runs/acceptRun.ts';
import { startAccepted } from '../runs/startRun.ts';
import type { TriggerServices } from './triggerServices.ts';

/** Starts the sweep of this UTC day, once, whatever the number of ticks; a plan without rules needs none. */
export async function startNightlySweep({ clock, loadPlan, runs }: TriggerServices): Promise<void> {
  const { plan } = await loadPlan();
  if (plan.rules.length === 0) return;
  const key = `sweep/${clock().toISOString().slice(0, 10)}`;
  const request = { kind: 'sweep', dryRun: false } as const;
  await startAccepted(runs, await acceptRun(runs, request, { source: 'sweep', key }));
}
