import { describe, expect, test } from 'vitest';
import type { ArmReply } from '../../src/arm/call.ts';
import type { Lane } from '../../src/pacer/pacer.ts';
import { createSharedPacer } from '../../src/pacer/sharedPacer.ts';
import { trackTick } from '../../src/jobs/trackTick.ts';
import { vaultKeyOf } from '../../src/jobs/watch.ts';
import { watchJob } from '../../src/jobs/watchJob.ts';
import { memoryTable, type MemoryTable } from '../support/memoryStorage.ts';
import { jobRow, listOf, says, trackedVault, trackerWorld, watchOrder } from '../support/trackerWorld.ts';

const start = Date.parse('2026-08-22T02:00:00Z');
const reads: Lane = {
  subscriptionId: '11111111-2222-4333-8444-555555555555',
  kind: 'read',
  action: 'Microsoft.RecoveryServices/vaults/backupJobs/read',
};

const hourOf = (nowMs: number): number => Math.floor(nowMs / 3_600_000);

/** A counter of the service: so many an hour, shown in every reply. */
function hourlyCounter(limit: number) {
  const used = new Map<number, number>();
  return (nowMs: number): ArmReply => {
    const hour = hourOf(nowMs);
    used.set(hour, (used.get(hour) ?? 0) + 1);
    const left = limit - (used.get(hour) ?? 0);
    const headers = { 'x-ms-ratelimit-remaining-subscription-resource-requests': String(left) };
    if (left >= 0) return { status: 200, headers, body: undefined };
    const seconds = Math.ceil(((hour + 1) * 3_600_000 - nowMs) / 1000);
    const message = `Please try again after '${seconds}' seconds.`;
    return { status: 429, headers: {}, body: { error: { code: 'ResourceRequestsThrottled', message } } };
  };
}

const leftIn = ({ headers }: ArmReply): number =>
  Number(headers['x-ms-ratelimit-remaining-subscription-resource-requests']);

/** Most of some instants that lie in any five minutes of one hour. */
const inFiveMinutes = (instants: readonly number[]): number =>
  Math.max(
    ...instants.map(
      (from) =>
        instants.filter((at) => at >= from && at < from + 300_000 && hourOf(at) === hourOf(from)).length,
    ),
  );

/** Instances that each want to read every few seconds for two hours. */
async function readFor(tables: readonly MemoryTable[], everySeconds: number) {
  const answer = hourlyCounter(150);
  const instances = tables.map((table, index) => ({
    pacer: createSharedPacer({ table, random: () => 0.5 }),
    at: start + index * 1000,
    hasSlot: false,
  }));
  const count = { refused: 0, nearTheEnd: [] as number[] };
  for (;;) {
    const next = instances.reduce((one, other) => (other.at < one.at ? other : one));
    if (next.at > start + 2 * 3_600_000)
      return { refused: count.refused, mostNearTheEnd: inFiveMinutes(count.nearTheEnd) };
    const now = new Date(next.at);
    const slot = next.hasSlot ? ({ kind: 'go' } as const) : await next.pacer.reserve(reads, now);
    if (slot.kind === 'wait') {
      next.at = Math.max(slot.until.getTime(), next.at + 1);
      next.hasSlot = slot.reserved !== false;
      continue;
    }
    next.hasSlot = false;
    const reply = answer(next.at);
    if (reply.status === 429) count.refused += 1;
    else if (leftIn(reply) < 30) count.nearTheEnd.push(next.at);
    await next.pacer.learn(reads, reply, now);
    next.at += everySeconds * 1000;
  }
}

describe('two instances', () => {
  test('that share a counter near its end read no more often than one alone, and apart they would', async () => {
    const shared = memoryTable('pacer');
    const alone = await readFor([memoryTable('pacer')], 10);
    const both = await readFor([shared, shared], 20);
    const apart = await readFor([memoryTable('a'), memoryTable('b')], 20);
    expect(both.mostNearTheEnd).toBeLessThanOrEqual(alone.mostNearTheEnd + 1);
    expect(both.refused).toBeLessThanOrEqual(2);
    expect(apart.mostNearTheEnd).toBeGreaterThan(1.5 * alone.mostNearTheEnd);
  });

  test('that carry out the same tick at once tell each job once', async () => {
    const id = (group: string, number: number) =>
      `${group}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    const rowAt = (number: number, now: Date) => ({
      id: id('1', number),
      activityId: id('0', number),
      status: now.getTime() < start + number * 60_000 ? 'InProgress' : number % 4 ? 'Completed' : 'Failed',
    });
    const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
    const world = trackerWorld({
      list: (_filter, now) => listOf(...numbers.map((number) => rowAt(number, now))),
      read: (jobId) => says(200, jobRow(rowAt(Number(jobId.slice(-4)), new Date(world.clock.now)))),
    });
    for (const number of numbers)
      await watchJob(
        world.services,
        watchOrder({ runId: String(number).padStart(40, '0'), attemptId: id('0', number) }),
      );
    const tracker = { vaultKey: vaultKeyOf(trackedVault), generation: 1 };
    for (let ticks = 0; ticks < 100; ticks++) {
      const answers = await Promise.all([
        trackTick(world.services, tracker),
        trackTick(world.services, tracker),
      ]);
      const due = answers.flatMap(({ nextTickAt }) =>
        nextTickAt === undefined ? [] : [Date.parse(nextTickAt)],
      );
      if (due.length === 0) break;
      world.clock.now = Math.max(world.clock.now, Math.min(...due));
    }
    expect(world.told).toHaveLength(20);
    expect(world.told.map(({ outcome }) => outcome.kind)).toEqual(numbers.map(() => 'ended'));
    expect(world.watches.rows().map((row) => row['state'])).toEqual(['idle']);
  });
});
