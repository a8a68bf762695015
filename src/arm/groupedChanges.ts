/** A state after a change, and what the one who asked for it is told. */
export interface Changed<S, A> {
  readonly state: S;
  readonly answer: A;
}

/** One change that waits to be written; applied anew for every try. */
export interface Change<S> {
  readonly nowMs: number;
  readonly apply: (state: S) => S;
}

interface Waiting<S> extends Change<S> {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Lets changes that are asked for while a write is on its way share the next one.
 *
 * @param write writes what all changes of a group make of the state; one that throws fails them all.
 */
export function groupChanges<S>(write: (group: readonly Change<S>[]) => Promise<void>) {
  let waiting: Waiting<S>[] = [];
  let writing = false;

  async function drain(): Promise<void> {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await write(group);
        for (const { done } of group) done();
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
    writing = false;
  }

  return <A>(nowMs: number, change: (state: S) => Changed<S, A>): Promise<A> =>
    new Promise<A>((resolve, reject) => {
      let answer: { readonly value: A } | undefined;
      const apply = (state: S): S => {
        const changed = change(state);
        answer = { value: changed.answer };
        return changed.state;
      };
      const done = () => answer && resolve(answer.value);
      waiting.push({ nowMs, apply, done, failed: reject });
      void drain();
    });
}
