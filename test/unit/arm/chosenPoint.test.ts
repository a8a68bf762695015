import { describe, expect, test } from 'vitest';
import {
  choosePoint,
  jobIdOf,
  rankOf,
  type ListedPoint,
  type PointWish,
} from '../../../src/arm/backupJob.ts';

const point = (name: string, at: string, ...stores: string[]): ListedPoint => ({
  ...{ id: `/points/${name}`, name, at: at === '' ? '' : `2026-08-${at}:00.000Z` },
  stores,
});
const wish = (differs: Partial<PointWish> = {}): PointWish => ({
  choose: 'latest',
  ...{ notBefore: '2026-08-10T00:00:00.000Z', notAfter: '2026-08-20T00:00:00.000Z', seed: 's' },
  ...differs,
});
const names = (points: readonly ListedPoint[], differs?: Partial<PointWish>) => {
  const { chosen, ...counts } = choosePoint(points, wish(differs));
  return { name: chosen?.name, ...counts };
};

describe('the point of a drill', () => {
  const points = [
    point('too-old', '09T23:59'),
    point('first', '10T00:00'),
    point('timeless', ''),
    point('last', '20T00:00'),
    point('middle', '15T00:00'),
    point('too-new', '20T00:01'),
  ];

  test('is the newest of the span, both ends of which count; what says no time does not', () => {
    expect(names(points)).toEqual({ name: 'last', eligible: 3, passedOver: 0 });
    expect(choosePoint(points, wish()).chosen).toEqual({
      ...{ id: '/points/last', name: 'last', at: '2026-08-20T00:00:00.000Z' },
    });
  });

  test('is none where the span has none', () => {
    expect(names([point('too-old', '09T23:59')])).toEqual({ name: undefined, eligible: 0, passedOver: 0 });
  });

  test('is the one that is named, in any case, however old', () => {
    expect(names(points, { name: 'TOO-OLD' })).toEqual({ name: 'too-old', eligible: 1, passedOver: 0 });
    expect(names(points, { name: 'nobody' })).toEqual({ name: undefined, eligible: 0, passedOver: 0 });
  });

  test('drawn at random is the same for the same seed, whatever the order of the list', () => {
    const drawn = Array.from(
      { length: 40 },
      (_, at) => names(points, { choose: 'random', seed: `${at}` }).name,
    );
    const again = Array.from(
      { length: 40 },
      (_, at) => names([...points].reverse(), { choose: 'random', seed: `${at}` }).name,
    );
    expect(again).toEqual(drawn);
    expect(new Set(drawn)).toEqual(new Set(['first', 'middle', 'last']));
  });

  test('drawn at random has the lowest rank of its seed', () => {
    const ranks = ['first', 'middle', 'last'].map((name) => ({ name, rank: rankOf('7', name) }));
    ranks.sort((one, other) => (one.rank < other.rank ? -1 : 1));
    expect(names(points, { choose: 'random', seed: '7' }).name).toBe(ranks[0]?.name);
  });
});

describe('a point can be restored', () => {
  const at = '15T00:00';

  test('unless it lies in the archive alone', () => {
    expect(names([point('a', at, 'ArchivedRP')])).toEqual({ name: undefined, eligible: 0, passedOver: 1 });
    expect(names([point('a', at, 'ArchivedRP', 'HardenedRP')]).name).toBe('a');
    expect(names([point('a', at, 'TierNobodyKnows')]).name).toBe('a');
    expect(names([point('a', at)]).name).toBe('a');
  });

  test('from the store that the restore names, and from no other', () => {
    const store = 'OperationalStore';
    expect(names([point('a', at, 'VaultStore', 'operationalstore')], { store }).name).toBe('a');
    expect(names([point('a', at, 'VaultStore')], { store })).toEqual({
      ...{ name: undefined, eligible: 0, passedOver: 1 },
    });
    expect(names([point('a', at)], { store }).passedOver).toBe(1);
    expect(names([point('a', at, 'ArchiveStore')], { store: 'ArchiveStore' }).name).toBe('a');
  });
});

test.each([
  [{ properties: { jobId: 'a' }, jobId: 'b' }, 'a'],
  [{ jobId: 'b', properties: { jobIds: ['c'] } }, 'b'],
  [{ properties: { jobIds: ['c', 'd'] }, jobIds: ['e'] }, 'c'],
  [{ jobIds: ['e', 'f'] }, 'e'],
  [{ properties: {} }, undefined],
  [undefined, undefined],
])('an operation that ended with %j names the job %s', (body, jobId) => {
  expect(jobIdOf(body)).toBe(jobId);
});
