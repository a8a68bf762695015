import { seededRandom } from '../../local/functions-host/clock/seededRandom.ts';

/** Choices of one seed. */
export interface Chance {
  /** True in so many of a hundred. */
  readonly percent: (of: number) => boolean;
  /** A whole number, both ends included. */
  readonly whole: (from: number, to: number) => number;
  readonly oneOf: <T>(values: readonly T[]) => T;
  /** Each of the values with the given chance. */
  readonly some: <T>(values: readonly T[], percent: number) => T[];
}

/** The choices of a seed; another `stream` of the same seed chooses on its own. */
export function chanceOf(seed: number, stream: number): Chance {
  const random = seededRandom(Math.imul(seed, 2_654_435_761) + stream * 97);
  const percent = (of: number) => random() * 100 < of;
  return {
    percent,
    whole: (from, to) => from + Math.floor(random() * (to - from + 1)),
    oneOf: (values) => {
      const value = values[Math.floor(random() * values.length)];
      if (value === undefined) throw new Error('Nothing to choose from.');
      return value;
    },
    some: (values, of) => values.filter(() => percent(of)),
  };
}
