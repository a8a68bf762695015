import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RecoveryServicesBackupClient } from '@azure/arm-recoveryservicesbackup';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { ManagedIdentityCredential } from '@azure/identity';
import {
  serveIdentity,
  type IdentityEndpoint,
  systemIdentityObjectId,
} from '../../../local/arm-simulator/identity.ts';
import { serveSimulator, type SimulatorServer } from '../../../local/arm-simulator/server.ts';
import { createSimulator, type Simulator } from '../../../local/arm-simulator/simulator.ts';
import { accountId, smallWorld, vaultId } from './simulated-cloud.ts';

const [vault, group, fabric] = ['v1', 'rg1', 'Azure'] as const;
const container = 'StorageContainer;Storage;rg1;acct1';
const subscription = '22222222-2222-4222-8222-222222222222';

let simulator: Simulator;
let server: SimulatorServer;
let identity: IdentityEndpoint;
let client: RecoveryServicesBackupClient;

const trusting = (ca: string): PipelinePolicy => ({
  name: 'trustTheSimulator',
  sendRequest: (request, next) => {
    request.tlsSettings = { ca };
    return next(request);
  },
});

/** Collects every row of every page. */
async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const rows: T[] = [];
  for await (const row of pages) rows.push(row);
  return rows;
}

/** Options that remember the operation id of the answer's status URL. */
function following() {
  const seen = { operationId: '' };
  const onResponse = (response: { headers: { get(name: string): string | undefined } }) => {
    const url = new URL(response.headers.get('azure-asyncoperation') ?? '');
    seen.operationId = url.pathname.split('/').at(-1) ?? '';
  };
  return { seen, options: { onResponse } };
}

async function jobOf(operationId: string) {
  const operation = await client.backupOperationStatuses.get(vault, group, operationId);
  expect(operation.status).toBe('Succeeded');
  const { jobId } = operation.properties as { jobId?: string };
  return client.jobDetails.get(vault, group, jobId ?? '');
}

const newClient = (retryOptions = {}) =>
  new RecoveryServicesBackupClient(new ManagedIdentityCredential(), subscription, {
    endpoint: server.arm,
    additionalPolicies: [{ policy: trusting(server.ca), position: 'perCall' }],
    retryOptions,
  });

beforeAll(async () => {
  simulator = createSimulator({ world: { ...smallWorld, settings: { pageSize: 1 } } });
  server = await serveSimulator(simulator);
  identity = await serveIdentity({ header: 'secret', tenantId: subscription, now: () => Date.now() });
  process.env['IDENTITY_ENDPOINT'] = identity.endpoint;
  process.env['IDENTITY_HEADER'] = identity.header;
  client = newClient();
});

afterAll(async () => {
  delete process.env['IDENTITY_ENDPOINT'];
  delete process.env['IDENTITY_HEADER'];
  await Promise.all([server.close(), identity.close()]);
});

describe('the public client over https', () => {
  test('registers an account and has its shares inquired', async () => {
    await client.protectionContainers.refresh(vault, group, fabric, {
      filter: "backupManagementType eq 'AzureStorage'",
    });
    simulator.advance(13);
    const found = await all(
      client.protectableContainers.list(vault, group, fabric, {
        filter: "backupManagementType eq 'AzureStorage'",
      }),
    );
    expect(found.map(({ name }) => name)).toEqual([container]);
    const registration = await client.protectionContainers.beginRegister(vault, group, fabric, container, {
      properties: {
        containerType: 'StorageContainer',
        backupManagementType: 'AzureStorage',
        sourceResourceId: accountId,
      },
    });
    await registration.poll();
    expect(registration.isDone()).toBe(false);
    simulator.advance(44);
    await registration.poll();
    expect(registration.isDone()).toBe(true);
    expect(registration.getResult()?.name).toBe(container);
    await client.protectionContainers.inquire(vault, group, fabric, container, {
      filter: "workloadType eq 'AzureFileShare'",
    });
    simulator.advance(7);
    const registered = await all(
      client.backupProtectionContainers.list(vault, group, {
        filter: "backupManagementType eq 'AzureStorage'",
      }),
    );
    expect(registered.map(({ properties }) => properties?.registrationStatus)).toEqual(['Registered']);
  });

  test('protects a share, backs it up, and reads its job and recovery point', async () => {
    const [share] = await all(
      client.backupProtectableItems.list(vault, group, {
        filter: "backupManagementType eq 'AzureStorage' and workloadType eq 'AzureFileShare'",
      }),
    );
    const protectedAs = following();
    await client.protectedItems.createOrUpdate(
      vault,
      group,
      fabric,
      container,
      share?.name ?? '',
      {
        properties: {
          protectedItemType: 'AzureFileShareProtectedItem',
          sourceResourceId: accountId,
          policyId: `${vaultId}/backupPolicies/files`,
        },
      },
      protectedAs.options,
    );
    simulator.advance(45);
    expect((await jobOf(protectedAs.seen.operationId)).properties).toMatchObject({
      operation: 'ConfigureBackup',
    });
    const [item] = await all(
      client.backupProtectedItems.list(vault, group, { filter: "backupManagementType eq 'AzureStorage'" }),
    );
    expect(item?.properties).toMatchObject({ friendlyName: 'docs', protectionState: 'IRPending' });

    const backedUp = following();
    await client.backups.trigger(
      vault,
      group,
      fabric,
      container,
      item?.name ?? '',
      {
        properties: {
          objectType: 'AzureFileShareBackupRequest',
          recoveryPointExpiryTimeInUTC: new Date(Date.now() + 30 * 86_400_000),
        },
      },
      backedUp.options,
    );
    simulator.advance(3);
    expect((await jobOf(backedUp.seen.operationId)).properties).toMatchObject({
      operation: 'Backup',
      status: 'Completed',
    });
    expect(simulator.effects.count('backup')).toBe(1);
    const points = await all(client.recoveryPoints.list(vault, group, fabric, container, item?.name ?? ''));
    expect(points.map(({ properties }) => properties?.objectType)).toEqual(['AzureFileShareRecoveryPoint']);
  });

  test('stops, deletes and undeletes it', async () => {
    const [item] = await all(client.backupProtectedItems.list(vault, group));
    const stop = {
      protectedItemType: 'AzureFileShareProtectedItem',
      policyId: '',
      protectionState: 'ProtectionStopped',
    } as const;
    const put = (properties: object) =>
      client.protectedItems.createOrUpdate(vault, group, fabric, container, item?.name ?? '', {
        properties: { ...stop, ...properties },
      });
    const read = async () =>
      (await client.protectedItems.get(vault, group, fabric, container, item?.name ?? '')).properties;
    await put({});
    simulator.advance(45);
    expect(await read()).toMatchObject({ protectionState: 'ProtectionStopped' });
    await client.protectedItems.delete(vault, group, fabric, container, item?.name ?? '');
    simulator.advance(25);
    expect(await read()).toMatchObject({ isScheduledForDeferredDelete: true });
    await put({ isRehydrate: true });
    simulator.advance(45);
    expect(await read()).not.toHaveProperty('isScheduledForDeferredDelete', true);
  });

  test('lists policies and jobs page by page', async () => {
    const policies = await all(
      client.backupPolicies.list(vault, group, { filter: "backupManagementType eq 'AzureStorage'" }),
    );
    expect(policies.map(({ name }) => name)).toEqual(['files']);
    const jobs = await all(client.backupJobs.list(vault, group));
    expect(jobs.map(({ properties }) => properties?.operation)).toEqual([
      'Undelete',
      'DeleteBackupData',
      'DisableBackup',
      'Backup',
      'ConfigureBackup',
    ]);
  });

  test('meets an error as code and message', async () => {
    await expect(
      client.jobDetails.get(vault, group, '00000000-0000-0000-0000-000000000000'),
    ).rejects.toMatchObject({
      statusCode: 404,
      code: 'JobNotFound',
    });
  });

  test('fails at the socket when a fault drops the connection', async () => {
    simulator.faults.add([{ on: 'recoveryServices.policies', fault: { kind: 'drop' } }]);
    const list = all(newClient({ maxRetries: 0 }).backupPolicies.list(vault, group));
    await expect(list).rejects.toMatchObject({ code: 'ECONNRESET' });
    simulator.faults.clear();
  });
});

describe('the managed identity endpoint', () => {
  test('gives the credential a token for the resource asked, with the identity’s object id', async () => {
    const { token, expiresOnTimestamp } = await new ManagedIdentityCredential().getToken(
      'https://management.azure.com/.default',
    );
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
    expect([claims['oid'], claims['aud']]).toEqual([systemIdentityObjectId, 'https://management.azure.com']);
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now());
  });

  test('gives a user-assigned identity another object id', async () => {
    const { token } = await new ManagedIdentityCredential({
      clientId: '44444444-4444-4444-8444-444444444444',
    }).getToken('https://management.azure.com/.default');
    expect(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).not.toContain(
      systemIdentityObjectId,
    );
  });

  test('refuses a request without its header', async () => {
    const url = `${identity.endpoint}?api-version=2019-08-01&resource=https://management.azure.com`;
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: { 'X-IDENTITY-HEADER': 'secret' } })).status).toBe(200);
  });
});
