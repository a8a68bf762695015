import { expect, test } from 'vitest';
import { playThroughLedger } from '../support/ledgerRun.ts';
import { policyId, shareTarget, shareWorld } from '../support/shareWorld.ts';

const backUpDocs = { kind: 'backUp', target: shareTarget('docs') } as const;

test('a protected share is backed up with four requests, the recovery point included', async () => {
  const { ending, requests } = await playThroughLedger({
    world: shareWorld({ protectedShares: ['docs'] }),
    request: backUpDocs,
  });
  expect(ending).toMatchObject({ status: 'completed', job: { status: 'Completed' } });
  expect(requests).toEqual([
    'GET recoveryServices.items',
    'POST recoveryServices.backup',
    'GET recoveryServices.jobs',
    'GET recoveryServices.recoveryPoints',
  ]);
});

test('an unprotected share is discovered, registered, inquired, protected and backed up', async () => {
  const { ending, simulator } = await playThroughLedger({
    world: shareWorld({ vault: { discovered: [] } }),
    request: { ...backUpDocs, protectFirst: { policyId: policyId('daily') } },
  });
  expect(ending).toMatchObject({ status: 'completed', recoveryPoint: { type: 'FileSystemConsistent' } });
  expect(simulator.effects.count('backup')).toBe(1);
});

test('a backup whose answer was lost is found in the job list, and none is started twice', async () => {
  const { ending, simulator, requests } = await playThroughLedger({
    world: shareWorld({ protectedShares: ['docs'] }),
    request: backUpDocs,
    faults: [{ on: 'recoveryServices.backup', fault: { kind: 'drop', when: 'after' } }],
  });
  expect(ending).toMatchObject({ status: 'completed', recoveryPoint: { type: 'FileSystemConsistent' } });
  expect(simulator.effects.count('backup')).toBe(1);
  expect(requests).toContain('GET recoveryServices.jobs');
});

test('a backup that somebody else runs is joined', async () => {
  const world = shareWorld({
    protectedShares: ['docs'],
    vault: { whileBusy: 'conflict' },
    datasource: { scheduledAfterSeconds: [0], jobs: [{ seconds: 900 }] },
  });
  const { ending, simulator } = await playThroughLedger({ world, request: backUpDocs });
  expect(ending).toMatchObject({ status: 'completed', result: { joined: true } });
  expect(simulator.effects.count('backup')).toBe(0);
});
