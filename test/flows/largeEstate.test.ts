import { expect, test } from 'vitest';
import { coverageStage } from '../support/coverageStage.ts';
import { machineStates, plantedEstate, plantedPlan, plantedState } from '../support/plantedEstate.ts';

const each = 715;

test('ten thousand resources with every state planted are told exactly, at one call for each that lists are silent about', async () => {
  const estate = { ...plantedEstate(each), settings: { pageSize: 1000 } };
  const stage = coverageStage(estate, plantedPlan());
  const begunAt = stage.now().getTime();
  expect(await stage.tick()).toBe(true);
  const seconds = (stage.now().getTime() - begunAt) / 1000;
  const operations = Object.values(stage.table.operations).reduce((sum, count) => sum + count, 0);
  const confusion: Record<string, number> = {};
  for (const { name, state } of await stage.rows()) {
    const told = `${plantedState(name)} → ${state}`;
    confusion[told] = (confusion[told] ?? 0) + 1;
  }
  expect(confusion).toEqual(Object.fromEntries(machineStates.map((state) => [`${state} → ${state}`, each])));
  expect(await stage.summary()).toMatchObject({ complete: true, total: 14 * each, selected: 9 * each });
  // Late, down, failing, never backed up, stopped, orphan and outside the plan: seven states of 715 machines.
  expect(stage.requests()).toEqual({
    'authorization.listPermissions': 1,
    'resourceGraph.query': 18,
    'recoveryServices.vault': 1,
    'recoveryServices.policies': 1,
    'recoveryServices.items': 8,
    'recoveryServices.jobs': 1,
    'recoveryServices.job': 20,
    'recoveryServices.recoveryPoints': 5005,
    'dataProtection.getVault': 1,
    'dataProtection.listPolicies': 1,
    'dataProtection.listJobs': 1,
    'dataProtection.listDeletedInstances': 1,
  });
  expect(operations).toBe(444);
  // The pauses that the pacer asks for; an invocation may last five minutes.
  expect(Math.round(seconds)).toBe(192);
}, 240_000);
