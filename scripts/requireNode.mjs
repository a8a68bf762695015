// Says clearly what is wrong when a script meets a Node that cannot run it. The version is the one of `engines`.
import console from 'node:console';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const numbers = (text) => text.match(/\d+/g).map(Number);
const [leastMajor, leastMinor] = numbers(engines.node);
const [major, minor] = numbers(process.versions.node);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  console.error(
    `Node ${process.versions.node} is too old for these scripts: sources run without a build from ${leastMajor}.${leastMinor} on.\n` +
      'On Linux x64 `npm ci` brings a Node of its own (node_modules/.bin/node); elsewhere install Node 24.',
  );
  process.exit(1);
}
