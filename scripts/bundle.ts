// `npm run build`: bundles the app into dist/main.cjs, the one file that is deployed.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes `dist/main.cjs` and its source map; returns its size in bytes. */
export async function bundle(): Promise<number> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outfile: 'dist/main.cjs',
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    // The platform answers this require itself; a copy in the bundle would register nothing.
    external: ['@azure/functions-core'],
    logLevel: 'warning',
  });
  return metafile.outputs['dist/main.cjs']?.bytes ?? 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = await bundle();
  console.log(`dist/main.cjs: ${(bytes / 1e6).toFixed(2)} MB`);
}
