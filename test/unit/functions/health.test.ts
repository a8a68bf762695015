import { describe, expect, test } from 'vitest';
import { emptyPlan } from '../../../src/plan/loadPlan.ts';
import type { Services } from '../../../src/composition/services.ts';
import { timerPatienceMs } from '../../../src/triggers/ticks.ts';
import { httpApp, timerNames } from '../../support/httpApp.ts';
import { memoryTable } from '../../support/memoryStorage.ts';

const current: Pick<Services, 'loadPlan'> = {
  loadPlan: () =>
    Promise.resolve({ plan: emptyPlan, standing: 'current', location: 'plan.json', problems: [] }),
};
const depths = (steps: number, poison: number): Pick<Services, 'queueLooks'> => ({
  queueLooks: { steps: { depth: async () => steps }, poison: { depth: async () => poison } },
});

test('every timer of the app is looked for', () => {
  expect(Object.keys(timerPatienceMs).sort()).toEqual(timerNames());
});

test('tells of storage, queues, timers, plan and Azure', async () => {
  const at = new Date('2026-03-01T09:59:00Z');
  const app = httpApp({ ...current, ...depths(3, 0), armLastUse: () => ({ at, reachable: true }) });
  await app.fire('watchRuns');
  await app.fire('scheduleTick');
  const { body } = await app.call('health');
  expect(body).toMatchObject({
    status: 'healthy',
    reasons: [],
    storage: { reachable: true },
    queues: { steps: 3, poison: 0 },
    plan: { standing: 'current', since: '2026-03-01T10:00:00.000Z', problems: 0 },
    arm: { at: '2026-03-01T09:59:00.000Z', reachable: true },
  });
  expect(body.timers).toContainEqual({
    name: 'scheduleTick',
    lastTickAt: '2026-03-01T10:00:00.000Z',
    isLate: false,
  });
  expect(body.timers).toContainEqual({ name: 'nightlySweep', isLate: false });
});

describe('is degraded', () => {
  const broken = {
    ...memoryTable('triggers'),
    page: () => Promise.reject(new Error('no route')),
  };
  const tables = { ...httpApp().services.tables, triggers: broken };
  test.each<[string, Partial<Services>, string]>([
    ['without storage', { ...current, tables }, 'Storage cannot be reached.'],
    ['with messages given up', { ...current, ...depths(0, 2) }, 'Messages of steps were given up: 2.'],
    [
      'while Azure does not answer',
      {
        ...current,
        armLastUse: () => ({ at: new Date('2026-03-01T09:59:00Z'), reachable: false, reason: 'no route' }),
      },
      'Azure was not reached at 2026-03-01T09:59:00.000Z.',
    ],
    [
      'with a broken plan',
      {
        loadPlan: () =>
          Promise.resolve({
            plan: emptyPlan,
            standing: 'lastGood',
            location: 'plan.json',
            problems: [{ severity: 'error', path: 'rules[0].vault', message: 'is none' }],
          }),
      },
      'The plan at plan.json is broken or out of reach, the last good one holds: rules[0].vault: is none',
    ],
  ])('%s', async (_, changes, reason) => {
    const { status, body } = await httpApp(changes).call('health');
    expect([status, body.status, body.reasons]).toEqual([200, 'degraded', [reason]]);
  });

  test('when a timer is silent for too long', async () => {
    const app = httpApp(current);
    await app.fire('scheduleTick');
    app.pass(61);
    const { body } = await app.call('health');
    expect(body.reasons).toEqual(['scheduleTick has not run since 2026-03-01T10:00:00.000Z.']);
  });
});

test('asks storage every ten seconds at most', async () => {
  let asked = 0;
  const depth = async () => ++asked;
  const app = httpApp({ ...current, queueLooks: { steps: { depth }, poison: { depth: async () => 0 } } });
  await Promise.all([app.call('health'), app.call('health'), app.call('health')]);
  expect(asked).toBe(1);
  app.pass(1);
  await app.call('health');
  expect(asked).toBe(2);
});
