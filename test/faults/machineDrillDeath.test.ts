import { expect, test } from 'vitest';
import { drillOnce, into, leftIn, machineTarget } from '../support/drillWorld.ts';
import type { DeathPoint } from '../support/mortalPorts.ts';

/** One drill of a machine, and what went wrong for good once the watchdog has had its time. */
async function play(deathAt?: DeathPoint) {
  const { run, app } = await drillOnce({ target: machineTarget, into }, deathAt ? { deathAt } : {});
  await app.clock.runUntil(() => app.tables.drillCleanUps.rows().length === 0, 5 * 86_400_000);
  const ofOthers = app.simulator.effects
    .all()
    .filter(({ kind, subject }) => kind.startsWith('delete') && !/\/abd-|drillstaging/.test(subject));
  const restores = app.simulator.effects.count('restored');
  const harm = [
    ...leftIn(app).map((id) => `left ${id}`),
    ...ofOthers.map(({ subject }) => `deleted ${subject}`),
    ...(app.tables.drillCleanUps.rows().length > 0 ? ['a clean-up row is left'] : []),
    ...(restores === 1 ? [] : [`restored ${restores} times`]),
    ...(run.status === 'completed' ? [] : [`${run.status} ${run.error?.message ?? ''}`]),
  ];
  const { count, names } = app.portCalls;
  await app.stop();
  return { harm, count, names };
}

/** The calls are many and come in rounds: every seventh meets each kind of them. */
const stride = 7;

test('whenever the process dies in a drill of a machine, it is restored once and proven, and nothing is left', async () => {
  const { count, names, harm: unharmed } = await play();
  const bad: string[] = unharmed.map((what) => `alive: ${what}`);
  for (let call = 1; call <= count; call += stride) {
    const { harm } = await play({ call, when: 'after' });
    if (harm.length > 0) bad.push(`after call ${call} (${names[call - 1]}): ${harm.join(', ')}`);
  }
  expect(count).toBeGreaterThan(60);
  expect(bad).toEqual([]);
}, 300_000);
