import { describe, expect, test } from 'vitest';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import type { RunRequest } from '../../src/runs/request.ts';
import { playRun, type RunToPlay } from '../support/simulatedRun.ts';
import {
  policyId,
  shareTarget,
  shareWorld,
  storageAccountId,
  vaultId,
  type ShareWorld,
} from '../support/shareWorld.ts';

const target = shareTarget('docs');
const role = 'Storage File Data Privileged Contributor';
const systemPrincipalId = '44444444-1111-4222-8333-444444444444';
const identityId =
  '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/backup/providers/Microsoft.ManagedIdentity/userAssignedIdentities/backup-one';
const otherIdentityId = identityId.replace('backup-one', 'backup-two');
const identityPrincipalId = '88888888-1111-4222-8333-444444444444';
const userAssigned = [{ id: identityId, principalId: identityPrincipalId }];

const protectDocs = (more: object = {}): RunRequest => ({
  kind: 'protect',
  target,
  policyId: policyId('daily'),
  ...more,
});

/** The account has no keys to give; principals may have the role already. */
function keyless(
  vault: ShareWorld['vault'],
  holders: readonly string[] = [],
  more: Pick<ShareWorld, 'protectedShares'> & { readonly effectiveAfterSeconds?: number } = {},
): WorldSeed {
  const { effectiveAfterSeconds, ...differs } = more;
  const world = shareWorld({ ...differs, vault: { ...vault } });
  const [account] = world.resources ?? [];
  return {
    ...world,
    resources: [{ ...account, properties: { allowSharedKeyAccess: false } } as never],
    authorization: {
      assignments: holders.map((principalId) => ({ scope: storageAccountId, role, principalId })),
      ...(effectiveAfterSeconds === undefined ? {} : { effectiveAfterSeconds }),
    },
  };
}

const bySystem = { systemAssigned: true, principalId: systemPrincipalId };

/** Plays a run and reads the account's container as the vault shows it afterwards. */
async function played(play: RunToPlay) {
  const run = await playRun(play);
  const reply = await run.simulator.handle({
    method: 'GET',
    url: `${vaultId}/backupProtectionContainers?api-version=2026-07-01&$filter=backupManagementType eq 'AzureStorage'`,
    headers: { authorization: `Bearer ${'a'.repeat(40)}` },
  });
  const { value } = JSON.parse(reply.body ?? '{}') as {
    value: readonly { properties: Record<string, unknown> }[];
  };
  return { ...run, container: value[0]?.properties ?? {} };
}

const versionsOf = (run: { simulator: { log: readonly { method: string; url?: string }[] } }) =>
  JSON.stringify(run.simulator.log);

describe('a share of an account without keys', () => {
  test('is registered and protected by the identity of the vault', async () => {
    const world = keyless(bySystem, [systemPrincipalId]);
    const { ending, container } = await played({ world, request: protectDocs({ accessType: 'identity' }) });
    expect(ending.error).toBeUndefined();
    expect(ending).toMatchObject({ status: 'completed', result: { change: 'protected' } });
    expect(container).toMatchObject({
      accessType: 'IdentityBased',
      identityInfo: { isSystemAssignedIdentity: true },
    });
  });

  test('is registered by the user-assigned identity that the request names', async () => {
    const world = keyless({ ...bySystem, userAssigned }, [identityPrincipalId]);
    const { ending, container } = await played({ world, request: protectDocs({ identity: identityId }) });
    expect(ending.status).toBe('completed');
    expect(container['identityInfo']).toMatchObject({
      isSystemAssignedIdentity: false,
      managedIdentityResourceId: identityId,
    });
  });

  test('without an identity fails with what stands in the way', async () => {
    const { ending } = await playRun({ world: keyless(bySystem), request: protectDocs() });
    expect(ending.status).toBe('failed');
    expect(ending.error?.advice).toContain('the account allows no shared keys');
    expect(ending.error?.advice).toContain('accessType');
  });

  test('names role, scope and command where the role lacks and may not be granted', async () => {
    const { ending } = await playRun({
      world: keyless(bySystem),
      request: protectDocs({ accessType: 'identity' }),
    });
    expect(ending.status).toBe('failed');
    expect(ending.error?.message).toContain(`${role} at ${storageAccountId}`);
    expect(ending.error?.advice).toContain(`--assignee-object-id ${systemPrincipalId}`);
  });

  test('is protected once the granted role counts', async () => {
    const { ending, stepNames, tookSeconds } = await playRun({
      world: keyless(bySystem, [], { effectiveAfterSeconds: 1200 }),
      request: protectDocs({ accessType: 'identity', grantRoles: true }),
    });
    expect(ending.error).toBeUndefined();
    expect(ending.status).toBe('completed');
    expect(stepNames.filter((name) => name === 'resources.grantRole')).toHaveLength(1);
    expect(stepNames.filter((name) => name === 'recoveryServices.registerContainer').length).toBeLessThan(16);
    expect(tookSeconds).toBeGreaterThan(1200);
    expect(ending.warnings).toEqual([]);
  });

  test('a dry run names the role that lacks, and writes nothing', async () => {
    const { ending, requests } = await playRun({
      world: keyless(bySystem),
      request: { ...protectDocs({ accessType: 'identity' }), kind: 'validate' } as RunRequest,
    });
    expect(ending).toMatchObject({
      status: 'completed',
      result: {
        wouldDo: ['register', 'inquire where needed', 'protect'],
        missingRoles: [{ role, scope: storageAccountId, principalId: systemPrincipalId }],
      },
    });
    expect(requests.filter((one) => !one.startsWith('GET'))).toEqual([]);
  });
});

describe('which identity', () => {
  test('a vault with several is asked about, not guessed at', async () => {
    const world = keyless({ ...bySystem, userAssigned: [{ id: identityId }, { id: otherIdentityId }] });
    const { ending } = await playRun({ world, request: protectDocs({ accessType: 'identity' }) });
    expect(ending.error).toMatchObject({
      code: 'VaultIdentityAmbiguous',
      message: `the vault ${vaultId} has several identities: systemAssigned, ${identityId}, ${otherIdentityId}`,
    });
  });

  test('one that the vault does not have is refused by name', async () => {
    const { ending } = await playRun({
      world: keyless(bySystem),
      request: protectDocs({ identity: identityId }),
    });
    expect(ending.error).toMatchObject({ code: 'VaultIdentityNotFound' });
  });

  test('a vault without any says so', async () => {
    const { ending } = await playRun({
      world: keyless({}),
      request: protectDocs({ accessType: 'identity' }),
    });
    expect(ending.error).toMatchObject({ code: 'VaultWithoutIdentity' });
  });
});

describe('a share that is protected already', () => {
  const docs = { ...bySystem, userAssigned, containers: [{ storageAccountId }] };
  const world = (byIdentity?: string) => ({
    ...keyless({}, [systemPrincipalId, identityPrincipalId], { protectedShares: ['docs'] }),
    recoveryServices: shareWorld({
      protectedShares: ['docs'],
      vault: { ...docs, containers: [{ storageAccountId, ...(byIdentity ? { byIdentity } : {}) }] },
    }).recoveryServices!,
  });

  test('by keys is switched to the identity that is asked for: registered again, and nothing else', async () => {
    const { ending, container, requests } = await played({
      world: world(),
      request: protectDocs({ identity: 'systemAssigned' }),
    });
    expect(ending).toMatchObject({
      status: 'completed',
      result: { change: 'changed', differences: [{ what: 'access', is: 'keys', asked: 'systemAssigned' }] },
    });
    expect(container['identityInfo']).toMatchObject({ isSystemAssignedIdentity: true });
    expect(requests.filter((one) => one.startsWith('PUT'))).toEqual(['PUT register']);
  });

  test('by one identity is switched to another', async () => {
    const { ending, container } = await played({
      world: world('system'),
      request: protectDocs({ identity: identityId }),
    });
    expect(ending).toMatchObject({
      result: { differences: [{ what: 'access', is: 'systemAssigned', asked: identityId }] },
    });
    expect(container['identityInfo']).toMatchObject({ managedIdentityResourceId: identityId });
  });

  test('by the identity that is asked for is as asked', async () => {
    const { ending, requests } = await playRun({
      world: world(identityId),
      request: protectDocs({ accessType: 'identity', identity: identityId }),
    });
    expect(ending).toMatchObject({ status: 'skipped', error: { code: 'AlreadyProtected' } });
    expect(requests.filter((one) => !one.startsWith('GET'))).toEqual([]);
  });

  test('by an identity keeps it where the request names none', async () => {
    const { ending, container } = await played({
      world: world('system'),
      request: protectDocs({ policyId: policyId('weekly') }),
    });
    expect(ending).toMatchObject({ status: 'completed', result: { change: 'policyChanged' } });
    expect(container['accessType']).toBe('IdentityBased');
  });

  test('a dry run shows the switch', async () => {
    const { ending } = await playRun({
      world: world(),
      request: { ...protectDocs({ identity: 'systemAssigned' }), kind: 'validate' } as RunRequest,
    });
    expect(ending.result).toMatchObject({
      wouldDo: ['register again'],
      wouldChange: [{ what: 'access', is: 'keys', asked: 'systemAssigned' }],
      missingRoles: [],
    });
  });

  test('a switch that has no effect does not end completed', async () => {
    const { ending } = await playRun({
      world: world(),
      request: protectDocs({ identity: 'systemAssigned' }),
      faults: [
        {
          on: 'recoveryServices.register',
          times: 0,
          fault: { kind: 'operation', status: 'Succeeded', withoutEffect: true, seconds: 1 },
        },
      ],
    });
    expect(ending).toMatchObject({ status: 'failed', error: { code: 'ChangeWithoutEffect' } });
    expect(ending.error?.message).toContain('its access is still keys');
  });
});

test('api-version 2026-07-01 is used for accounts by identity alone', async () => {
  const byKeys = await playRun({ world: shareWorld(), request: protectDocs() });
  expect(versionsOf(byKeys)).not.toContain('2026-07-01');
});

test('an identity is of no meaning for a machine or a database, which the record says', async () => {
  const machineId = vaultId.replace(
    /backup\/providers.*/,
    'servers/providers/Microsoft.Compute/virtualMachines/ledger01',
  );
  const world: WorldSeed = {
    resources: [{ id: machineId }],
    recoveryServices: { vaults: [{ id: vaultId, policies: [{ name: 'machines', kind: 'AzureIaasVM' }] }] },
  };
  const { ending } = await playRun({
    world,
    request: {
      kind: 'protect',
      target: { kind: 'virtualMachine', vaultId, virtualMachineId: machineId },
      policyId: policyId('machines'),
      identity: 'systemAssigned',
      lockStorageAccount: true,
    },
  });
  expect(ending.warnings).toEqual([
    'Of no meaning for this target, and left out: identity, lockStorageAccount.',
  ]);
});
