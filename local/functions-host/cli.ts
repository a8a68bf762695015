import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createRealClock } from './clock/realClock.ts';
import { listingLines } from './functionListing.ts';
import { createSupervisor, type ReadyWorker } from './supervisor.ts';

const USAGE = 'usage: cli.ts --app DIR [--port N] [--data DIR] [--enable-auth] [--strict] [--json]';

/** Ends the process on a wrong command line, exit code 2. */
function refuse(reason: string): never {
  console.error(`${reason}\n${USAGE}`);
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        app: { type: 'string' },
        port: { type: 'string', default: '7071' },
        data: { type: 'string' },
        'enable-auth': { type: 'boolean', default: false },
        strict: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const values = readOptions();

function announce({ pid, publicPort, functions }: ReadyWorker): void {
  const app = `http://localhost:${publicPort}`;
  if (values.json) console.log(JSON.stringify({ app, worker: pid, functions }));
  else console.log([...listingLines(functions), `Listening on ${app} (worker ${pid})`].join('\n'));
}

async function main(): Promise<number> {
  if (!values.app) return refuse('--app is missing');
  const port = /^\d+$/.test(values.port) ? Number(values.port) : NaN;
  if (!(port <= 65_535)) return refuse(`--port takes a whole number from 0 to 65535, not '${values.port}'`);
  const appFolder = resolve(values.app);
  const dataFolder = resolve(values.data ?? `${appFolder}/.local/host`);
  mkdirSync(dataFolder, { recursive: true });
  const supervisor = createSupervisor({
    appFolder,
    dataFolder,
    port,
    enableAuth: values['enable-auth'],
    strict: values.strict,
    clock: createRealClock(),
    ready: announce,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void supervisor.stop());
  await supervisor.start();
  return supervisor.ended;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
