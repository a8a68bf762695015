// Modules of ours that are evaluated when something of theirs is first used, together with the libraries they are about:
// reading Zod and building schemas with it would take a third of a start.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { LateFile } from './lateLibraries.ts';

const importsLate = /^import (?!type\b).* from '(?:croner|zod)';$/m;

const isLate = async (file: string): Promise<boolean> => importsLate.test(await readFile(file, 'utf8'));

interface ModuleFacts {
  readonly exports: readonly string[];
  /** Its JavaScript: without types. */
  readonly code: string;
}

async function factsOf(file: string): Promise<ModuleFacts> {
  const { metafile, outputFiles } = await build({
    entryPoints: [file],
    format: 'esm',
    write: false,
    metafile: true,
  });
  const exports = Object.values(metafile.outputs).flatMap((output) => output.exports);
  if (exports.length === 0) throw new Error(`${file} exports nothing: it would never be evaluated`);
  return { exports, code: outputFiles.map(({ text }) => text).join('') };
}

/**
 * What a module takes from a library: `z.string` of `import * as z`, `Cron` of `import { Cron }`.
 *
 * @throws Error when it uses the library as a whole.
 */
export function usedMembers(code: string, library: string): readonly string[] {
  const named = new RegExp(`^import \\{ (.*) \\} from "${library}";$`, 'm').exec(code)?.[1];
  if (named !== undefined) return named.split(', ').map((each) => each.replace(/ as .*$/, ''));
  const line = new RegExp(`^import \\* as (\\w+) from "${library}";$`, 'm').exec(code);
  if (!line) return [];
  const uses = code.replace(line[0], '').matchAll(new RegExp(`(?<![.\\w-])${line[1]}\\b(?:\\.(\\w+))?`, 'g'));
  return [...uses].map(([use, member]) => {
    if (member === undefined) throw new Error(`${library} is used as a whole, as ${use}`);
    return member;
  });
}

/** A module with the same exports, that evaluates the real one when one of them is read. */
function standIn(file: string, exports: readonly string[]): string {
  const getters = exports.map((name) => `get ${name}() { return load().${name}; }`);
  return `let loaded;
    const load = () => (loaded ??= require(${JSON.stringify(file)}));
    module.exports = { ${getters.join(', ')} };`;
}

/**
 * Puts a stand-in before each module of `src` that imports Zod or croner, and leaves those libraries out.
 *
 * @param late gets the libraries with what is used of them.
 */
export function lateModules(late: Map<string, LateFile>): Plugin {
  const used: Record<string, Set<string>> = { croner: new Set(), zod: new Set() };
  const load = async (file: string) => {
    const { exports, code } = await factsOf(file);
    const folder = path.dirname(file);
    for (const [library, members] of Object.entries(used)) {
      for (const member of usedMembers(code, library)) members.add(member);
      late.set(library, { code: `export { ${[...members].sort().join(', ')} } from '${library}';`, folder });
    }
    return { contents: standIn(file, exports), resolveDir: folder };
  };
  return {
    name: 'late modules',
    setup: (build) => {
      build.onResolve({ filter: /^\..*\.ts$/ }, async ({ path: module, resolveDir, namespace }) => {
        const file = path.join(resolveDir, module);
        return namespace === 'file' && (await isLate(file)) ? { path: file, namespace: 'late' } : undefined;
      });
      build.onResolve({ filter: /^(?:croner|zod)$/ }, ({ path: library }) => ({
        path: `./${library}.cjs`,
        external: true,
      }));
      build.onLoad({ filter: /./, namespace: 'late' }, ({ path: file }) => load(file));
    },
  };
}
