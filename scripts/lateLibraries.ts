// Libraries that are a file of their own beside dist/main.cjs, read when they are first needed: half of a start is compiling.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin, PluginBuild } from 'esbuild';

/** A file beside the main one: what it holds, and the folder its imports are looked up from. */
export interface LateFile {
  readonly code: string;
  readonly folder: string;
}

/** What `durable-functions` asks for at its top and uses later: module → how it names it and what it reads from it. */
const askedByDurable: Readonly<Record<string, { readonly module: string; readonly member?: string }>> = {
  '@opentelemetry/api': { module: '@opentelemetry/api' },
  axios: { module: 'axios' },
  'lodash/cloneDeep': { module: 'lodash/cloneDeep' },
  moment: { module: 'moment' },
  // The index evaluates a hundred checks; `isURL` is its member of this name, from this file.
  validator: { module: 'validator/lib/isURL', member: 'isURL' },
};

const nameOf = (module: string): string =>
  module
    .replace(/^[.@/]+/, '')
    .replace(/\.ts$/, '')
    .replaceAll('/', '-');

const topLevelRequire = /^const (\w+) = require\("([^".][^"]*)"\);$/gm;

/**
 * The text of a CommonJS module in which each of the libraries is asked for where it is used instead of at the top.
 *
 * @throws Error when a library is used in a way that this does not know.
 */
export function requireLate(code: string): string {
  return [...code.matchAll(topLevelRequire)].reduce((text, [line, variable = '', library = '']) => {
    const late = askedByDurable[library];
    if (!late) return text;
    const uses = new RegExp(`\\b${variable}\\b(?:\\.(\\w+))?`, 'g');
    return text.replace(line, '').replace(uses, (_use, member?: string) => {
      const isWhole = late.member === undefined;
      if (!isWhole && member !== late.member)
        throw new Error(`${library} is used in an unknown way, as ${variable}.${member}`);
      return `require("${late.module}")${isWhole && member !== undefined ? `.${member}` : ''}`;
    });
  }, code);
}

const durableModules = new Set(Object.values(askedByDurable).map(({ module }) => module));

function splitImports(build: PluginBuild, late: Map<string, LateFile>): void {
  build.onResolve({ filter: /./ }, ({ kind, path: module, importer, resolveDir }) => {
    const isImport = kind === 'dynamic-import' && !importer.includes('node_modules');
    const isRequire =
      kind === 'require-call' && durableModules.has(module) && /durable-functions/.test(importer);
    if (!isImport && !isRequire) return undefined;
    const asked = JSON.stringify(module);
    const code = isImport ? `export * from ${asked};` : `module.exports = require(${asked});`;
    late.set(nameOf(module), { code, folder: resolveDir });
    return { path: `./${nameOf(module)}.cjs`, external: true };
  });
}

/**
 * Leaves out of the bundle what our code imports by `import()` and what `durable-functions` uses late, and collects it.
 *
 * @param late filled during the build: file name without extension → its content.
 */
export const lateLibraries = (late: Map<string, LateFile>): Plugin => ({
  name: 'late libraries',
  setup: (build) => {
    splitImports(build, late);
    build.onLoad({ filter: /[\\/]durable-functions[\\/]lib[\\/].*\.js$/ }, async ({ path: file }) => ({
      contents: requireLate(await readFile(file, 'utf8')),
      resolveDir: path.dirname(file),
    }));
  },
});

/** Checks that everything was found. @throws Error for a library that `durable-functions` now asks for in another way. */
export function refuseMissing(late: ReadonlyMap<string, LateFile>): void {
  const missing = [...durableModules].filter((module) => !late.has(nameOf(module)));
  if (missing.length > 0) throw new Error(`durable-functions has no late use of ${missing.join(', ')}`);
}

/** Entry points of the late files for a build of their own. */
export const lateEntries = (late: ReadonlyMap<string, LateFile>): Plugin => ({
  name: 'late entries',
  setup: (build) => {
    build.onResolve({ filter: /./ }, ({ kind, path: name }) =>
      kind === 'entry-point' ? { path: name, namespace: 'late' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'late' }, ({ path: name }) => {
      const file = late.get(name);
      return file && { contents: file.code, resolveDir: file.folder };
    });
  },
});
