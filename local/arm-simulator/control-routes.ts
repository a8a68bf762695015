import { z } from 'zod';
import type { Core, Route } from './core.ts';
import { faultTableSchema, type FaultTable } from './faults.ts';
import { json } from './replies.ts';
import type { Effects } from './effects.ts';
import type { LogEntry } from './request-log.ts';
import { worldSchema, type WorldSeed } from './world.ts';

const worldRequest = z.strictObject({
  mode: z.enum(['replace', 'merge']).default('merge'),
  world: z.unknown(),
});
const clockRequest = z.strictObject({ advanceSeconds: z.number().nonnegative() });

/** What the control routes read and change of a simulator. */
interface Controlled {
  readonly log: readonly LogEntry[];
  readonly effects: Effects;
  readonly faults: FaultTable;
  readonly core: Core;
  loadWorld(seed: WorldSeed, mode: 'replace' | 'merge'): void;
  advance(seconds: number): void;
}

/** `/simulator/…`: read the log and the effects, change the world, the clock and the faults. No token needed. */
export function simulatorRoutes(simulator: Controlled): Route[] {
  const open = (method: Route['method'], name: string, handle: Route['handle']): Route => ({
    name: `simulator.${name}`,
    method,
    path: `/simulator/${name}`,
    guarded: false,
    handle: (call) => refusingBadInput(() => handle(call)),
  });
  return [
    open('GET', 'log', () => json(200, { value: simulator.log })),
    open('GET', 'effects', () => json(200, { value: simulator.effects.all() })),
    open('POST', 'world', ({ body }) => {
      const { mode, world } = worldRequest.parse(body);
      worldSchema.parse(world);
      simulator.loadWorld(world as WorldSeed, mode);
      return json(200, { mode });
    }),
    open('POST', 'clock', ({ body }) => {
      simulator.advance(clockRequest.parse(body).advanceSeconds);
      return json(200, { now: new Date(simulator.core.clock.now()).toISOString() });
    }),
    open('POST', 'faults', ({ body }) => {
      simulator.faults.clear();
      simulator.faults.add(faultTableSchema.parse(body));
      return json(200, {});
    }),
  ];
}

function refusingBadInput(act: () => ReturnType<Route['handle']>): ReturnType<Route['handle']> {
  try {
    return act();
  } catch (error) {
    if (error instanceof z.ZodError)
      return json(400, { error: { code: 'InvalidInput', message: z.prettifyError(error) } });
    throw error;
  }
}
