import { describe, expect, test } from 'vitest';
import type { EmbeddedApp } from '../support/embeddedApp.ts';
import { allEnded, askForEach, fleetWorld, looksAt, sentAt, shareJobs } from '../support/shareFleet.ts';

const jobReads = 'Microsoft.RecoveryServices/vaults/backupJobs/read';
const hourly = (more: object = {}) => ({
  throttling: { provider: 'hourly', providerLimits: { [jobReads]: 150 }, ...more } as const,
});

/** When requests about jobs were refused. */
const refusedAt = (app: EmbeddedApp): readonly number[] =>
  [...sentAt(app, 'recoveryServices.jobs', 429), ...sentAt(app, 'recoveryServices.job', 429)].sort(
    (a, b) => a - b,
  );

const statuses = (records: readonly { readonly status: string }[]) => [
  ...new Set(records.map(({ status }) => status)),
];

describe('a rival principal', () => {
  test('that takes half of an hourly counter, then nothing, costs no run and at most one refusal in a hundred', async () => {
    const jobs = shareJobs(12, 1200, 420);
    const half = fleetWorld(jobs, hourly({ rivalPerMinute: 1.25 }));
    const { app, ids } = await askForEach({ world: half }, Object.keys(jobs));
    await app.clock.runFor(3_000_000);
    const meanwhile = looksAt(app).length;
    app.simulator.loadWorld({ settings: hourly() }, 'merge');
    const records = await allEnded(app, ids);
    await app.stop();
    expect(statuses(records)).toEqual(['completed']);
    expect(meanwhile).toBeGreaterThan(20);
    expect(refusedAt(app).length).toBeLessThanOrEqual(looksAt(app).length / 100);
  });

  test('that leaves nothing, where only the message says for how long: nobody asks before, and no run is lost', async () => {
    const jobs = shareJobs(12, 1200, 60);
    const nothingLeft = hourly({ rivalPerMinute: 1000, withoutRetryAfter: true });
    const { app, ids } = await askForEach({ world: fleetWorld(jobs, nothingLeft) }, Object.keys(jobs));
    await app.clock.runFor(7_080_000);
    app.simulator.loadWorld({ settings: hourly() }, 'merge');
    const records = await allEnded(app, ids);
    await app.stop();
    expect(statuses(records)).toEqual(['completed']);
    expect(refusedAt(app).length).toBeGreaterThan(0);
    for (const refused of refusedAt(app)) {
      const nextHour = Math.ceil(refused / 3_600_000) * 3_600_000;
      expect(looksAt(app).filter((at) => at > refused && at < nextHour)).toEqual([]);
    }
    // The hour's hint, and up to a fifth more, so that instances do not come back together.
    const latest = records.map(({ endedAt }) => (endedAt ?? '').slice(11, 16)).sort();
    expect(latest[0]).toMatch(/^04:(0\d|1[0-2])$/);
    expect(latest.at(-1)).toMatch(/^04:(0\d|1[0-2])$/);
  });
});

test.each([
  [[30, 25], 0],
  [[20, 250], 0],
  [[12, 450], 1],
])(
  'counters of %j that answer in turn refuse at most %i in an hour, and no run is lost',
  async (countersInTurn, most) => {
    const jobs = shareJobs(12, 1200, 180);
    const { app, ids } = await askForEach(
      { world: fleetWorld(jobs, hourly({ countersInTurn })) },
      Object.keys(jobs),
    );
    const records = await allEnded(app, ids);
    await app.stop();
    expect(statuses(records)).toEqual(['completed']);
    const hours = refusedAt(app).map((at) => Math.floor(at / 3_600_000));
    expect(hours.length).toBeLessThanOrEqual(most * new Set(hours).size);
  },
);
