import { describe, expect, test } from 'vitest';
import { accountId, group, simulatedCloud, smallWorld } from './simulated-cloud.ts';

const subscription = group.split('/resourceGroups/')[0] ?? '';
const made = `${subscription}/resourceGroups/drill-1`;
const inIt = `${made}/providers/Microsoft.Compute/disks/d1`;
const tags = { drill: 'run-1' };

describe('a resource group', () => {
  test('is made, tagged and listed', async () => {
    const cloud = simulatedCloud();
    const body = { location: 'westeurope', tags };
    expect((await cloud.send('PUT', made, body)).status).toBe(201);
    expect((await cloud.send('PUT', made, body)).status).toBe(200);
    const patched = await cloud.send('PATCH', made, { tags: { ...tags, more: 'x' } });
    expect(patched.body).toMatchObject({ name: 'drill-1', tags: { drill: 'run-1', more: 'x' } });
    const { body: list } = await cloud.get(`${subscription}/resourceGroups`);
    expect(list.value.map(({ name }) => name)).toEqual(['rg1', 'drill-1']);
    expect((await cloud.send('PUT', made, { location: 'northeurope' })).body.error.code).toBe(
      'InvalidResourceGroupLocation',
    );
  });

  test('and its tags are seen by Resource Graph', async () => {
    const cloud = simulatedCloud();
    await cloud.send('PUT', made, { location: 'westeurope', tags });
    const query = `resourcecontainers | where tags['drill'] =~ 'run-1' | project id`;
    const { body } = await cloud.send('POST', '/providers/Microsoft.ResourceGraph/resources', {
      subscriptions: [subscription.split('/')[2]],
      query,
      options: { resultFormat: 'objectArray' },
    });
    expect((body as unknown as { data: unknown }).data).toEqual([{ id: made }]);
  });

  test('goes with everything in it: 202, then 200 at its Location', async () => {
    const cloud = simulatedCloud();
    await cloud.send('PUT', made, { location: 'westeurope' });
    await cloud.send('PUT', inIt, { location: 'westeurope' });
    const deleted = await cloud.send('DELETE', made);
    expect([deleted.status, deleted.headers['Retry-After']]).toEqual([202, '15']);
    const poll = deleted.headers['Location'] ?? '';
    expect((await cloud.get(poll)).status).toBe(202);
    cloud.wait(90);
    expect((await cloud.get(poll)).status).toBe(200);
    expect((await cloud.get(made)).status).toBe(404);
    expect((await cloud.get(inIt)).body.error.code).toBe('ResourceGroupNotFound');
    expect(cloud.simulator.effects.count('delete.group')).toBe(1);
  });

  test('is not deleted while a lock holds something in it', async () => {
    const world = { ...smallWorld, authorization: { locks: [{ scope: accountId }] } };
    const refused = await simulatedCloud({ world }).send('DELETE', group);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'ScopeLocked']);
  });
});
