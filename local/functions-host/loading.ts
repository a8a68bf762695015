import { globSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The app could not be loaded: no entry point, or one that threw (then `cause` is what it threw). */
export class AppLoadFailed extends Error {}

/** A loaded app. */
export interface LoadedApp {
  /** Absolute paths in the order they were loaded. */
  readonly entryFiles: readonly string[];
  /** Whether loading it again would evaluate it again; Node keeps ES modules for ever. */
  readonly reloadable: boolean;
}

interface PackageJson {
  readonly main?: string;
  readonly type?: string;
}

function readPackage(appFolder: string): PackageJson {
  try {
    return JSON.parse(readFileSync(join(appFolder, 'package.json'), 'utf8')) as PackageJson;
  } catch (cause) {
    throw new AppLoadFailed(`no readable package.json in ${appFolder}`, { cause });
  }
}

function findEntryFiles(appFolder: string, main: string | undefined): readonly string[] {
  if (main === undefined) throw new AppLoadFailed('package.json has no "main"');
  const found = globSync(main, { cwd: appFolder }).map((file) => join(appFolder, file));
  if (found.length === 0) throw new AppLoadFailed(`no file matches "main": ${main}`);
  return found;
}

const isModule = (file: string, type: string | undefined): boolean =>
  file.endsWith('.mjs') || (type === 'module' && !file.endsWith('.cjs'));

/** Forgets the app's CommonJS modules and the libraries it registers through, so that the next require starts anew. */
function forgetModules(appFolder: string, require: NodeJS.Require): void {
  const own = realpathSync(appFolder) + sep;
  for (const file of Object.keys(require.cache)) {
    const isOwn = file.startsWith(own) && !file.includes(`${sep}node_modules${sep}`);
    if (isOwn || /[\\/]node_modules[\\/](?:@azure[\\/]functions|durable-functions)[\\/]/.test(file)) {
      delete require.cache[file];
    }
  }
}

/**
 * Loads every entry point `main` of package.json names, a glob relative to the app folder, in order.
 *
 * CommonJS entry points are evaluated afresh at each call. `@azure/functions-core` must be answered already.
 *
 * @throws AppLoadFailed
 */
export async function loadApp(
  appFolder: string,
  entering: (file: string) => void = () => undefined,
): Promise<LoadedApp> {
  const { main, type } = readPackage(appFolder);
  const entryFiles = findEntryFiles(appFolder, main);
  const require = createRequire(join(appFolder, 'package.json'));
  forgetModules(appFolder, require);
  for (const file of entryFiles) {
    entering(file);
    try {
      if (isModule(file, type)) await import(pathToFileURL(file).href);
      else require(file);
    } catch (cause) {
      throw new AppLoadFailed(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    }
  }
  return { entryFiles, reloadable: entryFiles.every((file) => !isModule(file, type)) };
}

/** Parsed `host.json` or `local.settings.json`; undefined when the file is missing. Throws on broken JSON. */
export function readAppJson(appFolder: string, name: 'host.json' | 'local.settings.json'): unknown {
  let text: string;
  try {
    text = readFileSync(join(appFolder, name), 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new AppLoadFailed(`${name} is no JSON`, { cause });
  }
}
