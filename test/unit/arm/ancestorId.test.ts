import { expect, test } from 'vitest';
import { memberIn } from '../../../src/arm/replyFields.ts';
import { ancestorId } from '../../../src/arm/resourceId.ts';

const subscription = '/subscriptions/11111111-2222-4333-8444-555555555555';

test.each([
  [
    `${subscription}/resourceGroups/rg/providers/P/vaults/v/items/i`,
    'vaults',
    `${subscription}/resourceGroups/rg/providers/P/vaults/v`,
  ],
  [
    `${subscription}/resourceGroups/rg/providers/P/Vaults/v`,
    'vaults',
    `${subscription}/resourceGroups/rg/providers/P/Vaults/v`,
  ],
  [
    `${subscription}/resourceGroups/vaults/providers/P/vaults/v/x/y`,
    'vaults',
    `${subscription}/resourceGroups/vaults/providers/P/vaults/v`,
  ],
  [`${subscription}/resourceGroups/vaults/providers/P/disks/d`, 'vaults', undefined],
  [`${subscription}/resourceGroups/rg/providers/P/vaults`, 'vaults', undefined],
  ['', 'vaults', undefined],
])('%s lies in %s %s', (id, type, ancestor) => {
  expect(ancestorId(id, type)).toBe(ancestor);
});

test('a member of nested objects is undefined as soon as one is missing or none', () => {
  const value = { a: { b: [1], c: null } };
  expect(memberIn(value, 'a', 'b')).toEqual([1]);
  expect(memberIn(value, 'a', 'c')).toBeNull();
  expect(memberIn(value, 'a', 'c', 'd')).toBeUndefined();
  expect(memberIn(value, 'a', 'b', '0')).toBeUndefined();
  expect(memberIn('text', 'length')).toBeUndefined();
  expect(memberIn(value)).toBe(value);
});
