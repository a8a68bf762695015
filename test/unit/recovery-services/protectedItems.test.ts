import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/arm/call.ts';
import { protectItem, stopProtection, undeleteItem } from '../../../src/recovery-services/itemChanges.ts';
import {
  awaitProtected,
  findProtectedItem,
  protectedItemIn,
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
