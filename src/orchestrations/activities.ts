/** First activity of a run. Input: `RunInput`. Answer: `RunBeginning`. */
export const beginRunActivity = 'beginRun';

/** Last activity of a run. Input: `RunFinish`. Writes the record and answers nothing. */
export const finishRunActivity = 'finishRun';

/** Name of the one orchestration that carries every run; its input is `RunInput`. */
export const runOrchestration = 'run';
