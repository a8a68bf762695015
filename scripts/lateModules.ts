// Modules of ours that are evaluated when something of theirs is first used: building schemas takes a third of a start.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

const buildsSchemas = async (file: string): Promise<boolean> =>
  /^import (?!type\b).* from 'zod';$/m.test(await readFile(file, 'utf8'));

async function exportsOf(file: string): Promise<readonly string[]> {
  const { metafile } = await build({ entryPoints: [file], format: 'esm', write: false, metafile: true });
  return Object.values(metafile.outputs).flatMap(({ exports }) => exports);
}

/** A module with the same exports, that evaluates the real one when one of them is read. */
async function standIn(file: string): Promise<string> {
  const names = await exportsOf(file);
  if (names.length === 0) throw new Error(`${file} exports nothing: it would never be evaluated`);
  const getters = names.map((name) => `get ${name}() { return load().${name}; }`);
  return `let loaded;
    const load = () => (loaded ??= require(${JSON.stringify(file)}));
    module.exports = { ${getters.join(', ')} };`;
}

/** Puts a stand-in before each module of `src` that imports Zod, so that its schemas are built on first use. */
export const lateModules: Plugin = {
  name: 'late modules',
  setup: (build) => {
    build.onResolve({ filter: /^\..*\.ts$/ }, async ({ path: module, resolveDir, namespace }) => {
      const file = path.join(resolveDir, module);
      return namespace === 'file' && (await buildsSchemas(file))
        ? { path: file, namespace: 'late' }
        : undefined;
    });
    build.onLoad({ filter: /./, namespace: 'late' }, async ({ path: file }) => ({
      contents: await standIn(file),
      resolveDir: path.dirname(file),
    }));
  },
};
