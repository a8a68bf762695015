import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { serveIdentity } from './identity.ts';
import { type FaultRuleSeed, faultTableSchema } from './faults.ts';
import { openKeptSimulator, simulatorFrom, type Beginning } from './journal.ts';
import { serveSimulator } from './server.ts';
import type { Simulator } from './simulator.ts';
import { worldSchema, type WorldSeed } from './world.ts';

const usage = 'npm run simulator -- [--world FILE] [--port N] [--time-scale N] [--faults FILE] [--keep FILE]';

/** A wrong command line or file: told as one sentence and the usage, without a stack, exit code 2. */
class Refused extends Error {}

function readOptions() {
  try {
    return parseArgs({
      options: {
        world: { type: 'string' },
        port: { type: 'string', default: '0' },
        'time-scale': { type: 'string' },
        faults: { type: 'string' },
        keep: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new Refused(messageOf(error));
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @throws Refused for a text that is no number, or not in range. */
function timeScaleFrom(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= 0.001 && value <= 100_000) return value;
  throw new Refused(`--time-scale takes a number from 0.001 to 100000, not '${text}'`);
}

/** Reads a file that a schema describes. @throws Refused naming the file and each problem. */
async function readFileOf<T>(file: string, schema: z.ZodType): Promise<T> {
  try {
    const content = JSON.parse(await readFile(file, 'utf8')) as T;
    schema.parse(content);
    return content;
  } catch (error) {
    throw new Refused(`${file}: ${error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error)}`);
  }
}

/** @throws Refused for a text that is no port. */
function portFrom(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Refused(`--port takes a whole number from 0 to 65535, not '${text}'`);
}

async function open({ world, faults, keep, 'time-scale': scale }: Options): Promise<Simulator> {
  const beginning: Beginning = {
    ...(world !== undefined && { world: await readFileOf<WorldSeed>(world, worldSchema) }),
    ...(faults !== undefined && { faults: await readFileOf<FaultRuleSeed[]>(faults, faultTableSchema) }),
    ...(scale !== undefined && { timeScale: timeScaleFrom(scale) }),
  };
  return keep === undefined ? simulatorFrom(beginning) : openKeptSimulator(keep, beginning);
}

type Options = ReturnType<typeof readOptions>;

async function serve(simulator: Simulator, port: number) {
  try {
    return await serveSimulator(simulator, port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Refused(`Port ${port} is taken: choose another with --port, or 0 for a free one`);
  }
}

async function start(): Promise<void> {
  const options = readOptions();
  const port = portFrom(options.port);
  const simulator = await open(options);
  const server = await serve(simulator, port);
  const identity = await serveIdentity({
    header: randomBytes(16).toString('hex'),
    tenantId: simulator.core.world.tenantId,
    now: () => Date.now(),
  });
  const folder = await mkdtemp(join(tmpdir(), 'arm-simulator-'));
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, server.ca);
  const end = async () => {
    await Promise.all([server.close(), identity.close()]);
    await rm(folder, { recursive: true, force: true });
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
  console.log(
    JSON.stringify({ arm: server.arm, ca, identity: identity.endpoint, identityHeader: identity.header }),
  );
}

try {
  await start();
} catch (error) {
  console.error(error instanceof Refused ? `${error.message}\nusage: ${usage}` : error);
  process.exitCode = error instanceof Refused ? 2 : 1;
}
