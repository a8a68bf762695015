import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * A small app in a folder of its own, removed when the test ends.
 *
 * @param files texts by path; `package.json` defaults to `main: app.js`. The project's packages are linked in.
 */
export function sampleApp(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sample-app-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const all = { 'package.json': '{ "main": "app.js" }', ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** An empty folder that is removed when the test ends. */
export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'host-data-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
