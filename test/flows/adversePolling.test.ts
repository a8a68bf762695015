import { describe, expect, test } from 'vitest';
import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import { allEnded, askForEach, fleetWorld, looksAt, sentAt, shareJobs } from '../support/shareFleet.ts';

const refilling = { provider: 'refilling', providerLimit: 250, providerRefillPerSecond: 25 } as const;
/** Least wait between polls, unless set. */
const leastSeconds = 10;
/** What a counter of 250 allows for lists until it is known to refill: an hour's share of four fifths of it. */
const unknownCounterSeconds = 18;
/** A timer may fire a second early, and instants count from whole seconds. */
const timerSeconds = 0;

const acceptedWith = (headers: Record<string, string>): FaultRuleSeed => ({
  on: 'recoveryServices.backup',
  times: 0,
  fault: { kind: 'headers', set: headers, remove: ['Retry-After'] },
});

describe('a Retry-After of the accepted backup', () => {
  test.each([1, 5, 17, 60, 324])(
    'of %i s: jobs are never asked for sooner, and an ending is seen within 1.05 of it while ten are in flight',
    async (asked) => {
      const jobs = { ...shareJobs(10, 7200), a: 400, b: 433, c: 467, d: 511, e: 700 };
      const { app, ids } = await askForEach(
        {
          world: fleetWorld(jobs, { throttling: refilling }),
          faults: [acceptedWith({ 'Retry-After': String(asked) })],
        },
        Object.keys(jobs),
      );
      const records = await allEnded(app, ids.slice(10));
      const looks = sentAt(app, 'recoveryServices.jobs');
      await app.stop();
      const gaps = looks.slice(1).map((at, index) => (at - (looks[index] ?? 0)) / 1000);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(Math.max(asked, leastSeconds) - timerSeconds);
      const late = records.map(
        ({ job, endedAt }) => (Date.parse(endedAt ?? '') - Date.parse(job?.endedAt ?? '')) / 1000,
      );
      const expected = Math.max(asked, leastSeconds, unknownCounterSeconds);
      expect(Math.max(...late)).toBeLessThanOrEqual(1.05 * expected);
      expect(records.map(({ status }) => status)).toEqual(records.map(() => 'completed'));
    },
  );

  test.each<[string, Record<string, string>, number]>([
    ['that is missing counts as a minute', {}, 60],
    ['as a date counts from the reply’s own date', { 'Retry-After': 'Sat, 22 Aug 2026 02:03:20 GMT' }, 200],
    ['of 600 s is kept', { 'Retry-After': '600' }, 600],
    ['of an hour is kept for ten minutes', { 'Retry-After': '3600' }, 600],
  ])('%s', async (_rule, headers, seconds) => {
    const world = fleetWorld({ docs: 20 });
    const { app, ids } = await askForEach({ world, faults: [acceptedWith(headers)] }, ['docs']);
    const [record] = await allEnded(app, ids);
    const [sent = 0] = sentAt(app, 'recoveryServices.backup');
    const [first = 0] = looksAt(app);
    await app.stop();
    expect(record?.status).toBe('completed');
    expect((first - sent) / 1000).toBeGreaterThanOrEqual(seconds);
    expect((first - sent) / 1000).toBeLessThanOrEqual(1.05 * seconds + 10);
  });
});

describe('a list that is refused with 429', () => {
  const message = "Number of requests for action 'backupJobs/read' exceeded the limit of '150'.";
  const said = (seconds: number) => `${message} Please try again after '${seconds}' seconds.`;

  test.each<[string, Record<string, string>, string, number]>([
    ['without any hint is asked for after a minute', {}, message, 60],
    ['with the hint in the message alone is asked for then', {}, said(324), 324],
    ['over a connection that is closed waits as long', { Connection: 'close' }, said(324), 324],
    ['with 600 in the header waits 600 s', { 'Retry-After': '600' }, message, 600],
    ['with a date waits for that date', { 'Retry-After': 'Sat, 22 Aug 2026 02:11:10 GMT' }, message, 600],
    ['with two hints waits for the longer', { 'Retry-After': '5' }, said(324), 324],
  ])('%s, and the run is not lost', async (_rule, headers, text, seconds) => {
    const refusal = {
      kind: 'reply',
      status: 429,
      shape: 'gateway',
      code: 'ResourceRequestsThrottled',
      message: text,
      headers,
    } as const;
    const { app, ids } = await askForEach(
      { world: fleetWorld({ docs: 20 }), faults: [{ on: 'recoveryServices.jobs', fault: refusal }] },
      ['docs'],
    );
    const [record] = await allEnded(app, ids);
    const [refused = 0, next = 0] = looksAt(app);
    await app.stop();
    expect(record?.status).toBe('completed');
    expect((next - refused) / 1000).toBeGreaterThanOrEqual(seconds);
    expect((next - refused) / 1000).toBeLessThanOrEqual(1.2 * seconds + 10);
  });
});
