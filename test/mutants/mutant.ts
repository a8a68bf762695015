/** A small mistake in the app, and what has to notice it. */
export interface Mutant {
  readonly file: string;
  /** A text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What would be wrong with the app. */
  readonly why: string;
  /** Test files and folders, tried in one go; `sim` stands for random worlds, tried after them. */
  readonly by: readonly string[];
  /** Why it need not be noticed: the app is right all the same. */
  readonly harmless?: string;
}

/** One mistake as its group writes it: file, text, what stands there instead, what would be wrong, why not after all. */
export type Mistake = readonly [file: string, find: string, replace: string, why: string, harmless?: string];

/** Mistakes that the same tests have to notice. */
export const noticedBy = (by: readonly string[], mistakes: readonly Mistake[]): readonly Mutant[] =>
  mistakes.map(([file, find, replace, why, harmless]) => ({
    ...{ file: `src/${file}`, find, replace, why, by },
    ...(harmless === undefined ? {} : { harmless }),
  }));
