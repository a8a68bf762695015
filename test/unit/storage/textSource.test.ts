import { expect, test } from 'vitest';
import { textSource } from '../../../src/storage/textSource.ts';

const credential = { getToken: () => Promise.resolve(null) };

test.each([
  'https://ada:secret1@plans.blob.core.windows.net/p/plan.json',
  'https://plans .blob/p?sig=secret1',
])('a place that is no plain URL is refused, and not named: %s', (location) => {
  const asked = () => textSource(location, credential);
  expect(asked).toThrow('The place is no URL, or one with a user name or password in it.');
  expect(asked).not.toThrow(/secret1/);
});
