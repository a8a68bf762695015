import { promises } from 'node:fs';
import path, { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import type { TokenSettings } from '../access/accessSettings.ts';
import { getServices } from '../composition/services.ts';
import { SettingsRefused, type Settings } from '../settings.ts';

/** `GET /ui/config.json`: how readers sign in; without `signIn` the app is open for development. */
export interface PageConfig {
  readonly signIn?: {
    readonly authority: string;
    readonly clientId: string;
    readonly scope: string;
  };
  readonly problem?: string;
}

interface PageFile {
  readonly plain: Buffer;
  readonly compressed: Buffer;
}

/** The page as it was built, and how readers sign in to it. */
export interface Page {
  readonly files: ReadonlyMap<string, PageFile>;
  readonly config: PageConfig;
}

const compress = promisify(gzip);

/** Reads every file of a built page; none where nothing has been built. */
export async function readPageFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const names = await promises.readdir(folder).catch(() => []);
  const read = names.map(async (name) => {
    const plain = await promises.readFile(path.join(folder, name));
    return [name, { plain, compressed: await compress(plain) }] as const;
  });
  return new Map(await Promise.all(read));
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What the page may do in a browser: nothing with any other host, but for asking the one that signs readers in. */
function policyOf({ signIn }: PageConfig): string {
  const login = signIn ? ` ${new URL(signIn.authority).origin}` : '';
  return [
    "default-src 'self'",
    `connect-src 'self'${login}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

const always = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };
const yearSeconds = 31_536_000;

const notFound = (): HttpResponseInit => ({
  status: 404,
  headers: always,
  jsonBody: { error: { code: 'NotFound', message: 'There is nothing at this path.' } },
});

function fileAnswer(
  name: string,
  file: PageFile,
  takesGzip: boolean,
  headers: Readonly<Record<string, string>>,
): HttpResponseInit {
  return {
    status: 200,
    headers: {
      ...always,
      ...headers,
      'content-type': types[path.extname(name)] ?? 'application/octet-stream',
      vary: 'accept-encoding',
      ...(takesGzip ? { 'content-encoding': 'gzip' } : {}),
    },
    body: takesGzip ? file.compressed : file.plain,
  };
}

const notBuilt = (): HttpResponseInit => ({
  status: 503,
  headers: { ...always, 'retry-after': '30' },
  jsonBody: {
    error: { code: 'PageNotBuilt', message: 'The page is not part of this deployment: npm run build.' },
  },
});

/**
 * The answer to a GET outside the API. Names of files change with their content and are kept for a year; every path of
 * the page below `/ui/` gets the one document, which reads the path itself.
 *
 * @param route the path without its first slash.
 */
export function answerOfPage(page: Page, route: string, acceptEncoding: string): HttpResponseInit {
  const takesGzip = /\bgzip\b/i.test(acceptEncoding);
  if (route === '') return { status: 302, headers: { ...always, location: '/ui/' } };
  // A slash at the end may have been taken off on the way.
  if (route !== 'ui' && !route.startsWith('ui/')) return notFound();
  const name = route.slice('ui/'.length);
  if (name === 'config.json')
    return { status: 200, headers: { ...always, 'cache-control': 'no-store' }, jsonBody: page.config };
  const file = name === 'index.html' ? undefined : page.files.get(name);
  if (file)
    return fileAnswer(name, file, takesGzip, {
      'cache-control': `public, max-age=${yearSeconds}, immutable`,
    });
  if (/\.\w+$/.test(name) && name !== 'index.html') return notFound();
  const document = page.files.get('index.html');
  if (!document) return notBuilt();
  return fileAnswer('index.html', document, takesGzip, {
    'cache-control': 'no-cache',
    'content-security-policy': policyOf(page.config),
    'cross-origin-opener-policy': 'same-origin',
  });
}

// Beside the bundle; a module that is run from its source has no such place.
const folder = typeof __dirname === 'string' ? join(__dirname, 'ui') : resolve('dist/ui');

let reading: ReturnType<typeof readPageFiles> | undefined;

/** The page is a client of the same registration: a token for oneself is asked for by the bare id. */
const signInOf = ({ issuer, audience }: TokenSettings): PageConfig['signIn'] => ({
  authority: issuer.replace(/\/v2\.0\/?$/, ''),
  clientId: audience,
  scope: `${audience}/.default`,
});

function configOf({ access: { tokens, isDevelopment } }: Settings): PageConfig {
  const signIn = tokens && signInOf(tokens);
  if (signIn) return { signIn };
  if (isDevelopment) return {};
  return { problem: 'Access control is not configured: this deployment answers no request.' };
}

function readConfig(): PageConfig {
  try {
    return configOf(getServices().settings);
  } catch (error) {
    // As health tells it: names of settings, never values.
    if (error instanceof SettingsRefused) return { problem: error.message };
    throw error;
  }
}

/** The page, open to everyone: it holds nothing, and asks the API with its reader's token. */
export const page: HttpHandler = async (request) => {
  const files = await (reading ??= readPageFiles(folder));
  const config = readConfig();
  const acceptEncoding = request.headers.get('accept-encoding') ?? '';
  return answerOfPage({ files, config }, request.params['path'] ?? '', acceptEncoding);
};
