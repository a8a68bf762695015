import { beforeEach, describe, expect, test } from 'vitest';
import {
  claimRefresh,
  recordProgress,
  refreshingNow,
  RefreshLost,
  type Claimed,
  type CoverageServices,
} from '../../../src/coverage/refreshState.ts';
import type { Plan } from '../../../src/plan/schema.ts';
import { memoryTable, type MemoryTable } from '../../support/memoryStorage.ts';

const plan = { rules: [] } as unknown as Plan;
const otherPlan = { rules: [{}] } as unknown as Plan;
const begunAt = '2026-08-22T02:00:00.000Z';

let table: MemoryTable;
let nowMs: number;
let services: CoverageServices;
const pass = (minutes: number) => void (nowMs += minutes * 60_000);
const claim = (of: Plan = plan) => claimRefresh(services, of);

beforeEach(() => {
  table = memoryTable('coverage');
  nowMs = Date.parse(begunAt);
  services = { clock: () => new Date(nowMs), table } as unknown as CoverageServices;
});

async function claimed(of: Plan = plan): Promise<Claimed> {
  const found = await claim(of);
  if (!found) throw new Error('nothing is due');
  return found;
}

test('the first refresh looks at the runs of a week', async () => {
  expect((await claimed()).progress).toMatchObject({
    ...{ readAt: begunAt, judged: 0, done: false, runsSince: '2026-08-15T02:00:00.000Z' },
  });
});

describe('a refresh that somebody has begun', () => {
  test('is nobody else’s for five and a half minutes; then it is carried on where it stood', async () => {
    const first = await claimed();
    await recordProgress(services, first, { ...first.progress, judged: 500 }, true);
    pass(5.49);
    expect(await claim()).toBeUndefined();
    pass(0.01);
    expect((await claimed()).progress).toEqual({ ...first.progress, judged: 500 });
  });

  test('and laid down is carried on at once', async () => {
    const first = await claimed();
    await recordProgress(services, first, { ...first.progress, judged: 500 }, false);
    expect((await claimed()).progress.judged).toBe(500);
  });

  test('begins anew when the plan has changed, and looks at the same runs', async () => {
    const first = await claimed();
    await recordProgress(services, first, { ...first.progress, judged: 500 }, false);
    pass(1);
    expect((await claimed(otherPlan)).progress).toMatchObject({
      ...{ readAt: '2026-08-22T02:01:00.000Z', judged: 0, runsSince: '2026-08-15T02:00:00.000Z' },
    });
  });

  test('is lost to whoever has taken it over', async () => {
    const first = await claimed();
    pass(6);
    const second = await claimed();
    await expect(recordProgress(services, first, first.progress, true)).rejects.toThrow(RefreshLost);
    await expect(recordProgress(services, first, first.progress, true)).rejects.toThrow(
      'Another instance carries the refresh on.',
    );
    const third = await recordProgress(services, second, { ...second.progress, judged: 9 }, true);
    expect(third.progress.judged).toBe(9);
    await recordProgress(services, third, third.progress, true);
  });

  test('keeps its lease as long as it goes on', async () => {
    const first = await claimed();
    pass(5);
    await recordProgress(services, first, first.progress, true);
    pass(5);
    expect(await claim()).toBeUndefined();
  });

  test('is shown with how far it is, until it is done', async () => {
    expect(await refreshingNow(table)).toBeUndefined();
    const first = await claimed();
    const on = await recordProgress(services, first, { ...first.progress, judged: 500 }, true);
    expect(await refreshingNow(table)).toEqual({ startedAt: begunAt, rows: 500 });
    await recordProgress(services, on, { ...on.progress, done: true }, false);
    expect(await refreshingNow(table)).toBeUndefined();
  });
});

describe('after a refresh that was finished', () => {
  beforeEach(async () => {
    const first = await claimed();
    const progress = { ...first.progress, judged: 500, done: true, runsSince: '2026-08-21T02:00:00.000Z' };
    await recordProgress(services, first, progress, false);
  });

  test('the next is due an hour after that began', async () => {
    pass(59.99);
    expect(await claim()).toBeUndefined();
    pass(0.01);
    expect((await claimed()).progress).toMatchObject({
      ...{
        readAt: '2026-08-22T03:00:00.000Z',
        judged: 0,
        done: false,
        runsSince: '2026-08-21T02:00:00.000Z',
      },
    });
  });

  test('the next is due at once when the plan has changed', async () => {
    pass(1);
    expect((await claimed(otherPlan)).progress).toMatchObject({ judged: 0, done: false });
  });
});

test('of two instances that ask at the same time one gets it, the first time and later', async () => {
  const first = await Promise.all([claim(), claim()]);
  expect(first.filter(Boolean)).toHaveLength(1);
  pass(6);
  expect((await Promise.all([claim(), claim()])).filter(Boolean)).toHaveLength(1);
});
