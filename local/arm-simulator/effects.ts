/** One change that the simulated cloud really made. */
export interface Effect {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What was done, in the routes' words: `backup`, `protect`, `register`. */
  readonly kind: string;
  /** ARM id in lower case. */
  readonly subject: string;
  /** Job or operation the effect began, where there is one. */
  readonly id?: string;
  /** What a fault has made of it: `empty`, `corrupt`. */
  readonly bent?: string;
}

/** Counts applied effects, so that a test can say "exactly once". */
export interface Effects {
  record(effect: Effect): void;
  /** In order of happening. */
  all(): readonly Effect[];
  /** How often `kind` was applied, to one subject (compared without case) or to any. */
  count(kind: string, subject?: string): number;
}

/** An empty counter. */
export function createEffects(): Effects {
  const effects: Effect[] = [];
  return {
    record: (effect) => void effects.push({ ...effect, subject: effect.subject.toLowerCase() }),
    all: () => effects,
    count: (kind, subject) =>
      effects.filter((e) => e.kind === kind && (subject === undefined || e.subject === subject.toLowerCase()))
        .length,
  };
}
