// The page: `ui/` bundled into files whose names change with their content, and the one file that names them.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const source = fileURLToPath(new URL('../ui', import.meta.url));

/** Bytes of our own code, compressed. */
const mostBytes = 30_000;

/** One file of the page, by the name it is served under. */
export interface PageFile {
  readonly name: string;
  readonly contents: Uint8Array;
}

const hashed = (name: string, contents: Uint8Array): string => {
  const { name: stem, ext } = path.parse(name);
  return `${stem}-${createHash('sha256').update(contents).digest('hex').slice(0, 10)}${ext}`;
};

/** @param packages `external` leaves libraries out. */
async function bundleCode(packages: 'bundle' | 'external'): Promise<readonly PageFile[]> {
  const { outputFiles } = await build({
    entryPoints: [path.join(source, 'main.tsx'), path.join(source, 'style.css')],
    outdir: 'ui',
    bundle: true,
    splitting: true,
    packages,
    format: 'esm',
    target: ['es2023', 'chrome116', 'firefox124', 'safari17.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    write: false,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    logLevel: 'warning',
  });
  return outputFiles.map(({ path: file, contents }) => ({ name: path.basename(file), contents }));
}

const compressedBytes = (files: readonly PageFile[]): number =>
  files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);

/** The first file as its source has it, with the names that the others have now. */
async function indexOf(files: readonly PageFile[]): Promise<PageFile> {
  const text = await readFile(path.join(source, 'index.html'), 'utf8');
  const named = text.replace(/\/ui\/(\w+)(\.\w+)/g, (_whole, stem: string, ending: string) => {
    const file = files.find(({ name }) => name.startsWith(`${stem}-`) && name.endsWith(ending));
    if (!file) throw new Error(`ui/index.html names ${stem}${ending}, which was not built`);
    return `/ui/${file.name}`;
  });
  return { name: 'index.html', contents: Buffer.from(named) };
}

/**
 * Builds the page. What signs readers in is a file of its own, loaded where access control is on.
 *
 * @returns every file, and the size of our own code, compressed, without libraries.
 * @throws Error when that is more than 30,000 bytes.
 */
export async function bundlePage(): Promise<{
  readonly files: readonly PageFile[];
  readonly ownBytes: number;
}> {
  const icon = await readFile(path.join(source, 'icon.svg'));
  const code = [...(await bundleCode('bundle')), { name: hashed('icon.svg', icon), contents: icon }];
  const ownBytes = compressedBytes(await bundleCode('external'));
  if (ownBytes > mostBytes)
    throw new Error(`The page is ${ownBytes} bytes, compressed: at most ${mostBytes}.`);
  return { files: [...code, await indexOf(code)], ownBytes };
}
