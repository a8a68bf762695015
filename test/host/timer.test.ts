import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InvocationInput, Invoke } from '../../local/functions-host/invoke.ts';
import type { RegisteredFunction } from '../../local/functions-host/registry.ts';
import { readSchedule, ScheduleUnreadable } from '../../local/functions-host/timer/ncrontab.ts';
import {
  createTimerListener,
  isMonitorable,
  timerCall,
} from '../../local/functions-host/timer/timerListener.ts';
import {
  createFileTimerStatusStore,
  createMemoryTimerStatusStore,
  judgeTimerStart,
  NEVER,
  type TimerStatusStore,
} from '../../local/functions-host/timer/timerStatus.ts';
import { emptyFolder } from './sampleApp.ts';
import { startHost } from './startHost.ts';
import { steppedClock, type SteppedClock } from './steppedClock.ts';

const at = (text: string): number => Date.parse(text);
const nextAfter = (schedule: string, instant: string): string | undefined => {
  const next = readSchedule(schedule).nextAfter(at(instant));
  return next === undefined ? undefined : new Date(next).toISOString();
};

describe('schedule', () => {
  test.each([
    ['0 */5 * * * *', '2026-08-22T02:03:04Z', '2026-08-22T02:05:00.000Z'],
    ['0 */5 * * * *', '2026-08-22T02:05:00Z', '2026-08-22T02:10:00.000Z'],
    ['30 0 2 * * *', '2026-08-22T02:00:30Z', '2026-08-23T02:00:30.000Z'],
    ['0 0 0 29 2 *', '2026-08-22T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['0 0 9 * * MON-FRI', '2026-08-22T00:00:00Z', '2026-08-24T09:00:00.000Z'],
    ['0 0 9 * Jan,March *', '2026-08-22T00:00:00Z', '2027-01-01T09:00:00.000Z'],
    ['*/15 * * * *', '2026-08-22T02:03:04Z', '2026-08-22T02:15:00.000Z'],
    ['0 50/5 * * * *', '2026-08-22T02:56:00Z', '2026-08-22T03:50:00.000Z'],
    ['00:10:00', '2026-08-22T02:03:04Z', '2026-08-22T02:13:04.000Z'],
    ['0 0 0 31 2 *', '2026-08-22T00:00:00Z', undefined],
  ])('%s after %s is %s', (schedule, instant, expected) => {
    expect(nextAfter(schedule, instant)).toBe(expected);
  });

  test('day of month and weekday must both fit', () => {
    expect(nextAfter('0 0 0 13 * 5', '2026-08-22T00:00:00Z')).toBe('2026-11-13T00:00:00.000Z');
  });

  test.each([
    '0 0 0 * * 7',
    '60 * * * * *',
    '0 0 24 * * *',
    '0 0 0 0 * *',
    '* * *',
    'daily',
    '0 */0 * * * *',
    '0 1-2-3 * * * *',
  ])('%s is refused', (schedule) => {
    expect(() => readSchedule(schedule)).toThrow(ScheduleUnreadable);
  });

  test('the next occurrence fits every field and none before it does', () => {
    const field = (least: number, most: number) =>
      fc.oneof(
        fc.constant({ text: '*', fits: () => true }),
        fc
          .integer({ min: least, max: most })
          .map((only) => ({ text: `${only}`, fits: (value: number) => value === only })),
        fc
          .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: 2, max: 20 }))
          .map(([from, step]) => ({
            text: `${from}/${step}`,
            fits: (value: number) => value >= from && (value - from) % step === 0,
          })),
      );
    const start = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-12-31T00:00:00Z') });
    fc.assert(
      fc.property(field(0, 59), field(0, 59), field(0, 23), start, (second, minute, hour, from) => {
        const fits = (instant: number): boolean => {
          const date = new Date(instant);
          return (
            second.fits(date.getUTCSeconds()) &&
            minute.fits(date.getUTCMinutes()) &&
            hour.fits(date.getUTCHours())
          );
        };
        let expected = (Math.floor(from / 1000) + 1) * 1000;
        while (!fits(expected)) expected += 1000;
        expect(readSchedule(`${second.text} ${minute.text} ${hour.text} * * *`).nextAfter(from)).toBe(
          expected,
        );
      }),
      { numRuns: 60 },
    );
  });

  test('days are found as a walk over the calendar finds them', () => {
    const day = fc.integer({ min: 1, max: 28 });
    const weekday = fc.integer({ min: 0, max: 6 });
    const start = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-12-31T00:00:00Z') });
    fc.assert(
      fc.property(day, weekday, start, (dayOfMonth, dayOfWeek, from) => {
        let expected = (Math.floor(from / 86_400_000) + 1) * 86_400_000;
        const fits = (date: Date): boolean =>
          date.getUTCDate() === dayOfMonth && date.getUTCDay() === dayOfWeek;
        while (!fits(new Date(expected))) expected += 86_400_000;
        expect(readSchedule(`0 0 0 ${dayOfMonth} * ${dayOfWeek}`).nextAfter(from)).toBe(expected);
      }),
    );
  });

  test('schedules below one minute are not monitored', () => {
    expect(isMonitorable(readSchedule('*/30 * * * * *'), at('2026-08-22T00:00:00Z'))).toBe(false);
    expect(isMonitorable(readSchedule('0 * * * * *'), at('2026-08-22T00:00:00Z'))).toBe(true);
  });
});

describe('start', () => {
  const hourly = readSchedule('0 0 * * * *');
  const now = at('2026-08-22T10:30:00Z');

  test('the first start ever waits for the next occurrence and is not past due', () => {
    const next = at('2026-08-22T11:00:00Z');
    expect(judgeTimerStart(hourly, undefined, now)).toEqual({
      status: { last: NEVER, next, lastUpdated: NEVER },
      isPastDue: false,
    });
  });

  test('a missed occurrence is past due', () => {
    const stored = { last: at('2026-08-22T07:00:00Z'), next: at('2026-08-22T08:00:00Z'), lastUpdated: 0 };
    expect(judgeTimerStart(hourly, stored, now)).toEqual({ status: stored, isPastDue: true });
  });

  test('a changed schedule is not past due', () => {
    const stored = { last: at('2026-08-22T07:00:00Z'), next: at('2026-08-22T07:05:00Z'), lastUpdated: 0 };
    expect(judgeTimerStart(hourly, stored, now)).toEqual({
      status: { ...stored, next: at('2026-08-22T11:00:00Z') },
      isPastDue: false,
    });
  });

  test('a missed first run is past due', () => {
    const stored = { last: NEVER, next: at('2026-08-22T08:00:00Z'), lastUpdated: NEVER };
    expect(judgeTimerStart(hourly, stored, now)?.isPastDue).toBe(true);
  });

  test('the status survives in a file', () => {
    const folder = emptyFolder();
    const status = { last: 1, next: 2, lastUpdated: 3 };
    createFileTimerStatusStore(folder).write('tick/tock', status);
    expect(createFileTimerStatusStore(folder).read('tick/tock')).toEqual(status);
    expect(createFileTimerStatusStore(folder).read('other')).toBeUndefined();
  });
});

const timerFunction = (options: Record<string, unknown> = {}): RegisteredFunction => ({
  name: 'tick',
  trigger: { key: 'timer1', type: 'timerTrigger', options },
  bindings: [],
  callback: () => undefined,
  metadata: { name: 'tick', bindings: {} },
});

interface Call {
  readonly at: string;
  readonly isPastDue: boolean;
  readonly status: unknown;
}

/** A listener on an hourly schedule that records its calls; each takes `runMs`. */
function hourlyTimer(
  clock: SteppedClock,
  with_: {
    statuses?: TimerStatusStore;
    runMs?: number;
    ok?: boolean;
    options?: Record<string, unknown>;
  } = {},
) {
  const calls: Call[] = [];
  const invoke: Invoke = async (_fn, input: InvocationInput) => {
    const value = JSON.parse(input.inputData[0]?.data.json ?? '') as {
      IsPastDue: boolean;
      ScheduleStatus: unknown;
    };
    calls.push({
      at: new Date(clock.now()).toISOString(),
      isPastDue: value.IsPastDue,
      status: value.ScheduleStatus,
    });
    await new Promise<void>((resolve) => clock.after(with_.runMs ?? 0, resolve));
    return with_.ok === false
      ? { ok: false, error: new Error('kaput') }
      : { ok: true, outputData: [], result: undefined };
  };
  const listener = createTimerListener({
    fn: timerFunction(with_.options),
    schedule: readSchedule('0 0 * * * *'),
    monitored: true,
    statuses: with_.statuses ?? createMemoryTimerStatusStore(),
    clock,
    invoke,
  });
  listener.start();
  return { calls, listener };
}

const HOUR = 3_600_000;

describe('listener', () => {
  test('before the first run the status says year one', async () => {
    const clock = steppedClock('2026-08-22T10:30:00Z');
    const { calls } = hourlyTimer(clock);
    await clock.advance(HOUR);
    expect(calls).toEqual([
      {
        at: '2026-08-22T11:00:00.000Z',
        isPastDue: false,
        status: {
          Last: '0001-01-01T00:00:00+00:00',
          Next: '2026-08-22T11:00:00+00:00',
          LastUpdated: '0001-01-01T00:00:00+00:00',
        },
      },
    ]);
  });

  test('a tick that comes a millisecond early counts for its own second and is not repeated', async () => {
    const clock = steppedClock('2026-08-22T10:30:00Z', [0.1]);
    const { calls } = hourlyTimer(clock);
    await clock.advance(2 * HOUR);
    expect(calls.map((call) => call.at)).toEqual(['2026-08-22T10:59:59.999Z', '2026-08-22T11:59:59.999Z']);
    expect(calls[1]?.status).toMatchObject({
      Last: '2026-08-22T11:00:00+00:00',
      Next: '2026-08-22T12:00:00+00:00',
    });
  });

  test('however many ticks were missed, one past due call follows a restart', async () => {
    const statuses = createMemoryTimerStatusStore();
    const clock = steppedClock('2026-08-22T10:30:00Z');
    const { listener } = hourlyTimer(clock, { statuses });
    await clock.advance(HOUR);
    listener.stop();
    await clock.advance(5 * HOUR);
    const { calls } = hourlyTimer(clock, { statuses });
    await clock.advance(HOUR);
    expect(calls.map(({ at, isPastDue }) => [at, isPastDue])).toEqual([
      ['2026-08-22T16:30:00.000Z', true],
      ['2026-08-22T17:00:00.000Z', false],
    ]);
  });

  test('a run longer than its interval never overlaps itself', async () => {
    const clock = steppedClock('2026-08-22T10:30:00Z');
    const { calls } = hourlyTimer(clock, { runMs: 1.5 * HOUR });
    await clock.advance(3 * HOUR);
    expect(calls.map((call) => call.at)).toEqual(['2026-08-22T11:00:00.000Z', '2026-08-22T12:30:00.000Z']);
  });

  test('a failing handler neither stops the schedule nor is repeated', async () => {
    const clock = steppedClock('2026-08-22T10:30:00Z');
    const { calls } = hourlyTimer(clock, { ok: false });
    await clock.advance(2 * HOUR);
    expect(calls.map((call) => call.at)).toEqual(['2026-08-22T11:00:00.000Z', '2026-08-22T12:00:00.000Z']);
  });

  test('runOnStartup calls once at the start and then keeps to the schedule', async () => {
    const clock = steppedClock('2026-08-22T10:30:00Z');
    const { calls } = hourlyTimer(clock, { options: { runOnStartup: true } });
    await clock.advance(HOUR);
    expect(calls.map(({ at, isPastDue }) => [at, isPastDue])).toEqual([
      ['2026-08-22T10:30:00.000Z', false],
      ['2026-08-22T11:00:00.000Z', false],
    ]);
  });

  test('firing by hand changes neither schedule nor status', async () => {
    const clock = steppedClock('2026-08-22T10:30:00Z');
    const { calls, listener } = hourlyTimer(clock);
    void listener.fire('x');
    await clock.advance(HOUR);
    expect(calls.map((call) => call.at)).toEqual(['2026-08-22T10:30:00.000Z', '2026-08-22T11:00:00.000Z']);
    expect(calls[1]?.status).toMatchObject({ Last: '0001-01-01T00:00:00+00:00' });
  });

  test('a timer without monitor has no status; the input of a call by hand is metadata', () => {
    const call = timerCall(
      timerFunction(),
      { status: undefined, isPastDue: false, at: at('2026-08-22T11:59:59.999Z') },
      'x',
    );
    expect(call).toEqual({
      inputData: [
        {
          name: 'timer1',
          data: { json: '{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}' },
        },
      ],
      triggerMetadata: { TimerTrigger: { string: '08/22/2026 11:59:59' }, timer1: { string: 'x' } },
    });
  });
});

test('after a crash the lock of the dead host delays the next tick, which is then past due', async () => {
  const clock = steppedClock('2026-08-22T10:58:50Z');
  const { host } = await startHost(
    {
      'app.js': `const { app } = require('@azure/functions');
        globalThis.pastDue = [];
        app.timer('t', { schedule: '0 * * * * *', handler: (timer) => { globalThis.pastDue.push(timer.isPastDue); } });`,
    },
    { clock },
  );
  await clock.advance(60_000);
  host.crash();
  await host.start();
  const { pastDue } = globalThis as { pastDue?: boolean[] };
  await clock.advance(32_000);
  expect(pastDue).toEqual([]);
  await clock.advance(1000);
  expect(pastDue).toEqual([true]);
});
