import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { serveIdentity } from './identity.ts';
import { type FaultRuleSeed, faultTableSchema } from './faults.ts';
import { serveSimulator } from './server.ts';
import { createSimulator } from './simulator.ts';
import { worldSchema, type WorldSeed } from './world.ts';

const { values } = parseArgs({
  options: {
    world: { type: 'string' },
    port: { type: 'string', default: '0' },
    'time-scale': { type: 'string' },
    faults: { type: 'string' },
  },
});

const readJson = async (file: string): Promise<unknown> =>
  JSON.parse(await readFile(file, 'utf8')) as unknown;

async function readWorld(file: string): Promise<WorldSeed> {
  const seed = await readJson(file);
  worldSchema.parse(seed);
  return seed as WorldSeed;
}

async function readFaults(file: string): Promise<FaultRuleSeed[]> {
  return faultTableSchema.parse(await readJson(file));
}

async function start(): Promise<void> {
  const { world, faults, 'time-scale': timeScale, port } = values;
  const simulator = createSimulator({
    ...(world !== undefined && { world: await readWorld(world) }),
    ...(faults !== undefined && { faults: await readFaults(faults) }),
    ...(timeScale !== undefined && { settings: { timeScale: Number(timeScale) } }),
  });
  const server = await serveSimulator(simulator, Number(port));
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
  console.error(error instanceof z.ZodError ? z.prettifyError(error) : error);
  process.exitCode = 1;
}
