import { describe, expect, test } from 'vitest';
import { readResourceEvent } from '../../../src/triggers/acceptEvent.ts';

const subscriptionId = '44444444-5555-4666-8777-888888888888';
const group = `/subscriptions/${subscriptionId}/resourcegroups/apps`;
const disk = `${group}/providers/Microsoft.Compute/disks/db-data`;
const account = `${group}/providers/Microsoft.Storage/storageAccounts/papers01`;

const cloudEvent = (data: unknown, more: Record<string, unknown> = {}) => ({
  specversion: '1.0',
  id: 'e1',
  source: `/subscriptions/${subscriptionId}`,
  type: 'Microsoft.Resources.ResourceWriteSuccess',
  data,
  ...more,
});

const writes = (operationName: string, resourceUri: string) => cloudEvent({ operationName, resourceUri });

describe('an event', () => {
  test.each([
    ['a disk', writes('Microsoft.Compute/disks/write', disk), disk],
    ['an account in other letters', writes('MICROSOFT.STORAGE/STORAGEACCOUNTS/WRITE', account), account],
    [
      'a share',
      writes(
        'Microsoft.Storage/storageAccounts/fileServices/shares/write',
        `${account}/fileServices/default/shares/docs`,
      ),
      `${account}/fileServices/default/shares/docs`,
    ],
    [
      'tags of a disk',
      writes('Microsoft.Resources/tags/write', `${disk}/providers/Microsoft.Resources/tags/default`),
      disk,
    ],
    [
      'a resource notification',
      cloudEvent(
        { resourceInfo: { id: disk, type: 'microsoft.compute/disks', tags: {}, properties: {} } },
        { type: 'Microsoft.ResourceNotifications.Resources.CreatedOrUpdated' },
      ),
      disk,
    ],
    [
      'Event Grid’s own schema',
      {
        id: 'e1',
        topic: `/subscriptions/${subscriptionId}`,
        subject: disk,
        eventType: 'Microsoft.Resources.ResourceWriteSuccess',
        data: { operationName: 'Microsoft.Compute/disks/write', httpRequest: '' },
      },
      disk,
    ],
  ])('of %s names the resource', (_what, event, resourceId) => {
    expect(readResourceEvent(event)).toEqual({
      kind: 'written',
      written: { source: `/subscriptions/${subscriptionId}`, eventId: 'e1', resourceId, subscriptionId },
    });
  });

  test.each([
    ['a container', writes('Microsoft.Storage/storageAccounts/blobServices/containers/write', account)],
    ['a role assignment of ours', writes('Microsoft.Authorization/roleAssignments/write', disk)],
    [
      'a backup instance of ours',
      writes('Microsoft.DataProtection/backupVaults/backupInstances/write', disk),
    ],
    ['a deletion', cloudEvent({ resourceUri: disk }, { type: 'Microsoft.Resources.ResourceDeleteSuccess' })],
    [
      'a machine that claims to be a disk',
      writes('Microsoft.Compute/disks/write', `${group}/providers/Microsoft.Compute/virtualMachines/vm1`),
    ],
    ['a path that climbs', writes('Microsoft.Compute/disks/write', `${disk}/../../x`)],
    ['an encoded slash', writes('Microsoft.Compute/disks/write', `${disk}%2fx`)],
    ['no data', cloudEvent(undefined)],
    ['a number', 7],
    ['nothing', null],
    ['an id that is an object', { ...writes('Microsoft.Compute/disks/write', disk), id: { a: 1 } }],
    ['a prototype', JSON.parse('{"__proto__":{"id":"x"},"data":{}}')],
  ])('of %s is not ours', (_what, event) => {
    expect(readResourceEvent(event).kind).toBe('notOurs');
  });
});
