// `npm start [-- --port N] [--time-scale N] [--access]`: the app with storage and simulator; Ctrl-C stops everything.
// `--access`: closed, with an issuer of tokens beside it.
import { parseArgs } from 'node:util';
import { listingLines } from './functions-host/functionListing.ts';
import { startEnvironment } from './environment.ts';
import { startIssuer } from './issuer/issuer.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '7071' },
    'time-scale': { type: 'string', default: '10' },
    access: { type: 'boolean', default: false },
  },
});

const issuer = values.access ? await startIssuer() : undefined;
const environment = await startEnvironment({
  port: Number(values.port),
  timeScale: Number(values['time-scale']),
  ...(issuer ? { settings: issuer.settings } : {}),
  onLog: (line) => console.error(line),
});
const { app, arm, storage } = environment;
console.log(listingLines(environment.functions).join('\n'));
console.log(`The page: ${app}/ui/`);
const closed = issuer && { token: await issuer.token(), issuer: issuer.origin };
if (closed) {
  console.log(`curl -H "Authorization: Bearer $(curl -s ${closed.issuer}/token)" ${app}/api/runs`);
  console.log(`A token with fewer roles: ${closed.issuer}/token?roles=Backups.Read&minutes=5`);
}
console.log(JSON.stringify({ app, arm, storage, ...closed }));

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await environment.stop();
  await issuer?.close();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
