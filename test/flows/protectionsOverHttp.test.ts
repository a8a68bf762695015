import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import {
  backupVaultId,
  diskId,
  diskTarget,
  everyRole,
  instancePolicyId,
  instanceWorld,
  protectedDisk,
  snapshotResourceGroupId,
  vaultPrincipalId,
} from '../support/instanceWorld.ts';
import { shareTarget, shareWorld, storageAccountId, vaultId } from '../support/shareWorld.ts';

type World = Parameters<typeof startEmbeddedApp>[0]['world'];
const allowed = { DELETE_BACKUPS: 'true' };
const instanceTarget = { id: `${backupVaultId}/backupInstances/db-data-db-data-1` };
const diskWorld = (instance: object = {}): World =>
  instanceWorld({ instances: [{ ...protectedDisk, ...instance }] }, everyRole);

/** Asks the whole app by HTTP and waits for the run's end. */
async function ask(world: World, path: string, body: object, environment: Record<string, string> = {}) {
  const vaults = [backupVaultId, vaultId];
  const subscriptions = vaults.map((id) => id.split('/')[2] ?? '');
  const app = await startEmbeddedApp({
    world,
    environment,
    plan: () => ({ safety: { subscriptions, vaults, deleteBackups: true } }),
  });
  const answer = await app.request('POST', path, body);
  const run: RunRecord | undefined =
    answer?.status === 202 ? await app.runEnded((answer.body as { id: string }).id) : undefined;
  await app.stop();
  return { status: answer?.status, body: answer?.body, run, effects: app.simulator.effects };
}

describe('POST /api/protections/stop', () => {
  test('keeps the data of a share and of an instance', async () => {
    const share = await ask(shareWorld({ protectedShares: ['docs'] }), '/api/protections/stop', {
      target: shareTarget('docs'),
      mode: 'retain',
    });
    expect(share.run).toMatchObject({
      kind: 'stop',
      status: 'completed',
      result: { protectionState: 'ProtectionStopped' },
    });
    const disk = await ask(diskWorld(), '/api/protections/stop', {
      target: diskTarget,
      mode: 'suspend',
    });
    expect(disk.run).toMatchObject({ status: 'completed', result: { state: 'BackupsSuspended' } });
  });

  const deletions = [
    ['a share', shareWorld({ protectedShares: ['docs'] }), shareTarget('docs'), 'docs'],
    ['an instance', diskWorld(), instanceTarget, 'db-data'],
  ] as const;

  test.each(deletions)(
    'deletes %s with the setting and its name: until when the data is kept',
    async (_, world, target, confirm) => {
      const body = { target, mode: 'deleteData', confirm };
      const { run, effects } = await ask(world, '/api/protections/stop', body, allowed);
      expect(run).toMatchObject({ status: 'completed', result: { softDeleted: true } });
      expect((run?.result as { keptUntil: string }).keptUntil).toMatch(/^2026-09-0[45]T/);
      expect(effects.all().filter(({ kind }) => kind.startsWith('delete'))).toHaveLength(1);
    },
  );

  test.each(deletions)('deletes no data of %s without DELETE_BACKUPS', async (_, world, target, confirm) => {
    const body = { target, mode: 'deleteData', confirm };
    const { run, effects } = await ask(world, '/api/protections/stop', body);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'DeleteNotAllowed' } });
    expect(effects.all()).toEqual([]);
  });

  test.each(deletions)('deletes no data of %s under another name', async (_, world, target) => {
    const body = { target, mode: 'deleteData', confirm: 'something-else' };
    const { run, effects } = await ask(world, '/api/protections/stop', body, allowed);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'DeleteNotConfirmed' } });
    expect(effects.all()).toEqual([]);
  });

  test.each(deletions)(
    'deletes nothing of %s outside development: 503 and no run',
    async (_, world, target, confirm) => {
      const body = { target, mode: 'deleteData', confirm };
      const {
        status,
        body: answer,
        effects,
      } = await ask(world, '/api/protections/stop', body, {
        ...allowed,
        WEBSITE_INSTANCE_ID: 'a-real-app',
      });
      expect(status).toBe(503);
      expect(answer).toMatchObject({ error: { code: 'AccessNotConfigured' } });
      expect(effects.all()).toEqual([]);
    },
  );
});

describe('POST /api/protections/resume', () => {
  test('brings a deleted instance back and protects it again', async () => {
    const { run } = await ask(diskWorld({ softDeleted: true }), '/api/protections/resume', {
      target: diskTarget,
      undelete: true,
    });
    expect(run).toMatchObject({
      kind: 'resume',
      status: 'completed',
      result: { state: 'ProtectionConfigured' },
    });
  });

  test('of a deleted share without undelete says how to bring it back', async () => {
    const world = shareWorld({ items: [{ storageAccountId, share: 'docs', state: 'SoftDeleted' }] });
    const { run, effects } = await ask(world, '/api/protections/resume', { target: shareTarget('docs') });
    expect(run).toMatchObject({ status: 'failed', error: { code: 'ItemSoftDeleted' } });
    expect(effects.all()).toEqual([]);
  });
});

describe('POST /api/protections/validate', () => {
  test('of a disk tells what would be sent and which role is missing where for whom, and changes nothing', async () => {
    const { run, effects } = await ask(instanceWorld(), '/api/protections/validate', {
      target: diskTarget,
      policyId: instancePolicyId('disks'),
      snapshotResourceGroupId,
    });
    expect(run).toMatchObject({
      kind: 'validate',
      status: 'failed',
      result: {
        wouldSend: { resourceId: diskId, policyId: instancePolicyId('disks') },
        missingRoles: [
          { role: 'Disk Backup Reader', scope: diskId, principalId: vaultPrincipalId },
          { role: 'Disk Snapshot Contributor', scope: snapshotResourceGroupId },
        ],
        alreadyProtected: [],
      },
    });
    expect(effects.all().filter(({ kind }) => kind !== 'validate')).toEqual([]);
  });

  test('of a share tells the steps that protecting it would take', async () => {
    const { run, effects } = await ask(shareWorld(), '/api/protections/validate', {
      target: shareTarget('docs'),
      policyId: `${shareTarget('docs').vaultId}/backupPolicies/daily`,
    });
    expect(run).toMatchObject({ kind: 'validate', status: 'completed' });
    expect((run?.result as { wouldDo: string[] }).wouldDo.at(-1)).toBe('protect');
    expect(effects.all()).toEqual([]);
  });
});
