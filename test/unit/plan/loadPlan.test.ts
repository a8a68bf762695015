import { describe, expect, test } from 'vitest';
import { createPlanLoader } from '../../../src/plan/loadPlan.ts';
import { keptText, type VersionedText } from '../../../src/storage/textSource.ts';
import { memoryTable } from '../../support/memoryStorage.ts';

const plan = (name: string) => ({
  schedules: [
    { name, cron: '0 1 * * *', timeZone: 'Europe/Berlin', backUp: { items: ['/subscriptions/x'] } },
  ],
  safety: { subscriptions: [], vaults: [] },
});

/** A loader over a place whose text a test changes; `asked` holds the versions it was asked with. */
function place() {
  const clock = { now: Date.parse('2026-08-22T02:00:00Z') };
  const asked: (string | undefined)[] = [];
  const held: { answer: VersionedText | Error } = { answer: { kind: 'absent' } };
  const load = createPlanLoader(
    {
      name: 'plan.json',
      read: (version) => {
        asked.push(version);
        return held.answer instanceof Error ? Promise.reject(held.answer) : Promise.resolve(held.answer);
      },
    },
    () => new Date(clock.now),
  );
  const text = (value: unknown, version: string) =>
    void (held.answer = { kind: 'text', text: JSON.stringify(value), version });
  return { clock, asked, held, load, text };
}

describe('the plan in force', () => {
  test('an absent plan is empty and allows nothing', async () => {
    const { load } = place();
    const loaded = await load();
    expect(loaded.standing).toBe('empty');
    expect(loaded.plan.safety).toEqual({ subscriptions: [], vaults: [], deleteBackups: false });
  });

  test('is read again after 30 s, with the version that is known', async () => {
    const { clock, asked, held, load, text } = place();
    text(plan('night'), '"v1"');
    await load();
    clock.now += 29_000;
    await load();
    expect(asked).toEqual([undefined]);
    clock.now += 1000;
    held.answer = { kind: 'unchanged' };
    expect((await load()).plan.schedules[0]?.name).toBe('night');
    expect(asked).toEqual([undefined, '"v1"']);
  });

  test('a broken new text keeps the last good plan and reports every problem with rule and path', async () => {
    const { clock, load, text } = place();
    text(plan('night'), '"v1"');
    await load();
    clock.now += 30_000;
    text(
      {
        ...plan('night'),
        schedules: [{ ...plan('noon').schedules[0], cron: '61 1 * * *', timeZone: 'Mars' }, 7],
      },
      '"v2"',
    );
    const loaded = await load();
    expect(loaded.standing).toBe('lastGood');
    expect(loaded.plan.schedules[0]?.name).toBe('night');
    expect(loaded.problems.map(({ path }) => path)).toEqual(['schedules[0] "noon".cron', 'schedules[1]']);
    expect(JSON.parse(loaded.lyingThere ?? '').schedules[1]).toBe(7);
  });

  test('a text that is no JSON, a place out of reach and a mended text are told apart', async () => {
    const { clock, held, load, text } = place();
    text(plan('night'), '"v1"');
    await load();
    clock.now += 30_000;
    held.answer = { kind: 'text', text: '{', version: '"v2"' };
    expect((await load()).problems[0]?.message).toMatch(/^not JSON/);
    clock.now += 30_000;
    held.answer = new Error('no route');
    expect((await load()).problems[0]?.message).toBe('out of reach: no route');
    text(plan('later'), '"v3"');
    expect((await load()).plan.schedules[0]?.name).toBe('later');
  });

  test('nothing is known and the place is out of reach: the caller hears of it', async () => {
    const { held, load } = place();
    held.answer = new Error('no route');
    await expect(load()).rejects.toThrow('no route');
  });
});

describe('what is told of a plan', () => {
  test('a plan in force with the place that it lies at, and its warnings', async () => {
    const { load, text } = place();
    const warned = { ...plan('night').schedules[0], cron: '0 1 1 * 1' };
    text({ ...plan('night'), schedules: [warned] }, '"v1"');
    const loaded = await load();
    expect([loaded.standing, loaded.location, loaded.lyingThere]).toEqual([
      'current',
      'plan.json',
      undefined,
    ]);
    expect(loaded.problems).toMatchObject([{ severity: 'warning', path: 'schedules[0] "night".cron' }]);
  });

  test('the only text there is, and it is broken: nothing is allowed, and all of it is told', async () => {
    const { held, load } = place();
    held.answer = { kind: 'text', text: '{', version: '"v1"' };
    const loaded = await load();
    expect(loaded).toMatchObject({ standing: 'empty', location: 'plan.json', lyingThere: '{' });
    expect(loaded.plan.safety).toEqual({ subscriptions: [], vaults: [], deleteBackups: false });
    expect(loaded.problems).toMatchObject([
      { severity: 'error', path: '(plan)', message: expect.stringMatching(/^not JSON: /) },
    ]);
  });

  test('a text with a byte order mark is read like any other', async () => {
    const { held, load } = place();
    held.answer = { kind: 'text', text: `\uFEFF${JSON.stringify(plan('night'))}`, version: '"v1"' };
    expect((await load()).standing).toBe('current');
  });

  test('a plan that is gone: the last good one holds, and that is a problem', async () => {
    const { clock, held, load, text } = place();
    text(plan('night'), '"v1"');
    await load();
    clock.now += 30_000;
    held.answer = { kind: 'absent' };
    const loaded = await load();
    expect(loaded).toMatchObject({ standing: 'lastGood', location: 'plan.json' });
    expect(loaded.plan.schedules[0]?.name).toBe('night');
    expect(loaded.problems).toEqual([
      { severity: 'error', path: '(plan)', message: 'there is none at its place any more' },
    ]);
    expect(loaded).not.toHaveProperty('lyingThere');
  });

  test('a plan that was absent and is out of reach now is empty still', async () => {
    const { clock, held, load } = place();
    await load();
    clock.now += 30_000;
    held.answer = new Error('no route');
    const loaded = await load();
    expect(loaded.standing).toBe('empty');
    expect(loaded.problems).toEqual([
      { severity: 'error', path: '(plan)', message: 'out of reach: no route' },
    ]);
  });

  test('what has not changed is asked for with its version again', async () => {
    const { clock, asked, held, load, text } = place();
    text(plan('night'), '"v1"');
    await load();
    held.answer = { kind: 'unchanged' };
    for (const _ of [1, 2]) {
      clock.now += 30_000;
      expect((await load()).standing).toBe('current');
    }
    clock.now += 29_999;
    await load();
    expect(asked).toEqual([undefined, '"v1"', '"v1"']);
  });
});

describe('a place out of reach', () => {
  const words =
    'Failed to parse https://ada:secret1@plans.blob.core.windows.net/p/plan.json?sv=2021&sig=abc%2B';

  test('is told without the signature or the user of its URL, before there is a plan', async () => {
    const { held, load } = place();
    held.answer = new Error(words);
    await expect(load()).rejects.toThrow(
      'The plan is out of reach: Failed to parse https://…@plans.blob.core.windows.net/p/plan.json?…',
    );
  });

  test('and among the problems of the last good one', async () => {
    const { clock, held, load, text } = place();
    text(plan('night'), '"v1"');
    await load();
    clock.now += 30_000;
    held.answer = new Error(words);
    const told = JSON.stringify((await load()).problems);
    expect(told).toContain('out of reach');
    expect(told).not.toMatch(/secret1|sig=/);
  });
});

describe('the plan that is kept', () => {
  const source = (answer: VersionedText | Error) => ({
    name: 'plan.json',
    read: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
  });
  const textOf = (value: unknown): VersionedText => ({ kind: 'text', text: JSON.stringify(value) });
  const clock = () => new Date('2026-08-22T02:00:00Z');

  test.each<[string, VersionedText | Error]>([
    ['broken', { kind: 'text', text: '{ "rules": [' }],
    ['missing', { kind: 'absent' }],
    ['out of reach', new Error('no route')],
  ])('holds in a new process where the one at its place is %s', async (_, answer) => {
    const table = memoryTable('triggers');
    const kept = () => keptText(table, 'lastGoodPlan', 'plan.json');
    await createPlanLoader(source(textOf(plan('night'))), clock, kept())();
    const loaded = await createPlanLoader(source(answer), clock, kept())();
    expect([loaded.standing, loaded.plan.schedules[0]?.name]).toEqual(['lastGood', 'night']);
    expect(loaded.problems).toHaveLength(1);
  });

  test('of another place is not taken, and with none a missing plan is empty without a problem', async () => {
    const table = memoryTable('triggers');
    await createPlanLoader(source(textOf(plan('night'))), clock, keptText(table, 'lastGoodPlan', 'a.json'))();
    const loaded = await createPlanLoader(
      source({ kind: 'absent' }),
      clock,
      keptText(table, 'lastGoodPlan', 'b.json'),
    )();
    expect([loaded.standing, loaded.problems]).toEqual(['empty', []]);
  });

  test('a plan that cannot be kept is in force, and says so', async () => {
    const kept = { read: async () => undefined, keep: () => Promise.reject(new Error('no storage')) };
    const loaded = await createPlanLoader(source(textOf(plan('night'))), clock, kept)();
    expect(loaded.standing).toBe('current');
    expect(loaded.problems).toEqual([
      { severity: 'warning', path: '(plan)', message: 'it could not be kept: no storage' },
    ]);
  });

  test('is kept whole, however long', async () => {
    const kept = keptText(memoryTable('triggers'), 'lastGoodPlan', 'plan.json');
    const long = Array.from({ length: 20_000 }, (_, at) => `rule ${at * 7919}`).join('\n');
    await kept.keep(long);
    expect(await kept.read()).toBe(long);
  });
});
