import { describe, expect, test } from 'vitest';
import { folderFrom, nameFrom, numberFrom, onlyWord, wholeNumberFrom } from '../../local/commandLine.ts';

describe('a number of the command line', () => {
  test.each(['0', '-1', '101', '', ' ', 'x', '1x', 'NaN', 'Infinity'])(
    "is not '%s' from 1 to 100",
    (text) => {
      const sentence = `--minutes takes a number from 1 to 100, not '${text}'`;
      expect(() => numberFrom('minutes', text, 1, 100)).toThrow(sentence);
    },
  );

  test.each(['0', '-1', '101', '', 'x', '1.5', '1e1', 'Infinity'])(
    "is no whole one as '%s' from 1 to 100",
    (text) => {
      const sentence = `--seeds takes a whole number from 1 to 100, not '${text}'`;
      expect(() => wholeNumberFrom('seeds', text, 1, 100)).toThrow(sentence);
    },
  );

  test('is each end of its range too', () => {
    expect([numberFrom('minutes', '1.5', 1, 100), numberFrom('minutes', '100', 1, 100)]).toEqual([1.5, 100]);
    expect([wholeNumberFrom('seeds', '1', 1, 100), wholeNumberFrom('seeds', '100', 1, 100)]).toEqual([
      1, 100,
    ]);
  });
});

test('a name of the command line is one that there is, spelled so', () => {
  expect(nameFrom('only', 'ids', ['ids', 'urls'])).toBe('ids');
  for (const text of ['IDS', 'id', ''])
    expect(() => nameFrom('only', text, ['ids', 'urls'])).toThrow(`--only takes ids, urls, not '${text}'`);
});

test('a word that is needed is there once', () => {
  expect(onlyWord('FILE', ['plan.json'])).toBe('plan.json');
  for (const words of [[], ['']]) expect(() => onlyWord('FILE', words)).toThrow('FILE is missing');
  expect(() => onlyWord('FILE', ['a', 'b', 'c'])).toThrow('one FILE is taken, not b c besides');
});

test('a folder is there, and no file', () => {
  expect(folderFrom('test')).toBe('test');
  for (const name of ['nowhere', 'package.json'])
    expect(() => folderFrom(name)).toThrow(`${name}: there is no such folder`);
});
