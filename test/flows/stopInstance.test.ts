import { describe, expect, test } from 'vitest';
import type { RunRequest } from '../../src/runs/request.ts';
import {
  backupVaultId,
  diskTarget,
  everyRole,
  instancePolicyId,
  instanceWorld,
  protectedDisk,
} from '../support/instanceWorld.ts';
import { playRun } from '../support/simulatedRun.ts';

const instanceId = `${backupVaultId}/backupInstances/db-data-db-data-1`;
const target = { id: instanceId };
const world = (instance: object = {}, vault: object = {}) =>
  instanceWorld({ instances: [{ ...protectedDisk, ...instance }], ...vault }, everyRole);
const stop = (more: object): RunRequest => ({ kind: 'stop', target, mode: 'retain', ...more });
const guardId = `${backupVaultId.split('/providers/')[0] ?? ''}/providers/Microsoft.DataProtection/resourceGuards/two-persons`;

describe('stopping a backup instance', () => {
  test('keeps the data for ever with retain', async () => {
    const { ending, requests } = await playRun({ world: world(), request: stop({}) });
    expect(ending).toMatchObject({ status: 'completed', result: { state: 'ProtectionStopped' } });
    expect(requests.filter((request) => request.startsWith('POST '))).toEqual([
      'POST dataProtection.stopProtection',
    ]);
  });

  test('lets the policy expire the data with suspend', async () => {
    const { ending } = await playRun({ world: world(), request: stop({ mode: 'suspend' }) });
    expect(ending).toMatchObject({ status: 'completed', result: { state: 'BackupsSuspended' } });
  });

  test('an instance is found by its datasource, too', async () => {
    const { ending } = await playRun({ world: world(), request: stop({ target: diskTarget }) });
    expect(ending).toMatchObject({ status: 'completed', result: { backupInstanceId: instanceId } });
  });

  test('what is stopped already is skipped, and nothing is sent', async () => {
    const { ending, requests } = await playRun({
      world: world({ state: 'ProtectionStopped' }),
      request: stop({}),
    });
    expect(ending).toMatchObject({ status: 'skipped', error: { code: 'AlreadyStopped' } });
    expect(requests).toEqual(['GET dataProtection.getInstance']);
  });

  test('a vault under a Resource Guard: the run ends with whom to ask, and is not tried again', async () => {
    const { ending, requests } = await playRun({
      world: world({}, { resourceGuardId: guardId }),
      request: stop({ mode: 'suspend' }),
    });
    expect(ending).toMatchObject({
      status: 'failed',
      error: {
        code: 'UserErrorResourceGuardOperationRequestsMissing',
        advice: 'A Resource Guard protects this vault: have the operation approved there first.',
      },
    });
    expect(requests.filter((request) => request.startsWith('POST '))).toHaveLength(1);
  });
});

describe('deleting a backup instance with its data', () => {
  const deletion = stop({ mode: 'deleteData', confirm: 'db-data' });

  test('is refused where the deployment does not allow it', async () => {
    const { ending, simulator } = await playRun({ world: world(), request: deletion });
    expect(ending.error).toMatchObject({ code: 'DeleteNotAllowed', advice: 'Set DELETE_BACKUPS to true.' });
    expect(simulator.effects.all()).toEqual([]);
  });

  test.each([
    ['without confirm', {}],
    ['with another name', { confirm: 'DB-DATA' }],
  ])('is refused %s', async (_, confirm) => {
    const { ending, simulator } = await playRun({
      world: world(),
      request: stop({ mode: 'deleteData', ...confirm }),
      mayDeleteBackups: true,
    });
    expect(ending.error).toMatchObject({ code: 'DeleteNotConfirmed', advice: 'Send confirm: "db-data".' });
    expect(simulator.effects.all()).toEqual([]);
  });

  test('says that soft delete keeps the data, and until when', async () => {
    const { ending, simulator } = await playRun({
      world: world(),
      request: deletion,
      mayDeleteBackups: true,
    });
    expect(ending).toMatchObject({ status: 'completed', result: { softDeleted: true }, warnings: [] });
    expect((ending.result as { keptUntil: string }).keptUntil).toMatch(/^2026-09-05T02:0/);
    expect(simulator.effects.count('delete')).toBe(1);
  });

  test('warns where soft delete is off: the data is gone', async () => {
    const { ending } = await playRun({
      world: world({}, { softDelete: 'Off' }),
      request: deletion,
      mayDeleteBackups: true,
    });
    expect(ending).toMatchObject({
      status: 'completed',
      result: { backupInstanceId: instanceId, softDeleted: false },
      warnings: ['Soft delete does not keep this instance: the data is gone.'],
    });
  });

  test('under a Resource Guard deletes nothing', async () => {
    const { ending, simulator } = await playRun({
      world: world({}, { resourceGuardId: guardId }),
      request: deletion,
      mayDeleteBackups: true,
    });
    expect(ending.error?.advice).toContain('Resource Guard');
    expect(simulator.effects.count('delete')).toBe(0);
  });
});

describe('resuming a backup instance', () => {
  test.each(['ProtectionStopped', 'BackupsSuspended'])('from %s ends protected', async (state) => {
    const { ending } = await playRun({ world: world({ state }), request: { kind: 'resume', target } });
    expect(ending).toMatchObject({ status: 'completed', result: { state: 'ProtectionConfigured' } });
  });

  test('skips what is protected', async () => {
    const { ending } = await playRun({ world: world(), request: { kind: 'resume', target } });
    expect(ending).toMatchObject({ status: 'skipped', error: { code: 'AlreadyProtected' } });
  });

  test('with another policy is refused: an instance keeps its own', async () => {
    const { ending, simulator } = await playRun({
      world: world({ state: 'ProtectionStopped' }),
      request: { kind: 'resume', target, policyId: instancePolicyId('vaulted') },
    });
    expect(ending.error?.code).toBe('PolicyOfInstanceKept');
    expect(simulator.effects.all()).toEqual([]);
  });

  test('undeletes only when told to, and says until when it can be', async () => {
    const { ending, simulator } = await playRun({
      world: world({ softDeleted: true }),
      request: { kind: 'resume', target },
    });
    expect(ending.error).toMatchObject({
      code: 'ItemSoftDeleted',
      message: expect.stringContaining('kept until 2026-09-05'),
    });
    expect(simulator.effects.all()).toEqual([]);
  });

  test('brings a deleted instance back and protects it again', async () => {
    const { ending, simulator } = await playRun({
      world: world({ softDeleted: true }),
      request: { kind: 'resume', target, undelete: true },
    });
    expect(ending).toMatchObject({ status: 'completed', result: { state: 'ProtectionConfigured' } });
    expect(simulator.effects.count('undelete')).toBe(1);
  });

  test('a deleted instance is found by its datasource, too', async () => {
    const { ending } = await playRun({
      world: world({ softDeleted: true }),
      request: { kind: 'resume', target: diskTarget, undelete: true },
    });
    expect(ending).toMatchObject({ status: 'completed', result: { backupInstanceId: instanceId } });
  });

  test('an instance that was never there is not brought back', async () => {
    const id = `${backupVaultId}/backupInstances/never`;
    const { ending } = await playRun({
      world: world(),
      request: { kind: 'resume', target: { id }, undelete: true },
    });
    expect(ending.error).toMatchObject({
      code: 'BackupInstanceNotFound',
      message: `There is no backup instance ${id}, deleted or not.`,
    });
  });
});
