import { describe, expect, test } from 'vitest';
import { readPlan } from '../../../src/plan/problems.ts';
import type { Plan } from '../../../src/plan/schema.ts';
import { scheduleTick, startNightlySweep } from '../../../src/triggers/scheduleTick.ts';
import { expectTicks, readTimers, recordTick, type TriggerServices } from '../../../src/triggers/ticks.ts';
import { memoryTable } from '../../support/memoryStorage.ts';
import { runDesk, runRows } from '../../support/runDesk.ts';
import { samplePlan } from '../../support/planWorld.ts';

const hourly = { name: 'hourly', cron: '0 * * * *', timeZone: 'UTC', backUp: { rules: ['daily disks'] } };

function planOf(schedule: Record<string, unknown>): Plan {
  const reading = readPlan(samplePlan({ schedules: [schedule] }));
  if (reading.kind === 'broken') throw new Error(reading.problems.map(({ message }) => message).join());
  return reading.plan;
}

/** A desk whose ticks are called by hand. */
function tower(schedule: Record<string, unknown>, startAt: string) {
  const desk = runDesk();
  desk.clock.now = Date.parse(startAt);
  const lines: string[] = [];
  const held = { plan: planOf(schedule) };
  const services: TriggerServices = {
    clock: () => new Date(desk.clock.now),
    runs: desk.services,
    triggers: memoryTable('triggers'),
    loadPlan: () =>
      Promise.resolve({ plan: held.plan, standing: 'current', location: 'plan.json', problems: [] }),
    log: (line) => void lines.push(line),
  };
  return {
    desk,
    lines,
    held,
    tickAt: (at: string) => {
      desk.clock.now = Date.parse(at);
      return scheduleTick(services);
    },
    keys: () =>
      runRows(desk.runs)
        .map((row) => (JSON.parse(String(row['requestedBy'])) as { key: string }).key)
        .sort(),
  };
}

describe('a tick', () => {
  test('a few milliseconds early, on time and doubled starts the occurrence once', async () => {
    const { desk, tickAt, keys } = tower(hourly, '2026-08-22T09:59:59.999Z');
    await tickAt('2026-08-22T09:59:59.999Z');
    await tickAt('2026-08-22T10:00:00.000Z');
    await tickAt('2026-08-22T10:00:00.001Z');
    await tickAt('2026-08-22T10:01:00.000Z');
    expect(keys()).toEqual(['hourly/2026-08-22T10:00Z']);
    expect(desk.started).toHaveLength(1);
  });

  test.each([
    ['latest', ['hourly/2026-08-22T13:00Z']],
    ['all', ['hourly/2026-08-22T11:00Z', 'hourly/2026-08-22T12:00Z', 'hourly/2026-08-22T13:00Z']],
    ['none', []],
  ])('after three missed hours with catch-up %s begins %j', async (catchUp, expected) => {
    const { tickAt, keys } = tower({ ...hourly, catchUp }, '2026-08-22T10:30:00Z');
    await tickAt('2026-08-22T10:30:00Z');
    await tickAt('2026-08-22T13:20:00Z');
    expect(keys()).toEqual(expected);
  });

  test('later than the window begins nothing, and says so', async () => {
    const { lines, tickAt, keys } = tower(
      { ...hourly, cron: '0 11 * * *', window: 'PT1H' },
      '2026-08-22T10:30:00Z',
    );
    await tickAt('2026-08-22T10:30:00Z');
    await tickAt('2026-08-22T12:30:00Z');
    expect(keys()).toEqual([]);
    expect(lines).toEqual([
      'Schedule "hourly" of 2026-08-22T11:00:00.000Z is not begun: its window of PT1H had passed.',
    ]);
  });

  test('a clock set back begins nothing twice', async () => {
    const { tickAt, keys } = tower(hourly, '2026-08-22T10:00:00Z');
    await tickAt('2026-08-22T10:00:00Z');
    await tickAt('2026-08-22T11:00:00Z');
    await tickAt('2026-08-22T09:30:00Z');
    await tickAt('2026-08-22T10:00:00Z');
    await tickAt('2026-08-22T11:30:00Z');
    expect(keys()).toEqual(['hourly/2026-08-22T10:00Z', 'hourly/2026-08-22T11:00Z']);
  });

  test('a time that the clock skips in spring and one that comes twice in autumn begin once', async () => {
    const berlin = { ...hourly, cron: '30 2 * * *', timeZone: 'Europe/Berlin' };
    const spring = tower(berlin, '2026-03-28T23:00:00Z');
    await spring.tickAt('2026-03-28T23:00:00Z');
    for (let minute = 0; minute < 240; minute++)
      await spring.tickAt(new Date(Date.UTC(2026, 2, 28, 23, minute)).toISOString());
    expect(spring.keys()).toEqual(['hourly/2026-03-29T01:00Z']);
    const autumn = tower(berlin, '2026-10-24T23:00:00Z');
    for (let minute = 0; minute < 240; minute++)
      await autumn.tickAt(new Date(Date.UTC(2026, 9, 24, 23, minute)).toISOString());
    expect(autumn.keys()).toEqual(['hourly/2026-10-25T00:30Z']);
  });

  test('that could not start a flow leaves the occurrence to the next one', async () => {
    const { desk, tickAt, keys } = tower(hourly, '2026-08-22T10:00:00Z');
    const { start } = desk.services.flows;
    Object.assign(desk.services.flows, { start: () => Promise.reject(new Error('the hub is away')) });
    await expect(tickAt('2026-08-22T10:00:00Z')).rejects.toThrow('1 schedules could not be handled.');
    Object.assign(desk.services.flows, { start });
    await tickAt('2026-08-22T10:01:00Z');
    expect(keys()).toEqual(['hourly/2026-08-22T10:00Z']);
    expect(desk.started).toHaveLength(1);
  });

  test('a child may not begin after the window of its schedule', async () => {
    const { desk, tickAt } = tower({ ...hourly, window: 'PT2H', concurrency: 7 }, '2026-08-22T10:00:00Z');
    await tickAt('2026-08-22T10:00:00Z');
    const request: unknown = JSON.parse(String(runRows(desk.runs)[0]?.['request']));
    expect(request).toEqual({
      kind: 'batch',
      of: { kind: 'schedule', schedule: 'hourly', dueAt: '2026-08-22T10:00:00.000Z' },
      options: {},
      concurrency: 7,
      notAfter: '2026-08-22T12:00:00.000Z',
    });
  });
});

describe('what a schedule and a drill ask for', () => {
  const requestsOf = (rows: ReturnType<typeof runRows>): readonly unknown[] =>
    rows.map((row) => JSON.parse(String(row['request'])) as unknown);

  test.each([[{ keepFor: 'P60D' }], [{ retentionTag: 'Weekly', backupRule: 'BackupDaily' }], [{}]])(
    '%j goes with the batch',
    async (options) => {
      const { desk, tickAt } = tower({ ...hourly, ...options }, '2026-08-22T10:00:00Z');
      await tickAt('2026-08-22T10:00:00Z');
      expect(requestsOf(runRows(desk.runs))).toMatchObject([{ kind: 'batch', options }]);
      expect(Object.keys((requestsOf(runRows(desk.runs))[0] as { options: object }).options)).toEqual(
        Object.keys(options),
      );
    },
  );

  test('a drill begins a batch of its own, also beside a schedule of its name', async () => {
    const { desk, held, lines, tickAt, keys } = tower(hourly, '2026-08-22T10:00:00Z');
    const drill = {
      ...{ name: 'hourly', cron: '0 * * * *', timeZone: 'UTC', window: 'PT1H', catchUp: 'none' },
      ...{ of: { rules: ['daily disks'] }, into: {}, concurrency: 3, restoresADay: 20 },
      ...{ sample: { share: 5, atLeast: 1, atMost: 20 }, point: { choose: 'latest', within: 'P30D' } },
    } as const;
    Object.assign(held.plan, { drills: [drill] });
    await tickAt('2026-08-22T10:00:00Z');
    expect(keys()).toEqual(['drill/hourly/2026-08-22T10:00Z', 'hourly/2026-08-22T10:00Z']);
    expect(requestsOf(runRows(desk.runs))).toContainEqual({
      kind: 'batch',
      of: { kind: 'drill', drill: 'hourly', dueAt: '2026-08-22T10:00:00.000Z' },
      options: {},
      concurrency: 3,
      notAfter: '2026-08-22T11:00:00.000Z',
    });
    await tickAt('2026-08-22T11:10:00Z');
    expect(lines).toEqual([
      'Drill "hourly" of 2026-08-22T11:00:00.000Z is not begun: missed, and the schedule does not catch up.',
    ]);
  });
});

describe('the mark of what was handled', () => {
  const noon = { ...hourly, catchUp: 'none' };

  test('never moves back with the clock: what was handled is neither begun nor called missed', async () => {
    const { lines, tickAt, keys } = tower(noon, '2026-08-22T10:00:00Z');
    await tickAt('2026-08-22T10:00:00Z');
    await tickAt('2026-08-22T11:00:00Z');
    await tickAt('2026-08-22T09:30:00Z');
    await tickAt('2026-08-22T11:30:00Z');
    expect(keys()).toEqual(['hourly/2026-08-22T10:00Z', 'hourly/2026-08-22T11:00Z']);
    expect(lines).toEqual([]);
  });

  test('moves on with every tick: what was missed is said once', async () => {
    const { lines, tickAt } = tower(
      { ...hourly, cron: '0 11 * * *', window: 'PT1H' },
      '2026-08-22T10:30:00Z',
    );
    await tickAt('2026-08-22T10:30:00Z');
    for (const at of ['12:30', '12:31', '12:32']) await tickAt(`2026-08-22T${at}:00Z`);
    expect(lines).toHaveLength(1);
  });
});

describe('the nightly sweep', () => {
  const sweeper = (plan: Plan) => {
    const desk = runDesk();
    const services: TriggerServices = {
      ...{ clock: () => new Date(desk.clock.now), runs: desk.services, triggers: memoryTable('triggers') },
      loadPlan: () => Promise.resolve({ plan, standing: 'current', location: 'plan.json', problems: [] }),
      log: () => undefined,
    };
    const keys = () =>
      runRows(desk.runs).map((row) => (JSON.parse(String(row['requestedBy'])) as { key: string }).key);
    return {
      keys,
      desk,
      tickAt: (at: string) => {
        desk.clock.now = Date.parse(at);
        return startNightlySweep(services);
      },
    };
  };

  test('begins once a day, however often its timer ticks', async () => {
    const { desk, keys, tickAt } = sweeper(planOf(hourly));
    await tickAt('2026-08-22T03:00:00Z');
    await tickAt('2026-08-22T03:00:00.100Z');
    await tickAt('2026-08-22T23:59:59Z');
    expect(keys()).toEqual(['sweep/2026-08-22']);
    const [row] = runRows(desk.runs);
    expect(JSON.parse(String(row?.['request']))).toEqual({ kind: 'sweep', dryRun: false });
    expect(JSON.parse(String(row?.['requestedBy']))).toMatchObject({ source: 'sweep' });
    await tickAt('2026-08-23T03:00:00Z');
    expect(keys().sort()).toEqual(['sweep/2026-08-22', 'sweep/2026-08-23']);
    expect(desk.started).toHaveLength(2);
  });

  test('does not begin where the plan has no rules', async () => {
    const { keys, tickAt } = sweeper({ ...planOf(hourly), rules: [] });
    await tickAt('2026-08-22T03:00:00Z');
    expect(keys()).toEqual([]);
  });
});

describe('a timer', () => {
  const at = (text: string) => new Date(`2026-08-22T${text}Z`);
  const standing = async (triggers: ReturnType<typeof memoryTable>, now: Date) =>
    (await readTimers(triggers, now)).find(({ name }) => name === 'scheduleTick');

  test('that has never ticked is late after an hour, counted from when it was first expected', async () => {
    const triggers = memoryTable('triggers');
    expect(await standing(triggers, at('10:00:00'))).toEqual({ name: 'scheduleTick', isLate: false });
    await expectTicks(triggers, at('02:00:00'));
    await expectTicks(triggers, at('02:30:00'));
    expect(await standing(triggers, at('03:00:00'))).toEqual({ name: 'scheduleTick', isLate: false });
    expect(await standing(triggers, at('03:00:00.001'))).toEqual({ name: 'scheduleTick', isLate: true });
  });

  test('that has ticked is late an hour after, and expecting it changes nothing', async () => {
    const triggers = memoryTable('triggers');
    await recordTick(triggers, 'scheduleTick', at('02:00:00'));
    await expectTicks(triggers, at('04:00:00'));
    const lastTickAt = '2026-08-22T02:00:00.000Z';
    expect(await standing(triggers, at('03:00:00'))).toEqual({
      name: 'scheduleTick',
      isLate: false,
      lastTickAt,
    });
    expect(await standing(triggers, at('03:01:00'))).toEqual({
      name: 'scheduleTick',
      isLate: true,
      lastTickAt,
    });
  });
});
