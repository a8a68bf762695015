import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { currentLife } from './processLife.ts';

/** Code of a killed life tried to reach the network. */
class LifeEnded extends Error {
  readonly code = 'ELIFEENDED';
}

type AnyFunction = (...parameters: unknown[]) => unknown;

const refuseIfDead = (): void => {
  if (currentLife()?.alive === false) throw new LifeEnded('the process this call came from has been killed');
};

function guard(owner: Record<string, unknown>, name: string): void {
  const original = owner[name] as AnyFunction;
  owner[name] = function (this: unknown, ...parameters: unknown[]): unknown {
    refuseIfDead();
    return original.apply(this, parameters);
  };
}

let installed = false;

/**
 * From now on the next HTTP call of a killed life fails at once, so that nothing leaves after the kill; calls of other
 * lives go on. Install it before the app is loaded; later calls do nothing.
 */
export function severDeadCalls(): void {
  if (installed) return;
  installed = true;
  for (const owner of [http, https] as unknown as Record<string, unknown>[]) {
    guard(owner, 'request');
    guard(owner, 'get');
  }
  syncBuiltinESMExports();
  const original = globalThis.fetch;
  globalThis.fetch = async (...parameters) => {
    refuseIfDead();
    return original(...parameters);
  };
}
