import { describe, expect, test } from 'vitest';
import { openSimulator } from './simulated-client.ts';

const group = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/apps';
const disks = `${group}/providers/Microsoft.Compute/disks`;
const account = `${group}/providers/Microsoft.Storage/storageAccounts/files1`;
const compute = 'api-version=2024-03-02';
const storage = 'api-version=2023-05-01';

const world = {
  resources: [
    { id: `${disks}/disk1`, location: 'northeurope', tags: { backup: 'daily' } },
    { id: account, kind: 'StorageV2', shares: ['docs', 'media', 'old'], containers: ['pictures'] },
    { id: `${group}/providers/Microsoft.Compute/virtualMachines/vm1` },
  ],
};

describe('disks', () => {
  test('a disk is found in any case and says what its kind says', async () => {
    const { ask } = openSimulator(world);
    const { status, body } = await ask('GET', `${disks.toUpperCase()}/DISK1?${compute}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: `${disks}/disk1`,
      location: 'northeurope',
      tags: { backup: 'daily' },
      properties: { provisioningState: 'Succeeded', diskSizeGB: 32 },
    });
  });

  test('a missing disk is a 404 of the gateway that names type and group', async () => {
    const { ask } = openSimulator(world);
    const { status, body } = await ask('GET', `${disks}/gone?${compute}`);
    expect(status).toBe(404);
    expect(String(body['error']?.['message'])).toContain(
      "The Resource 'Microsoft.Compute/disks/gone' under resource group 'apps' was not found",
    );
  });

  test('PUT makes one (201), PUT and PATCH change it (200), DELETE removes it (200, then 204)', async () => {
    const { ask, simulator } = openSimulator(world);
    const url = `${disks}/disk2?${compute}`;
    expect((await ask('PUT', url, { location: 'westeurope', tags: { a: '1' } })).status).toBe(201);
    expect((await ask('PUT', url, { location: 'westeurope', tags: { a: '2' } })).status).toBe(200);
    const patched = await ask('PATCH', url, { tags: { b: '3' } });
    expect([patched.status, patched.body['tags']]).toEqual([200, { b: '3' }]);
    expect((await ask('DELETE', url)).status).toBe(200);
    expect((await ask('DELETE', url)).status).toBe(204);
    expect(simulator.effects.all().map(({ kind }) => kind)).toEqual([
      'write.disk',
      'write.disk',
      'write.disk',
      'delete.disk',
    ]);
  });

  test('lists of the group and of the subscription', async () => {
    const { ask } = openSimulator(world);
    const everywhere = `/subscriptions/22222222-2222-4222-8222-222222222222/providers/Microsoft.Compute/disks`;
    for (const url of [disks, everywhere]) {
      const { body } = await ask('GET', `${url}?${compute}`);
      expect(body['value']).toMatchObject([{ name: 'disk1' }]);
    }
  });
});

describe('storage accounts', () => {
  test('shares come in pages, containers in one list', async () => {
    const { ask } = openSimulator({ ...world, settings: { pageSize: 2 } });
    const first = await ask('GET', `${account}/fileServices/default/shares?${storage}`);
    expect(first.body['value']).toMatchObject([{ name: 'docs' }, { name: 'media' }]);
    const second = await ask('GET', String(first.body['nextLink']));
    expect(second.body['value']).toMatchObject([{ name: 'old' }]);
    const containers = await ask('GET', `${account}/blobServices/default/containers?${storage}`);
    expect(containers.body['value']).toMatchObject([
      { name: 'pictures', type: 'Microsoft.Storage/storageAccounts/blobServices/containers' },
    ]);
  });

  test('a share needs its account', async () => {
    const { ask } = openSimulator(world);
    const share = '/fileServices/default/shares/new';
    expect((await ask('PUT', `${account}${share}?${storage}`, {})).status).toBe(201);
    expect((await ask('PUT', `${account}x${share}?${storage}`, {})).status).toBe(404);
  });

  test('deleting an account deletes what is in it', async () => {
    const { ask } = openSimulator(world);
    await ask('DELETE', `${account}?${storage}`);
    expect((await ask('GET', `${account}/fileServices/default/shares/docs?${storage}`)).status).toBe(404);
  });
});

test('virtual machines are read only', async () => {
  const { ask } = openSimulator(world);
  const url = `${group}/providers/Microsoft.Compute/virtualMachines/vm1?api-version=2024-07-01`;
  expect((await ask('GET', url)).body['name']).toBe('vm1');
  expect((await ask('PUT', url, {})).status).toBe(404);
});

test('tags can be merged, replaced and deleted through their own resource', async () => {
  const { ask } = openSimulator(world);
  const url = `${disks}/disk1/providers/Microsoft.Resources/tags/default?api-version=2021-04-01`;
  const patch = async (operation: string, tags: Record<string, string>) =>
    (await ask('PATCH', url, { operation, properties: { tags } })).body['properties']?.['tags'];
  expect(await patch('Merge', { owner: 'ops' })).toEqual({ backup: 'daily', owner: 'ops' });
  expect(await patch('Delete', { owner: 'ops' })).toEqual({ backup: 'daily' });
  expect(await patch('Replace', { only: 'this' })).toEqual({ only: 'this' });
  expect((await ask('GET', `${disks}/disk1?${compute}`)).body['tags']).toEqual({ only: 'this' });
});
