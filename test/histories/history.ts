import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionType, type Action } from '../../local/functions-host/durable/orchestratorAnswer.ts';

type Event = Readonly<Record<string, unknown>>;

/** What the host hands to an orchestration: the trigger value of one turn. */
export interface Turn {
  readonly history: readonly Event[];
  readonly [field: string]: unknown;
}

/** The last turn of an instance's generation, and everything it had asked for by then. */
export interface GoldenHistory {
  /** Registered name of the orchestration. */
  readonly orchestration: string;
  readonly turn: Turn;
  /** One line for each thing asked for, oldest first. */
  readonly asked: readonly string[];
}

const folder = 'test/histories';

/** Folder of the histories of a version of the app. */
export const folderOf = (version: string): string => join(folder, version);

/** Every version that histories are kept of. */
export const versions = (): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/** Fields that are null say nothing, but for the result of an activity. */
const isSaid = ([name, value]: [string, unknown]): boolean =>
  name === 'Result' || (value !== null && value !== false && !(name === 'EventId' && value === -1));

/** A history as text: one event a line, without what every event says. */
export function writeHistory({ orchestration, turn, asked }: GoldenHistory): string {
  const { history, ...rest } = turn;
  const lines = history.map((event) =>
    JSON.stringify(Object.fromEntries(Object.entries(event).filter(isSaid))),
  );
  return [
    `{"orchestration":${JSON.stringify(orchestration)},`,
    `"rest":${JSON.stringify(rest)},`,
    `"history":[\n${lines.join(',\n')}\n],`,
    `"asked":[\n${asked.map((line) => JSON.stringify(line)).join(',\n')}\n]}\n`,
  ].join('\n');
}

/** Reads a file of a version's folder. */
export function readHistory(version: string, name: string): GoldenHistory {
  const text = readFileSync(join(folderOf(version), name), 'utf8');
  const { orchestration, rest, history, asked } = JSON.parse(text) as {
    readonly orchestration: string;
    readonly rest: Record<string, unknown>;
    readonly history: readonly Event[];
    readonly asked: readonly string[];
  };
  const whole = history.map((event) => ({ EventId: -1, IsPlayed: false, Input: null, ...event }));
  return { orchestration, asked, turn: { ...rest, history: whole } };
}

const words: Readonly<Record<number, string>> = {
  [actionType.callActivity]: 'activity',
  [actionType.callChild]: 'child',
  [actionType.continueAsNew]: 'begin anew',
  [actionType.createTimer]: 'timer',
  [actionType.waitForEvent]: 'event',
};

/** Of an activity's input what tells the ledger which step is meant. */
function identityIn(input: unknown): string {
  const { stepId, stepName, ask, jobEvent, event } = (input ?? {}) as Record<string, unknown>;
  const told = { stepId, stepName, ask, jobEvent, event };
  const known = Object.entries(told).filter(([, value]) => value !== undefined);
  return known.map(([name, value]) => ` ${name} ${String(value)}`).join('');
}

/** What an orchestration asks for, as its history must know it: kinds, names, steps and times, in their order. */
export function inWords(actions: readonly Action[]): readonly string[] {
  return actions.flatMap((action): readonly string[] => {
    if (action.compoundActions)
      return [`${action.compoundActions.length} together`, ...inWords(action.compoundActions)];
    const fireAt = action.fireAt === undefined ? '' : ` at ${new Date(action.fireAt).toISOString()}`;
    const name = action.functionName ?? action.externalEventName ?? '';
    return [
      `${words[action.actionType] ?? action.actionType} ${name}${identityIn(action.input)}${fireAt}${action.isCanceled ? ' cancelled' : ''}`,
    ];
  });
}
