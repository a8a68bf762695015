// Says clearly what is wrong when a script meets a Node that cannot run it.
import console from 'node:console';
import process from 'node:process';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Node ${process.versions.node} is too old for these scripts: sources run without a build from 22.18 on.\n` +
      'On Linux x64 `npm ci` brings a Node of its own (node_modules/.bin/node); elsewhere install Node 24.',
  );
  process.exit(1);
}
