import { armCalls } from './armCalls.ts';

/** One line of the simulator's log. */
export interface LoggedRequest {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly route: string;
  readonly status: number;
  readonly effect: readonly string[];
}

/** A change the simulator has made. */
export interface Effect {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: string;
  readonly subject: string;
}

/** The simulator's own routes, which no client of ARM has. */
export interface SimulatorControl {
  log(): Promise<readonly LoggedRequest[]>;
  effects(): Promise<readonly Effect[]>;
  /** Takes the place of the faults before. */
  setFaults(faults: unknown): Promise<void>;
  /** Adds to the world. */
  addWorld(world: unknown): Promise<void>;
}

/** Speaks to a running simulator. @param caFile PEM of the authority its certificate comes from. */
export function simulatorControl(arm: string, caFile: string): SimulatorControl {
  const ask = armCalls(arm, caFile);
  const read = async <T>(name: string): Promise<readonly T[]> =>
    (await ask<{ value: readonly T[] }>('GET', `/simulator/${name}`)).value;
  const send = (name: string, body: unknown): Promise<void> => ask('POST', `/simulator/${name}`, body);
  return {
    log: () => read('log'),
    effects: () => read('effects'),
    setFaults: (faults) => send('faults', faults),
    addWorld: (world) => send('world', { mode: 'merge', world }),
  };
}
