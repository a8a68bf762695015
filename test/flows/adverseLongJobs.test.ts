import { expect, test } from 'vitest';
import { liveThrough } from '../support/trackerLives.ts';
import { jobRow, listOf, says, watchOrder } from '../support/trackerWorld.ts';

const id = '10000000-0000-4000-8000-000000000001';
const start = Date.parse('2026-08-22T02:00:00Z');
const hour = 3_600_000;

/** Follows a machine's job of so many hours; its run gives it up after a day. */
function follow(hours: number) {
  const order = watchOrder({ kind: 'virtualMachine', giveUpAt: '2026-08-23T02:00:00Z' });
  return liveThrough({
    hours: 24 * 12,
    orders: [order],
    next: () => undefined,
    script: (now) => {
      const status = () => (now().getTime() < start + hours * hour ? 'InProgress' : 'Completed');
      const row = () => ({ id, status: status(), activityId: order.attemptId });
      return { list: () => listOf(row()), read: () => says(200, jobRow(row())) };
    },
  });
}

test('a job of 23 hours is told when it ends, at a look every five minutes', async () => {
  const lives = await follow(23);
  expect(lives.woken).toEqual(['a job-1: ended']);
  expect(lives.late).toEqual([]);
  expect(lives.endedAt).toBeLessThan(start + 23 * hour + 400_000);
  expect(lives.requests.length).toBeLessThan(300);
});

test('a job of six days wakes its run after one, and its ending still comes into the record on the sixth', async () => {
  const lives = await follow(144);
  expect(lives.woken).toEqual(['a job-1: timedOut']);
  expect(lives.late).toEqual(['a completed']);
  expect(lives.endedAt).toBeLessThan(start + 144 * hour + 400_000);
  expect(lives.left).toEqual(['idle']);
});

test('a job of nine days is given up a week after its run: nothing is told, and nothing goes on', async () => {
  const lives = await follow(216);
  expect(lives.woken).toEqual(['a job-1: timedOut']);
  expect(lives.late).toEqual([]);
  expect(lives.left).toEqual(['idle']);
  expect(lives.endedAt).toBeLessThan(start + 193 * hour);
});
