import type { RunEnding, RunInput } from '../runs/run.ts';

/** First activity of a run. Input: `RunInput`. Answer: `RunBeginning`. */
export const beginRunActivity = 'beginRun';

/** Last activity of a run. Input: {@link RunFinish}. Writes the record and answers nothing. */
export const finishRunActivity = 'finishRun';

/** Input of `finishRun`. */
export type RunFinish = RunInput & { readonly ending: RunEnding };

/** Name of the one orchestration that carries every run; its input is `RunInput`. */
export const runOrchestration = 'run';
