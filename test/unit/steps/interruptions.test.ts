import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Table } from '../../../src/storage/table.ts';
import { backUp, protect, vault } from '../../support/ledgerSteps.ts';
import { playWorld, type Mutant, type Trouble, type WorldEnd } from '../../support/stepWorld.ts';

const input = { itemId: `${vault}/items/docs` };
const noTrouble: Trouble = {
  atPort: () => 'fine',
  atPost: () => ({ does: 'apply', seconds: 1 }),
  lagSeconds: () => -59,
  duplicates: () => false,
  yields: () => 0,
};
const play = (trouble: Partial<Trouble>, mutant?: Mutant): Promise<WorldEnd> =>
  playWorld(backUp, input, { ...noTrouble, ...trouble }, mutant);

/** Trouble at one port call alone. */
const at = (call: number, harm: 'killBefore' | 'killAfter' | 'lose'): Trouble['atPort'] => {
  let calls = 0;
  return () => (++calls === call ? harm : 'fine');
};

/** What must hold whatever happened: at most one applied request, and an ending that does not deny it. */
function check(end: WorldEnd): void {
  expect(end.applied.length).toBeLessThanOrEqual(1);
  expect(end.row?.state).toBe('settled');
  expect(end.outcome).toEqual(end.row?.outcome);
  if (end.applied.length === 1) expect(end.outcome?.kind).toBe('done');
  else expect(end.outcome?.kind).toBe('failed');
}

describe('one interruption at every point', async () => {
  const { portCalls } = await play({});
  const points = Array.from({ length: portCalls }, (_, index) => index + 1);

  test('an undisturbed backup takes a dozen calls or so: there are points to interrupt', () => {
    expect(portCalls).toBeGreaterThanOrEqual(10);
  });

  test.each(
    points.flatMap((point) =>
      (['killBefore', 'killAfter', 'lose'] as const).map((harm) => ({ point, harm })),
    ),
  )('$harm at call $point: one backup, and it is known', async ({ point, harm }) => {
    const end = await play({ atPort: at(point, harm) });
    check(end);
    expect(end.applied).toHaveLength(1);
  });

  test('two interruptions at any two points', async () => {
    for (const first of points) {
      for (const second of points) {
        let calls = 0;
        const atPort = (): ReturnType<Trouble['atPort']> => {
          calls += 1;
          return calls === first || calls === first + second ? 'killAfter' : 'fine';
        };
        check(await play({ atPort, lagSeconds: () => 299 }));
      }
    }
  });
});

const harms = fc.constantFrom(
  'fine',
  'fine',
  'fine',
  'fine',
  'fine',
  'fine',
  'fine',
  'killBefore',
  'killAfter',
  'lose',
);
const posts = fc.record({
  does: fc.constantFrom('apply', 'apply', 'applyUnanswered', 'fail', 'reset', 'throttle'),
  seconds: fc.constantFrom(0, 1, 20, 44, 59, 80),
});

/** A value of the list per call; after the last one, none is left to go wrong. */
const each = <T>(values: readonly T[], then: T): (() => T) => {
  let index = 0;
  return () => values[index++] ?? then;
};

const troubles = (longestLag: number) =>
  fc.record({
    ports: fc.array(harms, { maxLength: 120 }),
    posts: fc.array(posts, { maxLength: 6 }),
    lag: fc.integer({ min: -60, max: longestLag }),
    duplicates: fc.array(fc.boolean(), { maxLength: 30 }),
    yields: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 200 }),
  });
type Made = typeof troubles extends (lag: number) => fc.Arbitrary<infer T> ? T : never;

const troubleOf = (made: Made): Trouble => ({
  atPort: each(made.ports as ReturnType<Trouble['atPort']>[], 'fine'),
  atPost: each(made.posts as ReturnType<Trouble['atPost']>[], { does: 'apply', seconds: 1 }),
  lagSeconds: () => made.lag,
  duplicates: each(made.duplicates, false),
  yields: each(made.yields, 0),
});

describe('a followed operation', () => {
  test('whatever is interrupted, it is followed to its end with hardly a poll too many', async () => {
    const property = fc.asyncProperty(troubles(299), async (made) => {
      const end = await playWorld(protect, input, troubleOf(made));
      expect(end.row?.state).toBe('settled');
      expect(['done', 'failed']).toContain(end.outcome?.kind);
      expect(end.polls).toBeLessThanOrEqual(3 + made.ports.filter((harm) => harm !== 'fine').length);
    });
    await fc.assert(property, { numRuns: 500, seed: 20_260_822 });
  });
});

describe('any interruptions', () => {
  test('crashes, lost answers, duplicates and lag below the settle time never double a backup', async () => {
    const property = fc.asyncProperty(troubles(299), async (made) => {
      const end = await play(troubleOf(made));
      expect(end.applied.length).toBeLessThanOrEqual(1);
      expect(end.row?.state).toBe('settled');
      if (end.applied.length === 1) expect(end.outcome?.kind).toBe('done');
    });
    await fc.assert(property, { numRuns: 1500, seed: 20_260_822 });
  });

  const doubled = async (mutant: Mutant | undefined, longestLag: number): Promise<boolean> => {
    const property = fc.asyncProperty(troubles(longestLag), async (made) => {
      return (await play(troubleOf(made), mutant)).applied.length <= 1;
    });
    const { failed } = await fc.check(property, { numRuns: 3000, seed: 20_260_822, endOnFailure: true });
    return failed;
  };

  const withoutEtags: Mutant = (steps: Table) => ({
    ...steps,
    replace: async (row) => {
      await steps.put(row);
      return { kind: 'written', etag: (await steps.read(row.partitionKey, row.rowKey))?.etag ?? '' };
    },
  });
  const changingRows = (change: (row: Record<string, unknown>) => Record<string, unknown>): Mutant => {
    return (steps) => ({
      ...steps,
      replace: (row, etag) => steps.replace(change({ ...row }) as typeof row, etag),
    });
  };
  const withoutLease = changingRows((row) => ({ ...row, until: undefined }));
  const withoutDoubt = changingRows((row) => ({
    ...row,
    state: row['state'] === 'checking' ? 'ordered' : row['state'],
  }));
  const settledFromTheStart = changingRows((row) => ({ ...row, sendBy: row['firstAt'] as string }));

  test.each([
    ['ETags', withoutEtags, 299],
    ['the look before a repetition', withoutDoubt, 299],
    ['counting the settle time from the last window', settledFromTheStart, 299],
  ])('without %s, backups are doubled: the test can fail', async (_defence, mutant, lag) => {
    expect(await doubled(mutant, lag)).toBe(true);
  });

  test('a lag above the settle time doubles backups: the assumption is needed', async () => {
    expect(await doubled(undefined, 900)).toBe(true);
  });

  test('a lease that ends early is safe, because the settle time counts from the send window', async () => {
    expect(await doubled(withoutLease, 299)).toBe(false);
  });
});
