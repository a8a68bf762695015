import { expect, test } from 'vitest';
import { overlayValueProperties } from '../../local/functions-host/triggerMetadata.ts';
import { decodeTypedData, encodeTypedData } from '../../local/functions-host/typedData.ts';

test.each([
  [{ string: '42' }, 42],
  [{ string: '{"a":1}' }, { a: 1 }],
  [{ string: '{bad' }, '{bad'],
  [{ string: '' }, ''],
  [{ json: 'null' }, null],
  [{ bytes: new Uint8Array([1, 2]) }, Buffer.from([1, 2])],
  [{ int: 7 }, 7],
  [{ double: 0.5 }, 0.5],
  [{ collectionString: { string: ['1', 'x'] } }, [1, 'x']],
  [{}, undefined],
  [undefined, undefined],
])('the typed value %j reads as %j', (data, value) => {
  expect(decodeTypedData(data)).toEqual(value);
});

test.each([
  ['text', { string: 'text' }],
  ['{"a":1}', { string: '{"a":1}' }],
  [7, { int: 7 }],
  [0.5, { double: 0.5 }],
  [true, { json: 'true' }],
  [[1, 'a'], { json: '[1,"a"]' }],
  [{ a: 1 }, { json: '{"a":1}' }],
  [null, undefined],
  [undefined, undefined],
])('the result %j is written as %j', (value, data) => {
  expect(encodeTypedData(value)).toEqual(data);
});

test('a view on a buffer is written as the bytes it shows', () => {
  const whole = new Uint8Array([1, 2, 3, 4]);
  expect(encodeTypedData(whole.subarray(1, 3))).toEqual({ bytes: new Uint8Array([2, 3]) });
});

test('properties of a value hide metadata of the same name, whatever its case, and keep its spelling', () => {
  const metadata = { Id: { string: 'message' }, DequeueCount: { json: '1' } };
  expect(overlayValueProperties(metadata, { id: 'mine', dequeueCount: 77 })).toEqual({
    Id: { string: 'mine' },
    DequeueCount: { string: '77' },
  });
});

test('scalars become strings, objects json, null and arrays are left out', () => {
  const value = { yes: true, no: false, count: 1, nested: { X: 1 }, list: [1], nothing: null };
  expect(overlayValueProperties({}, value)).toEqual({
    yes: { string: 'True' },
    no: { string: 'False' },
    count: { string: '1' },
    nested: { json: '{"X":1}' },
  });
});

test.each([[[1, 2]], ['text'], [42], [null]])('the value %j adds no metadata', (value) => {
  expect(overlayValueProperties({ Id: { string: 'a' } }, value)).toEqual({ Id: { string: 'a' } });
});
