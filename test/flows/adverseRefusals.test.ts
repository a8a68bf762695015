import { describe, expect, test } from 'vitest';
import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import { allEnded, askForEach, fleetWorld, sentAt } from '../support/shareFleet.ts';
import { policyId, shareTarget, shareWorld } from '../support/shareWorld.ts';

const limit = (on: string, times: number): FaultRuleSeed => ({
  on,
  times,
  fault: {
    kind: 'reply',
    status: 400,
    code: 'CloudDosTimeboudLimitReached',
    message: 'Operation is not allowed at this time. Please retry the operation after few hours.',
  },
});

describe('a limit that comes as 400', () => {
  test('parks a backup for an hour each time, and the run ends completed', async () => {
    const faults = [limit('recoveryServices.backup', 3)];
    const { app, ids } = await askForEach({ world: fleetWorld({ docs: 20 }), faults }, ['docs']);
    const [record] = await allEnded(app, ids);
    const sent = sentAt(app, 'recoveryServices.backup');
    await app.stop();
    const gaps = sent.slice(1).map((at, index) => (at - (sent[index] ?? 0)) / 1000);
    expect(record?.status).toBe('completed');
    expect(gaps).toHaveLength(3);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(3600);
    expect(app.simulator.effects.count('backup')).toBe(1);
  });

  test('ends a discovery that cannot wait for it: at once, in the service’s words, and asks nothing again', async () => {
    const world = shareWorld({ vault: { discovered: [] } });
    const app = await startEmbeddedApp({ world, faults: [limit('recoveryServices.refresh', 0)] });
    const body = { target: shareTarget('docs'), protectFirst: { policyId: policyId('daily') } };
    const { id } = (await app.request('POST', '/api/backups', body))?.body as RunRecord;
    const record = await app.runEnded(id);
    await app.clock.runFor(7_200_000);
    await app.stop();
    expect(record).toMatchObject({ status: 'failed', error: { code: 'CloudDosTimeboudLimitReached' } });
    expect(record.error?.advice).toContain('only so often in some hours');
    expect(sentAt(app, 'recoveryServices.refresh')).toHaveLength(1);
  });
});

describe('an item whose backup somebody else runs', () => {
  test.each([true, false])(
    'is not backed up again: the run tells how that one ended (ids echoed: %s)',
    async (echoActivityId) => {
      const world = shareWorld({
        protectedShares: ['docs'],
        vault: { whileBusy: 'conflict' },
        datasource: { scheduledAfterSeconds: [0], jobs: [{ seconds: 900 }] },
      });
      const { app, ids } = await askForEach({ world: { ...world, settings: { echoActivityId } } }, ['docs']);
      const [record] = await allEnded(app, ids);
      await app.stop();
      expect(record).toMatchObject({ status: 'completed', result: { joined: true } });
      expect(record?.job?.endedAt?.slice(0, 16)).toBe('2026-08-22T02:15');
      expect(app.simulator.effects.count('backup')).toBe(0);
    },
  );

  test('and that fails ends the run failed, with its reasons', async () => {
    const world = shareWorld({
      protectedShares: ['docs'],
      vault: { whileBusy: 'conflict' },
      datasource: {
        scheduledAfterSeconds: [0],
        jobs: [{ seconds: 900, status: 'Failed', errorCode: 400141, errorString: 'No snapshot.' }],
      },
    });
    const { app, ids } = await askForEach({ world }, ['docs']);
    const [record] = await allEnded(app, ids);
    await app.stop();
    expect(record).toMatchObject({ status: 'failed', error: { code: '400141' } });
    expect(app.simulator.effects.count('backup')).toBe(0);
  });
});
