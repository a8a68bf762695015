import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const { logging } = JSON.parse(readFileSync('host.json', 'utf8')) as {
  readonly logging: {
    readonly logLevel: Readonly<Record<string, string>>;
    readonly applicationInsights: { readonly samplingSettings: { readonly excludedTypes: string } };
  };
};
const levels = ['Trace', 'Debug', 'Information', 'Warning', 'Error', 'Critical', 'None'];

/** The host takes the longest name that a category begins with. */
function isWritten(category: string, level: string): boolean {
  const names = Object.keys(logging.logLevel).filter(
    (name) => category === name || category.startsWith(`${name}.`),
  );
  const longest = names.sort((one, other) => other.length - one.length)[0];
  return levels.indexOf(level) >= levels.indexOf(logging.logLevel[longest ?? ''] ?? 'Information');
}

const functions = readdirSync('src/functions').map((file) => file.split('.')[0] ?? '');

describe('the log', () => {
  test('leaves the host its own filter, and no alert to chance', () => {
    expect(Object.keys(logging.logLevel)).not.toContain('default');
    expect(logging.applicationInsights.samplingSettings.excludedTypes.split(';')).toContain('Trace');
  });

  test('has every warning and error of every function', () => {
    for (const name of functions)
      for (const level of ['Warning', 'Error']) expect(isWritten(`Function.${name}.User`, level)).toBe(true);
  });

  test('has the lines of steps, runs and timers', () => {
    for (const name of [
      'executeStep',
      'finishRun',
      'watchRuns',
      'scheduleTick',
      'sendNotifications',
      'refreshCoverage',
    ])
      expect([name, isWritten(`Function.${name}.User`, 'Information')]).toEqual([name, true]);
  });

  test('has no line for each invocation, nor for each move of a flow', () => {
    for (const name of functions) expect(isWritten(`Function.${name}`, 'Information')).toBe(false);
    for (const name of ['run', 'batchShard', 'trackJobs', 'orderStep', 'trackTick'])
      expect(isWritten(`Function.${name}.User`, 'Information')).toBe(false);
  });

  test('names only functions that there are', () => {
    const named = Object.keys(logging.logLevel).flatMap(
      (name) => /^Function\.(\w+)\.User$/.exec(name)?.[1] ?? [],
    );
    expect(named.filter((name) => !functions.includes(name))).toEqual([]);
  });

  test('is counted on results, which the rules for failures and silence ask for', () => {
    expect(isWritten('Host.Results', 'Information')).toBe(true);
  });
});
