import type { InvocationOutcome } from '../invoke.ts';
import type { RetryPolicy } from './instanceRecord.ts';

/** Numbers the SDK gives its actions. */
export const actionType = {
  callActivity: 0,
  callActivityWithRetry: 1,
  callChild: 2,
  callChildWithRetry: 3,
  continueAsNew: 4,
  createTimer: 5,
  waitForEvent: 6,
  callHttp: 8,
  whenAny: 11,
  whenAll: 12,
} as const;

/** One action as the SDK answers it; which fields are there depends on `actionType`. */
export interface Action {
  readonly actionType: number;
  readonly functionName?: string;
  readonly instanceId?: string;
  readonly input?: unknown;
  readonly retryOptions?: RetryPolicy;
  readonly fireAt?: string | Date;
  readonly isCanceled?: boolean;
  readonly externalEventName?: string;
  readonly compoundActions?: readonly Action[];
}

/** What an orchestrator answered to one turn. */
export interface OrchestratorAnswer {
  readonly isDone: boolean;
  /** Everything asked for since the generation began, oldest first. */
  readonly actions: readonly Action[];
  readonly output?: unknown;
  readonly customStatus?: unknown;
  /** Why the orchestrator failed; an empty message is no reason and leaves it absent. */
  readonly error?: string;
  readonly threw?: true;
  /** The app broke outside the protocol: nothing is known of its actions. */
  readonly broken?: true;
  /** No function of that name exists; the app was not called. */
  readonly unknown?: true;
}

const LABEL = '$OutOfProcData$:';

interface WireAnswer {
  readonly isDone?: boolean;
  readonly actions?: readonly (readonly Action[])[];
  readonly output?: unknown;
  readonly customStatus?: unknown;
  readonly error?: string;
}

/**
 * Reads the outcome of an orchestrator call.
 *
 * A failed orchestrator throws an error whose message carries the answer behind a label. Actions of a successful answer
 * are the SDK's live objects, so that the same object met twice can be told from two equal ones.
 */
export function readAnswer(outcome: InvocationOutcome): OrchestratorAnswer {
  if (outcome.ok) return fromWire(outcome.result as WireAnswer);
  const message = outcome.error instanceof Error ? outcome.error.message : String(outcome.error);
  const at = message.indexOf(LABEL);
  if (at < 0) return { isDone: false, actions: [], error: message, threw: true, broken: true };
  return { ...fromWire(JSON.parse(message.slice(at + LABEL.length)) as WireAnswer), threw: true };
}

const fromWire = (wire: WireAnswer): OrchestratorAnswer => ({
  isDone: wire.isDone === true,
  actions: (wire.actions ?? []).flat(),
  output: wire.output,
  customStatus: wire.customStatus,
  ...(wire.error === undefined ? {} : { error: wire.error }),
});

/** What the orchestrator goes on with when it asked for a new generation: JSON text. */
export function nextInput(answer: OrchestratorAnswer): string | undefined {
  const action = answer.actions.find((each) => each.actionType === actionType.continueAsNew);
  return action && (JSON.stringify(action.input) ?? 'null');
}

/** Leaf actions of one entry, left to right, whatever their nesting. */
export function leavesOf(action: Action): readonly Action[] {
  if (action.actionType === actionType.continueAsNew) return [];
  return action.compoundActions ? action.compoundActions.flatMap(leavesOf) : [action];
}

/** Whether the host would go on past this entry, given which of its leaves (left to right) are done. */
export function isSatisfied(action: Action, done: readonly boolean[]): boolean {
  let at = 0;
  const check = (each: Action): boolean => {
    if (each.actionType === actionType.continueAsNew) return true;
    if (!each.compoundActions) return done[at++] ?? false;
    const parts = each.compoundActions.map(check);
    return each.actionType === actionType.whenAny ? parts.some(Boolean) : parts.every(Boolean);
  };
  return check(action);
}
