// `npm run build`: bundles the app into dist: main.cjs, and beside it the libraries that are read when first needed.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions, type Metafile, type OutputFile, type Plugin } from 'esbuild';
import { orExit, readOptions } from '../local/commandLine.ts';
import { describeApi } from '../src/http/openapi.ts';
import { bundlePage } from './bundlePage.ts';
import { lateEntries, lateLibraries, refuseMissing, type LateFile } from './lateLibraries.ts';
import { lateModules } from './lateModules.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const options = {
  absWorkingDir: root,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  metafile: true,
  write: false,
  // The platform answers this require itself; a copy in the bundle would register nothing.
  external: ['@azure/functions-core'],
  // As a require: Node would read a file that is imported twice, and keep it when the app is loaded again.
  supported: { 'dynamic-import': false },
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** One run of the bundler: its entries by name, and what else is special to it. */
const run = (
  outdir: string,
  names: Iterable<string>,
  entryOf: (name: string) => string,
  special: Pick<BuildOptions, 'plugins' | 'keepNames'>,
) =>
  build({
    ...options,
    outdir,
    entryPoints: [...names].map((name) => ({ in: entryOf(name), out: name })),
    ...special,
  });

/** `debug` keeps what the environment says and nothing else. */
const maybeTwice = /node_modules\/(?:debug|ms)\//;

const apiFile = 'openapi.json.gz';

/** The description of the API lies beside the bundle, ready made: its words would be a fiftieth of the app. */
const readyDescription: Plugin = {
  name: 'ready description',
  setup: (build) => {
    build.onResolve({ filter: /^\.(?:\.\/http)?\/openapi\.ts$/ }, ({ path: module }) => ({
      path: module,
      namespace: 'ready',
    }));
    build.onLoad({ filter: /./, namespace: 'ready' }, () => ({
      contents: `const { join } = require('node:path');
        const { readFileSync } = require('node:fs');
        const { gunzipSync } = require('node:zlib');
        exports.describeApi = () => JSON.parse(gunzipSync(readFileSync(join(__dirname, '${apiFile}'))));`,
      resolveDir: root,
    }));
  },
};

/** The server of assistants brings a check of JSON schemas, half of it, that is not asked: the app gives it one. */
const withoutSchemaCheck: Plugin = {
  name: 'without schema check',
  setup: (build) => {
    build.onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, ({ path: module }) => ({
      path: module,
      namespace: 'unchecked',
    }));
    build.onLoad({ filter: /./, namespace: 'unchecked' }, () => ({
      contents: `export class DefaultJsonSchemaValidator {
          constructor() { throw new Error('the app checks arguments itself'); }
        }`,
    }));
  },
};

/** Code has state: in two files it would be two. */
function refuseCopies(main: Metafile, libraries: Metafile): void {
  const inMain = new Set(Object.keys(main.inputs));
  const copies = Object.keys(libraries.inputs).filter(
    (input) => inMain.has(input) && !maybeTwice.test(input),
  );
  if (copies.length > 0) throw new Error(`in main.cjs and in a file beside it: ${copies.join(', ')}`);
}

/** An app that runs may read the file at this moment: it finds the old one or the new one, never half of it. */
async function put({ path: file, contents }: Pick<OutputFile, 'path' | 'contents'>): Promise<void> {
  const present = await readFile(file).catch(() => undefined);
  if (present?.equals(contents)) return;
  const written = `${file}.${randomUUID()}`;
  await writeFile(written, contents);
  await rename(written, file);
}

/** Writes the page into `ui` below the folder; returns the size of each file in bytes. */
async function putPage(folder: string): Promise<readonly (readonly [string, number])[]> {
  const { files } = await bundlePage();
  await mkdir(path.join(folder, 'ui'), { recursive: true });
  await Promise.all(
    files.map(({ name, contents }) => put({ path: path.join(folder, 'ui', name), contents })),
  );
  return files.map(({ name, contents }) => [`ui/${name}`, contents.length]);
}

/** Writes `*.cjs` with source maps, and the page, to `dist` or another folder; returns the size of each file in bytes. */
export async function bundle(folder = path.join(root, 'dist')): Promise<ReadonlyMap<string, number>> {
  const late = new Map<string, LateFile>();
  const main = await run(folder, ['main'], () => 'src/main.ts', {
    plugins: [readyDescription, lateLibraries(late), lateModules(late)],
    keepNames: true,
  });
  refuseMissing(late);
  // Libraries set the names of their errors by themselves; kept for every function they would be a tenth of the files.
  const libraries = await run(folder, late.keys(), (name) => name, {
    plugins: [withoutSchemaCheck, lateEntries(late)],
  });
  refuseCopies(main.metafile, libraries.metafile);
  const files = [...main.outputFiles, ...libraries.outputFiles];
  await mkdir(folder, { recursive: true });
  const description = gzipSync(JSON.stringify(describeApi()));
  await Promise.all([...files, { path: path.join(folder, apiFile), contents: description }].map(put));
  const code = files.filter((file) => file.path.endsWith('.cjs'));
  const sizes = code.map((file) => [path.basename(file.path), file.contents.length] as const);
  return new Map([...sizes, [apiFile, description.length], ...(await putPage(folder))]);
}

/** Takes what earlier builds have left out of `dist`: the whole folder is deployed. */
async function removeOthers(written: ReadonlyMap<string, number>): Promise<void> {
  const folder = path.join(root, 'dist');
  for (const name of await readdir(folder, { recursive: true }))
    if (/\.\w+$/.test(name) && !written.has(name.replaceAll(path.sep, '/').replace(/\.map$/, '')))
      await rm(path.join(folder, name), { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  orExit('npm run build', () => readOptions({}));
  const sizes = await bundle();
  await removeOthers(sizes);
  for (const [file, bytes] of sizes) console.log(`dist/${file}: ${(bytes / 1e6).toFixed(2)} MB`);
  const all = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  console.log(`all: ${(all / 1e6).toFixed(2)} MB`);
}
