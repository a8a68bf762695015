import { expect, test } from 'vitest';
import { coverageStage } from '../../support/coverageStage.ts';
import { machineStates, plantedEstate, plantedPlan, plantedState } from '../../support/plantedEstate.ts';

test('an estate with every state planted is told exactly as it was planted', async () => {
  const stage = coverageStage(plantedEstate(3), plantedPlan());
  await stage.tick();
  const rows = await stage.rows();
  const confusion = rows.map(({ name, state }) => `${plantedState(name)} → ${state}`).sort();
  const exact = machineStates.flatMap((state) => Array<string>(3).fill(`${state} → ${state}`)).sort();
  expect(confusion).toEqual(exact);
});
