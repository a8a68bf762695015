/** Waits on the clock behind the globals. */
export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));

/** Runs tasks, so many at a time. */
export async function inParallel<T>(
  all: readonly T[],
  atATime: number,
  run: (one: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < all.length; index = next++) {
      const one = all[index];
      if (one !== undefined) await run(one, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, all.length) }, lane));
}

/** A bucket of tokens, full at first: waits until one is there. */
export function tokens(capacity: number, perSecond: number): () => Promise<void> {
  let fullAt = 0;
  return async () => {
    const now = Date.now();
    fullAt = Math.max(fullAt, now) + 1000 / perSecond;
    const wait = fullAt - now - (capacity * 1000) / perSecond;
    if (wait > 0) await pause(Math.ceil(wait));
  };
}
