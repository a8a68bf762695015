import { expect, test } from 'vitest';
import { targetSchema } from '../../../src/runs/requestFields.ts';

const subscription = '/subscriptions/11111111-2222-4333-8444-555555555555';

test.each([
  ['a subscription', subscription],
  ['a group', `${subscription}/resourceGroups/data`],
  ['a list of disks', `${subscription}/resourceGroups/data/providers/Microsoft.Compute/disks`],
])('%s is nothing that is backed up', (_what, id) => {
  const [issue] = targetSchema.safeParse({ id }).error?.issues ?? [];
  expect(JSON.stringify(issue)).toContain('the id of a resource was expected');
});

test('a disk is', () => {
  const id = `${subscription}/resourceGroups/data/providers/Microsoft.Compute/disks/logs`;
  expect(targetSchema.safeParse({ id }).success).toBe(true);
});
