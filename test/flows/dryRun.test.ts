import { describe, expect, test } from 'vitest';
import { diskTarget, everyRole, instanceWorld, protectedDisk } from '../support/instanceWorld.ts';
import { shareTarget, shareWorld } from '../support/shareWorld.ts';
import { playRun } from '../support/simulatedRun.ts';

const protectedDocs = shareWorld({ protectedShares: ['docs'] });
const dryRun = (share: string, more: object = {}) =>
  ({ kind: 'dryRun', target: shareTarget(share), ...more }) as const;

describe('a dry run of a backup', () => {
  test('says what would be sent, and sends nothing', async () => {
    const { ending, requests, simulator } = await playRun({
      world: protectedDocs,
      request: dryRun('docs', { keepFor: 'P7D', retentionTag: 'Weekly' }),
    });
    expect(ending).toMatchObject({
      status: 'completed',
      result: { wouldSend: { expiresAt: '2026-08-29T02:00:00.000Z' } },
      warnings: ['Of no meaning here, and left out: retentionTag.'],
    });
    expect(requests).toEqual(['GET items']);
    expect(simulator.effects.count('backup')).toBe(0);
  });

  test('looks an item up that is named by its id', async () => {
    const named = await playRun({ world: protectedDocs, request: dryRun('docs') });
    const { wouldSend } = named.ending.result as { wouldSend: { protectedItemId: string } };
    const request = { kind: 'dryRun', target: { id: wouldSend.protectedItemId } } as const;
    const { ending, requests } = await playRun({ world: protectedDocs, request });
    expect(ending).toMatchObject({ status: 'completed', result: { wouldSend } });
    expect(requests.every((each) => each.startsWith('GET '))).toBe(true);
  });

  test('says why a backup would not begin', async () => {
    const { ending } = await playRun({ world: protectedDocs, request: dryRun('archive') });
    expect(ending).toMatchObject({ status: 'failed', error: { code: 'NotProtected' } });
  });

  test('of a disk names the rule of its policy', async () => {
    const { ending, simulator } = await playRun({
      world: instanceWorld({ instances: [protectedDisk] }, everyRole),
      request: { kind: 'dryRun', target: diskTarget },
    });
    expect(ending).toMatchObject({
      status: 'completed',
      result: {
        wouldSend: {
          ruleName: 'BackupHourly',
          backupInstanceId: expect.stringContaining('/backupInstances/'),
        },
      },
    });
    expect(simulator.effects.count('backup')).toBe(0);
  });
});
