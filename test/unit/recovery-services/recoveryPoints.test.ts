import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/arm/call.ts';
import { filterOf, filterTime } from '../../../src/recovery-services/paths.ts';
import { findRecoveryPoint } from '../../../src/recovery-services/recoveryPoints.ts';
import { context, itemId, list } from './replies.ts';

const input = {
  itemId: itemId('StorageContainer;storage;data;papers01', 'AzureFileShare;0a'),
  startedAt: '2026-08-22T02:00:05.480344Z',
  endedAt: '2026-08-22T02:00:09.2898927Z',
  expiresAt: '2026-09-21T02:00:00.000Z',
};

const point = (name: string, recoveryPointTime: string, differs: JsonObject = {}): JsonObject => ({
  id: `${input.itemId}/recoveryPoints/${name}`,
  name,
  properties: {
    objectType: 'AzureFileShareRecoveryPoint',
    recoveryPointType: 'FileSystemConsistent',
    recoveryPointTime,
    recoveryPointTierDetails: [{ type: 'InstantRP', status: 'Valid' }],
    ...differs,
  },
});

const made = (...rows: JsonObject[]) => {
  const reading = findRecoveryPoint.read(list(...rows), input, context);
  return reading.kind === 'done' ? reading.result : undefined;
};

test('the recovery point of a job is the first in its span; its time is cut to the second', () => {
  const rows = [
    point('later', '2026-08-22T02:00:50Z'),
    point('ours', '2026-08-22T02:00:05Z'),
    point('earlier', '2026-08-22T01:30:00Z'),
  ];
  expect(made(...rows)).toEqual({
    id: `${input.itemId}/recoveryPoints/ours`,
    at: '2026-08-22T02:00:05.000Z',
    type: 'FileSystemConsistent',
    tiers: [{ type: 'InstantRP', expiresAt: '2026-09-21T02:00:00.000Z' }],
  });
});

test('a list without one in the span gives none', () => {
  expect(made(point('earlier', '2026-08-22T01:59:00Z'), point('later', '2026-08-22T02:05:00Z'))).toBeNull();
});

test.each([
  ['two seconds before the start of the job', '2026-08-22T02:00:03.480Z', true],
  ['earlier', '2026-08-22T02:00:03.479Z', false],
  ['a minute after its end', '2026-08-22T02:01:09.289Z', true],
  ['later', '2026-08-22T02:01:09.290Z', false],
])('a point made %s is the job’s: %s, %s', (_when, at, isIts) => {
  expect(made(point('p', at)) !== null).toBe(isIts);
});

test('without an expiry asked for, none is told', () => {
  const { expiresAt: _none, ...without } = input;
  const reading = findRecoveryPoint.read(list(point('p', '2026-08-22T02:00:06Z')), without, context);
  expect(reading).toMatchObject({ result: { tiers: [{ type: 'InstantRP' }] } });
  expect(reading).not.toHaveProperty('result.tiers.0.expiresAt');
});

test('the expiry that the service sends goes before the one that was asked for', () => {
  const row = point('ours', '2026-08-22T02:00:06Z', {
    recoveryPointProperties: { expiryTime: '2026-09-22T00:00:00Z' },
  });
  expect(made(row)?.tiers).toEqual([{ type: 'InstantRP', expiresAt: '2026-09-22T00:00:00Z' }]);
});

test('a database has its time under another name, and its log ranges are no points', () => {
  const common = {
    recoveryPointTime: undefined,
    recoveryPointTimeInUTC: '2026-08-22T02:00:08Z',
    type: 'Full',
  };
  const range = { ...common, objectType: 'AzureWorkloadSQLPointInTimeRecoveryPoint' };
  const full = { ...common, objectType: 'AzureWorkloadSQLRecoveryPoint', recoveryPointType: undefined };
  expect(made(point('range', '', range))).toBeNull();
  expect(made(point('full', '', full))).toMatchObject({ at: '2026-08-22T02:00:08.000Z', type: 'Full' });
});

test('the list is narrowed to an hour around the job, in the service`s twelve-hour clock', () => {
  expect(findRecoveryPoint.describe(input).query).toEqual({
    $filter: "startDate eq '2026-08-22 01:00:05 AM' and endDate eq '2026-08-22 03:00:09 AM'",
  });
});

test.each([
  ['2026-08-22T00:05:09Z', '2026-08-22 12:05:09 AM'],
  ['2026-08-22T11:59:59Z', '2026-08-22 11:59:59 AM'],
  ['2026-08-22T12:00:00Z', '2026-08-22 12:00:00 PM'],
  ['2026-08-22T23:00:00.9Z', '2026-08-22 11:00:00 PM'],
])('%s is written %s in a filter', (instant, text) => {
  expect(filterTime(new Date(instant))).toBe(text);
});

test('a filter leaves out what is not given and doubles quotes', () => {
  expect(filterOf({ status: 'Registered', itemType: undefined, friendlyName: "o'neil" })).toBe(
    "status eq 'Registered' and friendlyName eq 'o''neil'",
  );
});

test('types and tiers that nobody knows are shown as the service says them', () => {
  const row = point('ours', '2026-08-22T02:00:05Z', {
    recoveryPointType: 'CrystalConsistent',
    recoveryPointTierDetails: [
      { type: 'GlacierRP', status: 'Valid' },
      { type: 'InstantRP', status: 'Sublimated' },
    ],
  });
  expect(made(row)).toMatchObject({
    type: 'CrystalConsistent',
    tiers: [{ type: 'GlacierRP' }, { type: 'InstantRP' }],
  });
});
