import { resolve } from 'node:path';
import { worldSchema } from '../arm-simulator/world.ts';
import { jsonFrom, numberFrom, readOptions, Refused, wholeNumberFrom } from '../commandLine.ts';
import { readPlan } from '../../src/plan/problems.ts';
import * as z from 'zod';

/** The command line of {@link readStartOptions}. */
export const startUsage =
  'npm start -- [--port N] [--plan FILE] [--world FILE] [--time-scale N] [--keep FOLDER] [--access]';

/** What `npm start` was asked for. */
export interface StartOptions {
  readonly port: number;
  readonly timeScale: number;
  /** Absolute path of a plan that has no errors. */
  readonly plan?: string;
  readonly world?: unknown;
  readonly keep?: string;
  /** Closed, with an issuer of tokens beside it. */
  readonly access: boolean;
}

function worldFrom(file: string): unknown {
  const world = jsonFrom(file);
  const read = worldSchema.safeParse(world);
  if (read.success) return world;
  throw new Refused(`${file} is no world: ${z.prettifyError(read.error)}`);
}

function planFrom(file: string): string {
  const reading = readPlan(jsonFrom(file));
  if (reading.kind === 'plan') return resolve(file);
  const problems = reading.problems.map(({ path, message }) => `${path}: ${message}`);
  throw new Refused(`${file} is no plan: ${problems.join('; ')}`);
}

/** Reads the command line and the files it names. @throws Refused with what is wrong, as one sentence. */
export function readStartOptions(): StartOptions {
  const {
    port,
    plan,
    world,
    keep,
    access,
    'time-scale': timeScale,
  } = readOptions({
    port: { type: 'string', default: '7071' },
    plan: { type: 'string' },
    world: { type: 'string' },
    'time-scale': { type: 'string', default: '10' },
    keep: { type: 'string' },
    access: { type: 'boolean', default: false },
  });
  return {
    port: wholeNumberFrom('port', port, 0, 65_535),
    access,
    timeScale: numberFrom('time-scale', timeScale, 0.001, 100_000),
    ...(plan === undefined ? {} : { plan: planFrom(plan) }),
    ...(world === undefined ? {} : { world: worldFrom(world) }),
    ...(keep === undefined ? {} : { keep: resolve(keep) }),
  };
}
