import type { Clock } from '../../../local/arm-simulator/clock.ts';
import { createSimulator, type Simulator } from '../../../local/arm-simulator/simulator.ts';
import type { WorldSeed } from '../../../local/arm-simulator/world.ts';

/** An answer with its body already parsed; undefined for an empty one. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // The tests read whatever the simulated service sent.
  readonly body: Json;
}

/** Untyped JSON, read by the tests without ceremony. */
export interface Json {
  readonly [key: string]: Json;
  readonly [index: number]: Json;
}

/** A simulator with a clock that only the test moves. */
export interface SimulatedClient {
  readonly simulator: Simulator;
  ask(method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Moves the clock and fires timers that have become due. */
  pass(seconds: number): void;
}

/** Starts at 2026-05-11T04:00:00Z unless told otherwise. */
export function openSimulator(world: WorldSeed, start = '2026-05-11T04:00:00Z'): SimulatedClient {
  let now = Date.parse(start);
  let timers: { id: number; at: number; run: () => void }[] = [];
  let drawn = 0;
  const clock: Clock = {
    now: () => now,
    random: () => 0.5,
    after(delayMs, run) {
      const id = (drawn += 1);
      timers.push({ id, at: now + delayMs, run });
      return { id };
    },
    cancel: ({ id }) => void (timers = timers.filter((timer) => timer.id !== id)),
  };
  const simulator = createSimulator({ world, clock });
  return {
    simulator,
    async ask(method, url, body, headers = {}) {
      const reply = await simulator.handle({
        method,
        url,
        headers: { authorization: 'Bearer token', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const parsed = (reply.body === undefined ? undefined : JSON.parse(reply.body)) as Json;
      return { status: reply.status, headers: reply.headers, body: parsed };
    },
    pass(seconds) {
      now += seconds * 1000;
      const due = timers.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
      timers = timers.filter(({ at }) => at > now);
      for (const { run } of due) run();
    },
  };
}
