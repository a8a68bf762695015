import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/arm/call.ts';
import {
  deleteItem,
  newItemType,
  protectItem,
  stopProtection,
  undeleteItem,
} from '../../../src/recovery-services/itemChanges.ts';
import {
  awaitProtected,
  awaitStanding,
  findItemById,
  findProtectedItem,
  protectedItemIn,
  readProtectedItem,
  type ItemSought,
} from '../../../src/recovery-services/protectedItems.ts';
import { context, itemId, list, reply, storageAccountId, vaultId } from './replies.ts';

const id = itemId('StorageContainer;storage;data;papers01', `AzureFileShare;${'0a'.repeat(32)}`);
const docs: ItemSought = { vaultId, kind: 'fileShare', storageAccountId, share: 'docs' };

const item = (differs: JsonObject = {}): JsonObject => ({
  id,
  name: `AzureFileShare;${'0a'.repeat(32)}`,
  properties: {
    friendlyName: 'docs',
    protectionState: 'Protected',
    protectedItemType: 'AzureFileShareProtectedItem',
    sourceResourceId: storageAccountId.replace('Microsoft.Storage', 'Microsoft.storage'),
    policyId: `${vaultId}/backupPolicies/daily`,
    ...differs,
  },
});

const find = (sought: ItemSought, ...rows: JsonObject[]) => {
  const reading = findProtectedItem.read(list(...rows), sought, context);
  if (reading.kind !== 'done') throw new Error('A list is read at once.');
  return reading.result;
};

describe('a share is found among the protected items', () => {
  test('by account and friendly name, whatever their case; its id is the one the service gave', () => {
    expect(find({ ...docs, share: 'Docs' }, item()).found?.id).toBe(id);
  });

  test('not in another account, nor under another name', () => {
    const { found, seen } = find(
      docs,
      item({ sourceResourceId: `${storageAccountId}2` }),
      item({ friendlyName: 'plans' }),
    );
    expect(found).toBeNull();
    expect(seen).toEqual(['plans']);
  });

  test('alive rather than soft-deleted, where both are listed', () => {
    const deleted = { ...item({ isScheduledForDeferredDelete: true }), id: `${id}0` };
    expect(find(docs, deleted, item()).found?.id).toBe(id);
  });
});

describe('a database is found', () => {
  const sought: ItemSought = { vaultId, kind: 'workload', container: 'ledger01', database: 'orders' };
  const database = (instance: string): JsonObject => ({
    id: itemId('VMAppContainer;compute;servers;ledger01', `SQLDataBase;${instance.toLowerCase()};orders`),
    name: 'n',
    properties: {
      friendlyName: 'orders',
      parentName: instance,
      serverName: 'ledger01',
      protectionState: 'Protected',
    },
  });

  test.each(['ledger01', 'LEDGER01', 'VMAppContainer;Compute;servers;ledger01'])(
    'in the container %s',
    (container) => {
      expect(find({ ...sought, container }, database('MSSQLSERVER')).found).not.toBeNull();
    },
  );

  test('not at all when two instances have one of that name: both are told with what tells them apart', () => {
    const { found, several } = find(sought, database('ONE'), database('TWO'));
    expect(found).toBeNull();
    expect(several).toEqual([
      expect.stringMatching(
        /^ONE\/orders in VMAppContainer;compute;servers;ledger01 \(Protected; .*;one;orders\)$/,
      ),
      expect.stringMatching(
        /^TWO\/orders in VMAppContainer;compute;servers;ledger01 \(Protected; .*;two;orders\)$/,
      ),
    ]);
  });

  test.each([
    ['its machine has another instance with one of that name', [database('ONE'), database('TWO')], true],
    ['it is alone', [database('TWO')], false],
  ])('and knows whether its jobs look like another’s: %s', (_, rows, hasNamesake) => {
    const { found } = find({ ...sought, database: 'two/orders' }, ...rows);
    expect(found).toMatchObject({ serverName: 'ledger01', hasNamesake });
  });

  test('of a machine in another group is asked about', () => {
    const container = 'VMAppContainer;compute;elsewhere;ledger01';
    const { found, seen } = find({ ...sought, container }, database('ONE'));
    expect(found).toBeNull();
    expect(seen).toEqual([expect.stringMatching(/^orders \(moved\? .*;servers;ledger01\/protectedItems/)]);
  });

  test('by instance and name', () => {
    const { found } = find({ ...sought, database: 'two/orders' }, database('ONE'), database('TWO'));
    expect(found?.id).toContain('two;orders');
  });
});

describe('the state of an item', () => {
  test.each([
    ['Protected', 'protected'],
    ['IRPending', 'protected'],
    ['ProtectionError', 'error'],
    ['Invalid', 'error'],
    ['ProtectionStopped', 'stopped'],
    ['ProtectionPaused', 'stopped'],
    ['BackupsSuspended', 'suspended'],
    ['NotProtected', 'notProtected'],
    ['SomethingNew', 'unknown'],
  ])('%s is %s', (protectionState, standing) => {
    expect(protectedItemIn({ id, name: '', properties: { protectionState } }).standing).toBe(standing);
  });

  test('is soft-deleted when the deletion is only deferred, and tells for how long', () => {
    const properties = {
      protectionState: 'ProtectionStopped',
      isScheduledForDeferredDelete: true,
      deferredDeleteTimeRemaining: '13.23:59:41.9262400',
    };
    expect(protectedItemIn({ id, name: '', properties })).toMatchObject({
      standing: 'softDeleted',
      goneInSeconds: 1_209_581,
    });
  });
});

describe('an item is waited for', () => {
  const read = (differs: JsonObject) =>
    awaitProtected.read(reply(item(differs)), { itemId: id }, context).kind;

  test('until it is protected; a pending first backup is enough', () => {
    expect(read({ protectionState: 'IRPending' })).toBe('done');
    expect(read({ protectionState: 'ProtectionStopped' })).toBe('waiting');
  });

  test('even while it cannot be found yet', () => {
    const failure = { code: 'UserErrorGenericResourceNotFound', message: '' };
    expect(awaitProtected.readRefusal?.(failure, 404, { itemId: id })?.kind).toBe('waiting');
  });

  test('no longer when the service reports an error', () => {
    expect(read({ protectionState: 'ProtectionError' })).toBe('refused');
  });
});

describe('the body of a change', () => {
  const changed = {
    itemId: id,
    protectedItemType: 'AzureFileShareProtectedItem',
    sourceResourceId: storageAccountId,
  };
  const bodyOf = (call: { body?: unknown }) => (call.body as { properties: JsonObject }).properties;

  test('protects with a policy', () => {
    expect(bodyOf(protectItem.describe({ ...changed, policyId: 'p' }))).toEqual({
      protectedItemType: 'AzureFileShareProtectedItem',
      sourceResourceId: storageAccountId,
      policyId: 'p',
    });
  });

  test('stops with an empty policy', () => {
    expect(bodyOf(stopProtection.describe({ ...changed, state: 'BackupsSuspended' }))).toMatchObject({
      policyId: '',
      protectionState: 'BackupsSuspended',
    });
  });

  test('undeletes into the stopped state', () => {
    expect(bodyOf(undeleteItem.describe(changed))).toMatchObject({
      policyId: '',
      protectionState: 'ProtectionStopped',
      isRehydrate: true,
    });
  });
});

test('an item is read whole: what the service does not say is left out', () => {
  const properties = {
    friendlyName: 'docs',
    serverName: 'sql01',
    protectionState: 'Protected',
    protectedItemType: 'AzureFileShareProtectedItem',
    policyId: `${vaultId}/backupPolicies/daily`,
    virtualMachineId: storageAccountId,
    extendedProperties: { diskExclusionProperties: { diskLunList: [1], isInclusionList: true } },
    resourceGuardOperationRequests: ['approval'],
    deferredDeleteTimeRemaining: '00:00:10.9',
  };
  expect(protectedItemIn({ id, name: 'n', properties })).toEqual({
    ...{ id, standing: 'protected', protectionState: 'Protected' },
    protectedItemType: 'AzureFileShareProtectedItem',
    ...{ friendlyName: 'docs', serverName: 'sql01', policyId: `${vaultId}/backupPolicies/daily` },
    sourceResourceId: storageAccountId,
    kept: {
      extendedProperties: { diskExclusionProperties: { diskLunList: [1], isInclusionList: true } },
      resourceGuardOperationRequests: ['approval'],
    },
    goneInSeconds: 10,
  });
  expect(protectedItemIn({ id, name: 'n', properties: { extendedProperties: null } })).toEqual({
    ...{ id, standing: 'unknown', protectionState: '', protectedItemType: '' },
  });
});

describe('a machine is found', () => {
  const machineId = storageAccountId.replace(
    'Microsoft.Storage/storageAccounts',
    'Microsoft.Compute/virtualMachines',
  );
  const sought: ItemSought = { vaultId, kind: 'virtualMachine', virtualMachineId: machineId };
  const machine = (properties: JsonObject, name = 'web01'): JsonObject => ({
    id: itemId(`IaasVMContainer;iaasvmcontainerv2;data;${name}`, `VM;iaasvmcontainerv2;data;${name}`),
    name: 'n',
    properties: { friendlyName: name, protectionState: 'Protected', ...properties },
  });

  test.each(['sourceResourceId', 'virtualMachineId'])('by its id in %s, and knows no namesake', (member) => {
    const { found } = find(sought, machine({ [member]: machineId.toUpperCase() }));
    expect(found).toMatchObject({ friendlyName: 'web01' });
    expect(found).not.toHaveProperty('hasNamesake');
  });

  test('not by its name; the others of the vault are told', () => {
    const { found, seen, several } = find(
      sought,
      machine({ virtualMachineId: `${machineId}2` }),
      machine({}, 'db01'),
    );
    expect({ found, seen, several }).toEqual({ found: null, seen: ['db01', 'web01'], several: [] });
  });

  test('not in another group: it is asked about, five at most', () => {
    const elsewhere = (at: number) => machineId.replace('/data/', `/other${at}/`);
    const rows = Array.from({ length: 7 }, (_, at) => machine({ virtualMachineId: elsewhere(at) }));
    expect(find(sought, ...rows).seen).toEqual([
      `web01 (moved? ${itemId('IaasVMContainer;iaasvmcontainerv2;data;web01', 'VM;iaasvmcontainerv2;data;web01')})`,
    ]);
    const named = Array.from({ length: 7 }, (_, at) =>
      machine({ virtualMachineId: elsewhere(at) }, `vm${at}`),
    );
    expect(find(sought, ...named).seen).toHaveLength(5);
  });
});

describe('what only its resource group tells from the sought one is asked about', () => {
  const elsewhere = (accountId: string) => accountId.replace('/data/', '/moved/');
  test('a share of an account of that name, and no other share of it', () => {
    const moved = item({ sourceResourceId: elsewhere(storageAccountId) });
    expect(find(docs, moved, item({ friendlyName: 'plans' })).seen).toEqual([`docs (moved? ${id})`, 'plans']);
    const { seen } = find(
      docs,
      item({ sourceResourceId: elsewhere(storageAccountId), friendlyName: 'plans' }),
    );
    expect(seen).toEqual([]);
  });

  test('a database of a machine of that name, and no other database of it', () => {
    const sought: ItemSought = {
      ...{ vaultId, kind: 'workload', database: 'orders' },
      container: 'VMAppContainer;compute;elsewhere;ledger01',
    };
    const database = (friendlyName: string, machine = 'ledger01'): JsonObject => ({
      id: itemId(`VMAppContainer;compute;servers;${machine}`, `SQLDataBase;one;${friendlyName}`),
      name: 'n',
      properties: { friendlyName, parentName: 'one', protectionState: 'Protected' },
    });
    expect(find(sought, database('orders'), database('plans'), database('orders', 'ledger02')).seen).toEqual([
      `orders (moved? ${itemId('VMAppContainer;compute;servers;ledger01', 'SQLDataBase;one;orders')})`,
    ]);
  });

  test('a neighbour in the container itself is no moved one', () => {
    const sought: ItemSought = { vaultId, kind: 'workload', container: 'sql7', database: 'orders' };
    const row: JsonObject = {
      id: itemId('VMAppContainer;compute;servers;node1', 'SQLDataBase;one;plans'),
      name: 'n',
      properties: { friendlyName: 'plans', serverName: 'SQL7', protectionState: 'Protected' },
    };
    expect(find(sought, row).seen).toEqual(['plans']);
  });
});

test('of many neighbours twenty are named', () => {
  const rows = Array.from({ length: 30 }, (_, at) => item({ friendlyName: `share${at}` }));
  expect(find(docs, ...rows).seen).toHaveLength(20);
});

describe('of several items of one source', () => {
  const withState = (protectionState: string, name: string, differs: JsonObject = {}): JsonObject => ({
    ...item({ protectionState, ...differs }),
    id: itemId('StorageContainer;storage;data;papers01', name),
  });

  test.each([
    ['the one that backs up', [withState('ProtectionStopped', 'a'), withState('Protected', 'b')], 'b'],
    ['the one in error', [withState('ProtectionStopped', 'a'), withState('ProtectionError', 'b')], 'b'],
    ['the one whose state nobody knows', [withState('BackupsSuspended', 'a'), withState('New', 'b')], 'b'],
    [
      'the stopped one before the deleted one',
      [
        withState('ProtectionStopped', 'a', { isScheduledForDeferredDelete: true }),
        withState('NotProtected', 'b'),
      ],
      'b',
    ],
  ])('%s stands first', (_what, rows, name) => {
    expect(find(docs, ...rows).found?.id.endsWith(`/protectedItems/${name}`)).toBe(true);
  });

  test('two that stand alike are both told, the state of a deleted one in words', () => {
    const rows = ['a', 'b'].map((name) =>
      withState('ProtectionStopped', name, { isScheduledForDeferredDelete: true }),
    );
    const { found, several } = find(docs, ...rows);
    expect(found).toBeNull();
    expect(several).toEqual(
      ['a', 'b'].map(
        (name) =>
          `docs in StorageContainer;storage;data;papers01 (soft-deleted; ${itemId('StorageContainer;storage;data;papers01', name)})`,
      ),
    );
  });

  test('of many five are told', () => {
    const rows = Array.from({ length: 8 }, (_, at) => withState('Protected', `a${at}`));
    expect(find(docs, ...rows).several).toHaveLength(5);
  });
});

describe('an item known by its id', () => {
  const read = (...rows: JsonObject[]) =>
    findItemById.read(list(...rows), { itemId: id.toUpperCase(), kind: 'fileShare' }, context);

  test('is found in the list, whatever the case, or not there', () => {
    expect(read({ ...item(), id: `${id}0` }, item())).toMatchObject({ result: { id, friendlyName: 'docs' } });
    expect(read({ ...item(), id: `${id}0` })).toEqual({ kind: 'done', result: null });
  });

  test('that cannot be read is none where the service does not know it; a group that is gone is a failure', () => {
    const refusal = (code: string, status: number) =>
      readProtectedItem.readRefusal?.({ code, message: '' }, status, { itemId: id });
    expect(refusal('ResourceNotFound', 404)).toEqual({ kind: 'done', result: null });
    expect(refusal('ResourceGroupNotFound', 404)).toBeUndefined();
    expect(refusal('AuthorizationFailed', 403)).toBeUndefined();
    expect(readProtectedItem.read(reply(item()), { itemId: id }, context)).toMatchObject({
      result: { id, standing: 'protected' },
    });
  });
});

describe('an item that is being changed', () => {
  const policyId = `${vaultId}/backupPolicies/daily`;
  const configured = (differs: JsonObject, policy?: string) =>
    awaitProtected.read(reply(item(differs)), { itemId: id, ...(policy && { policyId: policy }) }, context);

  test('is waited for as long as it has another policy; one that shows none has it', () => {
    expect(configured({}, policyId.toUpperCase()).kind).toBe('done');
    expect(configured({}, `${policyId}2`)).toEqual({
      kind: 'waiting',
      waitSeconds: 30,
      detail: { protectionState: 'Protected' },
    });
    expect(configured({ policyId: undefined as never }, policyId).kind).toBe('done');
  });

  test('in error is refused with the service’s words, or with its state', () => {
    expect(configured({ protectionState: 'ProtectionError' })).toEqual({
      kind: 'refused',
      failure: { code: 'ProtectionError', message: "The item's state is ProtectionError." },
    });
    const lastBackupErrorDetail = { code: 'UserErrorX', message: 'A lock forbids it.' };
    expect(configured({ protectionState: 'ProtectionError', lastBackupErrorDetail })).toMatchObject({
      kind: 'refused',
      failure: { code: 'UserErrorX', message: 'A lock forbids it.' },
    });
  });

  test('is waited for 30 s where it cannot be found; any other refusal is one', () => {
    const refusal = (status: number) =>
      awaitProtected.readRefusal?.({ code: 'X', message: '' }, status, { itemId: id });
    expect(refusal(404)).toEqual({ kind: 'waiting', waitSeconds: 30 });
    expect(refusal(403)).toBeUndefined();
  });

  test('is waited for until it stands as was claimed', () => {
    const read = (protectionState: string) =>
      awaitStanding.read(
        reply(item({ protectionState })),
        { itemId: id, standings: ['stopped', 'suspended'] },
        context,
      );
    expect(read('BackupsSuspended')).toMatchObject({ kind: 'done', result: { standing: 'suspended' } });
    expect(read('Protected')).toEqual({
      kind: 'waiting',
      waitSeconds: 30,
      detail: { protectionState: 'Protected' },
    });
  });
});

describe('a change of an item', () => {
  test('says again what it would lose, and nothing it does not know', () => {
    const kept = { extendedProperties: { a: 1 } };
    expect(protectItem.describe({ itemId: id, protectedItemType: 't', kept, policyId: 'p' })).toEqual({
      action: 'Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/write',
      ...{ method: 'PUT', path: id, apiVersion: '2025-08-01' },
      body: { properties: { protectedItemType: 't', extendedProperties: { a: 1 }, policyId: 'p' } },
    });
    expect(protectItem.itemOf?.({ itemId: id, protectedItemType: 't', policyId: 'p' })).toBe(id);
  });

  test('of something new has the type of its kind', () => {
    expect(newItemType).toEqual({
      fileShare: 'AzureFileShareProtectedItem',
      virtualMachine: 'Microsoft.Compute/virtualMachines',
    });
  });
});

describe('a deletion', () => {
  const { repeat } = deleteItem;
  if (repeat === 'safe') throw new Error('A deletion must look first.');
  const attempts = { attemptIds: [], firstClaimAt: '', lastSendBy: '', joinForeign: false, isSettled: true };
  const earlier = (status: number, body: JsonObject = {}) =>
    repeat.findEarlier({ status, headers: {}, body }, { itemId: id }, attempts);

  test('in doubt was applied where the item is gone or soft-deleted', () => {
    expect(earlier(404)).toEqual({ kind: 'ours', result: { jobId: null } });
    expect(earlier(200, item({ isScheduledForDeferredDelete: true }))).toEqual({
      kind: 'ours',
      result: { jobId: null },
    });
    expect(earlier(200, item()).kind).toBe('absent');
    expect(repeat.describeLook({ itemId: id }, attempts)).toMatchObject({ method: 'GET', path: id });
  });

  test.each([
    ['is done where there is nothing to delete', 'ResourceNotFound', 404, true],
    ['is done where its container is deleted already', 'BMSUserErrorContainerNotUndeleted', 400, true],
    ['that the service refuses is refused', 'UserErrorLocked', 400, false],
  ])('%s', (_what, code, status, isDone) => {
    const reading = deleteItem.readRefusal?.({ code, message: '' }, status, { itemId: id });
    expect(reading).toEqual(isDone ? { kind: 'done', result: { jobId: null } } : undefined);
  });
});
