import type { Invoke } from '../invoke.ts';
import type { FunctionCallback } from '../programmingModel.ts';
import type { RegisteredFunction } from '../registry.ts';
import { orchestrationInput, type RequestForm } from './requestText.ts';
import { readAnswer } from './orchestratorAnswer.ts';
import type { TurnDraft } from './turnDraft.ts';

const SHIFT_MS = 93_784_000;

/**
 * Runs a turn's history a second time under another clock and another generator and compares the actions; a difference
 * means the orchestrator used the clock, chance or a random id of its own.
 *
 * @returns true when both runs asked for the same.
 */
export async function repeatsItself(
  invoke: Invoke,
  fn: RegisteredFunction,
  draft: TurnDraft,
  form: RequestForm,
  actions: readonly unknown[],
): Promise<boolean> {
  const callback: FunctionCallback = (...args) => underShiftedGlobals(() => fn.callback(...args));
  const input = orchestrationInput(fn, draft.record, draft.fresh, form);
  const again = readAnswer(await invoke({ ...fn, callback }, input));
  return JSON.stringify(again.actions) === JSON.stringify(actions);
}

// The SDK runs an orchestrator synchronously inside its first call, so the globals are shifted for that call only.
function underShiftedGlobals<T>(work: () => T): T {
  const { Date: OwnDate } = globalThis;
  const ownRandom = Math.random;
  globalThis.Date = shiftedDate(OwnDate);
  Math.random = () => 1 - Number.EPSILON - ownRandom();
  try {
    return work();
  } finally {
    globalThis.Date = OwnDate;
    Math.random = ownRandom;
  }
}

const shiftedDate = (OwnDate: DateConstructor): DateConstructor =>
  new Proxy(OwnDate, {
    construct: (target, args: []) =>
      args.length > 0 ? new target(...args) : new target(target.now() + SHIFT_MS),
    get: (target, key) =>
      key === 'now' ? () => target.now() + SHIFT_MS : (Reflect.get(target, key) as unknown),
  });
