// `npm run test:ui`: drives the page in a real browser; says so where this machine has none.
import { spawnSync } from 'node:child_process';
import { executablePath } from '../test/ui/browser.ts';

const report = '.local/ui-report.json';

if (executablePath() === undefined) {
  console.log('test:ui skipped: there is no Chromium here (apt-get install chromium, or CHROMIUM=path)');
} else {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const options = ['run', '--config', 'test/ui/vitest.config.ts', ...reporters, ...process.argv.slice(2)];
  const { status } = spawnSync('node_modules/.bin/vitest', options, { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
