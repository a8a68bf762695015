/** Where a run can be disturbed. */
export type FaultPoint =
  | 'turn before run'
  | 'turn after run, effects sent, not committed'
  | 'turn committed, effects not started'
  | 'turn effects started'
  | 'activity before run'
  | 'activity after run, result not stored'
  | 'event raised'
  | 'timer fired';

/** What happens at a point. `lose` applies to results and events, `duplicate` to results, events and timers. */
export type Fault = 'go' | 'crash' | 'fail' | 'duplicate' | 'lose' | { readonly delayMs: number };

/** The engine's disturber; absent in ordinary use. */
export interface Faults {
  /** @param subject instance id, followed by `/name` for an activity or event. */
  at(point: FaultPoint, subject: string): Fault;
  /** Called once all memory is gone after a `crash`; whoever listens starts the engine again. */
  crashed(point: FaultPoint, subject: string): void;
}

/** A disturber that leaves everything alone. */
export const noFaults: Faults = { at: () => 'go', crashed: () => undefined };
