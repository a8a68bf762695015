import { describe, expect, test } from 'vitest';
import { openSimulator, type SimulatedClient } from './simulated-client.ts';

const subscription = '/subscriptions/22222222-2222-4222-8222-222222222222';
const group = `${subscription}/resourceGroups/apps`;
const disk = `${group}/providers/Microsoft.Compute/disks/disk1`;
const vault = `${group}/providers/Microsoft.DataProtection/backupVaults/vault1`;
const principal = '33333333-3333-4333-8333-333333333333';
const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const diskReader = '3e5e47e6-65f7-47ef-90b5-e5dd4d455f24';
const version = 'api-version=2022-04-01';

const assignments = (scope: string, name = '') =>
  `${scope}/providers/Microsoft.Authorization/roleAssignments${name === '' ? '' : `/${name}`}?${version}`;

const body = (role: string, principalId = principal, principalType?: string) => ({
  properties: {
    roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
    principalId,
    ...(principalType && { principalType }),
  },
});

const put = ({ ask }: SimulatedClient, name: string, sent: unknown, scope = disk) =>
  ask('PUT', assignments(scope, name), sent);

const first = '44444444-4444-4444-8444-444444444401';
const second = '44444444-4444-4444-8444-444444444402';

describe('role assignments', () => {
  test('201 for a new one, 200 for the same again', async () => {
    const simulated = openSimulator({});
    const made = await put(simulated, first, body(diskReader, principal, 'ServicePrincipal'));
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: first,
      type: 'Microsoft.Authorization/roleAssignments',
      properties: { principalId: principal, principalType: 'ServicePrincipal', scope: disk },
    });
    expect((await put(simulated, first, body(diskReader))).status).toBe(200);
    expect(simulated.simulator.effects.count('grant')).toBe(1);
  });

  test('the same name with another role is a 400, the same triple under another name a 409', async () => {
    const simulated = openSimulator({});
    await put(simulated, first, body(diskReader));
    const updated = await put(simulated, first, body(reader));
    expect([updated.status, updated.body['error']?.['code']]).toEqual([
      400,
      'RoleAssignmentUpdateNotPermitted',
    ]);
    const doubled = await put(simulated, second, body(diskReader));
    expect([doubled.status, doubled.body['error']?.['code']]).toEqual([409, 'RoleAssignmentExists']);
  });

  test('a principal the directory does not know yet needs its type', async () => {
    const simulated = openSimulator({ authorization: { newPrincipals: [principal] } });
    const refused = await put(simulated, first, body(diskReader));
    expect([refused.status, refused.body['error']?.['code']]).toEqual([400, 'PrincipalNotFound']);
    expect((await put(simulated, first, body(diskReader, principal, 'ServicePrincipal'))).status).toBe(201);
  });

  test('a role that does not exist is a 400', async () => {
    const refused = await put(openSimulator({}), first, body('00000000-0000-4000-8000-000000000000'));
    expect(refused.body['error']?.['code']).toBe('RoleDefinitionDoesNotExist');
  });

  test('a list shows assignments at, above and below; atScope leaves out those below', async () => {
    const simulated = openSimulator({
      authorization: {
        assignments: [
          { scope: subscription, role: 'Reader', principalId: principal },
          { scope: disk, role: 'Disk Backup Reader', principalId: principal },
        ],
      },
    });
    const list = async (filter = '') =>
      (await simulated.ask('GET', `${assignments(group)}&$filter=${filter}`)).body['value'];
    expect(await list()).toHaveLength(2);
    expect(await list('atScope()')).toMatchObject([{ properties: { scope: subscription } }]);
    expect(await list(`principalId eq '${first}'`)).toHaveLength(0);
  });

  test('DELETE answers 200 with what is gone, then 204', async () => {
    const simulated = openSimulator({});
    await put(simulated, first, body(diskReader));
    const gone = await simulated.ask('DELETE', assignments(disk, first));
    expect([gone.status, gone.body['name']]).toEqual([200, first]);
    expect((await simulated.ask('DELETE', assignments(disk, first))).status).toBe(204);
  });
});

test('role definitions are found by name', async () => {
  const { ask } = openSimulator({});
  const url = `${subscription}/providers/Microsoft.Authorization/roleDefinitions?${version}`;
  const { body: found } = await ask('GET', `${url}&$filter=roleName eq 'Disk Backup Reader'`);
  expect(found['value']).toMatchObject([
    { name: diskReader, properties: { roleName: 'Disk Backup Reader', type: 'BuiltInRole' } },
  ]);
});

describe('callers that are checked', () => {
  const caller = '55555555-5555-4555-8555-555555555555';
  const token = (oid: string) => `Bearer x.${Buffer.from(JSON.stringify({ oid })).toString('base64url')}.y`;
  const open = (...roles: string[]) => {
    const simulated = openSimulator({
      resources: [{ id: disk }],
      dataProtection: { vaults: [{ id: vault }] },
      authorization: {
        enforceCallers: true,
        assignments: roles.map((role) => ({ scope: subscription, role, principalId: caller })),
      },
    });
    const ask = (method: string, url: string, sent?: unknown) =>
      simulated.ask(method, url, sent, { authorization: token(caller) });
    return { ...simulated, ask };
  };

  test('without a role everything is a 403 that names action and scope', async () => {
    const { ask } = open();
    const { status, body: refused } = await ask('GET', `${disk}?api-version=2024-03-02`);
    expect(status).toBe(403);
    expect(refused['error']?.['code']).toBe('AuthorizationFailed');
    expect(String(refused['error']?.['message'])).toContain(
      `to perform action 'Microsoft.Compute/disks/read' over scope '${disk}'`,
    );
  });

  test('Backup Contributor reads instances but not the jobs of a Backup vault; Reader does', async () => {
    const jobs = `${vault}/backupJobs?api-version=2025-07-01`;
    const instances = `${vault}/backupInstances?api-version=2025-07-01`;
    const contributor = open('Backup Contributor');
    expect((await contributor.ask('GET', instances)).status).toBe(200);
    expect((await contributor.ask('GET', jobs)).status).toBe(403);
    expect((await open('Backup Contributor', 'Reader').ask('GET', jobs)).status).toBe(200);
  });

  test.each(['stopProtection', 'resumeProtection', 'resumeBackups', 'sync'])(
    'no backup role may %s; a custom role may',
    async (verb) => {
      const url = `${vault}/backupInstances/none/${verb}?api-version=2025-07-01`;
      expect((await open('Backup Contributor', 'Reader').ask('POST', url, {})).status).toBe(403);
      const simulated = openSimulator({
        dataProtection: { vaults: [{ id: vault }] },
        authorization: {
          enforceCallers: true,
          customRoles: [
            {
              name: 'Stopper',
              guid: '66666666-6666-4666-8666-666666666666',
              actions: [`Microsoft.DataProtection/backupVaults/backupInstances/${verb}/action`],
            },
          ],
          assignments: [{ scope: vault, role: 'Stopper', principalId: caller }],
        },
      });
      const allowed = await simulated.ask('POST', url, {}, { authorization: token(caller) });
      expect(allowed.status).toBe(404);
    },
  );
});
