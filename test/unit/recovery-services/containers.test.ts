import { describe, expect, test } from 'vitest';
import {
  documentedContainerName,
  findContainer,
  findProtectableContainer,
  inquireContainer,
  refreshContainers,
  registerContainer,
} from '../../../src/recovery-services/containers.ts';
import {
  documentedMachine,
  findProtectableShare,
  findProtectableVirtualMachine,
} from '../../../src/recovery-services/vaults.ts';
import { recoveryServicesSteps } from '../../../src/recovery-services/steps.ts';
import { context, list, reply, storageAccountId, vaultId } from './replies.ts';

const account = { vaultId, storageAccountId };
const container = { ...account, containerName: 'StorageContainer;Storage;data;papers01' };
const row = (registrationStatus: string) => ({
  id: 'x',
  name: 'StorageContainer;Storage;data;papers01',
  properties: { sourceResourceId: storageAccountId.toUpperCase(), registrationStatus },
});

describe('an account is registered', () => {
  test('when the list says so, under the name that the list gives', () => {
    expect(findContainer.read(list(row('Registered')), account, context)).toEqual({
      kind: 'done',
      result: { name: 'StorageContainer;Storage;data;papers01' },
    });
  });

  test('not when it is soft-deleted, although the list shows it', () => {
    expect(findContainer.read(list(row('SoftDeleted')), account, context)).toMatchObject({ result: null });
  });
});

test('accounts of other groups are not taken for ours', () => {
  const other = {
    name: 'StorageContainer;Storage;other;papers01',
    properties: { containerId: storageAccountId.replace('/data/', '/other/') },
  };
  expect(findProtectableContainer.read(list(other), account, context)).toMatchObject({ result: null });
});

describe('a registration', () => {
  test('sends three properties, and the lock only where it is asked for', () => {
    expect(registerContainer.describe(container)).toMatchObject({
      method: 'PUT',
      path: `${vaultId}/backupFabrics/Azure/protectionContainers/StorageContainer;Storage;data;papers01`,
      body: {
        properties: {
          containerType: 'StorageContainer',
          backupManagementType: 'AzureStorage',
          sourceResourceId: storageAccountId,
        },
      },
    });
    expect(registerContainer.describe({ ...container, lock: false }).body).toMatchObject({
      properties: { acquireStorageAccountLock: 'NotAcquire' },
    });
  });

  test('gives the name that the service spells', () => {
    const body = { name: 'storagecontainer;storage;data;papers01', properties: {} };
    expect(registerContainer.read(reply(body), container, context)).toMatchObject({
      result: { name: 'storagecontainer;storage;data;papers01' },
    });
  });

  test('that somebody else has begun is waited for', () => {
    const failure = { code: 'BadRequest', message: 'Registration is already in progress.' };
    expect(registerContainer.readRefusal?.(failure, 400, container)).toMatchObject({ kind: 'waiting' });
  });

  test('that the service refuses stays refused', () => {
    const failure = { code: 'UserErrorStorageAccountNotFound', message: 'Not found.' };
    expect(registerContainer.readRefusal?.(failure, 400, container)).toBeUndefined();
  });
});

test('a discovery that runs already is waited for', () => {
  const input = { vaultId, backupManagementType: 'AzureStorage' } as const;
  const failure = { code: 'DiscoveryInProgress', message: 'One runs.' };
  expect(refreshContainers.readRefusal?.(failure, 409, input)).toMatchObject({
    kind: 'waiting',
    waitSeconds: 60,
  });
});

describe('a share that may be protected', () => {
  const share = (friendlyName: string, accountId = storageAccountId) => ({
    id: `${vaultId}/backupFabrics/Azure/protectionContainers/storagecontainer;storage;data;papers01/protectableItems/azurefileshare;0a`,
    name: 'another name than the id ends in',
    properties: { friendlyName, parentContainerFabricId: accountId },
  });
  const sought = { ...account, share: 'docs' };

  test('keeps the names of its id, not the one beside it', () => {
    expect(findProtectableShare.read(list(share('DOCS')), sought, context)).toEqual({
      kind: 'done',
      result: {
        found: {
          protectedItemId: `${vaultId}/backupFabrics/Azure/protectionContainers/storagecontainer;storage;data;papers01/protectedItems/azurefileshare;0a`,
        },
        seen: ['DOCS'],
      },
    });
  });

  test('is not one of another account; the names seen are those of the account', () => {
    const rows = [share('docs', `${storageAccountId}2`), share('plans'), share('letters')];
    expect(findProtectableShare.read(list(...rows), sought, context)).toEqual({
      kind: 'done',
      result: { found: null, seen: ['letters', 'plans'] },
    });
  });

  test('in the company of hundreds still fits into an event', () => {
    const rows = Array.from({ length: 300 }, (_, at) => share(`${'s'.repeat(60)}${at}`));
    const reading = findProtectableShare.read(list(...rows), sought, context);
    expect(JSON.stringify(reading).length).toBeLessThan(4000);
  });
});

test('a machine is found by its id, and protected under the segments of the offer`s id', () => {
  const virtualMachineId = storageAccountId.replace(
    'Microsoft.Storage/storageAccounts',
    'Microsoft.Compute/virtualMachines',
  );
  const offer = {
    id: `${vaultId}/backupFabrics/Azure/protectionContainers/IaasVMContainer;iaasvmcontainerv2;data;papers01/protectableItems/vm;iaasvmcontainerv2;data;papers01`,
    name: 'iaasvmcontainerv2;data;papers01',
    properties: { virtualMachineId: virtualMachineId.toLowerCase(), friendlyName: 'papers01' },
  };
  expect(
    findProtectableVirtualMachine.read(list(offer), { vaultId, virtualMachineId }, context),
  ).toMatchObject({
    result: {
      found: {
        protectedItemId: expect.stringMatching(/protectedItems\/vm;iaasvmcontainerv2;data;papers01$/),
      },
    },
  });
});

test('the documented name of an account abroad has its group and name', () => {
  expect(documentedContainerName(storageAccountId)).toBe('StorageContainer;Storage;data;papers01');
});

test('every step has a name of its own', () => {
  const names = recoveryServicesSteps.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.every((name) => name.startsWith('recoveryServices.'))).toBe(true);
});

describe('how a vault reaches an account', () => {
  const read = (differs: object) =>
    findContainer.read(
      list({ ...row('Registered'), properties: { ...row('Registered').properties, ...differs } }),
      account,
      context,
    );
  const name = 'StorageContainer;Storage;data;papers01';

  test.each([
    ['by its keys, where nothing is said', {}, {}],
    ['by its keys', { accessType: 'KeyBased' }, {}],
    [
      'by the identity of its own',
      {
        accessType: 'identitybased',
        identityInfo: { isSystemAssignedIdentity: true, managedIdentityResourceId: '/i' },
      },
      { access: 'systemAssigned' },
    ],
    [
      'by the identity of its own, where none is named',
      { accessType: 'IdentityBased' },
      { access: 'systemAssigned' },
    ],
    [
      'by an identity that was given to it',
      {
        accessType: 'IdentityBased',
        identityInfo: { isSystemAssignedIdentity: false, managedIdentityResourceId: '/i' },
      },
      { access: '/i' },
    ],
    ['and that it holds a lock', { acquireStorageAccountLock: 'acquire' }, { lock: true }],
    ['and that it holds none', { acquireStorageAccountLock: 'NotAcquire' }, { lock: false }],
  ])('is %s', (_how, differs, shown) => {
    expect(read(differs)).toEqual({ kind: 'done', result: { name, ...shown } });
  });

  test('is told only of the account itself, and of one whose status is not said', () => {
    expect(read({ sourceResourceId: `${storageAccountId}2` })).toEqual({ kind: 'done', result: null });
    expect(read({ registrationStatus: undefined })).toMatchObject({ result: { name } });
  });
});

test('an account that discovery found has the name that the list gives', () => {
  const found = {
    name: 'As;The;Service;Spells',
    properties: { containerId: storageAccountId.toUpperCase() },
  };
  expect(findProtectableContainer.read(list(found), account, context)).toEqual({
    kind: 'done',
    result: { name: 'As;The;Service;Spells' },
  });
});

test('a registration whose reply names nothing has the name that was asked for', () => {
  expect(registerContainer.read(reply({}), container, context)).toEqual({
    kind: 'done',
    result: { name: container.containerName },
  });
});

describe('work that somebody else has begun', () => {
  test.each([
    ['OperationInProgress', '', true],
    ['UserErrorConflictingProtectionOperation', '', true],
    ['ObjectLocked', '', true],
    ['ConflictingOperation', '', true],
    ['BadRequest', 'An inquiry is already running.', true],
    ['BadRequest', 'The name is wrong.', false],
  ])('is waited for a minute: %s %s: %s', (code, message, isWaited) => {
    const reading = inquireContainer.readRefusal?.({ code, message }, 409, container);
    expect(reading).toEqual(
      isWaited ? { kind: 'waiting', waitSeconds: 60, detail: { reason: message } } : undefined,
    );
  });
});

test('a machine of another subscription is protected under the names that the service’s own clients use', () => {
  const machineId =
    '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/compute/providers/Microsoft.Compute/virtualMachines/web01';
  expect(documentedMachine(vaultId, machineId)).toEqual({
    protectedItemId: `${vaultId}/backupFabrics/Azure/protectionContainers/IaasVMContainer;iaasvmcontainerv2;compute;web01/protectedItems/VM;iaasvmcontainerv2;compute;web01`,
  });
});

test('of the machines that the vault offers others are told, in order', () => {
  const offers = ['web02', 'db01'].map((friendlyName) => ({
    id: 'x',
    name: 'n',
    properties: { virtualMachineId: `${storageAccountId}${friendlyName}`, friendlyName },
  }));
  const sought = { vaultId, virtualMachineId: storageAccountId };
  expect(findProtectableVirtualMachine.read(list(...offers), sought, context)).toEqual({
    kind: 'done',
    result: { found: null, seen: ['db01', 'web02'] },
  });
});
