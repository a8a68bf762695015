import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createVirtualClock } from '../../local/functions-host/clock/virtualClock.ts';

const start = { startAt: '2026-08-22T02:00:00Z', seed: 1 };

test('timers fire in order of their due time, equal ones in order of arming', async () => {
  const clock = createVirtualClock(start);
  const fired: string[] = [];
  clock.after(2000, () => fired.push('late'));
  clock.after(1000, () => fired.push('first'));
  clock.after(1000, () => fired.push('second'));
  const forgotten = clock.after(500, () => fired.push('never'));
  clock.cancel(forgotten);
  await clock.runUntilIdle();
  expect(fired).toEqual(['first', 'second', 'late']);
  expect(clock.now()).toBe(Date.parse('2026-08-22T02:00:02Z'));
});

test('a thousand timers in any order come out in order', async () => {
  const clock = createVirtualClock(start);
  const fired: number[] = [];
  for (let n = 0; n < 1000; n++) {
    const delay = Math.floor(clock.random() * 10_000);
    clock.after(delay, () => fired.push(delay));
  }
  await clock.runUntilIdle();
  expect(fired).toHaveLength(1000);
  expect(fired).toEqual([...fired].sort((a, b) => a - b));
});

test('work that a timer starts is finished before the next one fires', async () => {
  const clock = createVirtualClock(start);
  const seen: string[] = [];
  clock.after(10, () => void new Promise((resolve) => setImmediate(resolve)).then(() => seen.push('work')));
  clock.after(20, () => seen.push('next timer'));
  await clock.runFor(100);
  expect(seen).toEqual(['work', 'next timer']);
  expect(clock.now()).toBe(Date.parse('2026-08-22T02:00:00.100Z'));
});

test('the same seed gives the same numbers, another one others', () => {
  const numbers = (seed: number): number[] => {
    const clock = createVirtualClock({ ...start, seed });
    return [clock.random(), clock.random(), clock.random()];
  };
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
});

test('the globals follow the clock until they are put back', async () => {
  const clock = createVirtualClock(start);
  const realNow = Date.now();
  const restore = clock.replaceGlobals();
  const seen: string[] = [];
  setTimeout((word: string) => seen.push(`${word} ${new Date().toISOString()}`), 86_400_000, 'timeout');
  const ticks = setInterval(() => seen.push(`tick ${Date.now() - clock.now()}`), 36_000_000);
  const never = setTimeout(() => seen.push('never'), 5);
  clearTimeout(never);
  await clock.runFor(80_000_000);
  clearInterval(ticks);
  await clock.runFor(80_000_000);
  const random = Math.random();
  restore();
  expect(seen).toEqual(['tick 0', 'tick 0', 'timeout 2026-08-23T02:00:00.000Z']);
  expect(random).not.toBe(Math.random());
  expect(Math.abs(Date.now() - realNow)).toBeLessThan(60_000);
  expect(new Date(0) instanceof Date).toBe(true);
});

test('the clock stands still while an HTTP call is open', async () => {
  const clock = createVirtualClock({ ...start, watchHttp: true });
  const server = createServer((_, response) => setTimeout(() => response.end('late'), 100));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    clock.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const seen: string[] = [];
  clock.after(1, () => seen.push('timer'));
  get({ port, host: '127.0.0.1', path: '/' }, (response) => {
    response.resume().on('end', () => seen.push('answer'));
  });
  await clock.runUntilIdle();
  expect(seen).toEqual(['answer', 'timer']);
});
