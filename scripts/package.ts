// `npm run package [-- --plan FILE]`: what is deployed, as a folder (.local/package) and as a zip beside it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { jsonFrom, orExit, readOptions, Refused } from '../local/commandLine.ts';
import { readPlan } from '../src/plan/problems.ts';
import { bundle } from './bundle.ts';
import { zip, type ZipEntry } from './zip.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The text of a plan that is in order. @throws Refused naming every problem */
function checkedPlan(file: string): Buffer {
  const reading = readPlan(jsonFrom(file));
  if (reading.kind === 'broken')
    throw new Refused(
      reading.problems.map(({ path: at, message }) => `${file}: ${at}: ${message}`).join('\n'),
    );
  return readFileSync(file);
}

/** What the host needs of it: neither scripts nor dependencies, which are in the bundle. */
function packageJson(): Buffer {
  const { name, version, main, engines } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  ) as Record<string, unknown>;
  return Buffer.from(`${JSON.stringify({ name, version, private: true, main, engines }, null, 2)}\n`);
}

/**
 * Every file that is deployed, without source maps. `plan` is a file; absent, the app has no plan of its own.
 *
 * @throws Refused for a plan that is missing or has errors
 */
export async function packaged(plan: string | undefined, bundleFolder: string): Promise<readonly ZipEntry[]> {
  const planned = plan === undefined ? [] : [{ name: 'plan.json', contents: checkedPlan(plan) }];
  rmSync(bundleFolder, { recursive: true, force: true });
  await bundle(bundleFolder);
  const code = readdirSync(bundleFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .map((entry) =>
      path.relative(bundleFolder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'),
    );
  return [
    { name: 'host.json', contents: readFileSync(path.join(root, 'host.json')) },
    { name: 'package.json', contents: packageJson() },
    ...planned,
    ...code
      .sort()
      .map((name) => ({ name: `dist/${name}`, contents: readFileSync(path.join(bundleFolder, name)) })),
  ];
}

function put(folder: string, entries: readonly ZipEntry[]): void {
  rmSync(folder, { recursive: true, force: true });
  for (const { name, contents } of entries) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), contents);
  }
}

async function main(): Promise<void> {
  const values = orExit('npm run package -- [--plan FILE]', () => readOptions({ plan: { type: 'string' } }));
  const ofClone = path.join(root, 'plan.json');
  const plan = values.plan ?? (existsSync(ofClone) ? ofClone : undefined);
  const entries = await packaged(plan, path.join(root, '.local', 'bundle'));
  const folder = path.join(root, '.local', 'package');
  put(folder, entries);
  const archive = zip(entries);
  writeFileSync(`${folder}.zip`, archive);
  console.log(plan === undefined ? 'no plan.json: the app acts on HTTP requests alone' : `plan: ${plan}`);
  console.log(
    `.local/package and .local/package.zip: ${entries.length} files, ${(archive.length / 1e6).toFixed(2)} MB`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
