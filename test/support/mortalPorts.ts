/** Where a process may die: before a port call has an effect, or after it, before its answer is seen. */
export interface DeathPoint {
  /** Number of the port call, from 1. */
  readonly call: number;
  readonly when: 'before' | 'after';
}

/** One process: its port calls are counted, and end when it dies. */
export interface Life {
  readonly isAlive: () => boolean;
  readonly kill: () => void;
  /** The same object, whose methods count as port calls and never answer once the process is dead. */
  mortal<T extends object>(port: T, label?: string): T;
}

/** What may happen to a call of a port, by its label and name: `steps.replace`. */
export type AroundPort = (port: string, effect: () => Promise<unknown>) => Promise<unknown>;

/** Counts the port calls of every life. */
export interface PortCalls {
  count: number;
  /** `table.replace`, `arm.send` …, in order. */
  readonly names: string[];
}

/** A promise of its own for each: one that all waited for would keep every world that was ever played. */
const never = (): Promise<never> => new Promise(() => undefined);

/** A process that dies at the given point; `died` is told when it does. */
export function beginMortalLife(
  calls: PortCalls,
  deathAt: DeathPoint | undefined,
  died: () => void,
  around: AroundPort = (_port, effect) => effect(),
): Life {
  let alive = true;
  const die = (): Promise<never> => {
    alive = false;
    died();
    return never();
  };
  const isDeath = (call: number, when: DeathPoint['when']) => deathAt?.call === call && deathAt.when === when;

  async function call(label: string, name: string, effect: () => unknown): Promise<unknown> {
    if (!alive) return never();
    calls.names.push(name);
    const number = ++calls.count;
    if (isDeath(number, 'before')) return die();
    const answer = await around(`${label}.${name}`, async () => (alive ? effect() : never));
    if (!alive) return never();
    return isDeath(number, 'after') ? die() : answer;
  }

  return {
    isAlive: () => alive,
    kill: () => void (alive = false),
    mortal(port, label = '') {
      const calls = new Map<string | symbol, (...values: unknown[]) => Promise<unknown>>();
      return new Proxy(port, {
        get(target, property, receiver) {
          const known = calls.get(property);
          if (known) return known;
          const member: unknown = Reflect.get(target, property, receiver);
          if (typeof member !== 'function') return member;
          const name = String(property);
          const made = (...values: unknown[]) =>
            call(label, name, () => Reflect.apply(member, target, values));
          calls.set(property, made);
          return made;
        },
      });
    },
  };
}
