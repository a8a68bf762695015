import { describe, expect, test } from 'vitest';
import { playRun } from '../support/simulatedRun.ts';
import {
  otherVaultId,
  policyId,
  shareTarget,
  shareWorld,
  storageAccountId,
  vaultId,
} from '../support/shareWorld.ts';

const protectDocs = { kind: 'protect', target: shareTarget('docs'), policyId: policyId('daily') } as const;
const registered = { containers: [{ storageAccountId }] };

describe('a share that is not protected', () => {
  test('costs about a dozen requests together with its first backup, when the account is known and the share shows', async () => {
    const { ending, requests } = await playRun({
      world: shareWorld({
        datasource: { hiddenUntilInquire: false },
        timings: { registerStorage: 30, protectFileShare: 30 },
      }),
      request: { kind: 'backUp', target: shareTarget('docs'), protectFirst: { policyId: policyId('daily') } },
    });
    expect(ending.status).toBe('completed');
    expect(requests).toEqual([
      'GET items',
      'GET policy',
      'GET containers',
      'GET protectableContainers',
      'PUT register',
      'GET containerResult',
      'GET protectableItems',
      'PUT protect',
      'GET itemStatus',
      'GET item',
      'POST backup',
      'GET jobs',
      'GET recoveryPoints',
    ]);
  });

  test('is inquired for only when it does not show', async () => {
    const hidden = await playRun({ world: shareWorld({ vault: registered }), request: protectDocs });
    expect(hidden.ending.status).toBe('completed');
    const shown = await playRun({
      world: shareWorld({
        vault: { containers: [{ storageAccountId, inquired: true }] },
        datasource: { hiddenUntilInquire: false },
      }),
      request: protectDocs,
    });
    expect(shown.requests).not.toContain('POST inquire');
    expect(shown.ending.status).toBe('completed');
  });

  test('that only an inquiry shows is found and protected', async () => {
    const { ending, requests } = await playRun({
      world: shareWorld({ vault: { containers: [{ storageAccountId, inquired: false }] } }),
      request: protectDocs,
    });
    expect(requests.filter((request) => request === 'POST inquire')).toHaveLength(1);
    expect(ending.status).toBe('completed');
  });

  test('makes the vault discover accounts only when the account is not listed', async () => {
    const known = await playRun({ world: shareWorld(), request: protectDocs });
    expect(known.requests).not.toContain('POST refresh');
    const unknown = await playRun({ world: shareWorld({ vault: { discovered: [] } }), request: protectDocs });
    expect(unknown.requests.filter((request) => request === 'POST refresh')).toHaveLength(1);
    expect(unknown.ending.status).toBe('completed');
  });

  test('ends protected with the first backup pending, and names the item as the service does', async () => {
    const { ending } = await playRun({ world: shareWorld(), request: protectDocs });
    expect(ending.result).toMatchObject({
      protectionState: 'IRPending',
      change: 'protected',
      policyId: policyId('daily'),
    });
    expect((ending.result as { protectedItemId: string }).protectedItemId).toMatch(
      /protectedItems\/azurefileshare;[0-9a-f]{64}$/i,
    );
  });

  test('is backed up afterwards where that is asked for', async () => {
    const { ending, simulator } = await playRun({
      world: shareWorld(),
      request: { ...protectDocs, backUpAfterwards: true },
    });
    expect(ending).toMatchObject({
      status: 'completed',
      job: { status: 'Completed' },
      result: { change: 'protected' },
    });
    expect(simulator.effects.count('backup')).toBe(1);
  });

  test('registers the account without a lock where that is asked for', async () => {
    const { simulator } = await playRun({
      world: shareWorld(),
      request: { ...protectDocs, lockStorageAccount: false },
    });
    const containers = await simulator.handle({
      method: 'GET',
      url: `${vaultId}/backupProtectionContainers?api-version=2025-08-01&$filter=backupManagementType eq 'AzureStorage'`,
      headers: { authorization: `Bearer ${'a'.repeat(40)}` },
    });
    expect(containers.body).toContain('"acquireStorageAccountLock":"NotAcquire"');
  });

  test('an account that refuses the lock is registered without it, with a warning', async () => {
    const { ending, stepNames } = await playRun({
      world: shareWorld(),
      request: protectDocs,
      faults: [
        {
          on: 'recoveryServices.register',
          fault: {
            kind: 'operation',
            status: 'Failed',
            code: 'UserErrorStorageAccountIsLocked',
            message: 'The account has a lock.',
          },
        },
      ],
    });
    expect(ending.status).toBe('completed');
    expect(stepNames.filter((name) => name === 'recoveryServices.registerContainer')).toHaveLength(2);
    expect(ending.warnings).toEqual([
      'The vault holds no delete lock on the storage account. recoveryServices.registerContainer: The account has a lock.',
    ]);
  });
});

describe('a share that is protected already', () => {
  test('by the same policy ends the run skipped, after one request', async () => {
    const { ending, requests } = await playRun({
      world: shareWorld({ protectedShares: ['docs'] }),
      request: protectDocs,
    });
    expect(ending).toMatchObject({
      status: 'skipped',
      error: {
        code: 'AlreadyProtected',
        message: 'share docs of papers01 is protected with this policy already.',
      },
    });
    expect(requests).toEqual(['GET items']);
  });

  test('by another policy gets the one that is asked for', async () => {
    const { ending } = await playRun({
      world: shareWorld({ protectedShares: ['docs'] }),
      request: { ...protectDocs, policyId: policyId('weekly') },
    });
    expect(ending).toMatchObject({
      status: 'completed',
      result: { change: 'policyChanged', policyId: policyId('weekly') },
    });
  });

  test('and was stopped is not started again without being told', async () => {
    const world = shareWorld({ items: [{ storageAccountId, share: 'docs', state: 'ProtectionStopped' }] });
    const { ending } = await playRun({ world, request: protectDocs });
    expect(ending.error).toMatchObject({
      code: 'ProtectionStopped',
      advice: expect.stringContaining('resume'),
    });
  });

  test('and was deleted is offered for undeletion', async () => {
    const world = shareWorld({ items: [{ storageAccountId, share: 'docs', state: 'SoftDeleted' }] });
    const { ending } = await playRun({ world, request: protectDocs });
    expect(ending.error).toMatchObject({
      code: 'ItemSoftDeleted',
      advice: expect.stringContaining('undelete: true'),
    });
  });
});

describe('what cannot be protected is explained', () => {
  test('an unknown share, with the shares that are there', async () => {
    const { ending } = await playRun({
      world: shareWorld({ shares: ['docs', 'plans', 'letters'] }),
      request: { ...protectDocs, target: shareTarget('dogs') },
    });
    expect(ending.status).toBe('failed');
    expect(ending.error).toMatchObject({
      code: 'FileShareNotFound',
      message:
        'Storage account papers01 has no file share "dogs" that the vault can see. Shares seen: docs, letters, plans.',
    });
  });

  test('an account in another region', async () => {
    const { ending } = await playRun({
      world: shareWorld({ accountRegion: 'northeurope' }),
      request: protectDocs,
    });
    expect(ending.status).toBe('failed');
    expect(ending.error?.message).toContain('different regions');
    expect(ending.error?.advice).toContain('own region');
  });

  test('an account in another region that discovery does not even show', async () => {
    const { ending } = await playRun({
      world: shareWorld({ accountRegion: 'northeurope' }),
      request: protectDocs,
      interfere: ({ stepName }) =>
        stepName === 'recoveryServices.findProtectableContainer' ? { kind: 'done', result: null } : undefined,
    });
    expect(ending.error).toMatchObject({
      code: 'StorageAccountInAnotherRegion',
      message: 'The storage account lies in northeurope, the vault in westeurope.',
    });
  });

  test('an account that does not exist', async () => {
    const missing = storageAccountId.replace('papers01', 'papers99');
    const { ending } = await playRun({
      world: shareWorld(),
      request: { ...protectDocs, target: { ...shareTarget('docs'), storageAccountId: missing } },
    });
    expect(ending.error).toMatchObject({ code: 'StorageAccountNotFound' });
  });

  test('an account that is registered to another vault', async () => {
    const { ending } = await playRun({ world: shareWorld({ otherVault: registered }), request: protectDocs });
    expect(ending.status).toBe('failed');
    expect(ending.error?.message.toLowerCase()).toContain(otherVaultId.toLowerCase());
    expect(ending.error?.advice).toContain('unregister');
  });

  test('a share that another vault protects, when discovery hides the account', async () => {
    const items = [{ storageAccountId, share: 'docs', policy: 'daily' }];
    const { ending } = await playRun({
      world: shareWorld({ otherVault: { items } }),
      request: protectDocs,
      interfere: ({ stepName }) =>
        stepName === 'recoveryServices.findProtectableContainer' ? { kind: 'done', result: null } : undefined,
    });
    expect(ending.error).toMatchObject({
      code: 'ProtectedInAnotherVault',
      message: expect.stringContaining('/elsewhere'),
    });
  });

  test('a policy that the vault does not have, before anything is written', async () => {
    const { ending, simulator } = await playRun({
      world: shareWorld(),
      request: { ...protectDocs, policyId: policyId('hourly') },
    });
    expect(ending.error).toMatchObject({
      code: 'PolicyNotFound',
      message: expect.stringContaining('hourly'),
    });
    expect(simulator.effects.all()).toEqual([]);
  });

  test('a policy for virtual machines', async () => {
    const { ending } = await playRun({
      world: shareWorld(),
      request: { ...protectDocs, policyId: policyId('DefaultPolicy') },
    });
    expect(ending.error).toMatchObject({ code: 'PolicyOfAnotherKind' });
  });

  test('a policy of another vault, without a request for it', async () => {
    const { ending, requests } = await playRun({
      world: shareWorld(),
      request: { ...protectDocs, policyId: `${otherVaultId}/backupPolicies/daily` },
    });
    expect(ending.error).toMatchObject({ code: 'PolicyOfAnotherVault' });
    expect(requests).toEqual(['GET items']);
  });

  test('a datasource that names no vault', async () => {
    const id = `${storageAccountId}/fileServices/default/shares/docs`;
    const { ending } = await playRun({ world: shareWorld(), request: { ...protectDocs, target: { id } } });
    expect(ending.error).toMatchObject({ code: 'VaultNotNamed' });
  });

  test('a failed operation, in the words of the service', async () => {
    const { ending } = await playRun({
      world: shareWorld(),
      request: protectDocs,
      faults: [
        {
          on: 'recoveryServices.protect',
          fault: {
            kind: 'operation',
            status: 'Failed',
            code: 'UserErrorStorageAccountIsLocked',
            message: 'A lock forbids it.',
          },
        },
      ],
    });
    expect(ending).toMatchObject({ status: 'failed', error: { code: 'UserErrorStorageAccountIsLocked' } });
    expect(ending.error?.message).toContain('A lock forbids it.');
  });
});

test('a share may be named by its ARM id beside the vault', async () => {
  const id = `${storageAccountId}/fileServices/default/shares/docs`;
  const { ending } = await playRun({
    world: shareWorld(),
    request: { ...protectDocs, target: { id }, vaultId },
  });
  expect(ending.status).toBe('completed');
});

test('an account of another subscription is registered under the documented name, and the record says so', async () => {
  const abroad = storageAccountId.replace('11111111-2222', '99999999-2222');
  const world = shareWorld({ datasource: { storageAccountId: abroad } });
  const { ending, requests } = await playRun({
    world: { ...world, resources: [{ id: abroad, kind: 'StorageV2', shares: ['docs'] }] },
    request: { ...protectDocs, target: { ...shareTarget('docs'), storageAccountId: abroad } },
  });
  expect(requests).not.toContain('POST refresh');
  expect(requests).toContain('PUT register');
  expect(ending.warnings).toEqual([
    "Discovery sees the vault's own subscription only: the documented container name StorageContainer;Storage;data;papers01 was used.",
  ]);
});

describe('what a read of the account tells is said', () => {
  const abroad = storageAccountId.replace('11111111-2222', '99999999-2222');

  test('before a registration is written: an account of another subscription that is not there', async () => {
    const { ending, simulator } = await playRun({
      world: shareWorld(),
      request: { ...protectDocs, target: { ...shareTarget('docs'), storageAccountId: abroad } },
    });
    expect(ending.error).toMatchObject({ code: 'StorageAccountNotFound' });
    expect(simulator.log.filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  test('beside a refused registration: a firewall that lets no trusted services pass', async () => {
    const world = shareWorld();
    const networkAcls = { defaultAction: 'Deny', bypass: 'None' };
    const [account] = world.resources ?? [];
    const { ending } = await playRun({
      world: { ...world, resources: [{ ...account, properties: { networkAcls } } as never] },
      request: protectDocs,
      faults: [
        {
          on: 'recoveryServices.register',
          times: 0,
          fault: {
            kind: 'reply',
            status: 400,
            code: 'UserErrorFileShareEndpointUnreachable',
            message: 'No way.',
          },
        },
      ],
    });
    expect(ending.error).toMatchObject({ code: 'UserErrorFileShareEndpointUnreachable' });
    expect(ending.error?.advice).toContain("the account's firewall does not let trusted Azure services pass");
  });
});

describe('validation writes nothing', () => {
  test('and says what protecting would do', async () => {
    const { ending, simulator } = await playRun({
      world: shareWorld(),
      request: { ...protectDocs, kind: 'validate' },
    });
    expect(ending).toMatchObject({
      status: 'completed',
      result: { wouldDo: ['register', 'inquire where needed', 'protect'] },
    });
    expect(simulator.effects.all()).toEqual([]);
  });

  test('and says that nothing is to do', async () => {
    const { ending } = await playRun({
      world: shareWorld({ protectedShares: ['docs'] }),
      request: { ...protectDocs, kind: 'validate' },
    });
    expect(ending.result).toEqual({ wouldDo: [] });
  });
});
