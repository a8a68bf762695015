/** Waits for its turn before a call takes effect. */
export type Turns = <T>(call: () => Promise<T>) => Promise<T>;

/** Plays workers that take turns, one call at a time, to their ends. */
export type Play = (workers: readonly ((turn: Turns) => Promise<void>)[]) => Promise<void>;

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One order of turns: the choices that were given, then always the first worker that waits. */
function playing(choices: readonly number[]) {
  const taken: { choice: number; of: number }[] = [];
  const play: Play = async (workers) => {
    const waiting = new Map<number, () => void>();
    const failures: unknown[] = [];
    let busy = workers.length;
    workers.forEach((worker, number) => {
      const turn: Turns = async (call) => {
        busy -= 1;
        await new Promise<void>((resolve) => waiting.set(number, resolve));
        return call();
      };
      worker(turn).then(
        () => (busy -= 1),
        (error: unknown) => (failures.push(error), (busy -= 1)),
      );
    });
    for (;;) {
      while (busy > 0) await settled();
      const ready = [...waiting.keys()].sort();
      if (ready.length === 0) break;
      const choice = choices[taken.length] ?? 0;
      taken.push({ choice, of: ready.length });
      const next = ready[choice] ?? 0;
      const go = waiting.get(next);
      waiting.delete(next);
      busy += 1;
      go?.();
    }
    if (failures.length > 0) throw failures[0];
  };
  return { play, taken };
}

/** Plays a scene once for every order in which its workers can take their turns. @returns how many orders there were. */
export async function everyOrder(scene: (play: Play) => Promise<void>): Promise<number> {
  let choices: number[] | undefined = [];
  let orders = 0;
  while (choices) {
    const { play, taken } = playing(choices);
    await scene(play);
    orders += 1;
    const last = taken.findLastIndex(({ choice, of }) => choice + 1 < of);
    const kept = taken.slice(0, last + 1).map(({ choice }) => choice);
    choices = last < 0 ? undefined : [...kept.slice(0, -1), (kept.at(-1) ?? 0) + 1];
  }
  return orders;
}
