import { describe, expect, test } from 'vitest';
import { openSimulator, type SimulatedClient } from './simulated-client.ts';

const id = '22222222-2222-4222-8222-222222222222';
const other = '33333333-3333-4333-8333-333333333333';
const providers = `/subscriptions/${id}/resourceGroups/Apps/providers`;
const vault = `${providers}/Microsoft.DataProtection/backupVaults/vault1`;

const disk = (name: string, tags: Record<string, string> = {}, location = 'westeurope') => ({
  id: `${providers}/Microsoft.Compute/disks/${name}`,
  location,
  tags,
});

const world = {
  subscriptions: [{ id, resourceGroups: [{ name: 'Apps' }] }],
  resources: [
    disk('disk-a', { backup: 'Daily' }),
    disk('disk-b', { backup: 'weekly' }, 'northeurope'),
    disk('disk-c', { Backup: 'daily' }),
    {
      id: `${providers}/Microsoft.Storage/storageAccounts/files1`,
      tags: { backup: 'daily' },
      shares: ['docs'],
    },
    { id: `/subscriptions/${other}/resourceGroups/far/providers/Microsoft.Compute/disks/disk-far` },
  ],
  dataProtection: {
    vaults: [
      {
        id: vault,
        policies: [{ name: 'disks' }],
        instances: [
          {
            name: 'instance-a',
            kind: 'disk' as const,
            sourceId: `${providers}/Microsoft.Compute/disks/disk-a`,
            policy: 'disks',
          },
        ],
      },
    ],
  },
};

const query = (
  { ask }: SimulatedClient,
  text: string,
  options: unknown = {},
  subscriptions: unknown = [id],
) =>
  ask('POST', '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01', {
    subscriptions,
    query: text,
    options,
  });

async function names(text: string): Promise<unknown> {
  const { status, body } = await query(openSimulator(world), text);
  expect(status).toBe(200);
  return (body['data'] as unknown as { name: string }[]).map(({ name }) => name);
}

describe('the query language', () => {
  test.each([
    ["Resources | where type =~ 'Microsoft.Compute/disks'", ['disk-a', 'disk-b', 'disk-c']],
    [
      "resources | where type in~ ('microsoft.compute/disks', 'Microsoft.Storage/StorageAccounts') and tags['backup'] =~ 'daily'",
      ['disk-a', 'files1'],
    ],
    ["resources | where tags['backup'] == 'daily' // case counts", ['files1']],
    ["resources | where tags.Backup =~ 'DAILY'", ['disk-c']],
    ["resources | where location == 'northeurope' or name endswith '-c'", ['disk-b', 'disk-c']],
    [
      "resources | where resourceGroup =~ 'APPS' and not(type contains 'disk') and type !contains 'vault'",
      ['files1'],
    ],
    ["resources | where name startswith 'disk' and tags['backup'] !~ 'weekly'", ['disk-a', 'disk-c']],
    ["resources | where isnotempty(tags['backup']) | order by name desc | limit 1", ['files1']],
    [`resources | where subscriptionId == '${id}' and (name has 'b' or name has 'c')`, ['disk-b', 'disk-c']],
    ["resourcecontainers | where type =~ 'microsoft.resources/subscriptions/resourcegroups'", ['Apps']],
  ])('%s', async (text, expected) => {
    expect(await names(text)).toEqual(expected);
  });

  test('project renames, reads into properties and keeps the order of columns', async () => {
    const { body } = await query(
      openSimulator(world),
      "recoveryservicesresources | where type =~ 'microsoft.dataprotection/backupvaults/backupinstances' | project id, source = tostring(properties.dataSourceInfo.resourceID), properties.currentProtectionState",
    );
    expect(body['data']).toEqual([
      {
        id: `${vault}/backupInstances/instance-a`,
        source: `${providers}/Microsoft.Compute/disks/disk-a`,
        properties_currentProtectionState: 'ProtectionConfigured',
      },
    ]);
  });

  test('counts, and summarizes by a column', async () => {
    const simulated = openSimulator(world);
    expect((await query(simulated, 'resources | count')).body['data']).toEqual([{ Count: 5 }]);
    const byType = "resources | where type has 'disks' | summarize count() by location | top 1 by count_";
    expect((await query(simulated, byType)).body['data']).toEqual([{ location: 'westeurope', count_: 2 }]);
  });

  test.each(['resources | join kind=inner (x) on id', 'nowhere | limit 1', 'resources | where name ='])(
    'a query that is not understood is a 400: %s',
    async (text) => {
      const { status, body } = await query(openSimulator(world), text);
      expect(status).toBe(400);
      expect(body['error']).toMatchObject({ code: 'BadRequest', details: [{ code: 'InvalidQuery' }, {}] });
    },
  );
});

describe('paging', () => {
  const text = "resources | where type =~ 'microsoft.compute/disks' | project id, name | order by id asc";

  test('follows the skip token to the last row', async () => {
    const simulated = openSimulator(world);
    const first = await query(simulated, text, { $top: 2 });
    expect(first.body).toMatchObject({ totalRecords: 3, count: 2, resultTruncated: 'false' });
    const last = await query(simulated, text, { $top: 2, $skipToken: first.body['$skipToken'] });
    expect(last.body['data']).toMatchObject([{ name: 'disk-c' }]);
    expect(last.body['$skipToken']).toBeUndefined();
  });

  test('rows without id are cut off and say so', async () => {
    const { body } = await query(openSimulator(world), 'resources | project name', { $top: 2 });
    expect([body['resultTruncated'], body['$skipToken']]).toEqual(['true', undefined]);
  });

  test('a skip token of another query is a 400', async () => {
    const simulated = openSimulator(world);
    const first = await query(simulated, text, { $top: 1 });
    const reply = await query(simulated, 'resources', { $skipToken: first.body['$skipToken'] });
    expect(reply.status).toBe(400);
  });
});

test('rows lag behind a write, reads do not', async () => {
  const simulated = openSimulator({ ...world, resourceGraph: { lagSeconds: 60 } });
  const { ask, pass } = simulated;
  const url = `${providers}/Microsoft.Compute/disks/disk-new?api-version=2024-03-02`;
  await ask('PUT', url, { location: 'westeurope' });
  const count = async () => (await query(simulated, "resources | where name == 'disk-new'")).body['count'];
  expect((await ask('GET', url)).status).toBe(200);
  expect(await count()).toBe(0);
  pass(61);
  expect(await count()).toBe(1);
});

describe('what a caller may not read is empty, not refused', () => {
  test('by scope', async () => {
    const unreadable = { unreadableScopes: [`/subscriptions/${id}/resourceGroups/apps`] };
    const { status, body } = await query(openSimulator({ ...world, resourceGraph: unreadable }), 'resources');
    expect([status, body['totalRecords'], body['data']]).toEqual([200, 0, []]);
  });

  test('by role', async () => {
    const { status, body } = await query(
      openSimulator({ ...world, authorization: { enforceCallers: true } }),
      'resources',
    );
    expect([status, body['count']]).toEqual([200, 0]);
  });

  test('other subscriptions are not asked', async () => {
    const { body } = await query(openSimulator(world), 'resources | where name contains "far"');
    expect(body['count']).toBe(0);
    const all = await query(openSimulator(world), 'resources | where name contains "far"', {}, []);
    expect(all.body['count']).toBe(1);
  });
});

test('the sixteenth query within five seconds is a 429 with its own quota headers', async () => {
  const simulated = openSimulator(world);
  const first = await query(simulated, 'resources | count');
  expect(first.headers['x-ms-user-quota-remaining']).toBe('14');
  expect(first.headers['x-ms-user-quota-resets-after']).toBe('00:00:05');
  for (let asked = 1; asked < 15; asked += 1) await query(simulated, 'resources | count');
  simulated.pass(2);
  const refused = await query(simulated, 'resources | count');
  expect([refused.status, refused.body['error']?.['code']]).toEqual([429, 'RateLimiting']);
  expect(refused.headers['x-ms-user-quota-resets-after']).toBe('00:00:03');
  simulated.pass(3);
  expect((await query(simulated, 'resources | count')).status).toBe(200);
});
