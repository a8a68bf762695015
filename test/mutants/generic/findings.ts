/** What a run of one test file is told, and what it finds out; crosses from process to process as JSON. */
export interface Findings {
  /** The one mistake that is awake all the time; 0 while each is tried within its tests. */
  readonly alone: number;
  /** Whether each trial is followed by one without a mistake, to find those that outlast their trial. */
  readonly careful: boolean;
  /** Tests that take longer than this try no mistakes. */
  readonly longestTestMs: number;
  /** By mistake, the test that noticed it. */
  readonly caught: Record<number, string>;
  /** Mistakes in code that a test ran. */
  readonly reached: Record<number, true>;
  /** Mistakes in code that runs when its file is loaded. */
  readonly loaded: Record<number, true>;
  /** Mistakes that change what later trials see, such as a cache. */
  readonly lasting: Record<number, true>;
}
