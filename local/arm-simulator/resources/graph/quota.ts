/** Resource Graph's own counter: queries per window and caller. */
interface Quota {
  /** Takes one query; `left` is -1 when none was left. */
  take(caller: string, now: number): { readonly left: number; readonly resetsAfterSeconds: number };
}

/** A counter with the size and the window (milliseconds) as they are at each query. */
export function createQuota(
  limits: () => { readonly size: number; readonly windowMilliseconds: number },
): Quota {
  const windows = new Map<string, { startedAt: number; used: number }>();
  return {
    take(caller, now) {
      const { size, windowMilliseconds } = limits();
      const known = windows.get(caller);
      const current =
        known !== undefined && now - known.startedAt < windowMilliseconds
          ? known
          : { startedAt: now, used: 0 };
      windows.set(caller, current);
      const resetsAfterSeconds = Math.ceil((current.startedAt + windowMilliseconds - now) / 1000);
      if (current.used >= size) return { left: -1, resetsAfterSeconds };
      current.used += 1;
      return { left: size - current.used, resetsAfterSeconds };
    },
  };
}

/** `00:00:05`: seconds as the quota header writes them. */
export const clockTime = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 19);
