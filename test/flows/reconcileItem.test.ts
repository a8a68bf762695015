import { describe, expect, test } from 'vitest';
import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import type { RunRequest } from '../../src/runs/request.ts';
import { playRun, type RunToPlay } from '../support/simulatedRun.ts';
import { policyId, shareTarget, shareWorld, storageAccountId, vaultId } from '../support/shareWorld.ts';

const target = shareTarget('docs');
const protectDocs = (more: object = {}): RunRequest => ({
  kind: 'protect',
  target,
  policyId: policyId('daily'),
  ...more,
});
const docsIn = (state: 'ProtectionStopped' | 'SoftDeleted' | 'ProtectionError', policy?: string) =>
  shareWorld({ items: [{ storageAccountId, share: 'docs', state, ...(policy ? { policy } : {}) }] });
const protectedDocs = shareWorld({ protectedShares: ['docs'] });

const machineId = vaultId.replace(
  /backup\/providers.*/,
  'servers/providers/Microsoft.Compute/virtualMachines/ledger01',
);
const machineTarget = { kind: 'virtualMachine', vaultId, virtualMachineId: machineId } as const;
const exclusion = { diskExclusionProperties: { diskLunList: [0, 2], isInclusionList: true } };
const machineWorld = (more: object = {}): WorldSeed => ({
  resources: [{ id: machineId }],
  recoveryServices: {
    vaults: [
      {
        id: vaultId,
        policies: [
          { name: 'machines', kind: 'AzureIaasVM' },
          { name: 'machines-long', kind: 'AzureIaasVM' },
        ],
        items: [{ virtualMachineId: machineId, policy: 'machines', extendedProperties: exclusion, ...more }],
      },
    ],
  },
});

/** Plays a run and reads the only item of a kind as the vault shows it afterwards. */
async function played(play: RunToPlay, kind: 'AzureStorage' | 'AzureIaasVM' = 'AzureStorage') {
  const run = await playRun(play);
  const reply = await run.simulator.handle({
    method: 'GET',
    url: `${vaultId}/backupProtectedItems?api-version=2025-08-01&$filter=backupManagementType eq '${kind}'`,
    headers: { authorization: `Bearer ${'a'.repeat(40)}` },
  });
  const { value } = JSON.parse(reply.body ?? '{}') as {
    value: readonly { properties: Record<string, unknown> }[];
  };
  return { ...run, properties: value[0]?.properties ?? {} };
}

const puts = (requests: readonly string[]) => requests.filter((one) => one.startsWith('PUT'));

describe('another policy for an item that is there', () => {
  test('leaves the disks of a machine that are backed up as they are, and says what differed', async () => {
    const request: RunRequest = {
      kind: 'protect',
      target: machineTarget,
      policyId: policyId('machines-long'),
    };
    const { ending, properties } = await played({ world: machineWorld(), request }, 'AzureIaasVM');
    expect(ending).toMatchObject({
      status: 'completed',
      result: {
        change: 'policyChanged',
        differences: [{ what: 'policy', is: policyId('machines'), asked: policyId('machines-long') }],
      },
    });
    expect(properties['extendedProperties']).toEqual(exclusion);
  });

  test('leaves the disks of a stopped machine as they are when it is resumed', async () => {
    const world = machineWorld({ policy: undefined, state: 'ProtectionStopped' });
    const request: RunRequest = { kind: 'resume', target: machineTarget, policyId: policyId('machines') };
    const { ending, properties } = await played({ world, request }, 'AzureIaasVM');
    expect(ending.status).toBe('completed');
    expect(properties['extendedProperties']).toEqual(exclusion);
  });

  test('is named by a dry run, which writes nothing', async () => {
    const request = { ...protectDocs({ policyId: policyId('weekly') }), kind: 'validate' } as RunRequest;
    const { ending, requests } = await playRun({ world: protectedDocs, request });
    expect(ending).toMatchObject({
      status: 'completed',
      result: {
        wouldDo: ['change policy'],
        wouldChange: [{ what: 'policy', is: policyId('daily'), asked: policyId('weekly') }],
      },
    });
    expect(requests.filter((one) => !one.startsWith('GET'))).toEqual([]);
  });

  test('that has no effect does not end completed, and names what is still as it was', async () => {
    const { ending } = await playRun({
      world: protectedDocs,
      request: protectDocs({ policyId: policyId('weekly') }),
      faults: [
        {
          on: 'recoveryServices.protect',
          times: 0,
          fault: { kind: 'operation', status: 'Succeeded', withoutEffect: true, seconds: 1 },
        },
      ],
    });
    expect(ending).toMatchObject({ status: 'failed', error: { code: 'ChangeWithoutEffect' } });
    expect(ending.error?.message).toContain(`its policy is still ${policyId('daily')}`);
  });
});

describe('an item in error', () => {
  test('with the policy that is asked for is protected anew, not skipped', async () => {
    const world = docsIn('ProtectionError', 'daily');
    const { ending, requests } = await playRun({ world, request: protectDocs() });
    expect(ending).toMatchObject({
      status: 'completed',
      result: {
        change: 'protected',
        differences: [{ what: 'standing', is: 'ProtectionError', asked: 'Protected' }],
      },
    });
    expect(ending.warnings).toEqual([]);
    expect(puts(requests)).toEqual(['PUT protect']);
  });

  test('is shown by a dry run', async () => {
    const world = docsIn('ProtectionError', 'daily');
    const { ending } = await playRun({
      world,
      request: { ...protectDocs(), kind: 'validate' } as RunRequest,
    });
    expect(ending).toMatchObject({
      result: { wouldDo: ['protect'], wouldChange: [{ what: 'standing', is: 'ProtectionError' }] },
    });
  });
});

describe('what soft delete keeps', () => {
  test.each([
    ['a protection', protectDocs()],
    ['a dry run', { ...protectDocs(), kind: 'validate' }],
    [
      'a backup that would protect first',
      { kind: 'backUp', target, protectFirst: { policyId: policyId('daily') } },
    ],
    ['a resumption that does not say undelete', { kind: 'resume', target, policyId: policyId('daily') }],
  ] as const)('fails %s, with the day until which it is kept and the way back', async (_, request) => {
    const { ending } = await playRun({ world: docsIn('SoftDeleted'), request: request as RunRequest });
    expect(ending).toMatchObject({ status: 'failed', error: { code: 'ItemSoftDeleted' } });
    expect(ending.error?.message).toMatch(/kept until 2026-09-0\dT/);
    expect(ending.error?.advice).toContain('undelete: true');
  });

  test('fails a backup of the item by its id in the same words, not in those of the service', async () => {
    const world = docsIn('SoftDeleted');
    const found = await played({ world, request: { kind: 'validate', target, policyId: policyId('x') } });
    expect(found.properties['isScheduledForDeferredDelete']).toBe(true);
    const reply = await found.simulator.handle({
      method: 'GET',
      url: `${vaultId}/backupProtectedItems?api-version=2025-08-01&$filter=backupManagementType eq 'AzureStorage'`,
      headers: { authorization: `Bearer ${'a'.repeat(40)}` },
    });
    const { value } = JSON.parse(reply.body ?? '{}') as { value: readonly [{ id: string }] };
    const { ending } = await playRun({
      world,
      request: { kind: 'backUp', target: { id: value[0].id } },
    });
    expect(ending).toMatchObject({ status: 'failed', error: { code: 'ItemSoftDeleted' } });
    expect(ending.error?.message).toMatch(/kept until 2026-09-0\dT/);
  });
});

describe('a change whose operation can never be read ends as the item shows', () => {
  const unreadable = (on: string, status: number): FaultRuleSeed => ({
    on: `recoveryServices.${on}`,
    times: 0,
    fault: { kind: 'polls', status },
  });

  test.each([
    [500, 'a protection', shareWorld(), protectDocs(), 'protect'],
    [404, 'a protection', shareWorld(), protectDocs(), 'protect'],
    [500, 'another policy', protectedDocs, protectDocs({ policyId: policyId('weekly') }), 'protect'],
    [500, 'a registration', shareWorld(), protectDocs(), 'register'],
    [404, 'a registration', shareWorld(), protectDocs(), 'register'],
    [500, 'an inquiry', shareWorld(), protectDocs(), 'inquire'],
    [404, 'a discovery', shareWorld({ vault: { discovered: [] } }), protectDocs(), 'refresh'],
    [500, 'a stop', protectedDocs, { kind: 'stop', target, mode: 'retain' }, 'protect'],
    [404, 'a suspension', protectedDocs, { kind: 'stop', target, mode: 'suspend' }, 'protect'],
    [
      500,
      'a deletion',
      protectedDocs,
      { kind: 'stop', target, mode: 'deleteData', confirm: 'docs' },
      'deleteItem',
    ],
    [404, 'an undelete', docsIn('SoftDeleted'), { kind: 'resume', target, undelete: true }, 'protect'],
    [
      500,
      'a resumption',
      docsIn('ProtectionStopped'),
      { kind: 'resume', target, policyId: policyId('daily') },
      'protect',
    ],
  ] as const)('polls are %i: %s', async (status, _, world, request, on) => {
    const { ending } = await playRun({
      world,
      request: request as RunRequest,
      faults: [unreadable(on, status)],
      mayDeleteBackups: true,
    });
    expect(ending.error).toBeUndefined();
    expect(ending.status).toBe('completed');
  });

  test('an item that is not as asked leaves the failure as it is', async () => {
    const { ending } = await playRun({
      world: protectedDocs,
      request: { kind: 'stop', target, mode: 'retain' },
      faults: [
        {
          on: 'recoveryServices.protect',
          times: 0,
          fault: { kind: 'operation', status: 'Succeeded', withoutEffect: true, seconds: 1 },
        },
        {
          on: 'recoveryServices.itemStatus',
          times: 0,
          fault: { kind: 'reply', status: 500, shape: 'service' },
        },
      ],
    });
    expect(ending.status).toBe('failed');
  });
});
