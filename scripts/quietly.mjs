// `node scripts/quietly.mjs COMMAND …`: runs a command and shows what it printed only when it fails.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const [command = '', ...rest] = process.argv.slice(2);
const { status, stdout, stderr, error } = spawnSync(command, rest, { encoding: 'utf8', maxBuffer: 1 << 28 });
if (status !== 0) process.stdout.write(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}\n`);
process.exitCode = status ?? 1;
