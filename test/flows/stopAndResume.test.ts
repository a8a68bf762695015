import { describe, expect, test } from 'vitest';
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
