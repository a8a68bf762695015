import { z } from 'zod';
import { faultTableSchema } from './faults.ts';
import { json } from './replies.ts';
import type { Route } from './route.ts';
import type { Simulator } from './simulator.ts';
import { worldSchema, type WorldSeed } from './world.ts';

const worldRequest = z.strictObject({
  mode: z.enum(['replace', 'merge']).default('merge'),
  world: z.unknown(),
});
const clockRequest = z.strictObject({ advanceSeconds: z.number().nonnegative() });

/** `/simulator/…`: read the log and the effects, change the world, the clock and the faults. No token needed. */
export function simulatorRoutes(simulator: Simulator): Route[] {
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
