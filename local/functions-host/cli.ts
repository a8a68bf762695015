import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createRealClock } from './clock/realClock.ts';
import { listingLines } from './functionListing.ts';
import { createSupervisor, type ReadyWorker } from './supervisor.ts';

const USAGE = 'usage: cli.ts --app DIR [--port N] [--data DIR] [--enable-auth] [--strict] [--json]';

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
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}

const values = readOptions();

function announce({ pid, publicPort, functions }: ReadyWorker): void {
  const app = `http://localhost:${publicPort}`;
  if (values.json) console.log(JSON.stringify({ app, worker: pid, functions }));
  else console.log([...listingLines(functions), `Listening on ${app} (worker ${pid})`].join('\n'));
}

async function main(): Promise<number> {
  const port = Number(values.port);
  if (values.app === undefined || !Number.isInteger(port)) {
    console.error(USAGE);
    return 2;
  }
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
