import { describe, expect, test } from 'vitest';
import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import { playRun } from '../support/simulatedRun.ts';
import { policyId, shareTarget, shareWorld, storageAccountId, vaultId } from '../support/shareWorld.ts';

const target = shareTarget('docs');
const protectedDocs = shareWorld({ protectedShares: ['docs'] });
const docsIn = (state: 'ProtectionStopped' | 'BackupsSuspended' | 'SoftDeleted') =>
  shareWorld({ items: [{ storageAccountId, share: 'docs', state }] });

describe('stopping', () => {
  test('keeps the data for ever with retain', async () => {
    const { ending, simulator } = await playRun({
      world: protectedDocs,
      request: { kind: 'stop', target, mode: 'retain' },
    });
    expect(ending).toMatchObject({ status: 'completed', result: { protectionState: 'ProtectionStopped' } });
    expect(simulator.effects.count('deleteItem')).toBe(0);
  });

  test('lets the policy expire the data with suspend', async () => {
    const { ending } = await playRun({
      world: protectedDocs,
      request: { kind: 'stop', target, mode: 'suspend' },
    });
    expect(ending).toMatchObject({ status: 'completed', result: { protectionState: 'BackupsSuspended' } });
  });

  test('what is stopped already is skipped', async () => {
    const { ending } = await playRun({
      world: docsIn('ProtectionStopped'),
      request: { kind: 'stop', target, mode: 'retain' },
    });
    expect(ending).toMatchObject({ status: 'skipped', error: { code: 'AlreadyStopped' } });
  });

  test('deletes nothing where the deployment does not allow it', async () => {
    const { ending, requests } = await playRun({
      world: protectedDocs,
      request: { kind: 'stop', target, mode: 'deleteData', confirm: 'docs' },
    });
    expect(ending.error).toMatchObject({ code: 'DeleteNotAllowed' });
    expect(requests).toEqual(['GET items']);
  });

  test('deletes nothing without the name of the item', async () => {
    const { ending, requests } = await playRun({
      world: protectedDocs,
      request: { kind: 'stop', target, mode: 'deleteData', confirm: 'plans' },
      mayDeleteBackups: true,
    });
    expect(ending.error).toMatchObject({ code: 'DeleteNotConfirmed', advice: 'Send confirm: "docs".' });
    expect(requests).toEqual(['GET items']);
  });

  test('deletes where all allow it, and says how long the data can be brought back', async () => {
    const { ending } = await playRun({
      world: protectedDocs,
      request: { kind: 'stop', target, mode: 'deleteData', confirm: 'docs' },
      mayDeleteBackups: true,
    });
    expect(ending).toMatchObject({ status: 'completed', result: { softDeleted: true } });
    const { goneInSeconds, keptUntil } = ending.result as { goneInSeconds: number; keptUntil: string };
    expect(goneInSeconds).toBeGreaterThan(13 * 86_400);
    expect(keptUntil).toMatch(/^2026-09-0[45]T/);
  });

  test('warns where soft delete keeps nothing', async () => {
    const { ending } = await playRun({
      world: shareWorld({ protectedShares: ['docs'], vault: { softDelete: 'Disabled' } }),
      request: { kind: 'stop', target, mode: 'deleteData', confirm: 'docs' },
      mayDeleteBackups: true,
    });
    expect(ending).toMatchObject({
      status: 'completed',
      result: { softDeleted: false },
      warnings: ['Soft delete does not keep this item: the data is gone.'],
    });
  });
});

describe('a change that the service accepts and does not make is never said to be made', () => {
  const idle = (on: string, seconds = 1): FaultRuleSeed => ({
    on: `recoveryServices.${on}`,
    times: 0,
    fault: { kind: 'operation', status: 'Succeeded', withoutEffect: true, seconds },
  });

  test.each([
    ['stop', protectedDocs, { kind: 'stop', target, mode: 'retain' }, 'protect', 'still Protected'],
    ['suspension', protectedDocs, { kind: 'stop', target, mode: 'suspend' }, 'protect', 'still Protected'],
    [
      'deletion',
      protectedDocs,
      { kind: 'stop', target, mode: 'deleteData', confirm: 'docs' },
      'deleteItem',
      'still Protected',
    ],
    [
      'undelete',
      docsIn('SoftDeleted'),
      { kind: 'resume', target, undelete: true },
      'protect',
      'still soft-deleted',
    ],
  ] as const)('%s', async (_, world, request, route, words) => {
    const { ending } = await playRun({
      world,
      request,
      faults: [idle(route)],
      mayDeleteBackups: true,
    });
    expect(ending).toMatchObject({
      status: 'failed',
      error: { code: 'ChangeWithoutEffect', message: expect.stringContaining(words) },
    });
  });

  test('change of policy', async () => {
    const { ending } = await playRun({
      world: protectedDocs,
      request: { kind: 'protect', target, policyId: policyId('weekly') },
      faults: [idle('protect')],
    });
    expect(ending.status).not.toBe('completed');
  });

  test('undelete that is answered with 200 at once', async () => {
    const { ending } = await playRun({
      world: docsIn('SoftDeleted'),
      request: { kind: 'resume', target, undelete: true },
      faults: [
        {
          on: 'recoveryServices.protect',
          times: 0,
          fault: { kind: 'reply', status: 200, shape: 'emptyObject' },
        },
      ],
    });
    expect(ending).toMatchObject({ status: 'failed', error: { code: 'ChangeWithoutEffect' } });
  });
});

describe('a resource lock refuses at once, and is named', () => {
  test.each([
    ['backUp', protectedDocs, { kind: 'backUp', target }],
    ['stop', protectedDocs, { kind: 'stop', target, mode: 'retain' }],
    ['protect', shareWorld(), { kind: 'protect', target, policyId: policyId('daily') }],
  ] as const)('%s', async (_, world, request) => {
    const locks = [{ scope: vaultId, level: 'ReadOnly' as const, name: 'frozen' }];
    const { ending, simulator, tookSeconds } = await playRun({
      world: { ...world, authorization: { locks } },
      request,
    });
    expect(ending).toMatchObject({
      status: 'failed',
      error: {
        code: 'ScopeLocked',
        message: expect.stringContaining(vaultId),
        advice: expect.stringContaining('A resource lock forbids this'),
      },
    });
    expect(tookSeconds).toBeLessThan(300);
    const writes = simulator.log.filter(({ status }) => status === 409);
    expect(writes).toHaveLength(1);
  });
});

describe('a vault under a Resource Guard', () => {
  const world = shareWorld({
    protectedShares: ['docs'],
    vault: {
      resourceGuardId: `${vaultId.split('/providers/')[0] ?? ''}/providers/Microsoft.DataProtection/resourceGuards/two-persons`,
    },
  });

  test.each([
    { kind: 'stop', target, mode: 'retain' },
    { kind: 'stop', target, mode: 'deleteData', confirm: 'docs' },
  ] as const)('ends a stop ($mode) with whom to ask, after one try', async (request) => {
    const { ending, simulator } = await playRun({ world, request, mayDeleteBackups: true });
    expect(ending).toMatchObject({
      status: 'failed',
      error: { advice: 'A Resource Guard protects this vault: have the operation approved there first.' },
    });
    expect(simulator.effects.all()).toEqual([]);
    expect(simulator.log.filter(({ method }) => method !== 'GET')).toHaveLength(1);
  });
});

test.each([
  ['an undelete', docsIn('SoftDeleted'), { kind: 'resume', target, undelete: true }],
  ['another policy', protectedDocs, { kind: 'protect', target, policyId: policyId('weekly') }],
] as const)('a Resource Guard is named at every change of an item: %s', async (_, world, request) => {
  const refusal = {
    kind: 'reply' as const,
    status: 403,
    code: 'LinkedAuthorizationFailed',
    message: 'The operation is protected by a resource guard and needs its approval.',
  };
  const faults = [{ on: 'recoveryServices.protect', times: 0, fault: refusal }];
  const { ending } = await playRun({ world, request, faults });
  expect(ending.error?.advice).toContain('A Resource Guard protects this vault');
});

describe('resuming', () => {
  test('protects a stopped item with the policy that is named', async () => {
    const { ending } = await playRun({
      world: docsIn('ProtectionStopped'),
      request: { kind: 'resume', target, policyId: policyId('daily') },
    });
    expect(ending).toMatchObject({ status: 'completed', result: { policyId: policyId('daily') } });
  });

  test('needs a policy where the item has kept none', async () => {
    const { ending } = await playRun({
      world: docsIn('ProtectionStopped'),
      request: { kind: 'resume', target },
    });
    expect(ending.error).toMatchObject({ code: 'PolicyNeeded' });
  });

  test('undeletes only when told to', async () => {
    const { ending, simulator } = await playRun({
      world: docsIn('SoftDeleted'),
      request: { kind: 'resume', target, policyId: policyId('daily') },
    });
    expect(ending.error).toMatchObject({ code: 'ItemSoftDeleted' });
    expect(simulator.effects.all()).toEqual([]);
  });

  test('brings a deleted item back and protects it again', async () => {
    const { ending } = await playRun({
      world: docsIn('SoftDeleted'),
      request: { kind: 'resume', target, undelete: true, policyId: policyId('daily') },
    });
    expect(ending).toMatchObject({ status: 'completed', result: { policyId: policyId('daily') } });
  });

  test('brings a deleted item back stopped where no policy is named', async () => {
    const { ending } = await playRun({
      world: docsIn('SoftDeleted'),
      request: { kind: 'resume', target, undelete: true },
    });
    expect(ending).toMatchObject({ status: 'completed', result: { protectionState: 'ProtectionStopped' } });
  });

  test('skips what is protected', async () => {
    const { ending } = await playRun({ world: protectedDocs, request: { kind: 'resume', target } });
    expect(ending).toMatchObject({ status: 'skipped', error: { code: 'AlreadyProtected' } });
  });
});
