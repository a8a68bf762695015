import { describe, expect, test } from 'vitest';
import { readPlan } from '../../../src/plan/problems.ts';

const subscription = '11111111-1111-4111-8111-111111111111';
const vault = `/subscriptions/${subscription}/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/west`;
const rule = (more: object = {}) => ({
  name: 'shares',
  match: { kind: 'fileShare', regions: ['westeurope'] },
  protect: { vaults: { westeurope: vault }, policy: 'daily' },
  ...more,
});
const schedule = (more: object = {}) => ({
  name: 'nightly',
  cron: '0 2 * * *',
  timeZone: 'Europe/Berlin',
  backUp: { rules: ['shares'] },
  ...more,
});
const plan = (more: object = {}) => ({
  rules: [rule()],
  schedules: [schedule()],
  safety: { subscriptions: [subscription], vaults: [vault] },
  ...more,
});

const problemsOf = (json: unknown) => {
  const reading = readPlan(json);
  const problems = reading.kind === 'broken' ? reading.problems : reading.warnings;
  return problems.map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
};

describe('reading a plan', () => {
  test('a sound plan has no problems', () => {
    expect(problemsOf(plan())).toEqual([]);
  });

  test.each([
    [
      'a name used twice',
      plan({ rules: [rule(), rule()] }),
      'error rules[1].name: the name "shares" is used twice',
    ],
    [
      'a vault that is not on the allow-list',
      plan({ safety: { subscriptions: [subscription], vaults: [] } }),
      `error rules[0] "shares".protect.vaults.westeurope: vault ${vault} is not in safety.vaults`,
    ],
    [
      'a region without a vault',
      plan({ rules: [rule({ match: { kind: 'fileShare', regions: ['westeurope', 'uksouth'] } })] }),
      'error rules[0] "shares".protect.vaults: no vault for uksouth',
    ],
    [
      'a vault of the wrong type',
      plan({ rules: [rule({ match: { kind: 'blobs', regions: ['westeurope'] } })] }),
      'error rules[0] "shares".protect.vaults.westeurope: blobs needs a vault of type Microsoft.DataProtection/backupVaults',
    ],
    [
      'a cron line that is none',
      plan({ schedules: [schedule({ cron: '61 2 * * *' })] }),
      'error schedules[0] "nightly".cron: ',
    ],
    [
      'an unknown time zone',
      plan({ schedules: [schedule({ timeZone: 'Europe/Atlantis' })] }),
      'error schedules[0] "nightly".cron: time zone "Europe/Atlantis" is not an IANA name such as Europe/Berlin',
    ],
    [
      'days of the month beside days of the week',
      plan({ schedules: [schedule({ cron: '0 3 1-7 * 6' })] }),
      'warning schedules[0] "nightly".cron: cron "0 3 1-7 * 6" comes on days of the month 1-7 and on every weekday 6',
    ],
    [
      'a rule that does not exist',
      plan({ schedules: [schedule({ backUp: { rules: ['disks'] } })] }),
      'error schedules[0] "nightly".backUp.rules: there is no rule "disks"',
    ],
    [
      'an exclusion that leaves nothing',
      plan({
        rules: [
          rule({
            match: { kind: 'fileShare', regions: ['westeurope'], exclude: { regions: ['westeurope'] } },
          }),
        ],
      }),
      'warning rules[0] "shares".match.exclude: the exclusion takes out everything the rule matches: it selects nothing',
    ],
  ])('%s is reported with its place', (_, json, expected) => {
    expect(problemsOf(json).join('\n')).toContain(expected);
  });

  test('all problems come at once, with the name of the rule they lie in', () => {
    const broken = plan({
      rules: [rule({ match: { kind: 'fileshare' } })],
      schedules: [schedule({ concurrency: 0, extra: 1 })],
    });
    const found = problemsOf(broken);
    expect(found.some((line) => line.startsWith('error rules[0].match.kind "shares"'))).toBe(true);
    expect(found.some((line) => line.startsWith('error schedules[0].concurrency "nightly"'))).toBe(true);
    expect(found.some((line) => line.includes('"extra"'))).toBe(true);
  });

  test.each([[null], [42], ['plan'], [[]]])('%j is no plan, and says so without throwing', (json) => {
    expect(readPlan(json).kind).toBe('broken');
  });
});
