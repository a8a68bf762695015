// `npm start [-- --port N] [--time-scale N]`: the app with storage and simulator; Ctrl-C stops everything.
import { parseArgs } from 'node:util';
import { listingLines } from './functions-host/functionListing.ts';
import { startEnvironment } from './environment.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '7071' }, 'time-scale': { type: 'string', default: '10' } },
});

const environment = await startEnvironment({
  port: Number(values.port),
  timeScale: Number(values['time-scale']),
  onLog: (line) => console.error(line),
});
const { app, arm, storage } = environment;
console.log(listingLines(environment.functions).join('\n'));
console.log(`The page: ${app}/ui/`);
console.log(JSON.stringify({ app, arm, storage }));

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await environment.stop();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
